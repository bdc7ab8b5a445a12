"""Whose points were taken in where, and the fewest payments that make it even. Plain sums, no database."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Body = int | None  # the id of a body; None is the hub
ISSUERS = ("issue", "written_off")


@dataclass
class Purse:
    """An account while the log is read again: pieces of points by who issued them, oldest first. `owed`: given back before it came in."""

    pieces: deque[list[int | None]] = field(default_factory=deque)  # [amount, issuer]
    owed: int = 0


def origins(moves: Iterable[Sequence[tuple[int, int]]], accounts: Mapping[int, tuple[str, Body]]) -> dict[int, dict[Body, int]]:
    """Read transfers in order, each a list of (account, amount); returns account -> {issuer: points} of what lies there now.

    `accounts`: account -> (kind, body). Points are born on an issuing account, keep their issuer wherever they go, the oldest go first, and end where
    they return to an issuing account.
    """
    purses: dict[int, Purse] = defaultdict(Purse)
    for entries in moves:
        flowing: deque[list[int | None]] = deque()
        for account, amount in entries:
            if amount < 0:
                kind, body = accounts[account]
                flowing.extend([[-amount, body]] if kind in ISSUERS else _take(purses[account], -amount, body))
        for account, amount in entries:
            if amount > 0 and accounts[account][0] not in ISSUERS:
                _put(purses[account], _cut(flowing, amount))
            elif amount > 0:
                _cut(flowing, amount)
    held: dict[int, dict[Body, int]] = {}
    for account, purse in purses.items():
        sums: dict[Body, int] = defaultdict(int)
        for size, issuer in purse.pieces:
            sums[issuer] += size or 0
        held[account] = dict(sums)
    return held


def _take(purse: Purse, amount: int, body: Body) -> list[list[int | None]]:
    taken = _cut(purse.pieces, amount)
    if (missing := amount - sum(piece[0] or 0 for piece in taken)) > 0:
        purse.owed += missing
        taken.append([missing, body])
    return taken


def _put(purse: Purse, pieces: list[list[int | None]]) -> None:
    for piece in pieces:
        paid = min(purse.owed, piece[0] or 0)
        purse.owed -= paid
        piece[0] = (piece[0] or 0) - paid
        if piece[0]:
            purse.pieces.append(piece)


def _cut(pieces: deque[list[int | None]], amount: int) -> list[list[int | None]]:
    """The first `amount` points off the front; fewer when there are fewer."""
    taken: list[list[int | None]] = []
    while amount and pieces:
        first = pieces[0]
        size = first[0] or 0
        if size <= amount:
            taken.append(pieces.popleft())
            amount -= size
        else:
            taken.append([amount, first[1]])
            first[0] = size - amount
            amount = 0
    return taken


@dataclass(frozen=True)
class Payment:
    debtor: Body
    creditor: Body
    amount: int


def net(positions: Mapping[Body, int]) -> list[Payment]:
    """Payments that bring every position (what a body is owed, minus what it owes; together zero) to zero: at most one fewer than there are bodies.

    The largest debt goes to the largest claim, so that few pay and nobody pays twice what they owe. The same positions give the same payments.
    """

    def order(body: Body) -> tuple[bool, int]:
        return (body is not None, body or 0)

    left = {body: amount for body, amount in positions.items() if amount}
    if sum(left.values()):
        raise ValueError("the positions are not zero together")
    paid: list[Payment] = []
    while left:
        debtor = min(left, key=lambda body: (left[body], order(body)))
        creditor = min(left, key=lambda body: (-left[body], order(body)))
        amount = min(-left[debtor], left[creditor])
        paid.append(Payment(debtor, creditor, amount))
        for body, change in ((debtor, amount), (creditor, -amount)):
            left[body] += change
            if not left[body]:
                del left[body]
    return paid


def instalments(amount: int, limit: int | None) -> list[int]:
    """What is due month by month when no more than `limit` is asked of one body for another in a month."""
    if not limit:
        return [amount]
    return [min(limit, amount - start) for start in range(0, amount, limit)]
