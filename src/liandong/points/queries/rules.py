"""Which version of the rule holds, where and when."""

import datetime as dt

from django.db.models import Q, QuerySet

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.organizations.models import Membership, Organization, Territory
from liandong.organizations.permissions import in_force
from liandong.points.models import PointsRule


def in_use() -> QuerySet[PointsRule]:
    """Versions that two persons agreed to."""
    return PointsRule.objects.filter(approved_at__isnull=False)


def rule_on(day: dt.date, territory: Territory | None = None) -> PointsRule:
    """The version that holds on a day: of the nearest place around `territory` that has one, else the one for everywhere."""
    around = territory.line_ids if territory is not None else []
    found = list(
        in_use().filter(Q(territory__isnull=True) | Q(territory__in=around), from_date__lte=day).select_related("territory").order_by("version")
    )
    if not found:
        return in_use().filter(territory__isnull=True).earliest("version")
    return max(found, key=lambda rule: (len(rule.territory.path) if rule.territory else 0, rule.version))


def in_force_on(day: dt.date) -> set[int]:
    """Keys of the versions that hold on a day, each where it was made for."""
    return set(in_use().filter(from_date__lte=day).order_by("territory", "-version").distinct("territory").values_list("pk", flat=True))


def home_of(person: Person) -> Organization | None:
    """The community somebody lives in, else the body they belong to."""
    rows = list(
        Membership.objects.filter(in_force(), person=person, organization__state=Organization.State.ACTIVE)
        .select_related("organization__territory")
        .order_by("id")
    )
    rows.sort(key=lambda row: (row.organization.kind != Organization.Kind.COMMUNITY, row.kind != Membership.Kind.RESIDENT))
    return rows[0].organization if rows else None


def rule_of(person: Person, day: dt.date | None = None) -> PointsRule:
    """The version for points that come to somebody by another way than service: that of where they live."""
    home = home_of(person)
    return rule_on(day or clock.today(), home.territory if home else None)


def versions(*, territory: Territory | None = None) -> QuerySet[PointsRule]:
    found = PointsRule.objects.select_related("territory", "proposed_by", "approved_by").order_by("-version")
    return found.filter(territory=territory) if territory is not None else found
