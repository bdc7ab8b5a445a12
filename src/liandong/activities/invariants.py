"""What holds between an activity and its room, and between scans and check-ins, at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "ROOM.activity",
    "A room that stands for an activity is a shift's, at its time, for its host, at its venue; and no called-off activity keeps one",
    """
    select b.number, 'another time, body or venue' from activities_shift s
    join bookings_booking b on b.id = s.booking_id
    join activities_activity a on a.id = s.activity_id
    join venues_room r on r.id = b.room_id
    where b.state in ('requested', 'confirmed') and (
        b.starts_at <> s.starts_at or b.ends_at <> s.ends_at or not b.for_activity or a.state = 'cancelled'
        or b.organization_id is distinct from a.host_id or r.venue_id is distinct from a.venue_id
    )
    union all
    select b.number, 'no shift' from bookings_booking b
    where b.for_activity and b.state in ('requested', 'confirmed') and b.ends_at > now() and not exists (select 1 from activities_shift s where s.booking_id = b.id)
    """,
)

invariant_sql(
    "DOOR.counted",
    "A scan from a phone without network that counts, by itself or by the leader's decision, is the check-in or check-out of its person",
    """
    select d.id, d.verdict, d.act from activities_doorscan d left join activities_scansettlement o on o.scan_id = d.id
    where (d.verdict = 'taken' or o.outcome = 'took') and not exists (
        select 1 from activities_attendance a join activities_signup s on s.id = a.sign_up_id join activities_signup g on g.id = d.sign_up_id
        where s.shift_id = d.shift_id and s.person_id = g.person_id and (d.act = 'in' or a.out_at is not null)
    )
    """,
)

invariant_sql(
    "DOOR.suspended_once",
    "Nobody is suspended twice at a time by one body",
    """
    select a.id, b.id from activities_suspension a join activities_suspension b
    on b.person_id = a.person_id and b.organization_id = a.organization_id and b.id > a.id
    where b.suspended_at < coalesce(a.lifted_at, (a.until_date + 1)::timestamp at time zone 'Asia/Shanghai')
    and a.suspended_at < coalesce(b.lifted_at, (b.until_date + 1)::timestamp at time zone 'Asia/Shanghai')
    """,
)

invariant_sql(
    "DOOR.suspended",
    "Nobody checks in at a body that has suspended them, from a minute after it was said until its last day or until it was lifted",
    """
    select a.id, s.id from activities_suspension s
    join activities_signup u on u.person_id = s.person_id
    join activities_attendance a on a.sign_up_id = u.id
    join activities_shift t on t.id = u.shift_id
    join activities_activity v on v.id = t.activity_id and v.host_id = s.organization_id
    where a.in_at > s.suspended_at + interval '1 minute'
    and a.in_at < coalesce(s.lifted_at, (s.until_date + 1)::timestamp at time zone 'Asia/Shanghai')
    and not exists (select 1 from activities_attendancecorrection c where c.attendance_id = a.id)
    """,
)
