"""What may be said about a fact of a station, from who looked and when. Knows no Django; docs/stations.md gives the reasons.

Two steps, because one needs the proofs and the other only the clock:

`weigh(proofs, subject)` -> Verdict: does it work, does it not, or is it in dispute. It does not depend on the moment it is asked: all words about one subject fade at the
same rate, so their ratio stays. That is why a list can keep the verdict and need no proofs.
`at(verdict, now=…)` -> Belief: how fresh that is. What nobody has confirmed for long is never shown as true.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

HOST, INSPECTOR, VISITOR = "host", "inspector", "visitor"
WORKS, FAILS, DISPUTED, NOTHING = "works", "fails", "disputed", "nothing"
VERDICTS = (WORKS, FAILS, DISPUTED, NOTHING)
PROVED, KNOWN, UNPROVED, MISSING, CONTRADICTED = "proved", "known", "unproved", "missing", "contradicted"
STATES = (PROVED, KNOWN, UNPROVED, MISSING, CONTRADICTED)

# How much one word counts. Two visitors (2.0) outweigh an inspector (1.9) and a host (1.5); one does not. A host who says "not today" speaks against himself: he is believed.
WEIGHT = {HOST: 1.5, INSPECTOR: 1.9, VISITOR: 1.0}
ADMITTED = 2.5
DISPUTE = 0.6  # as much against as this share of what is for: in dispute. One visitor against a host (0.67) is; against an inspector (0.53) is not
ANSWERED = 0.5  # what several visitors said counts half once a later word says that it works; what one said alone counts nothing
STRIKES = 2  # so many days on which visitors overruled the host's tap: from then on the host's "works" counts nothing until an inspector has looked

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MEMORY = 30 * DAY  # older words do not count
DENIED = 10 * DAY  # a report that the host answered with "works", and another one on a later day within this time: his "works" is not enough any more
FRESH = 24 * HOUR
ZONE = dt.timezone(8 * HOUR)  # where a visitor's day begins and ends


@dataclass(frozen=True, slots=True)
class Fading:
    """`half_life`: a word this old counts half. `known`: so long after the last confirmation it may still be shown as known."""

    half_life: dt.timedelta
    known: dt.timedelta


FADING = {
    "door": Fading(1 * DAY, 4 * DAY),
    "water": Fading(1 * DAY, 4 * DAY),
    "meal": Fading(1 * DAY, 3 * DAY),
    "haircut": Fading(3 * DAY, 14 * DAY),
    "toilet": Fading(3 * DAY, 7 * DAY),
    "charging": Fading(5 * DAY, 14 * DAY),
    "wifi": Fading(5 * DAY, 14 * DAY),
    "microwave": Fading(5 * DAY, 14 * DAY),
    "tools": Fading(5 * DAY, 14 * DAY),
}
USUAL = Fading(7 * DAY, 14 * DAY)


class Word(Protocol):
    """What `weigh` reads of a proof: the model's rows, and `Said` of a bench, have it."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def works(self) -> bool: ...
    @property
    def source(self) -> str: ...
    @property
    def mark(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A proof without a database. `mark` tells visitors of one day apart."""

    at: dt.datetime
    works: bool
    source: str = HOST
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proofs come to. `at` and `source`: the latest word on the side that is believed; of a dispute, the latest one against."""

    verdict: str
    at: dt.datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is shown. `at`: the last word it rests on, None when nobody has ever looked. `source`: who said that."""

    state: str
    at: dt.datetime | None = None
    source: str = ""
    spoilt: bool = False  # missing because something there has expired

    @property
    def is_true(self) -> bool:
        """May be shown as there."""
        return self.state in (PROVED, KNOWN)


def fading(subject: str) -> Fading:
    return FADING.get(subject, USUAL)


def belief(proofs: Iterable[Word], now: dt.datetime, subject: str) -> Belief:
    """What may be said about the fact now."""
    return at(weigh(proofs, subject), now=now, subject=subject)


def at(verdict: Verdict, *, now: dt.datetime, subject: str, spoils_on: dt.date | None = None, today: dt.date | None = None) -> Belief:
    """How a verdict looks at a moment. Something whose supplies have expired is missing, whoever says that it is there."""
    if spoils_on is not None and today is not None and spoils_on < today:
        return Belief(MISSING, dt.datetime.combine(spoils_on + DAY, dt.time(), tzinfo=ZONE), verdict.source, spoilt=True)
    if verdict.at is None or verdict.verdict == NOTHING:
        return Belief(UNPROVED)
    age = now - verdict.at
    if age > fading(subject).known:
        return Belief(UNPROVED, verdict.at, verdict.source)
    if verdict.verdict == WORKS:
        return Belief(PROVED if age <= FRESH else KNOWN, verdict.at, verdict.source)
    return Belief(MISSING if verdict.verdict == FAILS else CONTRADICTED, verdict.at, verdict.source)


def weigh(proofs: Iterable[Word], subject: str) -> Verdict:
    """What the proofs come to, whatever their order. Each speaker counts once, by the latest word; an inspector's look replaces all that was said before it."""
    words = sorted(proofs, key=_moment)
    if not words:
        return Verdict(NOTHING)
    last = words[-1].at
    start = next((place for place in range(len(words) - 1, -1, -1) if words[place].source == INSPECTOR), 0)
    words = [word for word in words[start:] if last - word.at <= MEMORY]
    overruled = len(_overruled(words)) >= STRIKES
    distrusted = overruled or _denied(words)
    latest = {(word.source, word.mark): word for word in words}  # the later one stays
    spoken = sorted((word for word in latest.values() if not (distrusted and word.source == HOST and word.works)), key=_moment)
    for_it = [word for word in spoken if word.works]
    against = [word for word in spoken if not word.works]
    half_life = fading(subject).half_life
    yes = sum(_fade(last - word.at, half_life) * WEIGHT[word.source] for word in for_it)
    no = sum(_fade(last - word.at, half_life) * _counts_against(word, against, for_it) for word in against)
    if no and no > yes:  # visitors one by one, day after day, put a host's word in doubt; they do not shut his station
        alone = (
            distrusted and not overruled and all(word.source == VISITOR for word in against) and len({_day(word) for word in against}) == len(against)
        )
        return Verdict(DISPUTED if alone else FAILS, against[-1].at, against[-1].source)
    if no and no >= DISPUTE * yes:
        return Verdict(DISPUTED, against[-1].at, against[-1].source)
    if for_it:
        return Verdict(WORKS, for_it[-1].at, for_it[-1].source)
    return Verdict(NOTHING)


def _moment(word: Word) -> tuple[dt.datetime, bool, str, str]:
    """In order of time; of words of one moment those against come last, so that doubt wins."""
    return word.at, not word.works, word.source, word.mark


def _day(word: Word) -> dt.date:
    return word.at.astimezone(ZONE).date()


def _fade(age: dt.timedelta, half_life: dt.timedelta) -> float:
    return float(0.5 ** (age / half_life))


def _counts_against(word: Word, against: list[Word], for_it: list[Word]) -> float:
    """A visitor's report that was answered later counts half, or nothing when nobody else reported it on that day: one visitor cannot shut a station."""
    if word.source == HOST:
        return ADMITTED
    weight = WEIGHT[word.source]
    if word.source == INSPECTOR or not for_it or for_it[-1].at <= word.at:
        return weight
    joined = any(other.source == VISITOR and other.mark != word.mark and _day(other) == _day(word) for other in against)
    return weight * ANSWERED if joined else 0.0


def _overruled(words: list[Word]) -> set[dt.date]:
    """Days on which the host said only that it works while two or more visitors, more than those who found it working, said that it does not."""
    host: dict[dt.date, bool] = {}
    visitors: dict[dt.date, dict[str, bool]] = {}
    for word in words:
        if word.source == HOST:
            host[_day(word)] = host.get(_day(word), True) and word.works
        elif word.source == VISITOR:
            visitors.setdefault(_day(word), {})[word.mark] = word.works
    return {day for day, honest in host.items() if honest and (said := list(visitors.get(day, {}).values())).count(False) > max(1, said.count(True))}


def _denied(words: list[Word]) -> bool:
    """Visitors of two days found it broken, and in between only the host found it working. It ends when somebody else finds it working, or the host admits it."""
    report: Word | None = None
    answered = denied = False
    for word in words:
        if word.source == HOST and word.works:
            answered = True
        elif word.works or word.source != VISITOR:
            report, answered, denied = None, False, False
        else:
            again = report is not None and answered and _day(word) != _day(report) and word.at - report.at <= DENIED
            report, answered, denied = word, False, denied or again
    return denied
