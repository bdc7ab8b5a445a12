"""What must hold for the ledger, whoever wrote it and however (INV1)."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "INV1.transfer",
    "The entries of each points transfer sum to zero, on two accounts or none",
    """select transfer_id, sum(amount), count(*) from points_pointsentry group by transfer_id having sum(amount) <> 0 or count(*) < 2""",
)
invariant_sql(
    "INV1.balance",
    "Each account's balance is the sum of its entries, and not below its floor",
    """select a.id, a.balance, coalesce(e.total, 0) from points_pointsaccount a
       left join (select account_id, sum(amount) as total from points_pointsentry group by account_id) e on e.account_id = a.id
       where a.balance <> coalesce(e.total, 0) or a.balance < a.floor""",
)
invariant_sql("INV1.pool", "All balances together are zero", "select sum(balance) from points_pointsaccount having sum(balance) <> 0")
