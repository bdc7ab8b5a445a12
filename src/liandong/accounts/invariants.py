"""What holds of people and accounts at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "PEOPLE.merged",
    "An entry that was joined to another has no account, and what it was joined to still stands",
    """
    select p.id from accounts_person p left join accounts_account a on a.person_id = p.id left join accounts_person into_ on into_.id = p.merged_into_id
    where p.merged_into_id is not null and (a.id is not null or into_.merged_into_id is not null or p.merged_into_id = p.id)
    """,
)
invariant_sql(
    "PEOPLE.pinyin",
    "Everybody with a name has the pinyin they are found by",
    "select id from accounts_person where pinyin = '' and name ~ '[\\u4e00-\\u9fffa-zA-Z]'",
)
