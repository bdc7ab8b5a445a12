"""Resident ID numbers (GB 11643-1999): the check digit, and what the number says about birth and sex.

No register of county codes: many numbers carry a code that was abolished decades ago.
"""

import datetime as dt
import re

from liandong.core.clock import today
from liandong.core.text import fold

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def clean_id_number(value: object) -> str:
    """As typed or pasted, folded to half width, without spaces and dashes, X in capitals."""
    return re.sub(r"[\s\-]", "", fold(str(value or ""))).upper()


def check_digit(first17: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_id_number(value: str) -> bool:
    """Eighteen characters, a day that exists and lies behind us, and the right check digit."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", value) or not value.isascii():
        return False
    return birth_date_of(value) is not None and check_digit(value[:17]) == value[17]


def birth_date_of(value: str) -> dt.date | None:
    """The day of birth in an eighteen-character number, or None."""
    try:
        born = dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    return born if dt.date(1880, 1, 1) <= born <= today() else None


def sex_of(value: str) -> str:
    """F or M: the seventeenth digit."""
    return "M" if int(value[16]) % 2 else "F"
