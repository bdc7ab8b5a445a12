"""Everything read about points. Import from here."""

from liandong.points.queries.balances import (
    Lot,
    Sums,
    account_if_any,
    all_lots,
    available_of,
    balance_of,
    expiring_soon,
    lots_ending,
    lots_of,
    never_spent,
    pending_of,
    refunded,
    statement,
    statement_of,
    sums_of,
)
from liandong.points.queries.rules import home_of, in_use, rule_of, rule_on, versions

__all__ = [
    "Lot",
    "Sums",
    "account_if_any",
    "all_lots",
    "available_of",
    "balance_of",
    "expiring_soon",
    "home_of",
    "in_use",
    "lots_ending",
    "lots_of",
    "never_spent",
    "pending_of",
    "refunded",
    "rule_of",
    "rule_on",
    "statement",
    "statement_of",
    "sums_of",
    "versions",
]
