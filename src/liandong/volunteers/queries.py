"""Reading volunteers and teams."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from liandong.accounts.models import Person
from liandong.core.text import fold, whole_number
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import Actor, in_force
from liandong.organizations.permissions import people_visible_to as belonging
from liandong.organizations.queries import matching_people
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile
from liandong.volunteers.permissions import visible_to


def profile_of(person: Person) -> VolunteerProfile | None:
    return VolunteerProfile.objects.filter(person=person).select_related("residence", "person").first()


def home_of(person: Person) -> Territory | None:
    """Where a volunteer lives, as far as they have said."""
    profile = profile_of(person)
    return profile.residence if profile is not None else None


def street_of(person: Person) -> Territory | None:
    """The street a volunteer lives in, never anything smaller."""
    home = home_of(person)
    return Territory.objects.filter(pk__in=home.line_ids, level=Territory.Level.STREET).first() if home is not None else None


def volunteers(
    by: Actor, *, words: str = "", state: str = "", territory: Territory | None = None, slot: str = "", skill: str = ""
) -> QuerySet[VolunteerProfile]:
    """Volunteers the person may see, by pinyin."""
    found = visible_to(by).select_related("person", "residence").prefetch_related("skills").order_by("person__pinyin", "person_id")
    if words := fold(words):
        found = found.filter(person__in=matching_people(Person.objects.all(), words))
    if state in VolunteerProfile.State.values:
        found = found.filter(state=state)
    if territory is not None:
        found = found.filter(residence__path__startswith=territory.path)
    if slot in VolunteerProfile.Slot.values:
        found = found.filter(availability__contains=[slot])
    if (key := whole_number(skill)) is not None:
        found = found.filter(skills=key)
    return found


def volunteer_visible_to(by: Actor, number: str) -> VolunteerProfile | None:
    return visible_to(by).filter(person__number=number).select_related("person", "residence").prefetch_related("skills").first()


def skills() -> QuerySet[Skill]:
    return Skill.objects.order_by("name")


def slots_of(profile: VolunteerProfile) -> list[str]:
    labels = dict(VolunteerProfile.Slot.choices)
    return [str(labels[slot]) for slot in profile.availability if slot in labels]


def teams(*, words: str = "", state: str = "", organization: Organization | None = None, territory: Territory | None = None) -> QuerySet[Team]:
    """Teams by pinyin with their `member_count`. Closed ones only when asked for."""
    count = TeamMembership.objects.filter(in_force(), team=OuterRef("pk")).order_by().values("team").annotate(n=Count("pk")).values("n")
    found = Team.objects.select_related("organization", "territory", "leader").annotate(
        member_count=Coalesce(Subquery(count, output_field=IntegerField()), Value(0))
    )
    if words := fold(words):
        found = found.filter(Q(name__icontains=words) | Q(pinyin__startswith=words.lower().replace(" ", "")) | Q(organization__name__icontains=words))
    found = found.filter(state=state) if state in Team.State.values else found.exclude(state=Team.State.CLOSED)
    if organization is not None:
        found = found.filter(organization=organization)
    if territory is not None:
        found = found.filter(territory__path__startswith=territory.path)
    return found.order_by("pinyin", "id")


def team(pk: int) -> Team | None:
    return Team.objects.select_related("organization__territory", "territory", "leader").filter(pk=pk).first()


def members_of(team: Team, *, words: str = "") -> QuerySet[TeamMembership]:
    found = (
        TeamMembership.objects.filter(in_force(), team=team, person__merged_into__isnull=True)
        .select_related("person")
        .order_by("person__pinyin", "person_id")
    )
    return found.filter(person__in=matching_people(Person.objects.all(), words)) if words else found


def is_member(team: Team, person: Person | None) -> bool:
    return person is not None and TeamMembership.objects.filter(in_force(), team=team, person=person).exists()


def teams_of(person: Person) -> QuerySet[Team]:
    """The teams a person stands in today."""
    stands = TeamMembership.objects.filter(in_force(), team=OuterRef("pk"), person=person)
    return Team.objects.filter(Exists(stands)).select_related("organization").order_by("pinyin", "id")


def people_seen(by: Actor) -> QuerySet[Person]:
    """Volunteers the person sees, and people who belong to their bodies."""
    return Person.objects.filter(Q(pk__in=visible_to(by).values("person")) | Q(pk__in=belonging(by).values("pk")))


def people_to_add(by: Actor, team: Team, words: str) -> QuerySet[Person]:
    """People the person sees and who are not in the team, found by words: for adding members. Nothing without words."""
    if len(fold(words)) < 2:
        return Person.objects.none()
    inside = TeamMembership.objects.filter(in_force(), team=team, person=OuterRef("pk"))
    return matching_people(people_seen(by), words).exclude(Exists(inside)).order_by("pinyin", "id")
