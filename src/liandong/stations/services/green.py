"""Recyclables for something useful: the table of a station, and what was brought and given."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.stations import permissions
from liandong.stations.models import GreenExchange, GreenRate, Station

Actor = Person | System
MOST = 10_000


@transaction.atomic
def set_rate(station: Station, *, material: str, unit: str, per_amount: int, gives: str, gives_count: int, by: Actor) -> GreenRate:
    """One line of the table. A new line for the same material ends the old one, whose exchanges keep theirs."""
    require(permissions.can_keep_station(by, station))
    material, gives = one_line(material, 20), one_line(gives, 20)
    if not material:
        raise Refused(_("Say what is brought."), field="material")
    if not gives:
        raise Refused(_("Say what is given for it."), field="gives")
    if unit not in GreenRate.Unit.values:
        raise Refused(_("Please choose one of the answers."), field="unit")
    for field, number in (("per_amount", per_amount), ("gives_count", gives_count)):
        if not 1 <= number <= 1000:
            raise Refused(_("Between 1 and %(n)s, please.") % {"n": 1000}, field=field)
    GreenRate.objects.filter(station=station, material=material, is_active=True).update(is_active=False)
    try:
        with transaction.atomic():
            rate = GreenRate.objects.create(
                station=station, material=material, unit=unit, per_amount=per_amount, gives=gives, gives_count=gives_count
            )
    except IntegrityError as error:
        raise Refused(_("Somebody has just written the same line."), field="material") from error
    journal.record("green.rate_set", on=station, after={"rate": rate.pk, "per": per_amount, "gives": gives_count}, by=by)
    return rate


@transaction.atomic
def end_rate(rate: GreenRate, *, by: Actor) -> None:
    require(permissions.can_keep_station(by, rate.station))
    GreenRate.objects.filter(pk=rate.pk).update(is_active=False)
    journal.record("green.rate_ended", on=rate.station, before={"rate": rate.pk}, by=by)


@transaction.atomic
def exchange(rate: GreenRate, *, amount: int, by: Actor) -> GreenExchange:
    """So much was brought; what is given for it follows from the table, whole pieces only. Too little for one piece is refused."""
    require(permissions.can_keep_station(by, rate.station))
    if not rate.is_active:
        raise Refused(_("This line of the table has ended. Reload the page."), field="amount")
    if not 1 <= amount <= MOST:
        raise Refused(_("Between 1 and %(n)s, please.") % {"n": MOST}, field="amount")
    given = amount // rate.per_amount * rate.gives_count
    if not given:
        raise Refused(_("Too little for one yet: it takes %(n)s.") % {"n": rate.per_amount}, field="amount")
    made = GreenExchange.objects.create(
        rate=rate, brought_amount=amount, given_count=given, exchanged_on=clock.today(), entered_by=by if isinstance(by, Person) else None
    )
    journal.record("green.exchanged", on=rate.station, after={"rate": rate.pk, "brought": amount, "given": given}, by=by)
    return made
