"""What people write into a cell, as a value and, where it is not clean, a code that says why. Pure functions: no database, no Django.

A cell is str, int, float, bool, date, datetime or time, as `sheets` reads it. A parser returns `Parsed(value, code)`: the value is None (or "") when
nothing trustworthy could be read. Nothing is guessed: a ruined ID number is no ID number.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from liandong.core.numbers import birth_date_of, check_digit
from liandong.core.text import clean_words, fold, normalize_phone

Cell = Any
EXCEL_EPOCH = dt.date(1899, 12, 30)
FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Parsed:
    """A value and what is to be said about it: `code` is empty when the cell was clean, `note` tells that the value is good but something was left out."""

    value: Any = None
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)


# Text


def text_of(cell: Cell) -> str:
    """The cell as a person sees it: 19975563274.0 -> '19975563274', a date -> '1990-05-01', full width -> half width."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="minutes") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return _plain_text(str(cell))


@lru_cache(maxsize=8192)
def _plain_text(text: str) -> str:
    if text.isascii() and text.isalnum():  # most cells: nothing to fold
        return text
    return fold(unquoted(text))


def words_of(cell: Cell) -> str:
    """Text as typed, with its lines; never changed beyond invisible characters."""
    return clean_words(unquoted(cell)) if isinstance(cell, str) else text_of(cell)


def unquoted(text: str) -> str:
    """Our own exports, and Excel's users, put an apostrophe before text that would be a formula."""
    stripped = text.lstrip()
    return stripped[1:] if len(stripped) > 1 and stripped[0] in "'’" and stripped[1] in "=+-@\t\r0123456789" else text


def is_formula(cell: Cell) -> bool:
    """Would a spreadsheet take this text for a formula? (+86 138… and -5 are numbers, - alone is a dash.)"""
    if not isinstance(cell, str):
        return False
    text = unquoted(cell)
    if text[:1] in ("\t", "\r") and text.strip()[:1] in ("=", "+", "-", "@"):
        return True
    text = unicodedata.normalize("NFKC", text).strip()
    return text[:1] in FORMULA_LEADS and not re.fullmatch(r"[+-]?[\d\s().\-]*|[-—+]+", text)


# Names


_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_HAN_SPACE = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_DOT = re.compile(rf"(?<=[{_HAN}])\s*[•‧・･∙⋅●．.·]\s*(?=[{_HAN}])")
_BRACKETS = re.compile(r"\s*[(\[【（].*?[)\]】）]\s*$")


def parse_name(cell: Cell) -> Parsed:
    """' 包　建华' -> '包建华', '阿依古丽•买买提' -> '阿依古丽·买买提', '张明（组长）' -> '张明'."""
    text = text_of(cell) if isinstance(cell, str) else ""
    if not text:
        return (
            Parsed("", "name_missing")
            if cell in (None, "") or isinstance(cell, str)
            else Parsed("", "name_is_no_name", {"value": text_of(cell)[:30]})
        )
    formula = is_formula(cell)
    text = _HAN_SPACE.sub("", _DOT.sub("·", text))
    if not formula:
        text = _BRACKETS.sub("", text) or text
    if not any(unicodedata.category(c).startswith("L") or c == "〇" for c in text):
        return Parsed("", "name_is_no_name", {"value": text[:30]})
    if len(text) > 50:
        return Parsed("", "name_too_long", {"length": len(text)})
    return Parsed(text, "formula" if formula else "")


# Numbers in Chinese


