"""Opening, pausing, moving and closing a station."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right
from liandong.stations import permissions
from liandong.stations.models import Kind, Station, StationAgreement
from liandong.stations.services.facts import Actor, forget_all, locked_station
from liandong.venues import services as venues
from liandong.venues.models import Venue

State = Station.State
Agreed = StationAgreement.State


@transaction.atomic
def open_station(station: Station, *, by: Actor) -> Station:
    """A station that was prepared opens: the hub says so, and an agreement is in force. After a pause the host opens it."""
    station = locked_station(station)
    paused = station.state == State.PAUSED
    require(permissions.can_keep_station(by, station) if paused else permissions.can_run(by, station))
    require_transition(Station.TRANSITIONS, station.state, State.OPEN)
    if not paused and not station.agreements.filter(state=Agreed.AGREED).exists():
        raise Refused(_("Both sides have to agree first."))
    if station.venue.latitude is None:
        raise Refused(_("Put it on the map first: nobody finds it otherwise."))
    before = station.state
    station.state, station.state_words = State.OPEN, ""
    station.opened_on = station.opened_on or clock.today()
    station.save(update_fields=["state", "state_words", "opened_on"])
    _show(station, True, by=by)
    journal.record("station.opened", on=station, before={"state": before}, after={"state": station.state}, by=by)
    return station


@transaction.atomic
def pause_station(station: Station, *, words: str, by: Actor) -> Station:
    """Out of use for more than a day; everybody reads why."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    require_transition(Station.TRANSITIONS, station.state, State.PAUSED)
    station.state, station.state_words = State.PAUSED, _why(words)
    station.save(update_fields=["state", "state_words"])
    _show(station, False, by=by)
    journal.record("station.paused", on=station, before={"state": State.OPEN}, after={"state": State.PAUSED}, reason=station.state_words, by=by)
    return station


@transaction.atomic
def close_station(station: Station, *, words: str, by: Actor) -> Station:
    """For good. Its plaque says so from now on, and shows the nearest open ones; the agreement ends."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    require_transition(Station.TRANSITIONS, station.state, State.CLOSED)
    before = station.state
    station.state, station.state_words, station.closed_on = State.CLOSED, _why(words), clock.today()
    station.save(update_fields=["state", "state_words", "closed_on"])
    station.facts.update(called_at=None, hub_told_at=None)
    station.agreements.filter(state=Agreed.PROPOSED).update(state=Agreed.DECLINED, declined_words=station.state_words)
    station.agreements.filter(state=Agreed.AGREED).update(state=Agreed.ENDED, ended_at=clock.now())
    _show(station, False, by=by)
    journal.record("station.closed", on=station, before={"state": before}, after={"state": State.CLOSED}, reason=station.state_words, by=by)
    return station


@transaction.atomic
def move_station(station: Station, *, address: str, directions: str = "", latitude: Decimal, longitude: Decimal, by: Actor) -> Station:
    """It stands somewhere else. Its number and plaque stay valid; what was looked at there counts no more."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    if station.state == State.CLOSED:
        raise Refused(_("This station has closed for good."))
    before = {"address": station.venue.address}
    venues.edit_venue(station.venue, address=address, directions=directions, latitude=latitude, longitude=longitude, by=by)
    station.moved_at = clock.now()
    station.save(update_fields=["moved_at"])
    forget_all(station)
    journal.record("station.moved", on=station, before=before, after={"address": address}, by=by)
    return locked_station(station)


@transaction.atomic
def edit_station(station: Station, *, kinds: list[str], entry: str, entry_words: str = "", contact: Person | None = None, by: Actor) -> Station:
    """What kind of station it is, who may enter, and whom of the host to call."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    kinds = [kind for kind in Kind.values if kind in kinds]
    if not kinds:
        raise Refused(_("Please choose at least one kind."), field="kinds")
    if entry not in Station.Entry.values:
        raise Refused(_("Please choose one of the answers."), field="entry")
    if contact is not None and not organizations.people_with(station.venue.host, Right.KEEP_VENUES).filter(pk=contact.pk).exists():
        raise Refused(_("Only somebody who works for the host can be called."), field="contact")
    after: dict[str, Any] = {"kinds": kinds, "entry": entry, "entry_words": one_line(entry_words, 120), "contact_id": contact.pk if contact else None}
    before = {name: getattr(station, name) for name in after}
    if before != after:
        for name, value in after.items():
            setattr(station, name, value)
        station.save(update_fields=["kinds", "entry", "entry_words", "contact"])
        journal.record("station.edited", on=station, before=before, after=after, by=by)
    return station


def _show(station: Station, open_: bool, *, by: Actor) -> None:
    """The list of places shows a station while it is open."""
    if station.venue.is_open != open_:
        station.venue = venues.edit_venue(Venue.objects.get(pk=station.venue_id), is_open=open_, by=by)


def _why(words: str) -> str:
    words = one_line(words, 200)
    if len(words) < 2:
        raise Refused(_("Say why, so that people understand."), field="words")
    return words
