"""The verbs of the ledger. Import them from here."""

from liandong.points.services.accounts import account_of, issue_account, lock_accounts, pool_of, till_of, written_off_of
from liandong.points.services.reservations import complete, end_due, release, reserve
from liandong.points.services.transfers import post, refund, settle, transfer

__all__ = [
    "account_of",
    "complete",
    "end_due",
    "issue_account",
    "lock_accounts",
    "pool_of",
    "post",
    "refund",
    "release",
    "reserve",
    "settle",
    "till_of",
    "transfer",
    "written_off_of",
]
