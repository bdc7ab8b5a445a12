"""Hours and people of a joint activity are counted once: the stretches of its hosts fill 0 to 100, end to end."""

from liandong.core.invariants import invariant_sql

_TILES = """select activity_id, count(*) from (
    select activity_id, {0}_from as low, {0}_to as high, lag({0}_to, 1, 0::smallint) over (partition by activity_id order by {0}_from, {0}_to, id) as before,
           max({0}_to) over (partition by activity_id) as top
    from overlap_hostshare) as parts where low <> before or top <> 100 group by 1"""

invariant_sql("INV5.shares_hours", "The shares of hours of a joint activity make 100 and do not overlap", _TILES.format("hours"))
invariant_sql("INV5.shares_people", "The shares of people of a joint activity make 100 and do not overlap", _TILES.format("people"))
invariant_sql(
    "INV5.shares_agreed",
    "Who counts a share of an activity is its host or has agreed to host it",
    """select s.id from overlap_hostshare s join activities_activity a on a.id = s.activity_id
       left join overlap_cohosting c on c.activity_id = a.id and c.partner_id = s.organization_id and c.state = 'agreed'
       where s.organization_id <> a.host_id and c.id is null""",
)
invariant_sql(
    "INV5.shares_sum",
    "The minutes that hosts count add up to the minutes that were served",
    """select r.id, r.minutes from recognition_servicerecord r join overlap_hostshare s on s.activity_id = r.activity_id
       group by r.id, r.minutes having sum(r.minutes * s.hours_to / 100 - r.minutes * s.hours_from / 100) <> r.minutes""",
)
