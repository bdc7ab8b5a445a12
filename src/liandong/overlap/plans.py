"""From rows to what the radar compares."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from liandong.activities.models import Activity, Shift
from liandong.needs.suggest import segment_from
from liandong.organizations.models import Territory
from liandong.overlap.radar import Plan
from liandong.projects.models import Project

_ENDS = ("居委会", "社区", "街道", "事务所", "服务中心", "有限公司")


def key_of(thing: Any) -> str:
    """'a12' or 'p7'."""
    return f"{'a' if isinstance(thing, Activity) else 'p'}{thing.pk}"


def pair_of(one: str, other: str) -> str:
    return "|".join(sorted((one, other)))


def streets_of(paths: Iterable[str]) -> dict[str, str]:
    """For each path the path of its street; a place above or beside all streets is its own. One query."""
    paths = set(paths)
    ids = {int(part) for path in paths for part in path.split("/") if part}
    streets = list(Territory.objects.filter(pk__in=ids, level=Territory.Level.STREET).values_list("path", flat=True)) if ids else []
    return {path: next((street for street in streets if path.startswith(street)), path) for path in paths}


def ground_of(*names: str) -> tuple[str, ...]:
    """Names that say where and who, also in their short forms."""
    found = []
    for name in names:
        if name:
            found.append(name)
            found += [name.removesuffix(end) for end in _ENDS if name.endswith(end) and len(name) - len(end) >= 2]
    return tuple(dict.fromkeys(found))


def days_of(shifts: Iterable[tuple[dt.datetime, dt.datetime]]) -> tuple[tuple[dt.date, dt.date], ...]:
    return tuple((timezone.localtime(start).date(), timezone.localtime(end).date()) for start, end in shifts)


def spans_of(activities: Iterable[Activity]) -> dict[int, tuple[tuple[dt.date, dt.date], ...]]:
    """The days of many activities in one query; those without shifts are not in it."""
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
    rows = Shift.objects.filter(activity__in=[row.pk for row in activities]).order_by("activity_id", "starts_at")
    for activity, start, end in rows.values_list("activity_id", "starts_at", "ends_at"):
        found.setdefault(activity, []).append((start, end))
    return {activity: days_of(shifts) for activity, shifts in found.items()}


def of_activity(row: Activity, *, spans: tuple[tuple[dt.date, dt.date], ...], street: str) -> Plan:
    return Plan(
        key=key_of(row),
        host=row.host_id,
        title=row.title,
        words=row.summary,
        path=row.territory.path,
        street=street,
        venue=row.venue_id,
        spans=spans,
        segment=row.segment,
        guessed="" if row.segment else segment_from(row.title),
        ground=ground_of(row.territory.name, row.host.name, row.host.short_name, row.venue.name if row.venue else "", row.place),
    )


def of_project(row: Project, *, street: str) -> Plan:
    first = row.starts_date or (timezone.localtime(row.created_at).date() if row.created_at else None)
    return Plan(
        key=key_of(row),
        host=row.lead_id,
        title=row.name,
        words=row.goal,
        path=row.territory.path,
        street=street,
        spans=((first, row.ends_date or first + dt.timedelta(days=90)),) if first else (),
        guessed=segment_from(row.name),
        ground=ground_of(row.territory.name, row.lead.name, row.lead.short_name),
        is_project=True,
    )
