"""Reading rosters: whom a plan may place, what stands side by side, what somebody was asked."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.activities.queries import turned_away_from_all
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.text import fold
from liandong.matching import permissions
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import in_force, scope
from liandong.organizations.queries import matching_people
from liandong.volunteers import permissions as volunteers
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

Source = RosterCandidate.Source
MOST_EARLIER = 200


def people_to_plan(activity: Activity, *, teams: Iterable[Team], earlier: bool, skills: Sequence[str], by: Person | System) -> dict[int, str]:
    """Person -> why they are there: signed up, team, came before, has a skill asked for. Each once, by the nearest reason.

    Whom every place ahead would turn away is not proposed; who stands on the list stays, and the plan says what is against it.
    """
    found: dict[int, str] = {}

    def add(people: Iterable[int], source: str) -> None:
        for person in people:
            found.setdefault(person, source)

    asked = SignUp.objects.filter(shift__activity=activity, position__kind=Position.Kind.VOLUNTEER).exclude(state=SignUp.State.CANCELLED)
    add(asked.order_by("pk").values_list("person", flat=True), Source.SIGNED_UP)
    active = VolunteerProfile.objects.filter(state=VolunteerProfile.State.ACTIVE, person__merged_into__isnull=True)
    stands = TeamMembership.objects.filter(in_force(), team__in=list(teams), person__merged_into__isnull=True)
    resting = VolunteerProfile.objects.filter(person=OuterRef("person")).exclude(state=VolunteerProfile.State.ACTIVE)
    add(stands.filter(~Exists(resting)).order_by("team", "pk").values_list("person", flat=True), Source.TEAM)
    if earlier:
        came = Attendance.objects.filter(
            sign_up__position__kind=Position.Kind.VOLUNTEER, sign_up__shift__activity__host=activity.host_id, in_at__lt=clock.now()
        )
        rows = active.filter(person__in=came.values("sign_up__person")).order_by("person__pinyin", "person_id")
        add(rows.values_list("person", flat=True)[:MOST_EARLIER], Source.EARLIER)
    if skills:
        rows = skilled(activity, skills=skills, by=by).order_by("person__pinyin", "person_id")
        add(rows.values_list("person", flat=True)[:MOST_EARLIER], Source.SKILL)
    away = set(turned_away_from_all(activity).filter(pk__in=list(found)).values_list("pk", flat=True))
    return {person: source for person, source in found.items() if person not in away or source == Source.SIGNED_UP}


def skilled(activity: Activity, *, skills: Sequence[str], by: Person | System) -> QuerySet[VolunteerProfile]:
    """Volunteers the planner sees around the activity with any of these skills."""
    has = VolunteerProfile.skills.through.objects.filter(volunteerprofile=OuterRef("pk"), skill__name__in=list(skills))
    return volunteers.visible_to(by).filter(
        Exists(has), state=VolunteerProfile.State.ACTIVE, residence__path__startswith=street_of(activity.territory).path
    )


def street_of(territory: Territory) -> Territory:
    """The street around a place: people serve beyond their own community."""
    return territory.parent if territory.level == Territory.Level.COMMUNITY and territory.parent else territory


def people_to_add(roster: Roster, *, by: Person | System, skills: Sequence[str] = (), text: str = "") -> QuerySet[Person]:
    """Volunteers the planner sees who are not on the plan and whom some place of it would take; those with all the skills, by words."""
    profiles = volunteers.visible_to(by).filter(state=VolunteerProfile.State.ACTIVE)
    for name in skills:
        has = VolunteerProfile.skills.through.objects.filter(volunteerprofile=OuterRef("pk"), skill__name=name)
        profiles = profiles.filter(Exists(has))
    on = RosterCandidate.objects.filter(roster=roster, person=OuterRef("pk"))
    rows = Person.objects.filter(pk__in=profiles.values("person"), merged_into__isnull=True).exclude(Exists(on))
    rows = rows.exclude(pk__in=turned_away_from_all(roster.activity))
    if fold(text):
        rows = matching_people(rows, fold(text))
    return rows.order_by("pinyin", "pk")


def lender_of(roster: Roster, *, by: Person | System, skills: Sequence[str]) -> tuple[Team, int] | None:
    """The team with most people of these skills who are not on the plan: it could lend one."""
    rows = people_to_add(roster, by=by, skills=skills).order_by().values("pk")
    teams = (
        TeamMembership.objects.filter(in_force(), person__in=rows, team__state=Team.State.ACTIVE)
        .order_by().values("team").annotate(n=Count("pk")).order_by("-n", "team")[:1]
    )  # fmt: skip
    found = next(iter(teams), None)
    return (Team.objects.select_related("organization").get(pk=found["team"]), found["n"]) if found else None


def teams_for(activity: Activity, *, by: Person) -> QuerySet[Team]:
    """Teams of the host and of the places around whose members the planner may see; those of the host first."""
    rows = Team.objects.filter(state=Team.State.ACTIVE).filter(
        Q(organization=activity.host_id) | Q(territory__path__startswith=street_of(activity.territory).path)
    )

    leads = Q(leader=by)
    seen = scope(by, Right.SEE_PEOPLE, organization="organization", territory="territory")
    rows = rows.filter(leads | seen).annotate(
        n=Count("memberships", filter=Q(memberships__to_date__isnull=True)), own=Q(organization=activity.host_id)
    )
    return rows.select_related("organization").order_by("-own", "pinyin", "pk")


def skill_names() -> list[str]:
    return list(Skill.objects.order_by("name").values_list("name", flat=True))


def rosters_for(person: Person, *, state: str = "", activity: str = "") -> QuerySet[Roster]:
    """Rosters one works on, newest change first."""
    rows = permissions.visible_to(person)
    if state in Roster.State.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.exclude(state=Roster.State.WITHDRAWN)
    if activity:
        rows = rows.filter(activity__code=activity.upper())
    return rows.annotate(asked=Count("lines", filter=Q(lines__asked_at__isnull=False)), people=Count("candidates", distinct=True)).order_by(
        "-saved_at", "-pk"
    )


def plans_beside(roster: Roster, *, most: int = 3) -> list[Roster]:
    """The plans of the same activity to compare: this one and the newest others, oldest first."""
    rows = Roster.objects.filter(activity=roster.activity_id).exclude(state=Roster.State.WITHDRAWN)
    others = list(rows.exclude(pk=roster.pk).order_by("-pk")[: most - 1])
    return sorted([roster, *others], key=lambda row: row.pk)


def counts_on(roster: Roster) -> Counter[str]:
    """How many lines have which answer, of those asked."""
    rows = roster.lines.filter(asked_at__isnull=False).order_by().values("answer").annotate(n=Count("pk"))
    return Counter({row["answer"]: row["n"] for row in rows})


def at_risk(roster: Roster) -> QuerySet[RosterLine]:
    """Asked, and the time to answer is over."""
    return roster.lines.filter(asked_at__isnull=False, answer=RosterLine.Answer.OPEN, answer_due_at__lt=clock.now(), shift__ends_at__gt=clock.now())


def unanswered(*, before: dt.datetime) -> QuerySet[RosterLine]:
    """Asked and not answered, the time to answer over before that moment; of shifts still to come."""
    return (
        RosterLine.objects.filter(
            roster__state=Roster.State.PUBLISHED,
            asked_at__isnull=False,
            answer=RosterLine.Answer.OPEN,
            answer_due_at__lt=before,
            shift__starts_at__gt=clock.now(),
        )
        .select_related("person", "roster__made_by", "roster__activity__leader")
        .order_by("answer_due_at", "pk")
    )


def holes(roster: Roster) -> list[RosterLine]:
    """Places that came free after publication and for which somebody is proposed."""
    rows = roster.lines.filter(answer=RosterLine.Answer.DECLINED).exclude(substitutes=[]).select_related("shift", "position", "person")
    return list(rows.order_by("shift__starts_at", "pk")[:20])


def lines_of(person: Person, roster: Roster) -> list[RosterLine]:
    rows = roster.lines.filter(person=person, asked_at__isnull=False).select_related("shift", "position").order_by("shift__starts_at", "pk")
    return list(rows)


def open_questions(person: Person) -> QuerySet[RosterLine]:
    """What somebody has been asked and has not answered, soonest first."""
    return (
        RosterLine.objects.filter(
            person=person, roster__state=Roster.State.PUBLISHED, asked_at__isnull=False, answer=RosterLine.Answer.OPEN, shift__ends_at__gt=clock.now()
        )
        .select_related("roster__activity", "shift", "position")
        .order_by("shift__starts_at", "pk")
    )


def waiting_on(organization: Organization | None = None, territory: Territory | None = None) -> QuerySet[Roster]:
    """Rosters of coming activities with places still missing, soonest first: for whoever plans. Withdrawn and finished ones not."""
    rows = Roster.objects.filter(activity__state__in=["draft", "published"], activity__last_ends_at__gt=clock.now()).exclude(
        state=Roster.State.WITHDRAWN
    )
    if organization is not None:
        rows = rows.filter(activity__host=organization)
    if territory is not None:
        rows = rows.filter(activity__territory__path__startswith=territory.path)
    newer = Roster.objects.filter(activity=OuterRef("activity"), pk__gt=OuterRef("pk")).exclude(state=Roster.State.WITHDRAWN)
    return (
        rows.filter(Q(state=Roster.State.PUBLISHED) | ~Exists(newer), covered__lt=F("required"))
        .select_related("activity__host", "activity__territory").order_by("activity__first_starts_at", "pk")
    )  # fmt: skip


def of_activity(activity: Activity) -> list[dict[str, Any]]:
    """For the page of an activity: its standing plans."""
    rows = Roster.objects.filter(activity=activity).exclude(state=Roster.State.WITHDRAWN)
    return [dict(row) for row in rows.order_by("pk").values("pk", "name", "state", "covered", "required")]


def profiles_of(people: Iterable[int]) -> dict[int, dict[str, str]]:
    """Skills and stretches of the week of some people, in words. Two queries."""
    labels = dict(VolunteerProfile.Slot.choices)
    rows = VolunteerProfile.objects.filter(person__in=list(people)).prefetch_related("skills")
    return {
        row.person_id: {
            "skills": ", ".join(sorted(skill.name for skill in row.skills.all())),
            "times": ", ".join(str(labels[slot]) for slot in row.availability if slot in labels),
        }
        for row in rows
    }
