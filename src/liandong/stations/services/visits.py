"""Counting those who come, without an app, an account or a phone number, and so that nobody can be followed.

Somebody is counted once a station and day. What tells two apart, for that day only, are digests of a random cookie of the day and of the network address with the
kind of browser, made with the station, the key of the site and the secret of the day. When the day is over, secret and digests are destroyed and only numbers remain.
None of this is written to the journal: an entry would say the minute in which somebody came.
"""

import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts import throttle
from liandong.accounts.models import Person
from liandong.core import clock, crypto
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.stations import permissions
from liandong.stations.models import Station, VisitCount, VisitHour, VisitSalt, VisitToken

Actor = Person | System
NETWORK_A_DAY = 60  # from one address at one station: a whole shift behind one router, but no machine
STATION_A_DAY = 3000
PAPER_A_DAY = 2000
PAPER_DAYS = 62  # how long a list on paper may be entered afterwards
Source = VisitCount.Source


@dataclass(frozen=True)
class Caller:
    """What a request says of the one who taps. Used to make digests, never kept."""

    address: str = ""
    agent: str = ""
    cookie: str = ""

    @property
    def network(self) -> str:
        """The address; of a long one the part that belongs to the line, because phones change the rest."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return ""
        return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


@transaction.atomic
def count_visit(station: Station, *, caller: Caller, by: Actor | None = None) -> str:
    """One who came, counted once a day. Gives the cookie of the day when it counted, else "". A closed station counts nobody, and its keepers are no visitors."""
    if station.state != Station.State.OPEN or permissions.can_keep_station(by, station):
        return ""
    cookie = caller.cookie or secrets.token_urlsafe(16)
    fresh = _first_today(station, "visit", caller, cookie=cookie)
    if not fresh:
        return ""
    _add(station, 1, source=Source.TAP)
    return cookie


@transaction.atomic
def add_visit(station: Station, *, count: int = 1, by: Actor) -> None:
    """The host's tap for somebody without a phone; -1 takes one back. Not below zero."""
    require(permissions.can_keep_station(by, station))
    if count not in (1, -1):
        raise Refused(_("One at a time, please."))
    throttle.lock(f"station-visits:{station.pk}")
    row = VisitCount.objects.filter(station=station, counted_on=clock.today(), source=Source.HOST).first()
    if count < 0 and (row is None or row.people_count < 1):
        raise Refused(_("There is none to take back today."))
    _add(station, count, source=Source.HOST)


@transaction.atomic
def note_visits(station: Station, *, on: dt.date, count: int, by: Actor) -> None:
    """The number on the paper list of a day. A second number replaces the first; 0 takes it away."""
    require(permissions.can_keep_station(by, station))
    if not clock.today() - dt.timedelta(days=PAPER_DAYS) <= on <= clock.today():
        raise Refused(_("A day of the last two months, please."), field="on")
    if not 0 <= count <= PAPER_A_DAY:
        raise Refused(_("Between 0 and %(n)s, please.") % {"n": PAPER_A_DAY}, field="count")
    throttle.lock(f"station-visits:{station.pk}")
    rows = VisitCount.objects.filter(station=station, counted_on=on, source=Source.PAPER)
    before = rows.values_list("people_count", flat=True).first() or 0
    if count == before:
        return
    rows.delete()
    if count:
        VisitCount.objects.create(station=station, counted_on=on, source=Source.PAPER, people_count=count)
    journal.record("station.visits_noted", on=station, before={"count": before}, after={"day": on.isoformat(), "count": count}, by=by)


@transaction.atomic
def destroy_tokens() -> None:
    """What told people apart on days that are over is destroyed, file and all. Called after midnight and by the first tap of a day."""
    if not _holds_yesterday():
        return
    throttle.lock("visits-of-yesterday")  # two first taps at once: the second finds it done
    if not _holds_yesterday():
        return
    for model in (VisitSalt, VisitToken):
        model.objects.filter(counted_on__lt=clock.today()).delete()
    if not VisitToken.objects.exists():
        with connection.cursor() as cursor:  # deleted rows lie in the file until it is tidied: an empty table is cut off instead
            cursor.execute(f'truncate "{VisitSalt._meta.db_table}", "{VisitToken._meta.db_table}"')


def _holds_yesterday() -> bool:
    return any(model.objects.filter(counted_on__lt=clock.today()).exists() for model in (VisitSalt, VisitToken))


def is_first_today(station: Station, what: str, *, caller: Caller) -> bool:
    """For other things that anybody may do once a day here (thanks). Remembers that it was done; call it in the verb's transaction."""
    return _first_today(station, what, caller, cookie=caller.cookie)


# Inside


def _first_today(station: Station, what: str, caller: Caller, *, cookie: str) -> bool:
    throttle.lock(f"station-visits:{station.pk}")
    destroy_tokens()
    today = clock.today()
    salt, _created = VisitSalt.objects.get_or_create(counted_on=today, defaults={"salt": secrets.token_bytes(32)})
    network = _digest(salt, station, what, "network", caller.network)
    own = {_digest(salt, station, what, "caller", f"{caller.network} {caller.agent}")}
    if cookie:
        own.add(_digest(salt, station, what, "cookie", cookie))
    known = dict(VisitToken.objects.filter(counted_on=today, digest__in=[network, *own]).values_list("digest", "times"))
    if own & known.keys() or known.get(network, 0) >= NETWORK_A_DAY:
        return False
    if what == "visit" and _taps(station, today) >= STATION_A_DAY:
        return False
    VisitToken.objects.bulk_create(VisitToken(counted_on=today, digest=digest) for digest in sorted(own))
    VisitToken.objects.bulk_create(
        [VisitToken(counted_on=today, digest=network, times=known.get(network, 0) + 1)],
        update_conflicts=True,
        unique_fields=["counted_on", "digest"],
        update_fields=["times"],
    )
    return True


def _digest(salt: VisitSalt, station: Station, *parts: str) -> str:
    """Needs both keys: one stands in the database until midnight, the other never does."""
    value = crypto.keyed_hash(f"{station.pk}:{':'.join(parts)}", purpose="station-visit")
    return hmac.new(bytes(salt.salt), value.encode(), hashlib.sha256).hexdigest()


def _taps(station: Station, day: dt.date) -> int:
    return VisitCount.objects.filter(station=station, counted_on=day, source=Source.TAP).values_list("people_count", flat=True).first() or 0


def _add(station: Station, count: int, *, source: str) -> None:
    """Into the day and into the hour of the week. One taken back leaves the last hour that has any; a row of nobody is no row."""
    now = timezone.localtime(clock.now())
    day = VisitCount.objects.filter(station=station, counted_on=now.date(), source=source)
    week = VisitHour.objects.filter(station=station, month_on=now.date().replace(day=1), weekday=now.weekday())
    hour = week.filter(hour=now.hour)
    if count < 0:
        last = week.filter(hour__lte=now.hour, people_count__gt=0).order_by("-hour").first()
        hour = week.filter(hour=last.hour) if last is not None else hour
    for rows, fresh in (
        (day, VisitCount(station=station, counted_on=now.date(), source=source, people_count=count)),
        (hour, VisitHour(station=station, month_on=now.date().replace(day=1), weekday=now.weekday(), hour=now.hour, people_count=count)),
    ):
        if not rows.update(people_count=F("people_count") + count):
            fresh.save(force_insert=True)
        elif count < 0:
            rows.filter(people_count=0).delete()
