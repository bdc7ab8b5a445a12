"""What holds of belonging at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "PEOPLE.belonging",
    "Nobody belongs to a body, or holds a role, under an entry that was joined to another",
    """
    select 'membership', m.id from organizations_membership m join accounts_person p on p.id = m.person_id where p.merged_into_id is not null and m.to_date is null
    union all
    select 'role', g.id from organizations_rolegrant g join accounts_person p on p.id = g.person_id where p.merged_into_id is not null and g.to_date is null
    """,
)
