"""How numbers, days and times are written, in both languages. A year is written only when it is not this one."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext as _

from liandong.core import clock as core_clock
from liandong.core import masking

WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = "一二三四五六日"
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def english() -> bool:
    return (get_language() or "").startswith("en")


def local_date(value: dt.date | dt.datetime) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


def month(date: dt.date) -> str:
    return MONTHS_EN[date.month - 1] if english() else f"{date.month}月"


def weekday(date: dt.date) -> str:
    return WEEKDAYS_EN[date.weekday()] if english() else f"周{WEEKDAYS_ZH[date.weekday()]}"


def day_short(value: Any) -> str:
    """12月2日, 2 Dec; with the year when it is another one."""
    if not value:
        return ""
    date = local_date(value)
    other = date.year != core_clock.today().year
    if english():
        return f"{date.day} {month(date)}" + (f" {date.year}" if other else "")
    return (f"{date.year}年" if other else "") + f"{date.month}月{date.day}日"


def full_day(value: Any) -> str:
    """2026年3月1日, 1 March 2026: what is kept, printed or proves something."""
    return date_format(local_date(value), "j F Y" if english() else "Y年n月j日") if value else ""


def full_month(value: Any) -> str:
    """2026年3月, March 2026."""
    return date_format(local_date(value), "F Y" if english() else "Y年n月") if value else ""


def day(value: Any) -> str:
    """今天, 明天, 11月28日（周六）; Today, Tomorrow, Sat 28 Nov."""
    if not value:
        return ""
    date = local_date(value)
    distance = (date - core_clock.today()).days
    if distance == 0:
        return pgettext("day", "Today")
    if distance == 1:
        return pgettext("day", "Tomorrow")
    return f"{weekday(date)} {day_short(date)}" if english() else f"{day_short(date)}（{weekday(date)}）"


def clock(value: Any) -> str:
    """14:02 in local time."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return f"{value.hour}:{value.minute:02}"


def when(value: Any) -> str:
    """A day and a time; no space after a full-width bracket."""
    return f"{day(value)} {clock(value)}".replace("） ", "）") if value else ""


def time_range(start: Any, end: Any) -> str:
    """14:00–16:30; an end on another day carries its day."""
    if not start or not end:
        return clock(start)
    same = not isinstance(start, dt.datetime) or local_date(start) == local_date(end)
    return f"{clock(start)}–{clock(end) if same else when(end)}"


def until(value: Any) -> str:
    """How long until a moment: 还有 40 分钟, 还有 6 天; empty when it is past."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        minutes = int((value - core_clock.now()).total_seconds() // 60)
        if minutes < 0:
            return ""
        if minutes < 60:
            return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
        if local_date(value) == core_clock.today():
            return ngettext("in %(n)s hour", "in %(n)s hours", minutes // 60) % {"n": minutes // 60}
    count = (local_date(value) - core_clock.today()).days
    return ngettext("in %(n)s day", "in %(n)s days", count) % {"n": count} if count > 0 else ""


def ago(value: Any) -> str:
    """How long ago a moment was: 2 小时前, 3 天前."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        minutes = max(int((core_clock.now() - value).total_seconds() // 60), 0)
        if minutes < 1:
            return _("just now")
        if minutes < 60:
            return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
        if minutes < 24 * 60:
            return ngettext("%(n)s hour ago", "%(n)s hours ago", minutes // 60) % {"n": minutes // 60}
    count = (core_clock.today() - local_date(value)).days
    return ngettext("%(n)s day ago", "%(n)s days ago", count) % {"n": count} if count > 0 else pgettext("day", "Today")


def days(count: Any) -> str:
    return ngettext("%(n)s day", "%(n)s days", int(count)) % {"n": int(count)}


def seconds(count: int) -> str:
    """About how long a job still takes."""
    if count < 60:
        return ngettext("about %(n)s second", "about %(n)s seconds", count) % {"n": count}
    minutes = -(-count // 60)
    return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}


def hours(minutes: Any) -> str:
    """Minutes as hours with at most one decimal: 150 -> 2.5, 4862 * 60 -> 4,862."""
    if minutes in (None, ""):
        return ""
    value = (Decimal(int(minutes)) / 60).quantize(Decimal("0.1"))
    return f"{value:,.1f}".removesuffix(".0")


def thousands(value: Any) -> str:
    if value in (None, ""):
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.1f}".removesuffix(".0")


def yuan(fen: Any) -> str:
    """Fen as yuan: 320000 -> 3,200 元; fen are written when there are some."""
    if fen in (None, ""):
        return ""
    value = Decimal(int(fen)) / 100
    text = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    return gettext("¥%(amount)s") % {"amount": text}


def mask(value: Any, kind: str) -> str:
    if not value:
        return ""
    masks = {"name": masking.mask_name, "phone": masking.mask_phone, "id": masking.mask_id_number}
    return masks[kind](str(value)) if kind else str(value)


def spaced_code(code: Any) -> str:
    """7K4M2Q -> 7K4 M2Q, easier to read aloud."""
    text = str(code).replace(" ", "")
    return " ".join(text[start : start + 3] for start in range(0, len(text), 3)) if len(text) in {6, 9} else str(code)


def said(value: Any) -> Any:
    """People's own words stay Chinese on an English page; marked so that a screen reader reads them as such."""
    return format_html('<span lang="zh-Hans">{}</span>', value) if value and english() else value
