"""Is the door open: what the hours say, together with what people saw. Words for pages; a door that people found shut is never called open."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.stations import freshness
from liandong.stations.freshness import Belief
from liandong.ui import words
from liandong.venues.hours import Hours

OPEN, SHOULD_BE_OPEN, DOUBTED, SHUT, CLOSED, UNKNOWN = "open", "should", "doubted", "shut", "closed", "unknown"
TONES = {OPEN: "success", SHOULD_BE_OPEN: "neutral", DOUBTED: "warn", SHUT: "warn", CLOSED: "neutral", UNKNOWN: "neutral"}


@dataclass(frozen=True, slots=True)
class Door:
    """`until`: when the hours end. `opens`: when they begin next, within a fortnight."""

    state: str
    until: dt.datetime | None = None
    opens: dt.datetime | None = None
    seen_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Worth the walk now: the hours say so and nobody is known to have stood before a shut door."""
        return self.state in (OPEN, SHOULD_BE_OPEN, DOUBTED)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def label(self) -> Any:
        if self.state == OPEN:
            return _("Open until %(time)s") % {"time": _end(self.until)} if self.until else _("Open day and night")
        if self.state == SHOULD_BE_OPEN:
            return _("Open by its hours, until %(time)s") % {"time": _end(self.until)} if self.until else _("Open day and night by its hours")
        if self.state == DOUBTED:
            return _("Some found it open, some shut")
        if self.state == SHUT:
            return _("Found shut %(ago)s") % {"ago": words.ago(self.seen_at)}
        if self.state == CLOSED:
            return _("Closed, opens: %(when)s") % {"when": words.when(self.opens)} if self.opens else _("Closed for the next two weeks")
        return _("Opening hours not known")


def _end(until: dt.datetime | None) -> str:
    if until is None:
        return ""
    day = timezone.localtime(until)
    if day.time() == dt.time(0):
        return "24:00"
    return words.clock(until) if day.date() == timezone.localdate() else words.when(until)


def door_of(hours: Hours, belief: Belief | None, now: dt.datetime) -> Door:
    """`belief` is what may be said of the station's fact about its door; None where it has none."""
    span = hours.span_at(now)
    if span is None:
        return Door(CLOSED, opens=hours.next_opening(now)) if hours.known else Door(UNKNOWN)
    until = None if span[1] - span[0] > dt.timedelta(days=1) else span[1]
    seen, at = (belief.state, belief.at) if belief is not None else (freshness.UNPROVED, None)
    if seen == freshness.MISSING and at is not None and at >= span[0]:
        return Door(SHUT, until=until, seen_at=at)  # found shut in these very hours
    if seen in (freshness.MISSING, freshness.CONTRADICTED):
        return Door(DOUBTED, until=until, seen_at=at)
    return Door(OPEN if seen in (freshness.PROVED, freshness.KNOWN) else SHOULD_BE_OPEN, until=until, seen_at=at)
