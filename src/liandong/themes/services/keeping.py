"""Populations of a place and service packages: kept by the hub of the place."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, one_line
from liandong.journal import services as journal
from liandong.needs.models import Segment
from liandong.organizations.models import Territory
from liandong.themes import permissions
from liandong.themes.models import SegmentPopulation, ServicePackage, Theme

Actor = Person | System
MOST_PEOPLE = 100_000_000


@transaction.atomic
def keep_populations(territory: Territory, *, people: Mapping[str, int | None], source: str = "", by: Actor) -> None:
    """How many people of each segment the place has. None or 0 takes a segment out of the weighting."""
    territory = Territory.objects.select_for_update().get(pk=territory.pk)
    require(permissions.can_keep_place(by, territory))
    if any(segment not in Segment.values for segment in people):
        raise Refused(_("This segment does not exist."))
    if any(number is not None and not 0 <= number <= MOST_PEOPLE for number in people.values()):
        raise Refused(_("Give a number of people, 0 or more."))
    before = dict(SegmentPopulation.objects.filter(territory=territory).values_list("segment", "people"))
    for segment, number in people.items():
        if not number:
            SegmentPopulation.objects.filter(territory=territory, segment=segment).delete()
        elif before.get(segment) != number:
            SegmentPopulation.objects.update_or_create(
                territory=territory, segment=segment, defaults={"people": number, "source": one_line(source, 80), "as_of_date": clock.today()}
            )
    after = dict(SegmentPopulation.objects.filter(territory=territory).values_list("segment", "people"))
    if before != after:
        journal.record("territory.populations_kept", on=territory, before=before, after=after, by=by)


@transaction.atomic
def keep_package(
    package: ServicePackage | None,
    *,
    territory: Territory,
    segment: str,
    title: str,
    summary: str = "",
    lines: Iterable[str] = (),
    themes: Iterable[Theme] = (),
    is_active: bool = True,
    by: Actor,
) -> ServicePackage:
    """Write a service package or change it."""
    if package is not None:
        package = ServicePackage.objects.select_for_update().get(pk=package.pk)
        require(permissions.can_keep_place(by, package.territory))
    require(permissions.can_keep_place(by, territory))
    if segment not in Segment.values:
        raise Refused(_("Choose for whom it is."), field="segment")
    values: dict[str, Any] = {
        "territory": territory,
        "segment": segment,
        "title": one_line(title, 60),
        "summary": clean_words(summary),
        "lines": [line for line in (one_line(each, 120) for each in lines) if line][:20],
        "is_active": is_active,
    }
    if not values["title"]:
        raise Refused(_("Give the package a name."), field="title")
    is_new = package is None
    if package is None:
        package = ServicePackage.objects.create(**values)
    else:
        for name, value in values.items():
            setattr(package, name, value)
        package.save(update_fields=list(values))
    package.themes.set(themes)
    after = {"title": package.title, "segment": segment, "is_active": is_active}
    journal.record("package.written" if is_new else "package.edited", on=package, after=after, by=by)
    return package


@transaction.atomic
def review_package(package: ServicePackage, *, top: Iterable[int], by: Actor) -> ServicePackage:
    """Looked at again: it fits what the segment asks for now (`top`, the themes' keys). A later change of these is told."""
    package = ServicePackage.objects.select_for_update().get(pk=package.pk)
    require(permissions.can_keep_place(by, package.territory))
    package.reviewed_at = clock.now()
    package.reviewed_by = by if isinstance(by, Person) else None
    package.top_then = list(top)
    package.save(update_fields=["reviewed_at", "reviewed_by", "top_then"])
    journal.record("package.reviewed", on=package, after={"top": package.top_then}, by=by)
    return package
