"""Awards and nominations as they are read."""

import datetime as dt
from typing import Any

from django.db.models import Avg, Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Sum, Value, When

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.core import clock
from liandong.honours import permissions
from liandong.honours.models import Award, AwardObjection, Nomination, NominationEvidence, NominationReview, ThanksReceipt
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import in_force
from liandong.projects.models import ProjectNeed
from liandong.recognition.models import ServiceRecord
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile

STANDING = Nomination.STANDING


def awards_for(person: Person, *, state: str = "") -> QuerySet[Any]:
    """Awards the person may see, those that ask for something first; `standing`: how many nominations stand."""
    rows = permissions.awards_visible_to(person)
    if state in Award.State.values:
        rows = rows.filter(state=state)
    order = ("open", "notice", "review", "granted", "cancelled")
    place = Case(*(When(state=name, then=Value(n)) for n, name in enumerate(order)), output_field=IntegerField())
    return (
        rows.select_related("territory", "issuer")
        .annotate(place=place, standing=Count("nominations", filter=Q(nominations__state__in=[*STANDING, "honoured"])))
        .order_by("place", "-created_at", "-id")
    )


def records_behind(
    *, person: Person | None, team: Team | None, organization: Organization | None, from_date: dt.date, to_date: dt.date
) -> QuerySet[ServiceRecord]:
    """Counting records of the period: a person's own, those of a team's members, those a body recorded."""
    rows = ServiceRecord.objects.counting().filter(service_date__gte=from_date, service_date__lte=to_date)
    if person is not None:
        return rows.filter(person=person)
    if team is not None:
        members = TeamMembership.objects.filter(in_force(), team=team).values("person")
        return rows.filter(Q(territory__path__startswith=team.territory.path) | Q(organization=team.organization_id), person__in=members)
    return rows.filter(organization=organization)


def figures_of(records: QuerySet[ServiceRecord]) -> tuple[int, int]:
    """(minutes, how many)."""
    found = records.aggregate(minutes=Sum("minutes"), count=Count("pk"))
    return found["minutes"] or 0, found["count"]


def volunteer_by(words: str) -> Person | None:
    """A volunteer by number or mobile number; nobody is found by trying names."""
    volunteers = Person.objects.filter(Exists(VolunteerProfile.objects.filter(person=OuterRef("pk"))))
    found = with_number(volunteers, words)
    return found[0] if len(found) == 1 else None


def serves_in(territory: Territory, *, person: Person | None, team: Team | None, organization: Organization | None) -> bool:
    """At home on this ground, or a person who has served on it."""
    if person is None:
        thing = team or organization
        return thing is not None and territory.holds(thing.territory)
    home = VolunteerProfile.objects.filter(person=person, residence__path__startswith=territory.path)
    return home.exists() or ServiceRecord.objects.counting().filter(person=person, territory__path__startswith=territory.path).exists()


def teams_to_propose(award: Award) -> QuerySet[Team]:
    return Team.objects.filter(state=Team.State.ACTIVE, territory__path__startswith=award.territory.path).order_by("pinyin", "id")


def bodies_to_propose(award: Award) -> QuerySet[Organization]:
    return (
        Organization.objects.filter(state=Organization.State.ACTIVE, territory__path__startswith=award.territory.path)
        .exclude(kind__in=[Organization.Kind.HUB, Organization.Kind.GOVERNMENT])
        .order_by("pinyin", "id")
    )


def needs_behind(nomination: Nomination) -> QuerySet[Need]:
    """Needs that the records of the period answered: evidence to choose from."""
    award = nomination.award
    records = records_behind(
        person=nomination.person, team=nomination.team, organization=nomination.organization, from_date=award.from_date, to_date=award.to_date
    )
    projects = records.order_by().values("activity__project")
    return Need.objects.filter(
        pk__in=ProjectNeed.objects.filter(project__in=projects).values("need"), state__in=[Need.State.DONE, Need.State.CONFIRMED]
    ).order_by("-submitted_at")


