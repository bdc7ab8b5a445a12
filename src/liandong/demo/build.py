"""Builds the demo town: a year of a street or a district, the same for the same seed, with dates relative to today.

The past is written in bulk, because verbs act now; it obeys the same rules, and `check_invariants` says so. Random numbers come from one
generator in a fixed order, so two runs on one day give the same town.
"""

from collections.abc import Callable

from django.db import connection, transaction

from liandong.accounts.models import Person
from liandong.demo import (
    asked,
    at_the_door,
    booking_rooms,
    doubting,
    giving_back,
    honouring,
    keeping_books,
    keeping_dossiers,
    lots,
    matters,
    overlapping,
    packaging,
    pausing,
    proving,
    receiving,
    resting,
    rostering,
    serving,
    suggesting,
    taking_turns,
    visiting,
    welcoming,
)
from liandong.demo.sizes import SIZES
from liandong.demo.worth import Worth
from liandong.journal.services import seal_entries


class NotEmpty(Exception):
    """The database holds people already; the demo town is only built into an empty one."""


def build(size: str = "street", *, seed: int = 2026, say: Callable[[str], None] = lambda line: None) -> "Town":
    """Build the town in one transaction. Raises NotEmpty when there are people already."""
    if Person.objects.exists():
        raise NotEmpty
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0")  # a district takes minutes
        town = Town(SIZES[size], seed=seed, say=say)
        town.build()
    while seal_entries(limit=50_000):
        pass
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return town


class Town(Worth):
    """The whole town, step by step."""

    def build(self) -> None:
        for step in (
            self.make_places,
            self.make_bodies,
            self.make_people,
            self.make_teams,
            self.make_venues,
            self.make_needs,
            self.make_story,
            self.make_projects,
            self.make_other_activities,
            self.make_sign_ups,
            self.make_records,
            self.make_ratings,
            self.make_notices,
            lambda: matters.plant(self),
            lambda: visiting.plant(self),
            lambda: asked.plant(self),
            lambda: overlapping.plant(self),
            lambda: rostering.plant(self),
            lambda: packaging.plant(self),
            lambda: lots.plant(self),
            lambda: booking_rooms.plant(self),
            lambda: receiving.plant(self),
            lambda: resting.plant(self),
            lambda: welcoming.plant(self),
            lambda: serving.plant(self),
            lambda: at_the_door.plant(self),
            lambda: doubting.plant(self),
            lambda: giving_back.plant(self),
            lambda: keeping_books.plant(self),
            lambda: honouring.plant(self),
            lambda: proving.plant(self),
            lambda: keeping_dossiers.plant(self),
            self.make_overdue,
            lambda: pausing.plant(self),
        ):
            step()
        self.save(sorted(self.journal, key=lambda entry: entry.at))
        with connection.cursor() as cursor:
            cursor.execute("analyze")  # what is asked from here on goes over all that was written
        doubting.look(self)
        matters.find_themes(self)  # after everything that asks for something
        suggesting.prepare(self)
        rostering.calculate(self)
        packaging.calculate(self)
        suggesting.plant(self)
        taking_turns.plant(self)