_DIGITS = {
    **dict(zip("〇零一二三四五六七八九", [0, 0, *range(1, 10)], strict=True)),
    **dict(zip("○壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "兩": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
    "O": 0,
    "◯": 0,
    "弌": 1,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卅": 30}


def chinese_number(text: str) -> int | None:
    """'二十' -> 20, '一百零五' -> 105, '一九九〇' -> 1990, '廿五' -> 25; None for anything else."""
    if not text or any(c not in _DIGITS and c not in _UNITS and c not in _TENS and c not in "万萬" for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section, digit = section + _TENS[c], 0
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        else:
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
    return total + section + digit


_CHINESE_RUN = re.compile(r"[〇○◯零一二三四五六七八九十廿卅壹贰貳叁參肆伍陆陸柒捌玖拾]+")


def with_arabic_digits(text: str) -> str:
    """'一九九〇年十二月三日' -> '1990年12月3日'."""
    return _CHINESE_RUN.sub(lambda run: str(chinese_number(run[0])) if chinese_number(run[0]) is not None else run[0], text)


# Dates


_FULL = re.compile(r"^(\d{4})\s*[-/.年,\s\\]\s*(\d{1,2})\s*[-/.月,\s\\]\s*(\d{1,2})\s*[日号號]?(?:[T\s]+[\d:.]+Z?|\s*(?:星期|周|礼拜).)?$")
_SHORT_YEAR = re.compile(r"^'?(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T\s]+[\d:.]+)?$")
_MONTH = re.compile(r"^(\d{4}|\d{2})\s*(?:年|[-/.])\s*(\d{1,2})\s*月?(?:份)?$")
_YEAR = re.compile(r"^(\d{4})\s*年?(?:生)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^\d{4,5}(?:\.\d+)?$")
_ENGLISH_MONTHS = {name: n for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
_ENGLISH = [
    re.compile(r"^(?P<d>\d{1,2})[-\s]+(?P<m>[A-Za-z]{3})[a-z]*[-,.\s]+(?P<y>\d{4})$"),
    re.compile(r"^(?P<m>[A-Za-z]{3})[a-z]*[.\s]+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})$"),
]


def parse_date(cell: Cell, *, today: dt.date, past: bool = True) -> Parsed:
    """A whole date or none. Codes: date_impossible (2026/11/31), date_incomplete (1990年5月), date_unreadable, date_ambiguous (03/04/1990, read as month/day).

    `past`: two-digit years never lie ahead ('90.5.1' -> 1990, '05.5.1' -> 2005).
    """
    if cell in (None, ""):
        return Parsed()
    if isinstance(cell, dt.datetime):
        return Parsed(cell.date())
    if isinstance(cell, dt.date):
        return Parsed(cell)
    if isinstance(cell, bool | dt.time):
        return Parsed(None, "date_unreadable", {"value": text_of(cell)})
    text = text_of(cell)
    if not text or set(text) <= set("-—/无"):
        return Parsed()
    shown = {"value": text[:30]}
    plain = with_arabic_digits(text) if not isinstance(cell, int | float) else text
    plain = re.sub(r"^(?:公元|西元)|(?:出生|生|左右)$", "", plain).strip()
    if match := _COMPACT.match(plain):
        return _date(*match.groups(), shown=shown)
    if match := _FULL.match(plain):
        return _date(*match.groups(), shown=shown)
    if match := _SHORT_YEAR.match(plain):
        year, month, day = (int(part) for part in match.groups())
        century = 1900 if past and 2000 + year > today.year else 2000
        return _date(century + year, month, day, shown=shown)
    if match := _YEAR_LAST.match(plain):
        first, second, year = (int(part) for part in match.groups())
        if first > 12:
            return _date(year, second, first, shown=shown)
        found = _date(year, first, second, shown=shown)
        return Parsed(found.value, "date_ambiguous", shown) if found.value and second <= 12 and first != second else found
    for pattern in _ENGLISH:
        if (match := pattern.match(plain)) and match["m"].lower() in _ENGLISH_MONTHS:
            return _date(match["y"], _ENGLISH_MONTHS[match["m"].lower()], match["d"], shown=shown)
    if (match := _YEAR.match(plain)) and 1900 <= int(match[1]) <= today.year + 5:
        return Parsed(None, "date_incomplete", shown)
    if (match := _MONTH.match(plain)) and 1 <= int(match[2]) <= 12:
        return Parsed(None, "date_incomplete", shown)
    if re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", plain):
        return Parsed(None, "date_incomplete", shown)
    if _SERIAL.match(plain) and 3_000 <= float(plain) < 80_000:
        return Parsed(EXCEL_EPOCH + dt.timedelta(days=int(float(plain))))
    return Parsed(None, "date_unreadable", shown)


def _date(year: Any, month: Any, day: Any, *, shown: dict[str, Any]) -> Parsed:
    try:
        return Parsed(dt.date(int(year), int(month), int(day)))
    except ValueError:
        return Parsed(None, "date_impossible", shown)


def parse_birth_date(cell: Cell, *, today: dt.date) -> Parsed:
    """A date on which somebody now alive can have been born."""
    found = parse_date(cell, today=today)
    if found.value and not (today.year - 120 <= found.value.year and found.value <= today):
        return Parsed(None, "birth_not_believable", {"value": found.value.isoformat()})
    return found


# Resident ID numbers


_RUINED_TEXT = re.compile(r"^\d(?:\.\d+)?E\+?1[4-9]$")


def parse_id_number(cell: Cell) -> Parsed:
    """Eighteen characters whose check digit and date hold, or "" with a code: id_ruined, id_checksum, id_date, id_length, id_masked, id_other.

    Excel keeps fifteen digits: a number cell of 16 or more digits, or a text that ends in 000, has lost the rest for good. Fifteen-digit numbers (before 2000)
    become eighteen.
    """
    if cell in (None, ""):
        return Parsed("")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= 1e15:
            return Parsed("", "id_ruined", {"value": f"{cell:.5G}"})
        cell = text_of(cell)
    text = re.sub(r"[\s\-_'’`·.]", "", text_of(cell)) if not re.search(r"E\+?\d", text_of(cell).upper()) else text_of(cell).replace(" ", "")
    text = text.upper().replace("×", "X").replace("Ⅹ", "X").replace("✕", "X")
    if not text or set(text) <= set("-—/无"):
        return Parsed("")
    shown = {"value": hidden(text)}
    if _RUINED_TEXT.match(text):
        return Parsed("", "id_ruined", {"value": text})
    if "*" in text:
        return Parsed("", "id_masked", shown)
    if re.fullmatch(r"\d{15}", text):
        whole = text[:6] + "19" + text[6:]
        return Parsed(whole + check_digit(whole)) if birth_date_of(whole) else Parsed("", "id_date", shown)
    if not re.fullmatch(r"\d{17}[\dX]", text):
        digits = sum(c.isdigit() for c in text)
        return Parsed("", "id_length" if digits >= 10 and digits >= len(text) - 1 else "id_other", {**shown, "length": len(text)})
    if text.endswith("000"):
        return Parsed("", "id_ruined", shown)
    if check_digit(text[:17]) != text[17]:
        return Parsed("", "id_checksum", shown)
    return Parsed(text) if birth_date_of(text) else Parsed("", "id_date", shown)


def hidden(text: str) -> str:
    """First four and last four, enough to find it in one's own file."""
    return text[:4] + "*" * (len(text) - 8) + text[-4:] if len(text) > 8 else "*" * len(text)


# Phones


_LANDLINE = re.compile(r"^(0\d{2,3})?[2-9]\d{6,7}$")
_SPLIT_PHONES = re.compile(r"[/、,，;；|\n]|(?<=\d{11})\s+(?=1\d)|或|和")
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|x|#|-)\s*\d{1,5}$", re.IGNORECASE)


def parse_phone(cell: Cell, *, landline: bool = False) -> Parsed:
    """The first mobile number of the cell as eleven digits. Codes: phone_ruined, phone_digits (1503874531), phone_landline, phone_several, phone_unreadable.

    `landline`: a fixed number is a good answer too ('010-65001234-801'), when no mobile number stands beside it.
    """
    if cell in (None, ""):
        return Parsed("")
    text = text_of(cell) if not isinstance(cell, str) else unquoted(cell)
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or set(text) <= set("-—/无 "):
        return Parsed("")
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?1\d", text):
        return Parsed("", "phone_ruined", {"value": text})
    parts = [part for part in _SPLIT_PHONES.split(text) if part and re.search(r"\d", part)]
    mobiles = [found for part in parts if (found := _mobile(part))]
    if mobiles:
        more = len(dict.fromkeys(mobiles)) > 1 or len(parts) > len(mobiles)
        return Parsed(mobiles[0], "phone_several" if more else "", {"count": len(parts)} if more else {})
    for part in parts:
        main, extension = _without_extension(part)
        digits = re.sub(r"\D", "", re.sub(r"^\D*(?:\+|00)86", "0" if re.match(r"^\D*(?:\+|00)86[^1]", part) else "", main))
        digits = re.sub(r"^00(?=\d)", "0", digits)
        if _LANDLINE.match(digits):
            number = _written_landline(digits) + (f"-{extension}" if extension else "")
            return Parsed(number[:20]) if landline else Parsed("", "phone_landline", {"value": _hidden_phone(digits)})
    digits = re.sub(r"\D", "", text)
    if not digits:
        return Parsed("", "phone_unreadable", {"value": text[:4] + "…" if len(text) > 4 else text})
    return Parsed("", "phone_digits", {"value": _hidden_phone(digits), "count": len(digits)})


def _mobile(part: str) -> str:
    part = part.strip()
    found = normalize_phone(part) or normalize_phone(re.sub(r"[^\d+]", "", part))
    if found:
        return found
    main, _ = _without_extension(part)
    return normalize_phone(re.sub(r"[^\d+]", "", main))


def _without_extension(part: str) -> tuple[str, str]:
    match = _EXTENSION.search(part)
    main = part[: match.start()] if match else part
    if match and len(re.sub(r"\D", "", main)) >= 7:
        return main, re.sub(r"\D", "", match[0])
    return part, ""


def _written_landline(digits: str) -> str:
    if not digits.startswith("0"):
        return digits
    area = 3 if digits[1] in "12" else 4
    return f"{digits[:area]}-{digits[area:]}"


def _hidden_phone(digits: str) -> str:
    return f"{digits[:3]}****{digits[-3:]}" if len(digits) >= 7 else "*" * len(digits)


# Small choices


_SEXES = {
    "男": "M",
    "男性": "M",
    "M": "M",
    "MALE": "M",
    "先生": "M",
    "男士": "M",
    "1": "M",
    "女": "F",
    "女性": "F",
    "F": "F",
    "FEMALE": "F",
    "女士": "F",
    "小姐": "F",
    "2": "F",
}


def parse_sex(cell: Cell) -> Parsed:
    text = re.sub(r"\s", "", text_of(cell)).upper()
    if not text or text in {"未知", "-", "无", "0", "9"}:
        return Parsed("")
    return Parsed(_SEXES[text]) if text in _SEXES else Parsed("", "sex_unreadable", {"value": text[:10]})


_YES = {"是", "Y", "YES", "TRUE", "T", "1", "√", "✓", "✔", "☑", "有", "对", "会员", "已入会", "已加入", "O", "V"}
_NO = {"否", "N", "NO", "FALSE", "F", "0", "×", "X", "✗", "✘", "☐", "无", "不是", "非会员", "未入会", "未加入", "没有"}


def parse_yes_no(cell: Cell) -> Parsed:
    """True, False, or None for an empty cell."""
    text = re.sub(r"\s", "", text_of(cell)).upper()
    if not text or set(text) <= set("-—/"):
        return Parsed(None)
    if text in _YES:
        return Parsed(True)
    return Parsed(False) if text in _NO else Parsed(None, "yes_no_unreadable", {"value": text[:10]})


_LIST = re.compile(r"[、，,;；/|\\\n\t\s·]+")


def parse_list(cell: Cell, *, longest: int = 30, most: int = 20) -> Parsed:
    """'英语翻译、医疗护理' or 'a;b' or 'a b' as a list without repeats. Codes: list_cut when something was too long or too much."""
    text = unicodedata.normalize("NFKC", words_of(cell)) if cell not in (None, "") else ""
    if not text or set(text.strip()) <= set("-—/无"):
        return Parsed([])
    parts = text.split("\n") if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text) and "\n" in text else _LIST.split(text)
    if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text):  # English words keep the space inside: "first aid, sign language"
        parts = re.split(r"[、，,;；/|\\\n\t]+", text)
    found = list(dict.fromkeys(fold(part).lstrip("=+-@'").strip() for part in parts))
    kept = [part for part in found if part and len(part) <= longest][:most]
    if is_formula(cell):
        return Parsed(kept, "formula")
    return Parsed(kept, "list_cut" if len(kept) < len([part for part in found if part]) else "")


# Numbers


_HOURS = re.compile(
    r"^(约|大约|近|超过|逾|≈|~)?\s*(\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)\s*(个?小时|h|hrs?|hours?|时|分钟|分|min(?:ute)?s?|天)?\s*(左右|多|余|以上|\+)?$",
    re.IGNORECASE,
)
MOST_HOURS = 20_000


def parse_hours(cell: Cell, *, in_minutes: bool = False) -> Parsed:
    """Minutes from a cell of hours: 58.5 -> 3510, '12小时' -> 720, '约30' -> 1800 with hours_about, '二十' -> 1200. More than 20,000 hours is hours_not_believable."""
    if cell in (None, "") or isinstance(cell, bool):
        return Parsed(0)
    if isinstance(cell, dt.time):  # Excel shows 12:30 where hours and minutes were typed
        return Parsed(cell.hour * 60 + cell.minute)
    text = text_of(cell)
    if not text or set(text) <= set("-—/无"):
        return Parsed(0)
    if match := re.fullmatch(r"(\d{1,5}):([0-5]\d)(?::\d\d)?", text):
        minutes, about = int(match[1]) * 60 + int(match[2]), ""
    else:
        match = _HOURS.match(with_arabic_digits(text))
        if not match:
            return Parsed(0, "hours_unreadable", {"value": text[:20]})
        number, unit = float(match[2].replace(",", "")), (match[3] or "").lower()
        if unit == "天":
            return Parsed(0, "hours_unreadable", {"value": text[:20]})
        about = match[1] or match[4] or ""
        minutes = round(number if unit.startswith(("分", "min")) or (in_minutes and not unit) else number * 60)
    if minutes > MOST_HOURS * 60:
        return Parsed(0, "hours_not_believable", {"value": text[:20]})
    return Parsed(minutes, "hours_about" if about else "", {"value": text[:20]} if about else {})


_COUNT = re.compile(
    r"^(约|大约|近|超过|逾|≈|~|不少于|至少)?\s*(\d+)\s*(?:[-~—至到]\s*(\d+))?\s*(人|名|位|户|个|余人|多人|人次|家庭|组|人左右)?\s*(左右|多|余|以上|\+|人)?$"
)
_UNKNOWN_COUNTS = {"若干", "不限", "待定", "多人", "数人", "不详", "未知", "一批", "全体", "待统计", "不定"}


def parse_count(cell: Cell) -> Parsed:
    """'5人' -> 5, '约20' -> 20 with count_about, '若干' -> None with count_unknown."""
    if cell in (None, "") or isinstance(cell, bool):
        return Parsed()
    text = re.sub(r"\s", "", text_of(cell))
    if isinstance(cell, float) and not cell.is_integer():
        return Parsed(None, "count_unreadable", {"value": text[:20]})
    if not text or set(text) <= set("-—/无"):
        return Parsed()
    if text in _UNKNOWN_COUNTS:
        return Parsed(None, "count_unknown", {"value": text})
    match = _COUNT.match(with_arabic_digits(text).replace(",", ""))
    if not match:
        return Parsed(None, "count_unreadable", {"value": text[:20]})
    number = int(match[3] or match[2])
    if not 0 < number <= 1_000_000:
        return Parsed(None, "count_unreadable", {"value": text[:20]})
    about = bool(
        match[1] or match[3] or match[5] in {"左右", "多", "余", "以上", "+"} or (match[4] or "") in {"余人", "多人", "户", "家庭", "组", "人左右"}
    )
    return Parsed(number, "count_about" if about else "", {"value": text[:20]} if about else {})


# Wanted time of a need


_MONTH_DAY = re.compile(r"^(\d{1,2})月(\d{1,2})[日号](.*)$")


def parse_wanted(cell: Cell, *, today: dt.date) -> Parsed:
    """(words, date or None): '2026-12-12' has a date and no words, '12月5日下午' both, '暑假' only words, '2026/11/31' words and the code date_impossible."""
    if cell in (None, ""):
        return Parsed(("", None))
    if isinstance(cell, dt.date):
        time = f"{cell:%H:%M}" if isinstance(cell, dt.datetime) and cell.time() != dt.time() else ""
        return Parsed((time, cell.date() if isinstance(cell, dt.datetime) else cell))
    text = text_of(cell)
    if not text or set(text) <= set("-—/无"):
        return Parsed(("", None))
    if match := _MONTH_DAY.match(with_arabic_digits(text)):
        for year in (today.year, today.year + 1):
            found = _date(year, match[1], match[2], shown={"value": text[:30]})
            if found.code:
                return Parsed((text[:60], None), found.code, found.values)
            if found.value >= today:
                return Parsed((text[:60], found.value))
    if isinstance(cell, str) and re.match(r"^\d{1,4}$", text):
        return Parsed((text, None))
    found = parse_date(cell, today=today, past=False)
    if found.value:
        return Parsed((text[:60] if re.search(r"[:时点]", text) else "", found.value), found.code, found.values)
    if found.code == "date_impossible":
        return Parsed((text[:60], None), found.code, found.values)
    return Parsed((text[:60], None), "wanted_cut" if len(text) > 60 else "")


# Text cells in general


def parse_text(cell: Cell, *, longest: int) -> Parsed:
    """One line of text. Codes: formula (kept as text), text_cut."""
    text = text_of(cell)
    if set(text) <= set("-—/"):
        text = ""
    if len(text) > longest:
        return Parsed(text[:longest], "text_cut", {"length": len(text), "longest": longest})
    return Parsed(text, "formula" if is_formula(cell) else "")


_TOTAL = re.compile(r"^(合计|总计|小计|共计|总数|累计|汇总|本页合计|total|subtotal|sum)[:：]?(?:\d+人?)?$", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"^(注|备注|说明|填表说明|填报说明|填表人|填报人|制表人|制表|审核人|审核|负责人|单位盖章|盖章|单位|日期|填报日期|联系电话|note|notes)\s*[:：]",
    re.IGNORECASE,
)


def is_total(cells: list[Cell]) -> bool:
    """A row of sums: 合计, 总计, 小计 in one of its first cells."""
    seen = [text_of(cell).replace(" ", "") for cell in cells[:4] if isinstance(cell, str) and len(cell) < 20]
    return any(_TOTAL.match(text) for text in seen if text)


def is_footnote(cells: list[Cell]) -> bool:
    """Words under the table: one filled cell (or a signature line) that no row of data looks like."""
    filled = [text_of(cell) for cell in cells if text_of(cell)]
    if not filled or not isinstance(filled[0], str):
        return False
    return bool(_FOOTNOTE.match(filled[0])) or (len(filled) == 1 and len(filled[0]) > 12 and not filled[0].isdigit())
