"""The poster of an activity: one A4 page with the QR of its page. Set by typst from data, so that nothing a person wrote acts as markup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from liandong.activities.models import Activity, Position, Shift
from liandong.core import paper
from liandong.ui import words

TEMPLATE = Path(__file__).with_name("poster.typ")
SHIFTS_SHOWN = 4


def pdf_of(activity: Activity, shifts: list[Shift], *, draw: str = "") -> bytes:
    """`shifts` as from `queries.shifts_of`; `draw`: how places go where they are drawn."""
    return paper.pdf(TEMPLATE, contents_of(activity, shifts) | {"draw": draw})


def short_url(activity: Activity) -> str:
    """The address on paper and in chats. Printed: it never changes."""
    return f"{settings.SITE_URL}/a/{activity.code}/"


def contents_of(activity: Activity, shifts: list[Shift]) -> dict[str, Any]:
    venue = activity.venue
    return {
        "site": str(settings.SITE_NAME),
        "title": activity.title,
        "title_lines": activity.title.replace("：", "：\n", 1).split("\n"),
        "times": [f"{_full_day(shift)} {words.time_range(shift.starts_at, shift.ends_at)}" for shift in shifts[:SHIFTS_SHOWN]]
        + ([_("and %(n)s more dates") % {"n": len(shifts) - SHIFTS_SHOWN}] if len(shifts) > SHIFTS_SHOWN else []),
        "place": venue.name if venue else activity.place,
        "address": "，".join(part for part in ((venue.address, venue.directions) if venue else ()) if part),
        "summary": activity.summary[:400],
        "positions": positions_of(shifts),
        "host": activity.host.name,
        "contact": " ".join(part for part in (activity.contact_name, activity.contact_phone) if part),
        "url": short_url(activity),
        "qr": paper.qr_svg(short_url(activity)),
        "labels": {
            "when": _("When"),
            "where": _("Where"),
            "who": _("Who can come"),
            "scan": _("Scan to sign up"),
            "host": _("Hosted by"),
            "contact": _("Contact"),
        },
        "lang": "en" if words.english() else "zh",
    }


def positions_of(shifts: list[Shift]) -> list[str]:
    """The open positions of the first shift with their notes."""
    rows = [row for shift in shifts[:1] for row in shift.rows if row.kind != Position.Kind.STAFF]  # type: ignore[attr-defined]
    return [f"{row.name}（{row.note}）" if row.note else row.name for row in rows]


def _full_day(shift: Shift) -> str:
    date = words.local_date(shift.starts_at)
    return (
        f"{words.weekday(date)} {date.day} {words.month(date)} {date.year}"
        if words.english()
        else f"{date.year}年{date.month}月{date.day}日（{words.weekday(date)}）"
    )
