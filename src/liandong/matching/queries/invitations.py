"""Finding people for a position: who fits, the best first, and how those who were asked have answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, CharField, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import MD5, Cast, Concat

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, SignUp
from liandong.activities.queries import closed_to, turned_away_from
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.masking import mask_name
from liandong.core.text import fold
from liandong.matching import fit, rules
from liandong.matching.models import Invitation, Roster, SuggestionChoice, SuggestionRefusal
from liandong.matching.problems.rosters import slot_of
from liandong.matching.queries.rosters import skill_names, street_of
from liandong.matching.queries.suggestions import free_places
from liandong.organizations.permissions import in_force
from liandong.organizations.queries import matching_people
from liandong.volunteers import permissions as volunteers
from liandong.volunteers.models import TeamMembership, VolunteerProfile

A_WEEK = 2  # invitations a person in seven days
WEEK = dt.timedelta(days=7)
LATELY = dt.timedelta(days=60)


def skills_asked(position: Position) -> tuple[list[str], list[str]]:
    """(skills a plan of the activity asks for here: who lacks them is not found; those and what the words of the position speak of). Two queries."""
    plans = Roster.objects.filter(activity=position.shift.activity_id).exclude(state=Roster.State.WITHDRAWN).order_by("-pk")
    required = list((plans.values_list("skills", flat=True).first() or {}).get(position.name, ()))
    text = f"{position.name} {position.note}".lower()
    return required, [skill for skill in skill_names() if skill in required or fit.is_asked(skill, text)]


def _people(**filters: Any) -> QuerySet[SignUp, Any]:
    return SignUp.objects.filter(**filters).order_by().values("person")


def not_to_be_asked(position: Position) -> Q:
    """Profiles of people nobody asks for this position: in the shift or busy then, with enough hours that week, asked for this activity already, asked twice this
    week, who want quiet, who do not want their profile used, who said no to such things, whom the list would turn away."""
    shift, activity = position.shift, position.shift.activity
    today = clock.today()
    start, end = fit.week_of(shift.starts_at)
    rest = dt.timedelta(minutes=rules.rule_on(today).weekly_minutes) - (shift.ends_at - shift.starts_at)
    serving = _people(state=SignUp.State.CONFIRMED, position__kind=Position.Kind.VOLUNTEER, shift__starts_at__gte=start, shift__starts_at__lt=end)
    no = Q(activity=activity) | Q(category=activity.category, what="category") | Q(organization=activity.host_id)
    if activity.series_id:
        no |= Q(activity__series=activity.series_id)
    groups = (
        _people(shift=shift).exclude(state=SignUp.State.CANCELLED),
        _people(state=SignUp.State.CONFIRMED, shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at),
        serving.annotate(total=Sum(F("shift__ends_at") - F("shift__starts_at"))).filter(total__gt=rest).values("person"),
        Invitation.objects.filter(position__shift__activity=activity).values("person"),
        asked_often(),
        SuggestionChoice.objects.filter(Q(quiet_until_date__gte=today) | Q(is_without_profile=True)).values("person"),
        SuggestionRefusal.objects.filter(no).values("person"),
        turned_away_from(position),
    )
    # One set, not eight: the planner takes each NOT IN for a half and would end up with nested loops over everybody.
    return Q(person__in=groups[0].union(*groups[1:], all=True))


def asked_often() -> QuerySet[Invitation, Any]:
    """People who have been asked as often this week as anybody may be."""
    rows = Invitation.objects.filter(invited_at__gt=clock.now() - WEEK).order_by().values("person").annotate(n=Count("pk"))
    return rows.filter(n__gte=A_WEEK).values("person")


def volunteers_seen(by: Person | System) -> QuerySet[VolunteerProfile]:
    """Those the planner sees, and those of the teams the planner leads."""
    rows = volunteers.visible_to(by)
    if isinstance(by, System):
        return rows
    led = TeamMembership.objects.filter(in_force(), team__leader=by).values("person")
    return rows | VolunteerProfile.objects.filter(person__in=led, person__merged_into__isnull=True)


def who_fits(
    position: Position, *, by: Person | System, required: Sequence[str] = (), skills: Sequence[str] = (), any_time: bool = False, text: str = ""
) -> QuerySet[VolunteerProfile]:
    """Volunteers for a position, the best fit first, then who was asked least lately, then by lot. All of `required` must be had, one of `skills` counts.

    Adds `points`, `knows`, `is_free`, `distance` (0 community, 1 street, 2 district, 3 farther) and `asked_at`.
    """
    activity, slot = position.shift.activity, slot_of(position.shift)
    street = street_of(activity.territory)
    rows = volunteers_seen(by).filter(state=VolunteerProfile.State.ACTIVE).exclude(not_to_be_asked(position))
    for name in required:
        rows = rows.filter(pk__in=_having([name]))
    free = Q(availability__contains=[slot])
    if not any_time:
        rows = rows.filter(free | Q(availability=[]))
    if fold(text):
        rows = rows.filter(person__in=matching_people(Person.objects.all(), text).order_by().values("pk"))
    lately = Invitation.objects.filter(invited_at__gt=clock.now() - LATELY).order_by().values("person")
    latest = lately.filter(person=OuterRef("person")).annotate(at=Max("invited_at")).values("at")
    rows = rows.annotate(
        knows=_yes(Q(pk__in=_having(skills)) if skills else Q(pk__in=[])),
        is_free=_yes(free),
        distance=Case(
            When(residence__path__startswith=activity.territory.path, then=Value(0)),
            When(residence__path__startswith=street.path, then=Value(1)),
            When(residence__path__startswith=street.path.rstrip("/").rpartition("/")[0] + "/", then=Value(2)),
            default=Value(3), output_field=IntegerField(),
        ),
        asked_at=Case(When(person__in=lately, then=Subquery(latest))),  # the subquery runs for those few alone
    )  # fmt: skip
    near = Case(
        When(distance=0, then=Value(fit.COMMUNITY)), When(distance=1, then=Value(fit.STREET)), When(distance=2, then=Value(fit.DISTRICT)),
        default=Value(0), output_field=IntegerField(),
    )  # fmt: skip
    return rows.annotate(
        points=_worth("knows", fit.SKILL) + _worth("is_free", fit.TIME) + near,
        lot=MD5(Concat(Cast("person_id", CharField()), Value(f"-{position.pk}"))),
    ).order_by("-points", F("asked_at").asc(nulls_first=True), "lot", "pk")


def _having(skills: Sequence[str]) -> QuerySet[Any, Any]:
    return VolunteerProfile.skills.through.objects.filter(skill__name__in=list(skills)).values("volunteerprofile")


def _yes(query: Q) -> Case:
    return Case(When(query, then=Value(True)), default=Value(False), output_field=BooleanField())


def _worth(name: str, points: int) -> Case:
    return Case(When(**{name: True}, then=Value(points)), default=Value(0), output_field=IntegerField())


@dataclass(frozen=True)
class Found:
    """Somebody in the list, by masked name."""

    person: int
    name: str
    reasons: tuple[fit.Reason, ...]
    asked_at: dt.datetime | None


FIELDS = ("pk", "person_id", "person__name", "knows", "is_free", "distance", "asked_at")


def found_on(rows: Sequence[dict[str, Any]], position: Position, *, skills: Sequence[str]) -> list[Found]:
    """A page of `who_fits(…).values(*FIELDS)` with the reasons. One query."""
    through = VolunteerProfile.skills.through.objects
    known: dict[int, str] = {}
    if skills:
        keys = [row["pk"] for row in rows if row["knows"]]
        known = dict(through.filter(volunteerprofile__in=keys, skill__name__in=list(skills)).values_list("volunteerprofile_id", "skill__name"))
    slot = slot_of(position.shift)
    found = []
    for row in rows:
        reasons = []
        if row["pk"] in known:
            reasons.append(fit.Reason(fit.SKILL, "skill", {"skill": known[row["pk"]]}))
        if row["is_free"]:
            reasons.append(fit.Reason(fit.TIME, "time", {"slot": slot}))
        if row["distance"] < 2:
            reasons.append(fit.Reason(fit.COMMUNITY, "community") if row["distance"] == 0 else fit.Reason(fit.STREET, "street"))
        found.append(Found(row["person_id"], mask_name(row["person__name"]), tuple(reasons), row["asked_at"]))
    return found


def counts_of(position: Position) -> dict[str, int]:
    """asked, coming, declined, waiting. Who has a place in the shift or waits for one counts as coming, whatever they said before. One query."""
    there = SignUp.objects.filter(shift=position.shift_id, person=OuterRef("person")).exclude(state=SignUp.State.CANCELLED)
    rows = list(Invitation.objects.filter(position=position).annotate(is_coming=Exists(there)).values_list("is_coming", "declined_at"))
    coming = sum(is_coming for is_coming, _at in rows)
    declined = sum(at is not None and not is_coming for is_coming, at in rows)
    return {"asked": len(rows), "coming": coming, "declined": declined, "waiting": len(rows) - coming - declined}


def positions_beside(position: Position) -> list[Position]:
    """The positions of the activity that still lack volunteers, this one among them, in order of time. One query."""
    rows = free_places().filter(shift__activity=position.shift.activity_id).select_related("shift")
    return list(rows.order_by("shift__starts_at", "order", "pk")[:30])


def position_to_fill(activity: Activity) -> int | None:
    """The next position of an activity that lacks volunteers. One query."""
    return free_places().filter(shift__activity=activity).values_list("pk", flat=True).first()


def open_invitations(person: Person) -> QuerySet[Invitation]:
    """What somebody was asked by name and has neither taken nor declined, soonest first; without what they could not take any more."""
    taken = SignUp.objects.filter(shift=OuterRef("position__shift"), person=OuterRef("person")).exclude(state=SignUp.State.CANCELLED)
    return (
        Invitation.objects.filter(
            ~Exists(taken), person=person, declined_at__isnull=True, position__shift__starts_at__gt=clock.now(),
            position__shift__activity__state=Activity.State.PUBLISHED,
        )
        .exclude(closed_to(person, position="position__"))
        .select_related("position__shift__activity__host", "position__shift__activity__venue")
        .order_by("position__shift__starts_at", "pk")
    )  # fmt: skip
