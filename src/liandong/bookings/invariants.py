"""What holds of bookings at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "ROOM.one_at_a_time",
    "No two bookings hold one room at one time, the time between them included",
    """
    select a.number, b.number from bookings_booking a
    join bookings_booking b on a.room_id = b.room_id and a.id < b.id and tstzrange(a.starts_at, a.free_at) && tstzrange(b.starts_at, b.free_at)
    where a.state in ('requested', 'confirmed') and b.state in ('requested', 'confirmed')
    """,
)
invariant_sql(
    "ROOM.series",
    "Bookings of a series lie within it, none on a date that was left out, all for one body",
    """
    select b.number, 'outside' from bookings_booking b join bookings_bookingseries s on s.id = b.series_id
    where b.state in ('requested', 'confirmed') and (b.series_date < s.first_date or b.series_date > s.until_date or b.series_date = any (s.left_out))
    union all
    select s.id::text, 'two bodies' from bookings_bookingseries s join bookings_booking b on b.series_id = s.id
    group by s.id having count(distinct coalesce(b.organization_id, 0)) > 1
    """,
)
invariant_sql(
    "ROOM.waiting",
    "Who got a room from the waiting list has a booking of that room, and no two have the same",
    """
    select w.id from bookings_roomwait w join bookings_booking b on b.id = w.booking_id where b.room_id <> w.room_id and not b.version > 1
    """,
)
