"""Reading thanks."""

import datetime as dt

from django.db.models import QuerySet, Sum

from liandong.core import clock
from liandong.stations.models import Station, Thanks

MONTH = dt.timedelta(days=30)


def shown(station: Station) -> QuerySet[Thanks]:
    """Words that everybody may read, newest first."""
    return station.thanks.filter(state=Thanks.State.SHOWN).exclude(words="")


def waiting(station: Station) -> list[Thanks]:
    """What the host has not read, oldest first."""
    return list(station.thanks.filter(state=Thanks.State.WAITING).order_by("said_on", "id"))


def kept(station: Station) -> QuerySet[Thanks]:
    return station.thanks.filter(state=Thanks.State.KEPT)


def taps(station: Station) -> int:
    """Taps of the last 30 days."""
    return station.thanks.filter(said_on__gt=clock.today() - MONTH).aggregate(taps=Sum("taps"))["taps"] or 0
