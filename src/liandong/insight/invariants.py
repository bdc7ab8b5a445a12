"""Promises that reach over several apps: seats, check-ins, rows that belong to one another, the journal."""

from typing import Any

from liandong.core.invariants import invariant, invariant_sql
from liandong.journal import queries as journal

invariant_sql(
    "INV2.capacity",
    "A position never has more confirmed people than places",
    """select p.id, p.name, p.capacity, count(*) as confirmed from activities_position p join activities_signup s on s.position_id = p.id
       where s.state = 'confirmed' group by p.id having count(*) > p.capacity""",
)
invariant_sql(
    "INV2.once",
    "A person has at most one place or waiting number in a shift",
    """select shift_id, person_id, count(*) from activities_signup where state in ('confirmed', 'waiting', 'absent') group by 1, 2 having count(*) > 1""",
)
invariant_sql(
    "INV3.nonce",
    "A scan counts once: no code of a scan stands at two check-ins or check-outs",
    """select nonce, count(*) from (select in_nonce as nonce, sign_up_id from activities_attendance where in_nonce is not null
       union select out_nonce, sign_up_id from activities_attendance where out_nonce is not null) as scans group by 1 having count(*) > 1""",
)
invariant_sql(
    "INV3.seat",
    "Only somebody with a confirmed place is checked in",
    """select a.id, s.state from activities_attendance a join activities_signup s on s.id = a.sign_up_id where s.state <> 'confirmed'""",
)
invariant_sql(
    "INV3.order",
    "Nobody leaves before coming",
    "select id, in_at, out_at from activities_attendance where out_at < in_at",
)
invariant_sql(
    "INV9.sign_up",
    "A sign-up stands in a position of its own shift",
    "select s.id from activities_signup s join activities_position p on p.id = s.position_id where p.shift_id <> s.shift_id",
)
invariant_sql(
    "INV9.record",
    "A service record names the person, position, shift, activity and organiser of its sign-up, and is a volunteer's",
    """select r.id, r.number from recognition_servicerecord r join activities_signup s on s.id = r.sign_up_id join activities_position p on p.id = s.position_id
       join activities_shift h on h.id = s.shift_id join activities_activity a on a.id = h.activity_id
       where r.person_id <> s.person_id or r.position_id <> s.position_id or r.shift_id <> s.shift_id or r.activity_id <> h.activity_id
       or r.organization_id <> a.host_id or p.kind <> 'volunteer'""",
)
invariant_sql(
    "INV9.correction",
    "A correction corrects a record of the same sign-up",
    "select c.id, c.number from recognition_servicerecord c join recognition_servicerecord r on r.id = c.corrects_id where c.sign_up_id <> r.sign_up_id",
)
invariant_sql(
    "INV9.certificate",
    "A certificate counts only records of its own person",
    """select l.id from recognition_certificateline l join recognition_certificate c on c.id = l.certificate_id join recognition_servicerecord r on r.id = l.record_id
       where r.person_id <> c.person_id""",
)
invariant_sql(
    "INV9.rating",
    "An invitation to rate belongs to the activity of its sign-up",
    """select i.id from evaluation_ratinginvitation i join activities_signup s on s.id = i.sign_up_id join activities_shift h on h.id = s.shift_id
       where h.activity_id <> i.activity_id""",
)
invariant_sql(
    "INV9.answers",
    "An activity has as many ratings as answered invitations",
    """select activity_id, answered, given from (select activity_id, count(*) filter (where is_answered) as answered from evaluation_ratinginvitation group by 1) i
       full join (select activity_id, count(*) as given from evaluation_rating group by 1) r using (activity_id) where coalesce(answered, 0) <> coalesce(given, 0)""",
)
invariant_sql(
    "INV9.territory",
    "The path of a territory is the path of its parent and its own number",
    """select t.id, t.path from organizations_territory t left join organizations_territory p on p.id = t.parent_id
       where t.path <> coalesce(p.path, '/') || t.id || '/'""",
)


_IS_WRITTEN = "not exists (select 1 from journal_entry e where e.\"on\" = '{label}:' || t.id)"
for _key, _what, _table, _where in (
    ("record", "service record", "recognition_servicerecord", "true"),
    ("certificate", "certificate", "recognition_certificate", "true"),
    (
        "transfer",
        "transfer of points that no record made",
        "points_pointstransfer",
        "not exists (select 1 from recognition_servicerecord r where r.transfer_id = t.id)",
    ),
):
    _label = _table.replace("_", ".", 1)
    invariant_sql(
        f"INV11.{_key}",
        f"Every {_what} has its entry in the journal",
        f"select t.id from {_table} t where {_where} and {_IS_WRITTEN.format(label=_label)}",  # noqa: S608 -- names are ours
    )


@invariant("INV11.chain", "Every seal of the journal still fits the entries below it: none was changed, removed or slipped in")
def chain() -> list[Any]:
    seal = journal.first_broken_seal()
    return [seal] if seal is not None else []
