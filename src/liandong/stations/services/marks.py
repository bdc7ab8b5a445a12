"""Telling two callers of one day apart without knowing either: the mark on a visitor's word. Made with the secret of the day (`visits`), so that it means nothing tomorrow."""

import datetime as dt
import hashlib
import hmac
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import throttle
from liandong.core import clock, crypto
from liandong.core.errors import TooMany
from liandong.stations.models import Station, VisitSalt, VisitToken
from liandong.stations.services import visits
from liandong.stations.services.visits import Caller

WORDS_A_DAY = 60  # from one network about one station: a shift of people who look at everything, but no machine


@transaction.atomic
def mark_of(station: Station, *, caller: Caller) -> str:
    """The same for the same network and kind of browser all day, whatever it asks. Raises TooMany when a network speaks without end."""
    throttle.lock(f"station-words:{station.pk}")
    visits.destroy_tokens()
    today = clock.today()
    salt, _created = VisitSalt.objects.get_or_create(counted_on=today, defaults={"salt": secrets.token_bytes(32)})
    network = _digest(salt, f"{station.pk}:words:network:{caller.network}")
    times = VisitToken.objects.filter(counted_on=today, digest=network).values_list("times", flat=True).first() or 0
    if times >= WORDS_A_DAY:
        left = clock.day_bounds(today)[1] - clock.now()
        raise TooMany(_("That is enough for today, thank you. Tomorrow again, please."), seconds=max(int(left / dt.timedelta(seconds=1)), 1))
    VisitToken.objects.bulk_create(
        [VisitToken(counted_on=today, digest=network, times=times + 1)],
        update_conflicts=True,
        unique_fields=["counted_on", "digest"],
        update_fields=["times"],
    )
    return _digest(salt, f"{station.pk}:words:caller:{caller.network} {caller.agent}")[:32]


def _digest(salt: VisitSalt, text: str) -> str:
    return hmac.new(bytes(salt.salt), crypto.keyed_hash(text, purpose="station-words").encode(), hashlib.sha256).hexdigest()
