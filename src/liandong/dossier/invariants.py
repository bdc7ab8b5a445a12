"""What holds of dossiers at any time."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "DOSSIER.transfer",
    "Who has moved said yes, and so did both bodies",
    """
    select id from dossier_transfer where state = 'done' and (from_agreed_at is null or to_agreed_at is null or person_agreed_at is null or ended_at is null)
    """,
)
invariant_sql(
    "DOSSIER.own",
    "Nobody has written a line into their own dossier",
    """
    select number from dossier_trainingentry where written_by_id = person_id
    union all select number from dossier_honourentry where written_by_id = person_id
    union all select number from dossier_serviceevaluation where written_by_id = person_id
    """,
)
invariant_sql(
    "DOSSIER.evaluated",
    "Who was evaluated for a shift served in it",
    """
    select e.number from dossier_serviceevaluation e
    where e.shift_id is not null and not exists (select 1 from recognition_servicerecord r where r.person_id = e.person_id and r.shift_id = e.shift_id)
    """,
)
invariant_sql(
    "DOSSIER.erased",
    "An erased person has no name, no phone, no ID number and no way in",
    """
    select p.number from accounts_person p left join accounts_account a on a.person_id = p.id
    left join accounts_person kept on kept.id = p.merged_into_id
    where (p.erased_at is not null or kept.erased_at is not null) and (p.name <> p.number or p.phone <> '' or p.id_number_hash is not null or a.is_active)
    """,
)
