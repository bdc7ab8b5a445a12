"""Inspection rounds: planned by the hub, walked by one person, finished station by station."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations.models import Territory
from liandong.stations import permissions
from liandong.stations.models import InspectionRound, RoundStop, Station, Subject
from liandong.stations.services.facts import Actor, locked_station, write_proofs
from liandong.stations.services.supplies import keep_expiry, note_fault
from liandong.venues import photos

State = InspectionRound.State
MOST_STOPS = 200


@transaction.atomic
def plan_round(*, title: str, stations: Iterable[Station], inspector: Person, due_date: dt.date, territory: Territory, by: Actor) -> InspectionRound:
    """These stations, by this person, by that day."""
    require(permissions.can_plan_round(by, territory))
    title, chosen = one_line(title, 60), {station.pk: station for station in stations}
    if len(title) < 2:
        raise Refused(_("Give it a title."), field="title")
    if not chosen:
        raise Refused(_("Choose at least one station."), field="stations")
    if len(chosen) > MOST_STOPS:
        raise Refused(_("At most %(n)s stations in one round.") % {"n": MOST_STOPS}, field="stations")
    if due_date < clock.today():
        raise Refused(_("That day is over."), field="due_date")
    if any(station.state not in (Station.State.OPEN, Station.State.PAUSED) for station in chosen.values()):
        raise Refused(_("Only stations that have opened are inspected."), field="stations")
    if not permissions.runs_ground(inspector, territory):
        raise Refused(_("Only somebody of the hub goes on rounds."), field="inspector")
    made = InspectionRound.objects.create(
        title=title,
        territory=territory,
        inspector=inspector,
        due_date=due_date,
        created_by=by if isinstance(by, Person) else None,
        created_at=clock.now(),
    )
    RoundStop.objects.bulk_create([RoundStop(round=made, station=station) for station in chosen.values()])
    journal.record("station_round.planned", on=made, after={"stations": len(chosen), "due_date": due_date, "inspector": inspector.pk}, by=by)
    return made


@transaction.atomic
def finish_stop(
    stop: RoundStop, *, found: Mapping[str, bool], expiry: Mapping[int, dt.date | None] = {}, words: str = "", photo: bytes = b"", by: Actor
) -> RoundStop:
    """Everything at one station was looked at: a word on each claimed fact (by subject), new expiry dates of supplies (by key). What does not work becomes a fault.
    The picture is kept without what the camera noted.
    """
    tour = InspectionRound.objects.select_for_update().get(pk=stop.round_id)
    require(permissions.can_inspect(by, tour))
    if tour.state != State.OPEN:
        raise Refused(_("This round is over."))
    stop = RoundStop.objects.select_for_update().get(pk=stop.pk)
    if stop.finished_at is not None:
        raise Refused(_("This station has been looked at already."))
    station = locked_station(Station(pk=stop.station_id))
    facts = {fact.subject: fact for fact in station.facts.select_for_update().filter(is_claimed=True)}
    for fact in facts.values():
        fact.station = station
    if missing := [str(Subject(subject).label) for subject in facts if subject not in found]:
        raise Refused(_("Still to be looked at: %(what)s") % {"what": _(", ").join(missing)})
    said = {facts[subject]: works for subject, works in found.items() if subject in facts}
    stop.words = one_line(words, 300)
    if photo:
        content, kind = photos.cleaned(photo)
        stop.photo.save(f"{secrets.token_hex(8)}.{kind}", ContentFile(content), save=False)
    if said:
        write_proofs(said, source="inspector", by=by)
    keep_expiry(station, expiry=expiry, by=by)
    for fact, works in said.items():
        if not works and fact.subject != Subject.DOOR:
            note_fault(station, subject=fact.subject, words=stop.words, by=by)
    stop.works_count, stop.fails_count = sum(said.values()), len(said) - sum(said.values())
    stop.finished_at, stop.finished_by = clock.now(), by if isinstance(by, Person) else None
    stop.save(update_fields=["words", "photo", "works_count", "fails_count", "finished_at", "finished_by"])
    journal.record("station.inspected", on=station, after={"round": tour.pk, "works": stop.works_count, "fails": stop.fails_count}, by=by)
    if not tour.stops.filter(finished_at__isnull=True).exists():
        _end(tour, State.DONE, by=by)
    return stop


@transaction.atomic
def cancel_round(tour: InspectionRound, *, by: Actor) -> InspectionRound:
    """No further stations; what was looked at stays."""
    tour = InspectionRound.objects.select_for_update(of=["self"]).select_related("territory").get(pk=tour.pk)
    require(permissions.can_plan_round(by, tour.territory))
    return _end(tour, State.CANCELLED, by=by)


@transaction.atomic
def move_round(tour: InspectionRound, *, due_date: dt.date, inspector: Person, by: Actor) -> InspectionRound:
    """Another day, or somebody else."""
    tour = InspectionRound.objects.select_for_update(of=["self"]).select_related("territory").get(pk=tour.pk)
    require(permissions.can_plan_round(by, tour.territory))
    if tour.state != State.OPEN:
        raise Refused(_("This round is over."))
    if due_date < clock.today():
        raise Refused(_("That day is over."), field="due_date")
    if not permissions.runs_ground(inspector, tour.territory):
        raise Refused(_("Only somebody of the hub goes on rounds."), field="inspector")
    before = {"due_date": tour.due_date, "inspector": tour.inspector_id}
    tour.due_date, tour.inspector = due_date, inspector
    tour.save(update_fields=["due_date", "inspector"])
    journal.record("station_round.moved", on=tour, before=before, after={"due_date": due_date, "inspector": inspector.pk}, by=by)
    return tour


def _end(tour: InspectionRound, state: str, *, by: Actor) -> InspectionRound:
    require_transition(InspectionRound.TRANSITIONS, tour.state, state)
    tour.state, tour.finished_at = state, clock.now()
    tour.save(update_fields=["state", "finished_at"])
    journal.record("station_round.done" if state == State.DONE else "station_round.cancelled", on=tour, after={"state": state}, by=by)
    return tour
