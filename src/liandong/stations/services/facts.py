"""Somebody looked: a visitor, the host, an inspector. Each word is a proof; what the proofs come to is kept on the fact in the same transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.stations import freshness, permissions
from liandong.stations.models import Fact, Proof, Station, Subject
from liandong.venues import queries as venues
from liandong.venues import services as venue_services
from liandong.venues.models import SpecialDay

Actor = Person | System
Source = Proof.Source
VISITOR = System("visitor")
WORDS_A_DAY = 40  # visitors' words on one fact in a day; what comes after adds nothing


@dataclass(frozen=True)
class Claim:
    """One thing a station says is there."""

    subject: str
    quantity: int | None = None
    words: str = ""


# Words about what is there


@transaction.atomic
def report(fact: Fact, *, works: bool, mark: str, words: str = "") -> Proof | None:
    """What somebody found who is there, without a name. `mark` tells visitors of one day apart. The same word again on the same day is not written again;
    a door reported shut while its hours say closed is refused. None when so many spoke today that one more adds nothing.
    """
    fact = _locked(fact)
    station, now = fact.station, clock.now()
    if station.state != Station.State.OPEN or not fact.is_claimed:
        raise Refused(_("This station is not open at the moment."))
    if not mark:
        raise Refused(_("This could not be counted. Please try again at the station."))
    if fact.subject == Subject.DOOR and not works:
        hours = venues.hours_of([station.venue])[station.venue_id]
        if hours.known and not hours.is_open(now):
            raise Refused(_("By its hours it is closed at this time. The next opening stands on its page."))
    start, _end = clock.day_bounds(clock.today())
    today = list(fact.proofs.filter(source=Source.VISITOR, at__gte=start).order_by("-at", "-id"))
    before = next((proof for proof in today if proof.mark == mark[:32]), None)
    if before is not None and before.works == works:
        return before
    if len(today) >= WORDS_A_DAY:
        return None
    made = Proof.objects.create(fact=fact, at=now, works=works, source=Source.VISITOR, mark=mark[:32], words=one_line(words, 120))
    keep_verdicts([fact])
    called_at = (fact.called_at or now) if fact.verdict in (freshness.FAILS, freshness.DISPUTED) else None
    if called_at != fact.called_at:
        fact.called_at, fact.hub_told_at = called_at, None
        fact.save(update_fields=["called_at", "hub_told_at"])
    if not works:
        journal.record("station.reported", on=station, after={"fact": fact.pk, "subject": fact.subject, "works": works}, by=VISITOR)
    return made


@transaction.atomic
def tap(fact: Fact, *, works: bool, words: str = "", by: Actor) -> Proof:
    """The host's word on one thing, or that of an inspector. It answers what visitors reported."""
    fact = _locked(fact)
    require(permissions.can_keep_station(by, fact.station))
    return _say([fact], works=works, words=words, by=by)[0]


@transaction.atomic
def prove_all(station: Station, *, by: Actor) -> list[Proof]:
    """All as it should be: one tap for everything that is claimed."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    if station.state != Station.State.OPEN:
        raise Refused(_("This station is not open at the moment."))
    facts = list(station.facts.select_for_update().filter(is_claimed=True).order_by("id"))
    for fact in facts:
        fact.station = station
    return _say(facts, works=True, by=by)


def _say(facts: list[Fact], *, works: bool, words: str = "", by: Actor) -> list[Proof]:
    if not facts:
        raise Refused(_("This station has not said what is there."))
    station = facts[0].station
    if any(not fact.is_claimed for fact in facts):
        raise Refused(_("This station does not offer that any more."))
    return write_proofs(dict.fromkeys(facts, works), source=permissions.speaks_as(by, station), words=words, by=by)


def write_proofs(words_on: Mapping[Fact, bool], *, source: str, words: str = "", by: Actor) -> list[Proof]:
    """For verbs of this app: staff's words on locked facts of one station, with what follows."""
    facts, now = list(words_on), clock.now()
    person = by if isinstance(by, Person) else None
    made = Proof.objects.bulk_create(
        [Proof(fact=fact, at=now, works=works, source=source, person=person, words=one_line(words, 120)) for fact, works in words_on.items()]
    )
    for fact in facts:
        fact.called_at = fact.hub_told_at = None
    keep_verdicts(facts)
    Fact.objects.bulk_update(facts, ["called_at", "hub_told_at"])
    after = {
        "works": [fact.subject for fact in facts if words_on[fact]],
        "fails": [fact.subject for fact in facts if not words_on[fact]],
        "source": source,
    }
    journal.record("station.looked", on=facts[0].station, after=after, by=by)
    return made


