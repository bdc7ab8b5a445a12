"""Two rosters. A fair of the coming weekend to plan: six shifts, four positions, thirteen people, a plan by hand and two that were calculated, one place missing.

And three mornings in the kitchen of next week, published: most have said yes, one has not answered, one cannot come and somebody is proposed instead.
"""

import datetime as dt
from random import Random
from typing import Any

from django.utils import timezone

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift
from liandong.activities.services import PositionPlan, ShiftPlan, setting_up
from liandong.core import ids
from liandong.core.search import vector
from liandong.matching import services
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.matching.services.ground import PLANNER, save_figures
from liandong.volunteers.models import Skill, VolunteerProfile

REPAIR, ELECTRIC = "小家电维修", "电工"
POSITIONS = (("维修师傅", 2, REPAIR), ("登记引导", 1, ""), ("茶水", 1, ""), ("安全员", 1, ELECTRIC))
TIMES = ((9, 0), (13, 30), (16, 0))
LONG = dt.timedelta(hours=2, minutes=30)
# One letter a shift: what was placed by hand (w repairs, d desk, t tea, a safety), + would like it, x cannot come, . nothing.
PEOPLE = (
    ("", "d+.+dx"), (REPAIR, "wwxxw."), ("", ".dd.+x"), (REPAIR, "xw+w.w"), ("", "t.xt.+"), (ELECTRIC, "aaxax."), (REPAIR, "+.w.w+"),
    (ELECTRIC, "xxaxax"), (REPAIR, "w..wxx"), ("", ".ttx+."), (REPAIR, "x+w+.w"), ("", ".+xd.d"), ("", ".x.x+t"),
)  # fmt: skip
LETTERS = {"w": 0, "d": 1, "t": 2, "a": 3}
LOCKED = {(0, 0), (1, 0), (5, 0), (7, 4)}
OUTSIDE = 6


def plant(town: Any) -> None:
    """After everything else of the town is there."""
    rng = Random(f"{town.seed}-rostering")  # noqa: S311 -- repeatable on purpose
    host, leader = town.social[0], town.cast["agency"]
    home = town.communities[0]
    saturday = town.today + dt.timedelta(days=(5 - town.today.weekday()) % 7 or 7)
    activity, shifts = _fair(town, rng, host=host, leader=leader, home=home, saturday=saturday)
    street = [person for person in town.volunteers[2:] if town.home_of[person.pk].parent_id == home.parent_id]
    days = {saturday, saturday + dt.timedelta(days=1)}
    free = [person for person in street if not any((person.pk, day) in town.busy for day in days)]
    if len(free) < len(PEOPLE) + OUTSIDE:
        return
    chosen = rng.sample(free, len(PEOPLE) + OUTSIDE)
    people, outside = chosen[: len(PEOPLE)], chosen[len(PEOPLE) :]
    town.busy.update((person.pk, day) for person in people for day in days)
    _skills(people, outside)
    by_hand = town.by_hand = _by_hand(town, activity, shifts, people, leader=leader)
    town.note("roster.made", by_hand, town.now - dt.timedelta(hours=3), leader, name=by_hand.name)


def calculate(town: Any) -> None:
    """After the journal is written: the two calculated plans, through the verbs."""
    by_hand = getattr(town, "by_hand", None)
    if by_hand is None:
        return
    leader = town.cast["agency"]
    calculated = services.copy_roster(by_hand, name="A", keep_lines=False, by=PLANNER)
    services.solve_now(calculated, seconds=2, by=PLANNER)
    again = services.copy_roster(calculated, name="B", by=PLANNER)
    services.solve_now(again, seconds=2, by=PLANNER)
    made = town.now - dt.timedelta(hours=3)
    Roster.objects.filter(activity=by_hand.activity).update(made_by=leader, made_at=made, saved_at=town.now - dt.timedelta(minutes=40))
    _kitchen(town)
    town.say("a roster to plan and one that was published")


def _kitchen(town: Any) -> None:
    """Through the verbs, as it would be done. The volunteer of the demo has a question to answer."""
    leader, volunteer, home = town.cast["agency"], town.cast["volunteer"], town.communities[0]
    monday = town.today + dt.timedelta(days=7 - town.today.weekday())
    days = [day for day in (monday + dt.timedelta(days=n) for n in (1, 2, 3, 4, 7, 8, 9, 10)) if (volunteer.pk, day) not in town.busy][:3]
    early = set(VolunteerProfile.objects.filter(availability__contains=[VolunteerProfile.Slot.WEEKDAY_MORNING]).values_list("person", flat=True))
    free = [person for person in town.volunteers[2:] if person.pk in early and not any((person.pk, day) in town.busy for day in days)]
    people = [volunteer, *[person for person in free if person != volunteer][:7]]
    if len(people) < 6:
        return
    starts = [town.at(day, 9) for day in days]
    places = [PositionPlan("volunteer", "择菜", 2), PositionPlan("volunteer", "分餐", 1)]
    activity = setting_up.create_activity(
        title="社区食堂帮厨", host=town.social[0], territory=home, place=f"{home.name}食堂", leader=leader, contact_name=leader.name,
        contact_phone="010-5555 0186", summary="和厨师一起择菜、分餐，给三十位老人备午饭。", by=leader,
        shifts=[ShiftPlan(at, at + LONG, places) for at in starts],
    )  # fmt: skip
    setting_up.publish_activity(activity, by=leader)
    roster = services.make_roster(activity, by=leader)
    services.add_candidates(roster, people=people, by=PLANNER)
    services.place(roster, person=volunteer, position=Position.objects.get(shift__activity=activity, shift__starts_at=starts[1], order=1), by=PLANNER)
    services.solve_now(roster, seconds=2, by=PLANNER)
    services.publish_roster(roster, by=leader)
    asked = list(roster.lines.exclude(person=volunteer).order_by("shift__starts_at", "person_id"))
    for line in asked[:-1]:
        services.accept_line(line, by=line.person)
    services.decline_line(asked[0], words="那天要去医院复查", by=asked[0].person)
    asked[0].refresh_from_db()
    services.propose_substitutes(asked[0])


