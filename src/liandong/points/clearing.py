"""Whose points were taken in where, and the fewest payments that make it even. Plain sums, no database."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Body = int | None  # the id of a body; None is the hub
ISSUERS = ("issue", "written_off")


@dataclass
class Piece:
    """Points of one issuer that lie together."""

    amount: int
    issuer: Body


@dataclass
class Purse:
    """An account while the log is read again: its pieces, oldest first. `owed`: given back before it came in."""

    pieces: deque[Piece] = field(default_factory=deque)
    owed: int = 0


def origins(moves: Iterable[Sequence[tuple[int, int]]], accounts: Mapping[int, tuple[str, Body]]) -> dict[int, dict[Body, int]]:
    """Read transfers in order, each a list of (account, amount); returns account -> {issuer: points} of what lies there now.

    `accounts`: account -> (kind, body). Points are born on an issuing account, keep their issuer wherever they go, the oldest go first, and end where
    they return to an issuing account.
    """
    purses: dict[int, Purse] = defaultdict(Purse)
    for entries in moves:
        flowing: deque[Piece] = deque()
        for account, amount in entries:
            if amount < 0:
                kind, body = accounts[account]
                flowing.extend([Piece(-amount, body)] if kind in ISSUERS else _take(purses[account], -amount, body))
        for account, amount in entries:
            if amount > 0:
                arrived = _cut(flowing, amount)
                if accounts[account][0] not in ISSUERS:
                    _put(purses[account], arrived)
    held: dict[int, dict[Body, int]] = {}
    for account, purse in purses.items():
        sums: dict[Body, int] = defaultdict(int)
        for piece in purse.pieces:
            sums[piece.issuer] += piece.amount
        held[account] = dict(sums)
    return held


def _take(purse: Purse, amount: int, body: Body) -> list[Piece]:
    taken = _cut(purse.pieces, amount)
    if (missing := amount - sum(piece.amount for piece in taken)) > 0:
        purse.owed += missing
        taken.append(Piece(missing, body))
    return taken


def _put(purse: Purse, pieces: list[Piece]) -> None:
    for piece in pieces:
        paid = min(purse.owed, piece.amount)
        purse.owed -= paid
        piece.amount -= paid
        if piece.amount:
            purse.pieces.append(piece)


def _cut(pieces: deque[Piece], amount: int) -> list[Piece]:
    """The first `amount` points off the front; fewer when there are fewer."""
    taken: list[Piece] = []
    while amount and pieces:
        first = pieces[0]
        if first.amount <= amount:
            taken.append(pieces.popleft())
            amount -= first.amount
        else:
            taken.append(Piece(amount, first.issuer))
            first.amount -= amount
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
