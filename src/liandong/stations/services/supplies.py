"""What is used up, what goes off, what breaks. An expired supply makes its fact missing by itself: the earliest expiry is kept on the fact."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.stations import permissions
from liandong.stations.models import Fact, Fault, Station, Subject, Supply
from liandong.stations.services.facts import Actor, expiry_of, locked_station

State = Fault.State
MOST = 100_000


@transaction.atomic
def add_supply(
    station: Station, *, name: str, quantity: int = 1, unit: str = "", subject: str = "", expires_on: dt.date | None = None, by: Actor
) -> Supply:
    """Something new in the cupboard. What has expired already is not put in."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    name = one_line(name, 40)
    if not name:
        raise Refused(_("Say what it is."), field="name")
    if not 0 <= quantity <= MOST:
        raise Refused(_("Between 0 and %(n)s, please.") % {"n": MOST}, field="quantity")
    if expires_on is not None and expires_on < clock.today():
        raise Refused(_("This has expired already: it does not go into the cupboard."), field="expires_on")
    try:
        with transaction.atomic():
            made = Supply.objects.create(
                station=station,
                subject=subject if subject in Subject.values else "",
                name=name,
                quantity=quantity,
                unit=one_line(unit, 8),
                expires_on=expires_on,
                checked_at=clock.now(),
            )
    except IntegrityError as error:
        raise Refused(_("This stands on the list already."), field="name") from error
    _keep_spoils(station)
    journal.record("station.supply_added", on=station, after={"supply": made.pk, "name": name, "quantity": quantity, "expires_on": expires_on}, by=by)
    return made


@transaction.atomic
def restock(supply: Supply, *, quantity: int, expires_on: dt.date | None, by: Actor) -> Supply:
    """Counted, or replaced by a fresh one with its own expiry."""
    supply = _locked(supply)
    require(permissions.can_keep_station(by, supply.station))
    if not 0 <= quantity <= MOST:
        raise Refused(_("Between 0 and %(n)s, please.") % {"n": MOST}, field="quantity")
    before = {"quantity": supply.quantity, "expires_on": supply.expires_on}
    supply.quantity, supply.expires_on, supply.checked_at = quantity, expires_on, clock.now()
    supply.save(update_fields=["quantity", "expires_on", "checked_at"])
    _keep_spoils(supply.station)
    journal.record(
        "station.supply_counted", on=supply.station, before=before, after={"supply": supply.pk, "quantity": quantity, "expires_on": expires_on}, by=by
    )
    return supply


@transaction.atomic
def remove_supply(supply: Supply, *, by: Actor) -> Supply:
    """Thrown away, or not kept any more."""
    supply = _locked(supply)
    require(permissions.can_keep_station(by, supply.station))
    supply.removed_at = clock.now()
    supply.save(update_fields=["removed_at"])
    _keep_spoils(supply.station)
    journal.record("station.supply_removed", on=supply.station, after={"supply": supply.pk, "name": supply.name}, by=by)
    return supply


def keep_expiry(station: Station, *, expiry: Mapping[int, dt.date | None], by: Actor) -> None:
    """For the inspector's round: what the packages say. Unknown keys are left out."""
    supplies = list(station.supplies.select_for_update().filter(pk__in=expiry, removed_at__isnull=True))
    now, changed = clock.now(), []
    for supply in supplies:
        if supply.expires_on != expiry[supply.pk]:
            changed.append(supply.pk)
        supply.expires_on, supply.checked_at = expiry[supply.pk], now
    Supply.objects.bulk_update(supplies, ["expires_on", "checked_at"])
    _keep_spoils(station)
    if changed:
        journal.record("station.supplies_checked", on=station, after={"supplies": changed}, by=by)


def _keep_spoils(station: Station) -> None:
    dates = expiry_of(station)
    changed = []
    for fact in station.facts.select_for_update():
        if fact.spoils_on != dates.get(fact.subject):
            fact.spoils_on = dates.get(fact.subject)
            changed.append(fact)
    Fact.objects.bulk_update(changed, ["spoils_on"])


# Faults


@transaction.atomic
def report_fault(station: Station, *, subject: str = "", words: str = "", by: Actor) -> Fault:
    """Something is broken; the clock runs until it is mended."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    return note_fault(station, subject=subject, words=words, by=by)


def note_fault(station: Station, *, subject: str, words: str, by: Actor) -> Fault:
    """For verbs of this app: one open fault of a subject at a time."""
    words, subject = one_line(words, 200), subject if subject in Subject.values else ""
    if not subject and len(words) < 2:
        raise Refused(_("Say what is broken."), field="words")
    if subject and (waiting := station.faults.filter(subject=subject).exclude(state=State.MENDED).first()) is not None:
        return waiting
    made = Fault.objects.create(
        station=station, subject=subject, words=words, reported_at=clock.now(), reported_by=by if isinstance(by, Person) else None
    )
    journal.record("station.fault_reported", on=station, after={"fault": made.pk, "subject": subject}, by=by)
    return made


@transaction.atomic
def take_fault(fault: Fault, *, by: Person) -> Fault:
    """I see to it."""
    fault = _locked_fault(fault)
    require(permissions.can_keep_station(by, fault.station))
    require_transition(Fault.TRANSITIONS, fault.state, State.TAKEN)
    fault.state, fault.taken_at, fault.taken_by = State.TAKEN, clock.now(), by
    fault.save(update_fields=["state", "taken_at", "taken_by"])
    journal.record("station.fault_taken", on=fault.station, before={"state": State.REPORTED}, after={"fault": fault.pk, "state": State.TAKEN}, by=by)
    return fault


@transaction.atomic
def mend_fault(fault: Fault, *, by: Actor) -> Fault:
    """It works again. Whether people believe it is another matter: the fact wants a tap, or somebody's look."""
    fault = _locked_fault(fault)
    require(permissions.can_keep_station(by, fault.station))
    require_transition(Fault.TRANSITIONS, fault.state, State.MENDED)
    before = fault.state
    fault.state, fault.mended_at, fault.mended_by = State.MENDED, clock.now(), by if isinstance(by, Person) else None
    fault.save(update_fields=["state", "mended_at", "mended_by"])
    journal.record("station.fault_mended", on=fault.station, before={"state": before}, after={"fault": fault.pk, "state": State.MENDED}, by=by)
    return fault


def _locked(supply: Supply) -> Supply:
    station = locked_station(Station(pk=supply.station_id))
    supply = Supply.objects.select_for_update().get(pk=supply.pk)
    if supply.removed_at is not None:
        raise Refused(_("This is not on the list any more."))
    supply.station = station
    return supply


def _locked_fault(fault: Fault) -> Fault:
    station = locked_station(Station(pk=fault.station_id))
    fault = Fault.objects.select_for_update().get(pk=fault.pk)
    fault.station = station
    return fault
