"""Thanks of visitors: a tap, or a few words that the host lets others read. Nothing says who; the journal only says what the host decided."""

import re

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.core.text import fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.stations import permissions
from liandong.stations.models import Station, Thanks
from liandong.stations.services.visits import Caller, is_first_today

Actor = Person | System
LONGEST = 100
WAITING_AT_ONCE = 30  # more than that and somebody is playing
_NUMBERS = re.compile(r"\d(?:[\s-]?\d){6,}")
State = Thanks.State


@transaction.atomic
def thank(station: Station, *, words: str = "", caller: Caller) -> Thanks | None:
    """Once a day and visitor; a second tap changes nothing (None). Words wait for the host."""
    words = one_line(words, LONGEST + 1)
    if len(words) > LONGEST:
        raise Refused(_("At most %(n)s characters, please.") % {"n": LONGEST}, field="words")
    if _NUMBERS.search(fold(words)):
        raise Refused(_("Please leave out phone numbers and the like: everybody can read it here."), field="words")
    today = clock.today()
    if words and station.thanks.filter(state=State.WAITING).count() >= WAITING_AT_ONCE:
        raise TooMany(_("The host still reads what others wrote. Please try again tomorrow."), seconds=3600, field="words")
    if not is_first_today(station, "thanks-words" if words else "thanks", caller=caller):
        if words:
            raise TooMany(_("You have written today. Thank you!"), seconds=3600, field="words")
        return None
    if words:
        return Thanks.objects.create(station=station, words=words, said_on=today)
    if Thanks.objects.filter(station=station, said_on=today, words="").update(taps=F("taps") + 1):
        return Thanks.objects.get(station=station, said_on=today, words="")
    return Thanks.objects.create(station=station, taps=1, said_on=today, state=State.SHOWN)


@transaction.atomic
def show_thanks(thanks: Thanks, *, by: Actor) -> Thanks:
    """Everybody may read it."""
    return _decide(thanks, State.SHOWN, "thanks.shown", by=by)


@transaction.atomic
def keep_thanks(thanks: Thanks, *, by: Actor) -> Thanks:
    """Only the host reads it."""
    return _decide(thanks, State.KEPT, "thanks.kept", by=by)


def _decide(thanks: Thanks, state: str, verb: str, *, by: Actor) -> Thanks:
    thanks.refresh_from_db(from_queryset=Thanks.objects.select_for_update(of=["self"]).select_related("station__venue__host__territory"))
    require(permissions.can_keep_station(by, thanks.station))
    require_transition(Thanks.TRANSITIONS, thanks.state, state)
    before, thanks.state = thanks.state, state
    thanks.decided_by = by if isinstance(by, Person) else None
    thanks.save(update_fields=["state", "decided_by"])
    journal.record(verb, on=thanks, before={"state": before}, after={"state": state}, by=by)
    return thanks
