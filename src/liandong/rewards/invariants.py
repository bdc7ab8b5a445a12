"""What must hold of rewards at any time (INV7)."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "INV7.debit",
    "Each voucher has kept back its points once, from the account of its person, or of an entry that was joined to theirs",
    """select r.id, r.points from rewards_redemption r
       left join points_pointsreservation p on p.id = r.transfer_id left join points_pointsaccount a on a.id = p.source_id
       left join accounts_person w on w.id = a.person_id
       where p.id is null or p.amount <> r.points or r.person_id not in (w.id, coalesce(w.merged_into_id, w.id))""",
)
invariant_sql(
    "INV7.state",
    "A voucher that waits keeps its points back, a used one has handed them over, any other has let them go",
    """select r.id, r.state, p.state from rewards_redemption r join points_pointsreservation p on p.id = r.transfer_id
       where p.state <> case when r.state = 'reserved' then 'pending' when r.state in ('used', 'refunded') then 'completed' else 'released' end""",
)
invariant_sql(
    "INV7.refund",
    "A voucher that was taken back gave its points back, and no other did",
    """select r.id, r.state from rewards_redemption r
       where (r.state = 'refunded') <> exists (select 1 from points_pointstransfer t where t.refund_of_id = r.transfer_id)""",
)
invariant_sql(
    "INV7.code",
    "No code is used twice",
    """select substring(j."on" from ':([0-9]+)$')::bigint, count(*) from journal_entry j
       where j.verb = 'voucher.used' group by 1 having count(*) > 1""",
)
invariant_sql(
    "REWARD.stock",
    "What was put on the shelf is what is left and what vouchers hold",
    """select w.id, w.put_count, w.left_count, count(r.id) from rewards_reward w
       left join rewards_redemption r on r.reward_id = w.id and r.takes_piece
       where w.put_count is not null group by w.id having w.put_count <> w.left_count + count(r.id)""",
)
invariant_sql(
    "REWARD.piece",
    "A voucher that run out or was given back holds no piece",
    "select id, state from rewards_redemption where takes_piece and state in ('expired', 'returned')",
)
invariant_sql(
    "REWARD.need",
    "A service has a need of its own person, and nothing else has one",
    """select r.id from rewards_redemption r join rewards_reward w on w.id = r.reward_id left join needs_need n on n.id = r.need_id
       where (w.kind = 'service') <> (n.id is not null) or (n.id is not null and n.asker_id is distinct from r.person_id)""",
)
invariant_sql(
    "REWARD.two",
    "Nobody takes in their own voucher, nobody lets in their own offer",
    """select id from rewards_redemption where used_by_id = person_id
       union all select id from rewards_reward where decided_by_id = proposed_by_id""",
)