def thanks_behind(nomination: Nomination) -> QuerySet[ThanksReceipt]:
    """Thanks that reached the one proposed, or the team's members, in the period."""
    rows = ThanksReceipt.objects.filter(
        state=ThanksReceipt.State.SHOWN, reached_on__gte=nomination.award.from_date, reached_on__lte=nomination.award.to_date
    ).select_related("note")
    if nomination.person_id is not None:
        return rows.filter(person=nomination.person_id)
    if nomination.team_id is not None:
        return rows.filter(person__in=TeamMembership.objects.filter(in_force(), team=nomination.team_id).values("person"))
    return rows.filter(note__activity__host=nomination.organization_id)


def evidence_of(nomination: Nomination, *, award: Award) -> dict[str, Any]:
    """What the honour stands on, kept with it as it was that day."""
    reviews = [score for score in nomination.reviews.values_list("score", flat=True) if score is not None]
    pieces = list(nomination.evidence.select_related("need"))
    return {
        "minutes": nomination.minutes,
        "records": nomination.record_count,
        "from": award.from_date.isoformat(),
        "to": award.to_date.isoformat(),
        "endorsed_for": nomination.endorsed_for.name if nomination.endorsed_for else "",
        "scores": len(reviews),
        "mean": round(sum(reviews) / len(reviews), 1) if reviews else None,
        "needs": [piece.need.number for piece in pieces if piece.need is not None],
        "pieces": len(pieces),
        "thanks": thanks_behind(nomination).count(),
        "notice_from": award.notice_from_at.isoformat() if award.notice_from_at else "",
        "notice_until": award.notice_until_at.isoformat() if award.notice_until_at else "",
        "objections": nomination.objections.count(),
    }


def nominations_of(award: Award, *, state: str = "") -> QuerySet[Any]:
    """For the hub: with mean score and how many scores; best first."""
    rows = award.nominations.select_related("person", "team", "organization", "endorsed_for", "proposed_for")
    if state in Nomination.State.values:
        rows = rows.filter(state=state)
    return rows.annotate(
        mean=Avg("reviews__score"),
        scores=Count("reviews__score"),
        open_objections=Count("objections", filter=Q(objections__state="open"), distinct=True),
    ).order_by(F("mean").desc(nulls_last=True), "-minutes", "id")


def on_notice(award: Award) -> QuerySet[Nomination]:
    """What members read: the list, or what became of it."""
    shown = [Nomination.State.CHOSEN, Nomination.State.HONOURED]
    return award.nominations.filter(state__in=shown).select_related("person", "team", "organization", "endorsed_for").order_by("id")


def nomination_in_full(number: str, *, person: Person) -> Nomination | None:
    return (
        permissions.nominations_visible_to(person)
        .filter(number=number)
        .select_related(
            "award__territory",
            "award__issuer",
            "person",
            "team__organization__territory",
            "team__territory",
            "organization__territory",
            "endorsed_for",
            "proposed_for",
            "proposed_by",
        )
        .prefetch_related(
            Prefetch("evidence", NominationEvidence.objects.select_related("need").order_by("id")),
            Prefetch("reviews", NominationReview.objects.select_related("reviewed_by").order_by("reviewed_at")),
            Prefetch("objections", AwardObjection.objects.order_by("id")),
        )
        .first()
    )


def to_endorse(person: Person) -> QuerySet[Nomination]:
    """Nominations on the ground of one's communities that wait for a word."""
    if not permissions.communities_of(person):
        return Nomination.objects.none()
    return (
        Nomination.objects.filter(permissions.near(person), state=Nomination.State.PROPOSED, award__state__in=["open", "review"])
        .exclude(proposed_by=person)
        .select_related("award", "person", "team", "organization")
        .order_by("proposed_at", "id")
    )


def of_person(person: Person) -> QuerySet[Nomination]:
    """Nominations of the person that stand, and those they made."""
    return (
        Nomination.objects.filter(Q(person=person, state__in=STANDING) | Q(proposed_by=person))
        .exclude(state=Nomination.State.WITHDRAWN)
        .select_related("award", "person", "team", "organization")
        .order_by("-proposed_at", "-id")
    )


def objections_to(award: Award) -> QuerySet[AwardObjection]:
    """What members said against somebody on the list, the answered ones too."""
    return (
        AwardObjection.objects.filter(nomination__award=award)
        .select_related("nomination__person", "nomination__team", "nomination__organization")
        .order_by(F("answered_at").asc(nulls_first=True), "id")
    )


def is_over(award: Award) -> bool:
    """The notice has run its days."""
    return award.notice_until_at is not None and award.notice_until_at <= clock.now()
