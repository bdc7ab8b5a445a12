"""The verbs of the ledger. Import them from here."""

from liandong.points.services.transfers import account_of, issue_account, lock_accounts, post, settle, transfer

__all__ = ["account_of", "issue_account", "lock_accounts", "post", "settle", "transfer"]
