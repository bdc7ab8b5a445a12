"""An activity of three days from now with two places by draw, and people who enter it."""

import datetime as dt
import itertools
from typing import Any

from liandong.accounts.models import Person
from liandong.activities import services as signing
from liandong.activities.models import Activity, Position, SignUp
from liandong.activities.tests import factories as activities
from liandong.core import clock
from liandong.matching import services
from liandong.matching.models import Draw
from liandong.matching.tests.factories import with_account
from liandong.organizations.models import Role

_numbers = itertools.count(1)


class Lots:
    def __init__(self) -> None:
        self.host = activities.make_organization()
        self.planner = with_account(activities.make_staff(self.host, "周敏", Role.ORG_MANAGER))
        self.activity = self.activity_by_draw()
        self.position = self.position_of(self.activity)
        self.shift = self.position.shift
        self.first = services.announce_draw(self.activity)
        self.rows: list[SignUp] = []

    @property
    def draw(self) -> Draw:
        return Draw.objects.select_related("activity").get(activity=self.activity)

    def activity_by_draw(self, *, days: int = 5, **fields: Any) -> Activity:
        made = activities.make_activity(host=self.host, leader=self.planner, title="葡萄酒窖参观", places_by="draw", **fields)
        activities.make_position(activities.make_shift(made, starts_at=activities.at(days, 14)), kind="participant", name="参观", capacity=2)
        return made

    def position_of(self, activity: Activity) -> Position:
        return Position.objects.select_related("shift").get(shift__activity=activity)

    def person(self) -> Person:
        return activities.make_person(f"街坊{next(_numbers)}")

    def with_account(self, person: Person) -> Person:
        return with_account(person)

    def enter(self, count: int) -> None:
        for _ in range(count):
            self.enter_as(self.person())

    def enter_as(self, person: Person) -> SignUp:
        self.rows.append(signing.sign_up(self.position, person=person, by=person))
        return self.rows[-1]

    def close(self, moved: Any, run_jobs: Any) -> None:
        """The clock goes to the moment, and the job comes by."""
        from liandong.matching.reactions.draws import close_draws

        moved.move_to(self.draw.closes_at + dt.timedelta(minutes=1))
        close_draws(timestamp=0)
        run_jobs()

    def hold(self, moved: Any, run_jobs: Any) -> Draw:
        self.close(moved, run_jobs)
        services.hold_draw(self.draw, by=self.planner)
        return self.draw

    def held(self, *, rank: int, person: Person) -> Draw:
        """An earlier draw in which somebody stood at that rank, written straight."""
        activity = self.activity_by_draw(days=-rank)
        activity.drawn_at = clock.now() - dt.timedelta(days=20 - rank)
        activity.save(update_fields=["drawn_at"])
        activities.make_sign_up(self.position_of(activity), person=person, state="waiting", slip=f"{rank:06}", drawn_rank=rank)
        return Draw(activity=activity)
