"""Small tools of the builder: dates, codes, bulk writing, journal."""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import models
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.core.actors import DEMO
from liandong.demo import words
from liandong.demo.sizes import Size
from liandong.journal.models import Entry
from liandong.journal.services import key_of

BATCH = 2_000
HISTORY_DAYS = 425
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class Tools:
    """What every step of the builder uses."""

    def __init__(self, size: Size, *, seed: int, say: Callable[[str], None]) -> None:
        self.size, self.say, self.seed = size, say, seed
        self.rng = Random(seed)  # noqa: S311 -- repeatable on purpose
        self.voices = Random(f"{seed}-voices")  # noqa: S311 -- of its own, so that more words change nothing else
        self.now = clock.now().replace(microsecond=0)
        self.today = clock.today()
        self.zone = timezone.get_current_timezone()
        self.journal: list[Entry] = []
        self.used_codes: set[str] = set()
        self.busy: set[tuple[int, dt.date]] = set()
        self.phone = 0

    def code(self, length: int, prefix: str = "", *, rng: Random | None = None) -> str:
        """A code nobody has; from the step's own chance, so that other steps stay as they are."""
        while (made := prefix + "".join((rng or self.rng).choices(ids.ALPHABET, k=length))) in self.used_codes:
            pass
        self.used_codes.add(made)
        return made

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.zone)

    def working_moment(self, day: dt.date) -> dt.datetime:
        """A moment in office hours of that day, never in the future."""
        return min(self.at(day, self.rng.randint(9, 17), self.rng.randint(0, 59)), self.now - dt.timedelta(minutes=5))

    def later(self, moment: dt.datetime, low: float, high: float) -> dt.datetime:
        """Some days after a moment, skewed to the near end, never in the future."""
        days = low + (high - low) * self.rng.random() ** 1.6
        return min(moment + dt.timedelta(days=days), self.now - dt.timedelta(minutes=2))

    def save(self, rows: list[Any]) -> list[Any]:
        return type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH) if rows else []

    @staticmethod
    def linked(row: Any, field: str) -> Any:
        """Give the key of a parent that was saved in bulk after the child had been made."""
        setattr(row, f"{field}_id", getattr(row, field).pk)
        return row

    def note(self, verb: str, on: models.Model, at: dt.datetime, by: models.Model | None = None, **after: Any) -> None:
        self.journal.append(Entry(at=at, verb=verb, by=key_of(by) if by else str(DEMO), on=key_of(on), after=after, before={}, request_id="DEMO"))

    def person_name(self, old: bool = False) -> str:
        return self.rng.choice(words.SURNAMES) + self.rng.choice(words.GIVEN_OLD if old else words.GIVEN_YOUNG)

    def next_phone(self) -> str:
        self.phone += 1
        return f"199000{self.phone:05d}"

    def person(self, name: str, *, old: bool = False) -> Person:
        either = self.rng.choice("FM")
        person = Person(
            number=self.code(8, "L"),
            name=name,
            sex="F" if words.WOMEN & set(name[1:]) else "M" if words.MEN & set(name[1:]) else either,
            birth_date=self.today
            - dt.timedelta(days=self.rng.randint(60, 82) * 365 if old else self.rng.randint(20, 58) * 365 + self.rng.randint(0, 364)),
            phone=self.next_phone(),
            created_at=self.now - HISTORY_DAYS * DAY,
        )
        person.fill_pinyin()
        return person
