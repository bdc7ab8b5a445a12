"""How well somebody serves, where a rule set asks for more than hours. Higher apps may register what they know.

A source is SQL that gives `person_id, percent`. Who has no row passes: that nothing is known is no mark against anybody.
"""

SOURCES: dict[str, str] = {
    # Of the places they had said yes to in the last year, how many they came to; only once there were three.
    "show_up": """
        select u.person_id, round(100.0 * count(*) filter (where u.state = 'confirmed') / count(*)) as percent
        from activities_signup u join activities_position p on p.id = u.position_id join activities_shift s on s.id = u.shift_id
        where p.kind = 'volunteer' and u.state in ('confirmed', 'absent') and s.ends_at < now() and s.ends_at > now() - interval '1 year'
        group by u.person_id having count(*) >= 3""",
}


def register(key: str, sql: str) -> None:
    """Make a source known under one of `StarRule.Quality`. The SQL is our own: no value from outside stands in it."""
    SOURCES[key] = sql
