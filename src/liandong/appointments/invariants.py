"""What must hold for appointments, whoever wrote them and however."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "INV12.alone",
    "No desk receives two people at the same time",
    """select code, other from (
         select code, starts_at, lag(code) over w as other,
                max(ends_at) over (partition by desk_id order by starts_at, id rows between unbounded preceding and 1 preceding) as until
         from appointments_appointment where state <> 'cancelled' window w as (partition by desk_id order by starts_at, id)
       ) ordered where starts_at < until""",
)
invariant_sql(
    "INV12.forgotten",
    "What a cancelled appointment was about is gone; of others it is gone 91 days after",
    """select code from appointments_appointment
       where about <> '' and (state = 'cancelled' or ends_at < current_timestamp - interval '91 days')""",
)
invariant_sql(
    "INV12.silent",
    "No message and no journal entry says what an appointment is about, and messages of quiet desks name no desk",
    """select n.id from notices_notice n where n.kind like 'appointment.%' and (n.values ? 'about' or (n.kind like '%\\_quiet' and n.values ? 'title'))
       union all select e.id from journal_entry e where e.verb like 'appointment.%' and (e.after ? 'about' or e.before ? 'about')""",
)
