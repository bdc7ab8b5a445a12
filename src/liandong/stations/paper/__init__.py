"""The plaque of a station: one A4 sheet for the door, and a small sticker for the cup dispenser. The code on it opens the page of the station and never changes."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from liandong.core import paper
from liandong.stations.models import Station, Subject
from liandong.stations.words import ORDER
from liandong.ui import words
from liandong.venues import queries as venues
from liandong.venues import words as venue_words
from liandong.venues.hours import said
from liandong.venues.models import Venue

FOLDER = Path(__file__).parent


def short_url(station: Station) -> str:
    """Printed: it never changes."""
    return f"{settings.SITE_URL}/s/{station.number}/"


def sheet(station: Station) -> bytes:
    """A4, for the door."""
    return paper.pdf(FOLDER / "plaque.typ", contents_of(station))


def sticker(station: Station) -> bytes:
    """60 × 85 mm, for inside."""
    return paper.pdf(FOLDER / "sticker.typ", contents_of(station))


def contents_of(station: Station) -> dict[str, Any]:
    venue = station.venue
    there = sorted((fact for fact in station.facts.all() if fact.is_claimed and fact.subject != Subject.DOOR), key=lambda fact: ORDER[fact.subject])
    return {
        "site": str(settings.SITE_NAME),
        "name": venue.name,
        "kinds": station.kind_labels,
        "hours": hours_lines(venue),
        "things": [str(fact.label) for fact in there],
        "entry": station.entry_words or str(station.get_entry_display()),
        "host": venue.host.name,
        "number": station.number,
        "url": short_url(station),
        "qr": paper.qr_svg(short_url(station), error="q"),
        "labels": {
            "welcome": _("Come in, have a rest"),
            "hours": _("Opening hours"),
            "things": _("Here you find"),
            "entry": _("Who may come in"),
            "host": _("Who keeps it"),
            "scan": _("Scan: is it still right?"),
            "scan_note": _("No app, no account. See what is there, say what is missing."),
            "number": _("Number"),
        },
        "lang": "en" if words.english() else "zh",
    }


def hours_lines(venue: Venue) -> list[str]:
    """The ordinary week: what hangs at a door for years knows no single days."""
    hours = venues.hours_of([venue])[venue.pk]
    days = [(day, said(hours.week.get(day, []))) for day in range(7)]
    return [f"{label} {times}" for label, times in venue_words.grouped(days) if times]
