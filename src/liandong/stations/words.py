"""What a page says about a fact: '热水, 2 小时前确认', '今天没热水, 1 小时前有人报告'. One place, so that list, station and host page say the same."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liandong.core import clock
from liandong.stations import freshness
from liandong.stations.models import Fact, Subject
from liandong.ui import words

# How a thing is called when it is not there.
LACKING: dict[str, Any] = {
    Subject.DOOR: gettext_lazy("Door closed"),
    Subject.WATER: gettext_lazy("No hot water"),
    Subject.TOILET: gettext_lazy("Toilet not in use"),
    Subject.SEAT: gettext_lazy("No seats free"),
    Subject.MICROWAVE: gettext_lazy("Microwave broken"),
    Subject.MEAL: gettext_lazy("No hot meal"),
    Subject.CHARGING: gettext_lazy("No charging"),
    Subject.FIRST_AID: gettext_lazy("First-aid box lacking"),
    Subject.AIR: gettext_lazy("Not cool or warm"),
    Subject.WIFI: gettext_lazy("No Wi-Fi"),
    Subject.TOOLS: gettext_lazy("No umbrellas or tools"),
    Subject.BOOKS: gettext_lazy("No books"),
    Subject.HAIRCUT: gettext_lazy("No haircuts"),
    Subject.MOTHERS: gettext_lazy("Room for mothers not in use"),
}
A_FEW_HOURS = dt.timedelta(hours=4)
ORDER = {subject: place for place, subject in enumerate(Subject.values)}


@dataclass(frozen=True)
class Tile:
    """What `{% fact_tile %}` shows of a fact."""

    fact: Fact
    icon: str
    title: Any
    note: Any
    state: str


def tile(fact: Fact, *, now: dt.datetime | None = None) -> Tile:
    now = now or clock.now()
    belief = fact.shown(now)
    return Tile(fact, fact.icon, title(fact, belief), note(belief, now=now), belief.state)


def tiles(facts: Iterable[Fact], *, now: dt.datetime | None = None) -> list[Tile]:
    """Amenities that are claimed, in their order; the door is told by the line of its hours."""
    now = now or clock.now()
    shown = sorted((fact for fact in facts if fact.is_claimed and fact.subject != Subject.DOOR), key=lambda fact: ORDER[fact.subject])
    return [tile(fact, now=now) for fact in shown]


def title(fact: Fact, belief: freshness.Belief) -> Any:
    """Its name, or what is lacking; 'today' when that was found today."""
    if belief.state != freshness.MISSING:
        return fact.label
    if belief.spoilt or belief.at is None or words.local_date(belief.at) != clock.today():
        return LACKING[fact.subject]
    return _("%(what)s today") % {"what": LACKING[fact.subject]}


def note(belief: freshness.Belief, *, now: dt.datetime) -> str:
    """Who looked, and when."""
    if belief.at is None:
        return _("Nobody has confirmed it yet")
    if belief.spoilt:
        return _("Something in it has expired")
    if belief.state == freshness.UNPROVED:
        days = max((now - belief.at).days, 1)
        return ngettext("Not confirmed for %(n)s day", "Not confirmed for %(n)s days", days) % {"n": days}
    if belief.state == freshness.CONTRADICTED:
        return _("Some say not, %(ago)s") % {"ago": words.ago(belief.at)}
    if belief.state == freshness.MISSING:
        if belief.source == freshness.VISITOR:
            return _("Reported %(ago)s") % {"ago": words.ago(belief.at)}
        if belief.source == freshness.INSPECTOR:
            return _("Found by the inspector %(ago)s") % {"ago": words.ago(belief.at)}
        return _("The host said so %(ago)s") % {"ago": words.ago(belief.at)}
    return (
        _("Inspected %(ago)s") % {"ago": moment(belief.at, now=now)}
        if belief.source == freshness.INSPECTOR
        else _("Confirmed %(ago)s") % {"ago": moment(belief.at, now=now)}
    )


def moment(at: dt.datetime, *, now: dt.datetime) -> str:
    """'2 小时前', '今天 9:10', '昨天', '3 天前'."""
    days = (clock.today() - words.local_date(at)).days
    if days == 1:
        return _("yesterday")
    if days == 0 and now - at >= A_FEW_HOURS:
        return _("today %(time)s") % {"time": words.clock(at)}
    return words.ago(at)
