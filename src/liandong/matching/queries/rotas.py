"""Reading rotas: what is kept, what a host has to do, what the next one should know."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.journal.models import Entry
from liandong.journal.services import key_of
from liandong.matching import permissions
from liandong.matching.models import Rota, RotaHost, Turn, TurnSwap
from liandong.organizations import queries as bodies
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of

SOON = dt.timedelta(days=30)
OPEN_SOON = dt.timedelta(days=60)
NOTES_WANTED = dt.timedelta(days=45)
LAST_TIMES = 3
OPEN = (Turn.State.PLANNED, Turn.State.AGREED)
HOST = ("rota__territory", "host__organization__territory", "host__contact", "activity")


def grounds_of(person: Person) -> list[Territory]:
    """The places a person may make rotas for: those their roles are given on."""
    found = {
        grant.territory.pk: grant.territory
        for grant in grants_of(person)
        if grant.territory is not None and Right.MANAGE_PROJECTS in RIGHTS_OF[grant.role]
    }
    return list(found.values())


def rotas_for(person: Person, *, state: str = "") -> QuerySet[Rota]:
    """Rotas one sees: running first, then drafts, the newest first; with hosts, the next date and how many dates nobody has."""
    today = clock.today()
    rows = permissions.rotas_visible_to(person)
    if state in Rota.State.values:
        rows = rows.filter(state=state)
    is_ended = ExpressionWrapper(Q(state=Rota.State.ENDED), output_field=BooleanField())
    ahead = Q(turns__turn_date__gte=today, turns__state__in=OPEN)
    return rows.annotate(
        hosts_count=Count("hosts", filter=Q(hosts__to_date__isnull=True) | Q(hosts__to_date__gte=today), distinct=True),
        next_date=Min("turns__turn_date", filter=ahead),
        open_count=Count("turns", filter=ahead & Q(turns__host__isnull=True), distinct=True),
        is_ended=is_ended,
    ).order_by("is_ended", "-state", "-made_at", "-pk")


def bodies_to_add(rota: Rota, *, by: Person, text: str = "", kind: str = "") -> QuerySet[Organization]:
    """Active bodies that take no turns here: those of the ground first, or by name anywhere."""
    taken = RotaHost.objects.filter(rota=rota, organization=OuterRef("pk"), to_date__isnull=True)
    rows = bodies.organizations(by, words=text, kind=kind, territory=None if text else rota.territory)
    return rows.filter(~Exists(taken), state=Organization.State.ACTIVE).exclude(kind=Organization.Kind.HUB)


def own_turns(person: Person) -> QuerySet[Turn]:
    """Turns of the bodies one works for, in rotas that run."""
    return Turn.objects.filter(host__in=permissions.own_hosts(person), rota__state=Rota.State.RUNNING).select_related(*HOST)


def next_turns(person: Person) -> QuerySet[Turn]:
    return own_turns(person).filter(turn_date__gte=clock.today(), state__in=OPEN).order_by("turn_date", "pk")


def turns_to_tell(person: Person) -> QuerySet[Turn]:
    """Over, without a word for the next host."""
    return _to_tell(own_turns(person)).order_by("-turn_date", "-pk")


def _to_tell(rows: QuerySet[Turn]) -> QuerySet[Turn]:
    today = clock.today()
    return rows.filter(turn_date__lt=today, turn_date__gte=today - NOTES_WANTED).filter(Q(state__in=OPEN) | Q(state=Turn.State.HELD, notes=""))


def past_turns(person: Person) -> QuerySet[Turn]:
    return own_turns(person).filter(state__in=[Turn.State.HELD, Turn.State.MISSED]).order_by("-turn_date", "-pk")


def swaps_to_answer(person: Person) -> QuerySet[TurnSwap]:
    rows = TurnSwap.objects.filter(state=TurnSwap.State.ASKED, asked__in=permissions.own_hosts(person, Right.MANAGE_ACTIVITIES))
    return _swaps(rows).order_by("other__turn_date", "pk")


def _swaps(rows: QuerySet[TurnSwap]) -> QuerySet[TurnSwap]:
    return rows.select_related("turn__rota", "other__rota", "asking__organization__territory", "asked__organization__territory")


def swaps_of(turn: Turn) -> list[TurnSwap]:
    """Everything asked about this turn, newest first."""
    return list(_swaps(TurnSwap.objects.filter(Q(turn=turn) | Q(other=turn))).order_by("-pk")[:20])


def open_swaps(rota: Rota) -> list[TurnSwap]:
    return list(_swaps(TurnSwap.objects.filter(turn__rota=rota, state=TurnSwap.State.ASKED)).order_by("turn__turn_date"))


def hosts_to_pause(person: Person) -> list[RotaHost]:
    """Where a body of one's own takes turns now."""
    rows = permissions.own_hosts(person, Right.MANAGE_ACTIVITIES).filter(Q(to_date__isnull=True) | Q(to_date__gte=clock.today()))
    return list(rows.filter(rota__state=Rota.State.RUNNING).select_related("rota", "organization__territory").order_by("rota", "pk")[:20])