def keep_verdicts(facts: Iterable[Fact]) -> None:
    """What the proofs come to, written on the facts. One question for all of them."""
    facts = list(facts)
    found: dict[int, list[Proof]] = {fact.pk: [] for fact in facts}
    for proof in Proof.objects.filter(fact__in=found, at__gte=clock.now() - freshness.MEMORY).order_by("at"):
        found[proof.fact_id].append(proof)
    for fact in facts:
        _set(fact, found[fact.pk])
    Fact.objects.bulk_update(facts, ["verdict", "verdict_at", "verdict_source"])


def _set(fact: Fact, proofs: list[Proof]) -> None:
    counted = [proof for proof in proofs if fact.counted_from_at is None or proof.at > fact.counted_from_at]
    verdict = freshness.weigh(counted, fact.subject)
    fact.verdict, fact.verdict_at, fact.verdict_source = verdict.verdict, verdict.at, verdict.source


# The door today


@transaction.atomic
def close_today(station: Station, *, words: str, by: Actor) -> SpecialDay:
    """Nobody stands before a locked door: today the hours say closed."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    if station.state != Station.State.OPEN:
        raise Refused(_("This station is not open at the moment."))
    day = venue_services.set_special_day(station.venue, date=clock.today(), stretch=None, words=words, by=by)
    journal.record("station.closed_today", on=station, after={"day": day.special_date.isoformat()}, reason=day.words, by=by)
    return day


@transaction.atomic
def open_again(station: Station, *, by: Actor) -> None:
    """Today as the week says, after all; the door counts as looked at."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    day = SpecialDay.objects.filter(venue=station.venue_id, special_date=clock.today()).first()
    if day is not None:
        venue_services.forget_special_day(day, by=by)
    door = station.facts.select_for_update().filter(subject=Subject.DOOR, is_claimed=True).first()
    if door is not None and station.state == Station.State.OPEN:
        door.station = station
        _say([door], works=True, by=by)


# What a station says is there


@transaction.atomic
def set_claims(station: Station, *, claims: Iterable[Claim], by: Actor) -> Station:
    """The whole list of what is there. The door is always a claim; what is left out is kept with its proofs and shown no more."""
    station = locked_station(station)
    require(permissions.can_keep_station(by, station))
    wanted = {claim.subject: claim for claim in claims if claim.subject in Subject.values}
    wanted.setdefault(Subject.DOOR, Claim(Subject.DOOR))
    known = {fact.subject: fact for fact in station.facts.select_for_update()}
    before = sorted(subject for subject, fact in known.items() if fact.is_claimed)
    for subject in Subject.values:
        fact, claim = known.get(subject), wanted.get(subject)
        if claim is None:
            if fact is not None and fact.is_claimed:
                fact.is_claimed = False
                fact.called_at = None
                fact.save(update_fields=["is_claimed", "called_at"])
            continue
        if fact is None:
            fact = Fact(station=station, subject=subject)
        elif not fact.is_claimed:
            fact.counted_from_at = clock.now()
            _set(fact, [])
        fact.is_claimed, fact.words = True, one_line(claim.words, 60)
        fact.quantity = _seats(claim.quantity) if subject == Subject.SEAT else None
        fact.save()
    after = sorted(wanted)
    if before != after:
        journal.record("station.claims_set", on=station, before={"claims": before}, after={"claims": after}, by=by)
    return station


def _seats(quantity: int | None) -> int | None:
    if quantity is not None and not 1 <= quantity <= 500:
        raise Refused(_("Between 1 and 500 seats, please."), field="seats")
    return quantity


def forget_all(station: Station) -> None:
    """For verbs of this app: what was looked at no longer counts, the station stands somewhere else."""
    now = clock.now()
    facts = list(station.facts.select_for_update())
    for fact in facts:
        fact.counted_from_at, fact.called_at, fact.hub_told_at = now, None, None
        _set(fact, [])
    Fact.objects.bulk_update(facts, ["counted_from_at", "called_at", "hub_told_at", "verdict", "verdict_at", "verdict_source"])


# Inside


def locked_station(station: Station) -> Station:
    return Station.objects.select_for_update(of=["self"]).select_related("venue__host__territory", "venue__territory", "contact").get(pk=station.pk)


def _locked(fact: Fact) -> Fact:
    return Fact.objects.select_for_update(of=["self"]).select_related("station__venue__host__territory", "station__venue__territory").get(pk=fact.pk)


def expiry_of(station: Station) -> dict[str, dt.date]:
    """The earliest expiry of what is in hand, by subject."""
    dates: dict[str, dt.date] = {}
    for supply in station.supplies.filter(removed_at__isnull=True, expires_on__isnull=False).exclude(subject="").order_by("-expires_on"):
        assert supply.expires_on is not None
        dates[supply.subject] = supply.expires_on
    return dates
