"""Folding what people and spreadsheets write into one form."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_PHONE_NOISE = re.compile(r"[\s\-‐-―—()（）·]")


def fold(value: str) -> str:
    """Full-width letters and digits to half-width, odd spaces to one space, invisible characters dropped, trimmed."""
    value = _INVISIBLE.sub("", unicodedata.normalize("NFKC", value))
    return re.sub(r"\s+", " ", value).strip()


def clean_words(value: str) -> str:
    """User text as typed, without invisible and control characters; newlines kept."""
    return _INVISIBLE.sub("", value).replace("\r\n", "\n").strip()


def one_line(value: str, longest: int) -> str:
    """What somebody wrote, on one line: spaces tidied, Chinese punctuation kept, cut to fit."""
    return " ".join(clean_words(value).split())[:longest]


def whole_number(value: str) -> int | None:
    """A key or count out of an address or a form: ASCII digits that fit a column, or None. `int` alone takes ², and breaks on five thousand digits."""
    return int(value) if re.fullmatch(r"[0-9]{1,18}", value) else None


def normalize_phone(value: str) -> str:
    """A Chinese mobile number as eleven digits, or "" when it is none. Takes +86, 0086, spaces, dashes, full width, 1.38E+10."""
    digits = _PHONE_NOISE.sub("", fold(str(value)))
    if re.fullmatch(r"\d{11}\.0+", digits):
        digits = digits.split(".")[0]
    digits = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", digits)
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else ""
