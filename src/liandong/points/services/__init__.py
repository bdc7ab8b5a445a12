"""The verbs of the ledger. Import them from here."""

from liandong.points.services.accounts import account_of, issue_account, lock_accounts, pool_of, till_of, written_off_of
from liandong.points.services.gifts import ask_family, confirm_tie, end_tie, give
from liandong.points.services.pools import decide_grant, give_from_pool
from liandong.points.services.reservations import complete, end_due, release, reserve
from liandong.points.services.rulebook import approve_rule, propose_rule, withdraw_rule
from liandong.points.services.seasons import clear, expire, grant_starter, publish_digests, settle_line, warn_of_expiry
from liandong.points.services.transfers import post, refund, settle, transfer

__all__ = [
    "account_of",
    "approve_rule",
    "ask_family",
    "clear",
    "complete",
    "confirm_tie",
    "decide_grant",
    "end_due",
    "end_tie",
    "expire",
    "give",
    "give_from_pool",
    "grant_starter",
    "issue_account",
    "lock_accounts",
    "pool_of",
    "post",
    "propose_rule",
    "publish_digests",
    "refund",
    "release",
    "reserve",
    "settle",
    "settle_line",
    "till_of",
    "transfer",
    "warn_of_expiry",
    "withdraw_rule",
    "written_off_of",
]