def last_turns(turn: Turn) -> list[Turn]:
    """The last three times that were held before this date, newest first; of the rota before it, where this one is young."""
    rotas = [turn.rota_id, *([turn.rota.made_from_id] if turn.rota.made_from_id else [])]
    rows = Turn.objects.filter(rota__in=rotas, turn_date__lt=turn.turn_date, state=Turn.State.HELD).select_related(
        "host__organization", "host__contact", "activity"
    )
    return list(rows.order_by("-turn_date", "-pk")[:LAST_TIMES])


def counted_activities(keys: Iterable[int | None]) -> dict[int, Activity]:
    """Activities with how many came."""
    rows = activities.with_counts(Activity.objects.filter(pk__in=[key for key in keys if key]))
    return {row.pk: row for row in rows.select_related("host", "territory")}


def history(rota: Rota, *, turns: Iterable[Turn], hosts: Iterable[RotaHost], most: int = 30) -> list[Entry]:
    """What the journal knows of the rota, its hosts and turns, newest first. One query."""
    keys = [key_of(rota), *(key_of(turn) for turn in turns), *(key_of(host) for host in hosts)]
    return list(Entry.objects.filter(on__in=keys).order_by("-id")[:most])


def turns_waiting(organization: Organization) -> QuerySet[Turn]:
    """What a host has to do soon: say yes, answer a swap, write for the next. `is_asked`: somebody wants to exchange."""
    today = clock.today()
    asked = TurnSwap.objects.filter(other=OuterRef("pk"), state=TurnSwap.State.ASKED)
    rows = Turn.objects.filter(host__organization=organization, rota__state=Rota.State.RUNNING).annotate(is_asked=Exists(asked))
    to_tell = Q(turn_date__lt=today, turn_date__gte=today - NOTES_WANTED) & (Q(state__in=OPEN) | Q(state=Turn.State.HELD, notes=""))
    to_agree = Q(state=Turn.State.PLANNED, turn_date__gte=today, turn_date__lte=today + SOON)
    return rows.filter(to_tell | to_agree | Q(is_asked=True, turn_date__gte=today)).select_related("rota").order_by("turn_date", "pk")


def open_turns(territory: Territory) -> QuerySet[Turn]:
    """Dates of the next weeks that nobody takes."""
    today = clock.today()
    rows = Turn.objects.filter(rota__state=Rota.State.RUNNING, rota__territory__path__startswith=territory.path, host__isnull=True)
    return rows.filter(state__in=OPEN, turn_date__gte=today, turn_date__lte=today + OPEN_SOON).select_related("rota").order_by("turn_date", "pk")


def pauses_asked(territory: Territory) -> QuerySet[RotaHost]:
    rows = RotaHost.objects.filter(rota__state=Rota.State.RUNNING, rota__territory__path__startswith=territory.path, pause_asked_at__isnull=False)
    return rows.select_related("rota", "organization").order_by("pause_asked_from_date", "pk")


def turns_to_remind(*, today: dt.date, days: int) -> QuerySet[Turn]:
    rows = Turn.objects.filter(
        rota__state=Rota.State.RUNNING, state__in=OPEN, host__isnull=False, turn_date__gte=today, turn_date__lte=today + dt.timedelta(days=days)
    )
    return rows.select_related(*HOST).order_by("turn_date", "pk")


def turns_without_notes(*, today: dt.date) -> QuerySet[Turn]:
    """Over since yesterday or longer, nothing written for the next host."""
    rows = Turn.objects.filter(rota__state=Rota.State.RUNNING, host__isnull=False)
    return _to_tell(rows).filter(turn_date__gte=today - dt.timedelta(days=14)).select_related(*HOST).order_by("turn_date", "pk")


def hub_of(rota: Rota) -> Organization | None:
    """The hub of the ground, whose number everybody may know."""
    return (
        Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE, territory=rota.territory_id).order_by("pk").first()
    )
