"""What a segment asks for most, and what is offered to it."""

from collections import Counter
from dataclasses import dataclass

from liandong.accounts.models import Person
from liandong.needs.models import Segment
from liandong.needs.suggest import segment_of_firm
from liandong.organizations.models import Organization, Territory
from liandong.themes import permissions
from liandong.themes.models import ServicePackage, Theme, ThemeMember
from liandong.themes.queries.board import BoardFilters, gather

TOP = 3
SPAN = BoardFilters(span="26w")


@dataclass(frozen=True)
class Offer:
    """A package with what its segment asks for now. `drifted`: the most wanted themes are no longer those of the last review."""

    package: ServicePackage
    themes: list[Theme]
    top: list[tuple[Theme, int]]

    @property
    def drifted(self) -> bool:
        now = {theme.pk for theme, _people in self.top}
        return bool(now) and self.package.reviewed_at is not None and now != set(self.package.top_then)

    @property
    def answers_top(self) -> int:
        chosen = {theme.pk for theme in self.themes}
        return sum(1 for theme, _people in self.top if theme.pk in chosen)


def top_themes(territory: Territory) -> dict[str, list[tuple[Theme, int]]]:
    """Segment -> its themes of the last half year with the number of people, most people first. Two queries."""
    rows = gather(ThemeMember.objects.filter(need__territory__path__startswith=territory.path), SPAN)
    found: dict[str, list[tuple[Theme, int]]] = {}
    for segment in Segment.values:
        counted = Counter({row.theme.pk: row.segments[segment] for row in rows.values() if row.segments[segment] > 1})
        found[segment] = [(rows[pk].theme, people) for pk, people in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:TOP]]
    return found


def packages_of(person: Person, territory: Territory) -> list[Offer]:
    """The packages the person sees, in the order of segments, active ones first."""
    top = top_themes(territory)
    order = {segment: place for place, segment in enumerate(Segment.values)}
    rows = permissions.packages_visible_to(person).select_related("territory", "reviewed_by").prefetch_related("themes")
    packages = sorted(rows, key=lambda package: (not package.is_active, order[package.segment], package.pk))
    return [Offer(package, _living(package), top.get(package.segment, [])) for package in packages]


def packages_for_body(body: Organization) -> list[ServicePackage]:
    """What is offered to firms of this size; to all firms' segments while the size is not known. One query."""
    firms = (Segment.SMALL_FIRM, Segment.MEDIUM_FIRM, Segment.LARGE_FIRM)
    segment = segment_of_firm(body.staff_count)
    wanted = [segment] if segment else [str(each) for each in firms]
    return list(permissions.packages_for(body).filter(segment__in=[*wanted, Segment.STAFF]).order_by("pk")[:4])


def _living(package: ServicePackage) -> list[Theme]:
    return [theme for theme in package.themes.all() if theme.is_active]
