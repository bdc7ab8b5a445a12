"""Numbers that states give: resident ID (GB 11643-1999), unified social credit code (GB 32100-2015), the shapes of other documents.

Our own arithmetic, because a library's trouble never reaches a person: each `problem_of_*` answers with a sentence, "" when the number is right.
No register of county codes: many numbers carry a code that was abolished decades ago.
"""

import datetime as dt
import re

from django.utils.translation import gettext as _

from liandong.core.clock import today
from liandong.core.text import fold

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
OLDEST_BIRTH = dt.date(1880, 1, 1)

# The shapes of documents of people, by kind. None of them but the resident kinds carries a check digit that is published.
SHAPES = {
    "hkm_permit": r"[HM]\d{8}(\d{2})?",
    "taiwan_permit": r"\d{8}(\d{2})?",
    "passport": r"[A-Z0-9]{5,15}",
    "foreign_card": r"[A-Z]{3}\d{12}",
}
RESIDENT_KINDS = ("resident", "hkmt_residence")


def clean_number(value: object) -> str:
    """As typed or pasted, folded to half width, without spaces, dashes and dots, letters in capitals."""
    return re.sub(r"[\s\-_.·'’`‐-―—]", "", fold(str(value or ""))).upper().replace("×", "X")


# Resident ID


def check_digit(first17: str) -> str:
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def birth_date_of(value: str) -> dt.date | None:
    """The day of birth in an eighteen-character number, or None."""
    try:
        born = dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    return born if OLDEST_BIRTH <= born <= today() else None


def sex_of(value: str) -> str:
    """F or M: the seventeenth digit."""
    return "M" if int(value[16]) % 2 else "F"


def problem_of_id_number(value: str) -> str:
    """What is wrong with a cleaned resident ID number, in words a person can act on; "" when nothing is."""
    if len(value) != 18:
        return _("An ID number has 18 characters; this one has %(count)s.") % {"count": len(value)}
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", value):
        return _("An ID number is 17 digits and a last digit or X.")
    if birth_date_of(value) is None:
        return _("The day of birth in this ID number does not exist.")
    if check_digit(value[:17]) != value[17]:
        return _("The last character of this ID number does not fit the others. Please compare it with the card.")
    return ""


def is_id_number(value: str) -> bool:
    """Eighteen characters, a day that exists and lies behind us, and the right check digit."""
    return not problem_of_id_number(value)


# Other documents


def problem_of_document(kind: str, value: str) -> str:
    """The same for a document of any kind (`accounts.IdKind`)."""
    if kind in RESIDENT_KINDS or (kind == "foreign_card" and len(value) == 18):  # the card of 2023 is counted like a resident ID
        return problem_of_id_number(value)
    if not re.fullmatch(SHAPES.get(kind, SHAPES["passport"]), value):
        return _("This number does not look like one of this document. Please compare it.")
    return ""


# Unified social credit code


def uscc_check(first17: str) -> str:
    """The eighteenth character, by the first seventeen of the alphabet."""
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[(31 - total % 31) % 31]


def problem_of_uscc(value: str) -> str:
    """What is wrong with a cleaned credit code; "" when nothing is. Place 1 may be a letter (A, N, Y and what the registrars add), places 3 to 8 are digits."""
    if len(value) != 18:
        return _("A credit code has 18 characters; this one has %(count)s.") % {"count": len(value)}
    foreign = sorted({sign for sign in value if sign not in USCC_SIGNS})
    if foreign:
        return _("A credit code never holds “%(signs)s”; I, O, S, V and Z are not used. Please compare it with the certificate.") % {
            "signs": " ".join(foreign)
        }
    if not re.fullmatch(r"[1-9A-Y].[0-9]{6}.{10}", value):
        return _("A credit code begins with the registrar, and its third to eighth characters are digits.")
    if uscc_check(value[:17]) != value[17]:
        return _("The last character of this credit code does not fit the others. Please compare it with the certificate.")
    return ""
