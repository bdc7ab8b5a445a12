"""What must hold for the ledger, whoever wrote it and however (INV1)."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "INV1.transfer",
    "The entries of each points transfer sum to zero, on two accounts or none",
    """select transfer_id, sum(amount), count(*) from points_pointsentry group by transfer_id having sum(amount) <> 0 or count(*) < 2""",
)
invariant_sql(
    "INV1.balance",
    "Each account's balance is the sum of its entries; what is free of it is not below its floor",
    """select a.id, a.balance, coalesce(e.total, 0) from points_pointsaccount a
       left join (select account_id, sum(amount) as total from points_pointsentry group by account_id) e on e.account_id = a.id
       where a.balance <> coalesce(e.total, 0) or a.balance - a.pending < a.floor""",
)
invariant_sql("INV1.pool", "All balances together are zero", "select sum(balance) from points_pointsaccount having sum(balance) <> 0")
invariant_sql(
    "INV1.pending",
    "What is kept back on an account is the sum of its open reservations",
    """select a.id, a.pending, coalesce(r.total, 0) from points_pointsaccount a
       left join (select source_id, sum(amount) as total from points_pointsreservation where state = 'pending' group by source_id) r on r.source_id = a.id
       where a.pending <> coalesce(r.total, 0)""",
)
invariant_sql(
    "INV1.completed",
    "A completed reservation has its transfer, between the same accounts, of no more than was kept back; no other has one",
    """select r.id, r.state from points_pointsreservation r left join points_pointstransfer t on t.id = r.id
       left join points_pointsentry s on s.transfer_id = t.id and s.account_id = r.source_id
       left join points_pointsentry e on e.transfer_id = t.id and e.account_id = r.target_id
       where (r.state = 'completed') <> (t.id is not null) or (t.id is not null and (e.amount is null or e.amount > r.amount or s.amount <> -e.amount))""",
)
invariant_sql(
    "INV1.refund",
    "No more is given back than was handed over",
    """select t.id, t.given, r.back from (select transfer_id as id, max(amount) as given from points_pointsentry group by 1) t
       join (select t.refund_of_id as id, sum(e.amount) as back from points_pointstransfer t join points_pointsentry e on e.transfer_id = t.id and e.amount > 0
             where t.refund_of_id is not null group by 1) r using (id) where r.back > t.given""",
)
invariant_sql(
    "INV1.digest",
    "No entry was changed by hand: each still fits its digest",
    "select id, transfer_id, amount from points_pointsentry where digest <> points_entry_digest(transfer_id, account_id, amount) order by id",
)