def _fair(town: Any, rng: Random, *, host: Any, leader: Person, home: Any, saturday: dt.date) -> tuple[Activity, list[Shift]]:
    code = "".join(rng.choices(ids.ALPHABET, k=7))
    while code in town.used_codes:
        code = "".join(rng.choices(ids.ALPHABET, k=7))
    town.used_codes.add(code)
    starts = [town.at(saturday + dt.timedelta(days=day), hour, minute) for day in (0, 1) for hour, minute in TIMES]
    written = town.now - dt.timedelta(days=5)
    title, summary = "街坊修理集市", "两天六班：修家电、磨剪刀、换拉链，登记排队，茶水管够。"
    activity = Activity.objects.create(
        code=code, title=title, summary=summary, category="other", host=host, territory=home, place=f"{home.name}小广场", leader=leader,
        contact_name=leader.name, contact_phone="010-5555 0186", state="published", first_starts_at=starts[0], last_ends_at=starts[-1] + LONG,
        created_by=leader, created_at=written, published_at=written + dt.timedelta(hours=1),
    )  # fmt: skip
    Activity.objects.filter(pk=activity.pk).update(search=vector(title, summary, host.name, home.name))
    shifts = [Shift.objects.create(activity=activity, starts_at=at, ends_at=at + LONG, secret=f"{rng.getrandbits(128):032x}") for at in starts]
    Position.objects.bulk_create(
        Position(shift=shift, kind="volunteer", name=name, capacity=heads, order=order)
        for shift in shifts
        for order, (name, heads, _skill) in enumerate(POSITIONS)
    )
    town.note("activity.created", activity, written, leader, state="draft")
    town.note("activity.published", activity, written + dt.timedelta(hours=1), leader, state="published")
    return activity, shifts


def _skills(people: list[Person], outside: list[Person]) -> None:
    """Two people of the plan have the certificate, six others on the platform do."""
    skills = {name: Skill.objects.get_or_create(name=name)[0] for name in (REPAIR, ELECTRIC)}
    wanted = [(person, skill) for person, (skill, _row) in zip(people, PEOPLE, strict=True) if skill] + [(person, ELECTRIC) for person in outside]
    profiles = {profile.person_id: profile for profile in VolunteerProfile.objects.filter(person__in=[person.pk for person, _skill in wanted])}
    link = VolunteerProfile.skills.through
    link.objects.bulk_create(
        [link(volunteerprofile_id=profiles[person.pk].pk, skill_id=skills[skill].pk) for person, skill in wanted], ignore_conflicts=True
    )


def _by_hand(town: Any, activity: Activity, shifts: list[Shift], people: list[Person], *, leader: Person) -> Roster:
    now = timezone.now()
    roster = Roster.objects.create(
        activity=activity, name="手排", weekly_minutes=450, rule_version=1, skills={name: [skill] for name, _heads, skill in POSITIONS if skill},
        made_by=leader, made_at=now, saved_at=now,
    )  # fmt: skip
    keys = [shift.pk for shift in shifts]
    candidates, lines = [], []
    positions = {(position.shift_id, position.order): position for position in Position.objects.filter(shift__in=keys)}
    for number, (person, (skill, row)) in enumerate(zip(people, PEOPLE, strict=True)):
        candidates.append(
            RosterCandidate(
                roster=roster, person=person, source="team" if number % 3 else "earlier", skills=[skill] if skill else [],
                wishes=[key for key, letter in zip(keys, row, strict=True) if letter == "+" or (letter not in ".x" and (number + key) % 3)],
                unavailable=[key for key, letter in zip(keys, row, strict=True) if letter == "x"], past_minutes=150 * (number % 3),
            )
        )  # fmt: skip
        for place, (key, letter) in enumerate(zip(keys, row, strict=True)):
            if letter in LETTERS and (number + place) % 9 != 4:
                lines.append(
                    RosterLine(
                        roster=roster, person=person, shift_id=key, position=positions[key, LETTERS[letter]], is_locked=(number, place) in LOCKED,
                        placed_how="person", placed_by=leader, reasons=[{"code": "by_hand", "values": {}}],
                    )
                )  # fmt: skip
    RosterCandidate.objects.bulk_create(candidates)
    RosterLine.objects.bulk_create(lines)
    save_figures(roster)
    return roster
