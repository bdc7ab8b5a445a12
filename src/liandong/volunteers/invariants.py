"""What holds of volunteers and teams at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "TEAMS.leader",
    "Who leads a team that is not closed is a member of it",
    """
    select t.id from volunteers_team t
    where t.leader_id is not null and t.state <> 'closed' and not exists (
        select 1 from volunteers_teammembership m where m.team_id = t.id and m.person_id = t.leader_id and (m.to_date is null or m.to_date >= current_date))
    """,
)
invariant_sql(
    "TEAMS.volunteer",
    "Whoever stands in a team is a volunteer",
    """
    select m.id from volunteers_teammembership m
    where m.to_date is null and not exists (select 1 from volunteers_volunteerprofile v where v.person_id = m.person_id)
    """,
)
