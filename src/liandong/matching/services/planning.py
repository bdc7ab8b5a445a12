"""Making a roster, copying one, and whom it may place."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, SignUp
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.matching import permissions, queries, rules
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.matching.problems.rosters import past_minutes_of, shifts_to_fill, slot_of
from liandong.matching.services.ground import Actor, lock_roster, require_open, save_figures
from liandong.volunteers import permissions as volunteers
from liandong.volunteers.models import Team, VolunteerProfile

Source = RosterCandidate.Source
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_CANDIDATES = 400


def next_name(activity: Activity) -> str:
    """The first letter that no standing plan of the activity has."""
    taken = set(Roster.objects.filter(activity=activity).exclude(state=Roster.State.WITHDRAWN).values_list("name", flat=True))
    return next((letter for letter in LETTERS if letter not in taken), f"A{len(taken)}")


@transaction.atomic
def make_roster(
    activity: Activity, *, name: str = "", teams: Sequence[Team] = (), earlier: bool = False, skilled: bool = False,
    skills: Mapping[str, Sequence[str]] | None = None, weekly_minutes: int | None = None, by: Actor,
) -> Roster:  # fmt: skip
    """An empty plan with its candidates: the teams chosen, those who signed up, on request those who came before and those around who have a skill asked for.

    `skills` says by position name which skills it asks for. Those who have a place already stand in the plan, locked. The weekly limit may be lower than the rule, never higher.
    """
    activity = Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory").get(pk=activity.pk)
    require(permissions.can_plan(by, activity))
    for team in teams:
        require(volunteers.can_see_members(by, team))
    shifts = [shift for shift in shifts_to_fill(activity) if shift.ends_at > clock.now()]
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED) or not shifts:
        raise Refused(_("There is no shift with places for volunteers ahead."))
    rule = rules.rule_on(clock.today())
    limit = rule.weekly_minutes if weekly_minutes is None else weekly_minutes
    if not 0 < limit <= rule.weekly_minutes:
        raise Refused(_("At most %(hours)s hours a week, so that nobody is overworked.") % {"hours": rule.weekly_minutes // 60}, field="weekly_hours")
    wanted = {name: sorted(set(names)) for name, names in (skills or {}).items() if names}
    name = (name or next_name(activity)).strip()[:20]
    if Roster.objects.filter(activity=activity, name=name).exclude(state=Roster.State.WITHDRAWN).exists():
        raise Refused(_("There is a plan with this name already."), field="name")
    now = clock.now()
    row = Roster.objects.create(
        activity=activity, name=name, weekly_minutes=limit, rule_version=rule.version, skills=wanted, made_by=by if isinstance(by, Person) else None,
        made_at=now, saved_at=now,
    )  # fmt: skip
    sources = queries.people_to_plan(
        activity, teams=teams, earlier=earlier, skills=sorted({one for names in wanted.values() for one in names}) if skilled else (), by=by
    )
    _write_candidates(row, dict(list(sources.items())[:MOST_CANDIDATES]), shifts)
    _keep_places(row, shifts)
    save_figures(row)
    journal.record("roster.made", on=row, after={"name": name, "candidates": len(sources), "weekly_minutes": limit}, by=by)
    return row


def _write_candidates(row: Roster, sources: Mapping[int, str], shifts: Sequence) -> None:
    """What each has said: skills, stretches of the week, shifts signed up for or waited for."""
    profiles = {profile.person_id: profile for profile in VolunteerProfile.objects.filter(person__in=list(sources)).prefetch_related("skills")}
    past = past_minutes_of(sources)
    wishes: dict[int, list[int]] = {}
    asked = SignUp.objects.filter(shift__in=[shift.pk for shift in shifts], position__kind=Position.Kind.VOLUNTEER).exclude(
        state=SignUp.State.CANCELLED
    )
    for person, shift in asked.values_list("person", "shift").order_by("shift"):
        wishes.setdefault(person, []).append(shift)
    slots = {shift.pk: slot_of(shift) for shift in shifts}
    made = []
    for person, source in sources.items():
        profile = profiles.get(person)
        said = set(profile.availability) if profile else set()
        own = wishes.get(person, [])
        made.append(
            RosterCandidate(
                roster=row, person_id=person, source=source, skills=sorted(skill.name for skill in profile.skills.all()) if profile else [], wishes=own,
                unavailable=[pk for pk, part in slots.items() if said and part not in said and pk not in own], past_minutes=past.get(person, 0),
            )
        )  # fmt: skip
    RosterCandidate.objects.bulk_create(made)


def _keep_places(row: Roster, shifts: Sequence) -> None:
    """Who has a place already decided it themselves: their lines are locked and answered."""
    kept = SignUp.objects.filter(
        shift__in=[shift.pk for shift in shifts], position__kind=Position.Kind.VOLUNTEER, state=SignUp.State.CONFIRMED,
        person__in=row.candidates.values("person"),
    )  # fmt: skip
    RosterLine.objects.bulk_create(
        RosterLine(
            roster=row, person_id=one.person_id, shift_id=one.shift_id, position_id=one.position_id, is_locked=True, placed_how=RosterLine.Hand.PERSON,
            placed_by_id=one.signed_up_by_id, answer=RosterLine.Answer.ACCEPTED, answered_at=one.signed_up_at, asked_at=one.signed_up_at,
            reasons=[{"code": "signed_up", "values": {}}],
        )
        for one in kept.order_by("pk")
    )  # fmt: skip


@transaction.atomic
def copy_roster(roster: Roster, *, name: str = "", keep_lines: bool = True, by: Actor) -> Roster:
    """Another plan for the same activity: the same candidates and locks, with or without the lines that are not locked."""
    old = lock_roster(roster, by=by)
    name = (name or next_name(old.activity)).strip()[:20]
    if Roster.objects.filter(activity=old.activity, name=name).exclude(state=Roster.State.WITHDRAWN).exists():
        raise Refused(_("There is a plan with this name already."), field="name")
    now = clock.now()
    row = Roster.objects.create(
        activity=old.activity, name=name, copied_from=old, weekly_minutes=old.weekly_minutes, rule_version=old.rule_version, skills=old.skills,
        made_by=by if isinstance(by, Person) else None, made_at=now, saved_at=now,
    )  # fmt: skip
    candidates = list(old.candidates.order_by("pk"))
    lines = list(old.lines.exclude(answer=RosterLine.Answer.DECLINED).order_by("pk"))
    copies: list[RosterCandidate | RosterLine] = [*candidates, *lines]
    for each in copies:
        each.pk, each.roster, each._state.adding = None, row, True
    RosterCandidate.objects.bulk_create(candidates)
    kept = [line for line in lines if keep_lines or line.is_locked]
    for line in kept:
        if line.placed_how == RosterLine.Hand.MACHINE or line.answer != RosterLine.Answer.ACCEPTED:
            line.asked_at = line.answer_due_at = None
    RosterLine.objects.bulk_create(kept)
    save_figures(row)
    journal.record("roster.copied", on=row, after={"name": name, "from": old.pk, "lines": len(kept)}, by=by)
    return row


@transaction.atomic
def add_candidates(roster: Roster, *, people: Iterable[Person], by: Actor) -> int:
    """People found on the platform may be placed from now on. Only those the planner sees."""
    row = lock_roster(roster, by=by)
    require_open(row)
    wanted = {person.pk for person in people}
    seen = set(queries.people_to_add(row, by=by).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - seen:
        raise Refused(_("Some of these people cannot be added: you do not see them, or they are on the plan already."))
    _write_candidates(row, dict.fromkeys(sorted(wanted), Source.ADDED), shifts_to_fill(row.activity))
    save_figures(row)
    journal.record("roster.people_added", on=row, after={"people": len(wanted)}, by=by)
    return len(wanted)
