"""How a body becomes the host of a station: it applies or is invited, both agree in writing, and look at it again on a day."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Territory
from liandong.stations import permissions
from liandong.stations.models import Fact, Kind, Station, StationAgreement, Subject
from liandong.stations.services.facts import Actor, Claim, locked_station, set_claims
from liandong.venues import services as venues
from liandong.venues.models import Venue

State = StationAgreement.State
LONGEST = dt.timedelta(days=3 * 366)


@transaction.atomic
def propose_station(
    *,
    host: Organization,
    name: str,
    address: str,
    gives: str,
    review_date: dt.date,
    kinds: Iterable[str] = (Kind.LOVE,),
    claims: Iterable[Claim] = (),
    entry: str = Station.Entry.EVERYBODY,
    entry_words: str = "",
    words: str = "",
    from_date: dt.date | None = None,
    territory: Territory | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    by: Actor,
) -> Station:
    """The body applies, or the hub invites it: a station being prepared, with the first version of its agreement, agreed by the side that speaks."""
    require(permissions.can_propose(by, host, territory))
    kinds = [kind for kind in Kind.values if kind in set(kinds)]
    if not kinds:
        raise Refused(_("Please choose at least one kind."), field="kinds")
    venue = venues.create_venue(
        name=name, host=host, address=address, kind=Venue.Kind.STATION, territory=territory, latitude=latitude, longitude=longitude, by=by
    )
    Venue.objects.filter(pk=venue.pk).update(is_open=False)
    station = Station.objects.create(
        venue=venue,
        kinds=kinds,
        entry=entry,
        entry_words=one_line(entry_words, 120),
        contact=by if isinstance(by, Person) and not permissions.runs_ground(by, venue.territory) else None,
        created_at=clock.now(),
    )
    Fact.objects.create(station=station, subject=Subject.DOOR)
    journal.record("station.proposed", on=station, after={"host": host.pk, "kinds": kinds}, by=by)
    set_claims(station, claims=claims, by=by)
    _propose(station, gives=gives, words=words, from_date=from_date, review_date=review_date, by=by)
    return station


@transaction.atomic
def renew(station: Station, *, gives: str, review_date: dt.date, words: str = "", from_date: dt.date | None = None, by: Actor) -> StationAgreement:
    """A new version, proposed by one side. The old one holds until the other side agrees."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    if station.state == Station.State.CLOSED:
        raise Refused(_("This station has closed for good."))
    return _propose(station, gives=gives, words=words, from_date=from_date, review_date=review_date, by=by)


def _propose(station: Station, *, gives: str, words: str, from_date: dt.date | None, review_date: dt.date, by: Actor) -> StationAgreement:
    gives, words, from_date = one_line(gives, 300), clean_words(words), from_date or clock.today()
    if len(gives) < 2:
        raise Refused(_("Say what the host gives."), field="gives")
    if len(words) > 3000:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 3000}, field="words")
    if not from_date < review_date <= from_date + LONGEST:
        raise Refused(_("The day to look at it again lies after its beginning, within three years."), field="review_date")
    if station.agreements.filter(state=State.PROPOSED).exists():
        raise Refused(_("A version waits for an answer already."))
    now, person = clock.now(), by if isinstance(by, Person) else None
    hub = permissions.runs_ground(by, station.venue.territory) and not permissions.is_host(by, station)
    last = station.agreements.order_by("-version").first()
    made = StationAgreement.objects.create(
        station=station,
        version=(last.version if last else 0) + 1,
        gives=gives,
        words=words,
        from_date=from_date,
        review_date=review_date,
        host_agreed_at=None if hub else now,
        host_agreed_by=None if hub else person,
        hub_agreed_at=now if hub else None,
        hub_agreed_by=person if hub else None,
        created_at=now,
    )
    journal.record("station.agreement_proposed", on=station, after={"agreement": made.pk, "version": made.version, "by_hub": hub}, by=by)
    return made


@transaction.atomic
def agree(agreement: StationAgreement, *, by: Actor) -> StationAgreement:
    """The other side agrees: this version holds from now on, the one before ends."""
    agreement = _locked(agreement)
    require_transition(StationAgreement.TRANSITIONS, agreement.state, State.AGREED)
    require(permissions.can_agree(by, agreement))
    now, person = clock.now(), by if isinstance(by, Person) else None
    if agreement.host_agreed_at is None:
        agreement.host_agreed_at, agreement.host_agreed_by = now, person
    else:
        agreement.hub_agreed_at, agreement.hub_agreed_by = now, person
    agreement.station.agreements.filter(state=State.AGREED).update(state=State.ENDED, ended_at=now)
    agreement.state = State.AGREED
    agreement.save()
    if agreement.station.contact_id is None and person is not None and permissions.is_host(person, agreement.station):
        Station.objects.filter(pk=agreement.station_id).update(contact=person)
    journal.record(
        "station.agreement_agreed",
        on=agreement.station,
        before={"state": State.PROPOSED},
        after={"agreement": agreement.pk, "version": agreement.version, "state": State.AGREED},
        by=by,
    )
    return agreement


@transaction.atomic
def decline(agreement: StationAgreement, *, words: str, by: Actor) -> StationAgreement:
    """The other side does not agree, with words. A station that was only being prepared ends with it."""
    agreement = _locked(agreement)
    require_transition(StationAgreement.TRANSITIONS, agreement.state, State.DECLINED)
    require(permissions.can_agree(by, agreement))
    words = one_line(words, 200)
    if len(words) < 2:
        raise Refused(_("Say why, so that people understand."), field="words")
    agreement.state, agreement.declined_words = State.DECLINED, words
    agreement.save(update_fields=["state", "declined_words"])
    station = agreement.station
    if station.state == Station.State.PLANNED:
        station.state, station.state_words, station.closed_on = Station.State.CLOSED, words, clock.today()
        station.save(update_fields=["state", "state_words", "closed_on"])
    journal.record("station.agreement_declined", on=station, after={"agreement": agreement.pk, "station": station.state}, reason=words, by=by)
    return agreement


def _locked(agreement: StationAgreement) -> StationAgreement:
    station = locked_station(Station(pk=agreement.station_id))
    agreement = StationAgreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.station = station
    return agreement
