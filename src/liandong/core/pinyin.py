"""Names sort and are found by pinyin. Stored beside the name, because collations differ from server to server."""

import re

from liandong.core.text import fold

# Surnames that pypinyin reads by their everyday sound.
_SURNAMES = {
    "单于": "chan yu",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "曾": "zeng",
    "盖": "ge",
    "朴": "piao",
    "区": "ou",
    "尉迟": "yu chi",
    "万俟": "mo qi",
}


def pinyin_of(name: str, *, person: bool = False) -> str:
    """'欧阳娜娜' -> 'ouyangnana'. ASCII stays, lower case. `person` reads the first syllable as a surname."""
    from pypinyin import lazy_pinyin

    name = fold(name)
    if person:
        for length in (2, 1):
            if name[:length] in _SURNAMES:
                return re.sub(r"[^a-z0-9]", "", _SURNAMES[name[:length]] + "".join(lazy_pinyin(name[length:])).lower())
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())


def initials_of(name: str) -> str:
    """'欧阳娜娜' -> 'oynn'."""
    from pypinyin import Style, lazy_pinyin

    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(fold(name), style=Style.FIRST_LETTER)).lower())
