"""The wall: what is shown now. A consent taken back anywhere, an honour withdrawn, a person erased or under age: gone at once."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from liandong.accounts.models import Consent, Person
from liandong.core import clock, masking
from liandong.honours.models import Honour, StarGrant, WallEntry
from liandong.honours.rules import born_before
from liandong.honours.words import level_name
from liandong.organizations.models import Territory


def entries(territory: Territory | None = None) -> QuerySet[WallEntry]:
    """Everything that may stand on the wall now, newest first."""
    who = Coalesce(F("honour__person"), F("grant__person"))
    consents = Consent.objects.filter(person=OuterRef("who"), purpose=Consent.Purpose.PUBLISH, withdrawn_at__isnull=True)
    shown = Person.objects.filter(
        Q(birth_date__isnull=True) | Q(birth_date__lte=born_before(clock.today())),
        pk=OuterRef("who"),
        erased_at__isnull=True,
        merged_into__isnull=True,
    )
    rows = (
        WallEntry.objects.filter(withdrawn_at__isnull=True)
        .annotate(who=who)
        .filter(Q(who__isnull=True) | (Exists(consents) & Exists(shown)))
        .filter(Q(honour__state=Honour.State.VALID) | Q(grant__isnull=False, grant__withdrawal__isnull=True))
    )
    if territory is not None:
        rows = rows.filter(territory__path__startswith=territory.path)
    return rows.select_related(
        "honour__person", "honour__team", "honour__organization", "honour__issuer", "grant__person", "grant__rule", "territory"
    ).order_by("-agreed_at", "-id")


def places() -> QuerySet[Territory]:
    """Where somebody stands on a wall."""
    return Territory.objects.filter(pk__in=WallEntry.objects.filter(withdrawn_at__isnull=True).values("territory")).order_by("path")


@dataclass(frozen=True)
class Shown:
    """One card of the wall."""

    name: str
    title: str
    note: str
    kind: str  # person, team, organization

    @property
    def line(self) -> str:
        return _(", ").join(part for part in (self.title, self.note) if part)


def shown(entry: WallEntry) -> Shown:
    if entry.honour is not None:
        honour = entry.honour
        name = _name(honour.person, entry) if honour.person is not None else honour.whom
        kind = "person" if honour.person_id else "team" if honour.team_id else "organization"
        return Shown(name, honour.title, honour.issuer.label, kind)
    assert entry.grant is not None
    return Shown(
        _name(entry.grant.person, entry), level_name(entry.grant.level, entry.grant.rule), entry.territory.name if entry.territory else "", "person"
    )


def _name(person: Person, entry: WallEntry) -> str:
    if entry.name_form == WallEntry.NameForm.NICKNAME:
        return entry.nickname
    return person.name if entry.name_form == WallEntry.NameForm.FULL else masking.mask_name(person.name)


def entry_of(thing: Honour | StarGrant) -> WallEntry | None:
    """The entry that stands, whether the wall shows it now or not."""
    return thing.wall_entries.filter(withdrawn_at__isnull=True).first()
