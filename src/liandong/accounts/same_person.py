"""Who is the same person? One rule for a form, a sign-in and an import of thirty thousand rows.

Same ID number; else same phone and same name; else same name and same day of birth. The last two only when the ID numbers known do not contradict.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from liandong.accounts.models import Person, id_number_hash
from liandong.core.numbers import clean_number
from liandong.core.text import fold, normalize_phone


@dataclass(frozen=True)
class Clues:
    """What is known of somebody: folded name, normalised phone, hash of the ID number. Make it with `clues`."""

    name: str
    phone: str = ""
    birth_date: dt.date | None = None
    id_hash: str = ""


def clues(*, name: str, phone: str = "", birth_date: dt.date | None = None, id_number: str = "") -> Clues:
    number = clean_number(id_number)
    return Clues(name=fold(name), phone=normalize_phone(phone) or phone, birth_date=birth_date, id_hash=id_number_hash(number) if number else "")


class PeopleIndex:
    """The people who could be the same as any of a batch: one query, then look-ups in memory. `add` those made in between."""

    def __init__(self, batch: Iterable[Clues]) -> None:
        batch = list(batch)
        self._by_id: dict[str, Person] = {}
        self._by_phone: dict[tuple[str, str], list[Person]] = defaultdict(list)
        self._by_birth: dict[tuple[str, dt.date], list[Person]] = defaultdict(list)
        wanted = Q(pk__in=[])
        if hashes := {item.id_hash for item in batch if item.id_hash}:
            wanted |= Q(id_number_hash__in=hashes)
        if phones := {item.phone for item in batch if item.phone}:
            wanted |= Q(phone__in=phones)
        if births := {item.birth_date for item in batch if item.birth_date}:
            wanted |= Q(name__in={item.name for item in batch if item.birth_date}, birth_date__in=births)
        for person in Person.objects.filter(wanted, merged_into__isnull=True).order_by("id"):
            self.add(person)

    def add(self, person: Person) -> None:
        if person.id_number_hash:
            self._by_id.setdefault(person.id_number_hash, person)
        if person.phone:
            self._by_phone[person.name, person.phone].append(person)
        if person.birth_date:
            self._by_birth[person.name, person.birth_date].append(person)

    def find(self, wanted: Clues) -> Person | None:
        """The same person, the longest known one if there are several, or None."""
        if wanted.id_hash and (person := self._by_id.get(wanted.id_hash)):
            return person
        candidates = list(self._by_phone.get((wanted.name, wanted.phone), ())) if wanted.phone else []
        if wanted.birth_date:
            candidates += self._by_birth.get((wanted.name, wanted.birth_date), ())
        return next((person for person in candidates if not _contradicts(person, wanted)), None)


def _contradicts(person: Person, wanted: Clues) -> bool:
    return bool(wanted.id_hash and person.id_number_hash and person.id_number_hash != wanted.id_hash)


def find_same_person(*, name: str, phone: str = "", birth_date: dt.date | None = None, id_number: str = "") -> Person | None:
    """The person these details belong to, if we know them already."""
    wanted = clues(name=name, phone=phone, birth_date=birth_date, id_number=id_number)
    return PeopleIndex([wanted]).find(wanted)
