"""A rule in sentences that people read."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.needs.models import Category
from liandong.organizations.models import Territory
from liandong.points.models import PointsRule
from liandong.ui.words import hours


def sentences(rule: PointsRule, places: dict[int, Territory]) -> Iterator[str]:
    """What one earns, where and when more, up to what, and what becomes of it. `places`: the communities the rule names, by id."""
    yield ngettext("%(n)s point for each confirmed hour.", "%(n)s points for each confirmed hour.", rule.points_per_hour) % {
        "n": rule.points_per_hour
    }
    labels = dict(Category.choices)
    for key, percent in rule.by_category.items():
        if percent != 100:
            yield _("%(what)s: %(times)s times as much.") % {"what": labels.get(key, key), "times": times(percent)}
    for key, percent in rule.by_place.items():
        if percent != 100 and int(key) in places:
            yield _("In %(where)s: %(times)s times as much.") % {"where": places[int(key)].name, "times": times(percent)}
    if rule.night_percent != 100:
        yield _("From 20:00 until 6:00: %(times)s times as much.") % {"times": times(rule.night_percent)}
    yield _("At most %(hours)s hours of one activity count.") % {"hours": hours(rule.activity_cap_minutes)}
    if rule.day_cap_points is not None:
        yield _("At most %(points)s points a day.") % {"points": rule.day_cap_points}
    if rule.month_cap_points is not None:
        yield _("At most %(points)s points a month.") % {"points": rule.month_cap_points}
    if rule.expiry_months:
        yield _("Points are kept for %(months)s months. You are told 30 days before; what is left then helps neighbours in need.") % {
            "months": rule.expiry_months
        }
    else:
        yield _("Points do not expire.")
    if rule.starter_points:
        yield _("New volunteers begin with %(points)s points, once.") % {"points": rule.starter_points}
    if rule.gift_month_limit is not None:
        yield _("At most %(points)s points a month to family; to a caring pool as many as you like.") % {"points": rule.gift_month_limit}


def times(percent: int) -> str:
    return f"{percent / 100:g}"
