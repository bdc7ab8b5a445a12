"""The calendar of rooms: a week of one room, or a day of all rooms of a venue, as hours by columns; and as a list for the phone."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.bookings import queries
from liandong.bookings.models import Booking
from liandong.bookings.permissions import visible_to
from liandong.core import clock
from liandong.organizations.permissions import Actor
from liandong.ui import words
from liandong.venues import queries as venues
from liandong.venues.models import Room, Venue

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Block:
    """Something that holds a room. Without `href` the reader sees only that it is taken, and for which public activity."""

    title: str
    when: str
    href: str = ""
    kind: str = "taken"  # taken, asked, mine, closed
    words: Any = ""


@dataclass(frozen=True)
class Cell:
    """One hour of a column: what begins in it, whether it goes on, or where a free one leads."""

    blocks: list[Block] = field(default_factory=list)
    goes_on: bool = False
    is_open: bool = True
    href: str = ""
    label: str = ""


@dataclass
class Line:
    """A column: a room on a day. `items` is the same in order of time, with what is free between, for the phone."""

    label: str
    note: str
    href: str
    cells: list[Cell]
    items: list[tuple[str, Block | None, str]]
    is_today: bool = False


@dataclass
class Grid:
    hours: list[str]
    lines: list[Line]

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        return [(label, [line.cells[number] for line in self.lines]) for number, label in enumerate(self.hours)]


def week_of_room(room: Room, monday: dt.date, *, by: Actor, public: Mapping[int, Any]) -> Grid:
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    return _grid([(room, day) for day in days], room.venue, by=by, names=public, of_days=True)


def day_of_venue(venue: Venue, rooms: Iterable[Room], day: dt.date, *, by: Actor, public: Mapping[int, Any]) -> Grid:
    return _grid([(room, day) for room in rooms], venue, by=by, names=public, of_days=False)


def held(rooms: Iterable[Room], first: dt.date, last: dt.date) -> list[Booking]:
    return list(queries.between(rooms, clock.day_bounds(first)[0], clock.day_bounds(last)[1]))


def _grid(columns: list[tuple[Room, dt.date]], venue: Venue, *, by: Actor, names: Mapping[int, Any], of_days: bool) -> Grid:
    if not columns:
        return Grid([], [])
    first, last = min(day for _room, day in columns), max(day for _room, day in columns)
    rooms = {room.pk: room for room, _day in columns}
    rows = held(rooms.values(), first, last)
    seen = set(visible_to(by).filter(pk__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True)) if by is not None and rows else set()
    hours = venues.hours_of([venue], since=first - dt.timedelta(days=1))[venue.pk]
    open_at = {day: queries.open_spans(hours, day - dt.timedelta(days=1), day) for day in {day for _room, day in columns}}
    begins, ends = _frame(open_at, rows)
    lines = []
    for room, day in columns:
        midnight, after = clock.day_bounds(day)
        mine = [row for row in rows if row.room_id == room.pk and row.starts_at < after and row.ends_at > midnight]
        blocks = [(row, _block(row, by=by, is_seen=row.pk in seen, public=names.get(row.pk))) for row in mine]
        spans = [span for span in open_at[day] if span[0] < after and span[1] > midnight]
        gaps = queries.gaps(room, hours, day - dt.timedelta(days=1), day, mine) if room.is_open and venue.is_open else []
        gaps = [(max(start, midnight), min(end, after)) for start, end in gaps if start < after and end > midnight]
        lines.append(
            Line(
                label=words.weekday(day) if of_days else room.name,
                note=words.day_short(day) if of_days else _("%(n)s people") % {"n": room.capacity},
                href="" if of_days else reverse("venues:room", args=[room.pk]),
                cells=[_cell(room, midnight + HOUR * hour, blocks, spans, gaps) for hour in range(begins, ends)],
                items=_items(room, blocks, gaps),
                is_today=of_days and day == clock.today(),
            )
        )
    return Grid([f"{hour % 24}:00" for hour in range(begins, ends)], lines)


def _frame(open_at: Mapping[dt.date, list[queries.Span]], rows: list[Booking]) -> tuple[int, int]:
    """From the first hour anybody is there to the last, within one day."""
    low, high = 24, 0
    for day, spans in open_at.items():
        midnight, after = clock.day_bounds(day)
        for start, end in [*spans, *[(row.starts_at, row.ends_at) for row in rows if row.kind == Booking.Kind.USE]]:
            if start < after and end > midnight:
                low = min(low, int((max(start, midnight) - midnight) / HOUR))
                high = max(high, -int(-((min(end, after) - midnight) / HOUR) // 1))
    return (low, high) if low < high else (8, 22)


def _block(row: Booking, *, by: Actor, is_seen: bool, public: Any) -> Block:
    when = words.time_range(row.starts_at, row.ends_at)
    if row.kind == Booking.Kind.CLOSED:
        href = reverse("bookings:booking", args=[row.number]) if is_seen else ""
        return Block(_("Closed for work"), when, href, "closed", row.title if is_seen else "")
    if is_seen:
        kind = "asked" if row.state == Booking.State.REQUESTED else "mine" if row.booked_by_id == getattr(by, "pk", 0) else "taken"
        return Block(row.title, when, reverse("bookings:booking", args=[row.number]), kind, row.organization.label if row.organization else "")
    if public is not None:
        return Block(public.title, when, reverse("activities:activity", args=[public.code]), "taken", public.host.label)
    return Block("", when)


def _cell(room: Room, start: dt.datetime, blocks: list[tuple[Booking, Block]], spans: list[queries.Span], gaps: list[queries.Span]) -> Cell:
    end = start + HOUR
    there = [(row, block) for row, block in blocks if row.starts_at < end and row.ends_at > start]
    begin = [block for row, block in there if row.starts_at >= start or start == clock.day_bounds(timezone.localtime(start).date())[0]]
    if there:
        return Cell(begin, goes_on=len(begin) < len(there))
    if not any(first < end and last > start for first, last in spans):
        return Cell(is_open=False)
    if any(first <= start and last >= end for first, last in gaps):
        local = timezone.localtime(start)
        return Cell(
            href=_book(room, start, end),
            label=_("Book %(room)s, %(when)s") % {"room": room.name, "when": f"{words.day_short(local)} {words.clock(local)}"},
        )
    return Cell()


def _book(room: Room, start: dt.datetime, end: dt.datetime) -> str:
    first, last = timezone.localtime(start), timezone.localtime(end)
    return f"{reverse('bookings:new')}?room={room.pk}&date={first:%Y-%m-%d}&start={first:%H:%M}&end={last:%H:%M}"


def _items(room: Room, blocks: list[tuple[Booking, Block]], gaps: list[queries.Span]) -> list[tuple[str, Block | None, str]]:
    """What is taken and what is free, in order."""
    longest = dt.timedelta(minutes=room.longest_minutes)
    found: list[tuple[dt.datetime, tuple[str, Block | None, str]]] = [(row.starts_at, (block.when, block, "")) for row, block in blocks]
    for start, end in gaps:
        if end - start >= queries.QUARTER:
            found.append((start, (words.time_range(start, end), None, _book(room, start, min(end, start + min(longest, 2 * HOUR))))))
    return [item for _start, item in sorted(found, key=lambda each: each[0])]
