"""A draw that anybody can repeat with a sha256 page and a sheet of paper (docs/solver.md, "The draw", tells a resident how).

1. Before sign-up opens: a seed is made, its sha256 is announced, and which public number will be added (say, the state lottery's numbers of a named later day).
2. When sign-up closes: the list is published, one line for each entry, and its sha256. Each entry has 1 ticket and one more for each draw lost before, up to a limit.
3. After the public number is known: the seed is published. Ticket n of entry e has the number sha256("<seed>/<public>/<list digest>/<e>/<n>"), written in hexadecimal; an entry's number is the
   smallest of its tickets'. The smallest numbers get the places; the others wait in that order.

Every ticket is equally likely to be the smallest, so an entry with 3 tickets is three times as likely to come first as one with 1. Nobody who fixes the list knows the public
number, and nobody who knows the seed can change it after its digest is out.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

MOST_TICKETS = 5


class NoDraw(ValueError):
    """The list or the seed cannot be drawn from; the message says which entry and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: the number on the sign-up slip, never a name. `refusals`: draws lost before. `seats`: places asked for together."""

    key: str
    refusals: int = 0
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entry with its tickets and its number; `seats` as asked."""

    key: str
    tickets: int
    number: str
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Winners and waiting list, both by number, and all that is needed to compute them again."""

    winners: tuple[Drawn, ...]
    waiting: tuple[Drawn, ...]
    places: int
    published: str
    list_digest: str
    seed: str
    seed_digest: str
    public: str


def new_seed() -> str:
    """32 random hexadecimal digits."""
    return secrets.token_hex(16)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def tickets(refusals: int, *, most: int = MOST_TICKETS) -> int:
    return min(1 + refusals, most)


def publish(entries: Iterable[Entry], *, most: int = MOST_TICKETS) -> str:
    """The list as it hangs on the wall: `entry tickets seats`, in order of the entries' names, a line feed after each."""
    lines: dict[str, str] = {}
    for entry in entries:
        if not entry.key or any(character.isspace() or character == "/" for character in entry.key):
            raise NoDraw(f"the entry {entry.key!r} is empty or holds a blank or a slash")
        if entry.key in lines:
            raise NoDraw(f"the entry {entry.key} stands in the list twice")
        if entry.refusals < 0 or entry.seats < 1:
            raise NoDraw(f"the entry {entry.key} has refusals below 0 or seats below 1")
        lines[entry.key] = f"{entry.key} {tickets(entry.refusals, most=most)} {entry.seats}\n"
    return "".join(lines[key] for key in sorted(lines))


def number_of(seed: str, public: str, list_digest: str, key: str, count: int) -> str:
    """The smallest ticket of an entry."""
    return min(digest(f"{seed}/{public}/{list_digest}/{key}/{ticket}") for ticket in range(1, count + 1))


def draw(published: str, *, places: int, seed: str, public: str = "") -> Outcome:
    """By number, each entry gets its seats while they last; who asks for more than is left waits, and a smaller entry behind may still fit."""
    if places < 0:
        raise NoDraw("there cannot be fewer than 0 places")
    if not seed:
        raise NoDraw("a draw needs a seed")
    listed = digest(published)
    drawn = sorted(
        (Drawn(key, count, number_of(seed, public, listed, key, count), seats) for key, count, seats in read(published)), key=lambda one: one.number
    )
    left = places
    winners: list[Drawn] = []
    waiting: list[Drawn] = []
    for one in drawn:
        if one.seats <= left:
            winners.append(one)
            left -= one.seats
        else:
            waiting.append(one)
    return Outcome(tuple(winners), tuple(waiting), places, published, listed, seed, digest(seed), public)


def read(published: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for number, line in enumerate(published.splitlines(), start=1):
        words = line.split(" ")
        if len(words) != 3 or not words[0] or not all(word.isdecimal() and word.isascii() and int(word) > 0 for word in words[1:]):
            raise NoDraw(f"line {number} is not `entry tickets seats`: {line}")
        found.append((words[0], int(words[1]), int(words[2])))
    if len({key for key, _, _ in found}) < len(found):
        raise NoDraw("an entry stands in the list twice")
    return found


def verify(
    published: str,
    *,
    places: int,
    seed: str,
    public: str,
    list_digest: str,
    seed_digest: str,
    winners: Iterable[str],
    waiting: Iterable[str] | None = None,
) -> list[str]:
    """What does not fit what was announced; an empty list is an honest draw. Codes: list_changed, seed_changed, unreadable, other_winners, other_waiting."""
    wrong: list[str] = []
    if digest(published) != list_digest:
        wrong.append("list_changed")
    if digest(seed) != seed_digest:
        wrong.append("seed_changed")
    try:
        again = draw(published, places=places, seed=seed, public=public)
    except NoDraw:
        return [*wrong, "unreadable"]
    if [one.key for one in again.winners] != list(winners):
        wrong.append("other_winners")
    if waiting is not None and [one.key for one in again.waiting] != list(waiting):
        wrong.append("other_waiting")
    return wrong
