"""Lists of people, compared without being shown: each identifier becomes a keyed digest the moment it is read, and two lists answer only with a blurred count.

Guards against trying single persons out: a least size, a count that is blurred anew with every list, nothing said when there are few or none, and lists of one body that differ
by a few people only are refused (`services.lists`).
"""

import datetime as dt
import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from liandong.core import crypto
from liandong.core.numbers import clean_number, is_id_number
from liandong.core.text import fold, normalize_phone

LEAST = 10  # people in a list
MOST = 20_000
SHIFT = 0.6  # how a count is blurred: odds of one step further away
TOLD = 8  # a blurred count below is not told, nor that there is none
STEP = 5  # and what is told is rounded to these
APART = 5  # two lists of one body are the same or differ by at least so many people
A_DAY, A_MONTH = 3, 12  # lists that a body may put in

_CUT = re.compile(r"[\t,，;；|、]+|\s{1,}")
_NAME = re.compile(r"^[\u3400-\u9fff·]{2,12}$")
_DATE = re.compile(r"^((?:19|20)\d\d)[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?$")


@dataclass
class Reading:
    """What was found in a pasted or uploaded list: digests of each person, and how many lines named nobody who can be told apart."""

    people: list[frozenset[str]] = field(default_factory=list)
    skipped: int = 0


def digests_of(*, name: str = "", phone: str = "", id_number: str = "", birth_date: dt.date | None = None) -> frozenset[str]:
    """One digest for each identifier that is known: phone, ID number, name with day of birth."""
    found = set()
    if phone := normalize_phone(phone):
        found.add(crypto.keyed_hash(phone, purpose="beneficiary-phone"))
    if is_id_number(number := clean_number(id_number)):
        found.add(crypto.keyed_hash(number, purpose="beneficiary-id"))
        birth_date = birth_date or dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if name and birth_date:
        found.add(crypto.keyed_hash(f"{fold(name)}|{birth_date.isoformat()}", purpose="beneficiary-birth"))
    return frozenset(found)


def read_lines(lines: Iterable[Sequence[Any]]) -> Reading:
    """Rows of cells in any order: what is a phone, an ID number, a day and a name is seen by its form. The same person twice counts once."""
    reading, seen = Reading(), set[str]()
    for cells in lines:
        if len(reading.people) >= MOST:
            break
        texts = [_text(cell) for cell in cells]
        texts = [text for text in texts if text]
        if not texts:
            continue
        known = digests_of(
            name=next((text for text in texts if _NAME.match(text)), ""),
            phone=next((text for text in texts if normalize_phone(text)), ""),
            id_number=next((text for text in texts if is_id_number(clean_number(text))), ""),
            birth_date=next((day for text in texts if (day := _day(text))), None),
        )
        if not known:
            reading.skipped += 1
        elif not (known & seen):
            reading.people.append(known)
            seen |= known
    return reading


def read_text(text: str) -> Reading:
    return read_lines([_CUT.split(fold(line)) for line in text.splitlines()[: MOST * 2]])


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else fold(str(cell if cell is not None else ""))


def _day(text: str) -> dt.date | None:
    if not (match := _DATE.match(text)):
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def told(exact: int, *, key: str) -> int:
    """What is said about two lists that share `exact` people: 0 for "few or none", else about how many, in fives.

    The count is moved by a two-sided geometric draw (odds SHIFT for each step), so that one person more or less changes the odds of any answer by a factor of
    1/SHIFT at most, at every edge. The draw comes from the two lists themselves (`key`): the same question has always the same answer.
    """
    digest = hashlib.sha256(crypto.keyed_hash(key, purpose="beneficiary-blur").encode()).digest()
    first, second = (1 - int.from_bytes(part, "big") / 2**64 for part in (digest[:8], digest[8:16]))
    blurred = exact + _steps(first) - _steps(second)
    return round(blurred / STEP) * STEP if blurred >= TOLD else 0


def _steps(share: float) -> int:
    """Geometric: none with 1 - SHIFT, one with SHIFT times that, and so on."""
    return int(math.log(max(share, 1e-12)) / math.log(SHIFT))


def content_of(people: Sequence[frozenset[str]]) -> str:
    """The same for the same people in any order: putting a list in again draws no new blur."""
    return hashlib.sha256("\n".join(sorted(digest for person in people for digest in person)).encode()).hexdigest()
