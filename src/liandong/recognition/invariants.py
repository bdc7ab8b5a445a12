"""What must hold for records and certificates, whoever wrote them and however (INV4, INV5, INV6, INV8)."""

from liandong.core.invariants import invariant_sql

_STANDS = "r.minutes > 0 and not exists (select 1 from recognition_servicerecord c where c.corrects_id = r.id)"

invariant_sql(
    "INV4.minutes",
    "A record's minutes are those between its start and its end; both lie inside its shift; a correction gives no more than that",
    """select r.number, r.minutes, r.starts_at, r.ends_at from recognition_servicerecord r join activities_shift s on s.id = r.shift_id
       where r.starts_at < s.starts_at or r.ends_at > s.ends_at
          or (r.corrects_id is null and r.minutes <> floor(extract(epoch from r.ends_at - r.starts_at) / 60))
          or r.minutes > floor(extract(epoch from r.ends_at - r.starts_at) / 60)""",
)
invariant_sql(
    "INV4.overlap",
    "Nobody has two records at the same time",
    f"""select number, other from (
          select r.number, r.starts_at, lag(r.number) over w as other,
                 max(r.ends_at) over (partition by r.person_id order by r.starts_at, r.id rows between unbounded preceding and 1 preceding) as until
          from recognition_servicerecord r where {_STANDS} window w as (partition by r.person_id order by r.starts_at, r.id)
        ) ordered where starts_at < until""",  # noqa: S608 -- our own words
)
invariant_sql(
    "INV4.day",
    "Nobody serves more than 24 hours on one day",
    f"""select r.person_id, r.service_date, sum(r.minutes) from recognition_servicerecord r where {_STANDS}
        group by r.person_id, r.service_date having sum(r.minutes) > 1440""",  # noqa: S608 -- our own words
)
invariant_sql(
    "INV4.volunteer",
    "Only a volunteer position, checked in and out, makes a record",
    """select r.number from recognition_servicerecord r join activities_position p on p.id = r.position_id
       left join activities_attendance a on a.sign_up_id = r.sign_up_id where p.kind <> 'volunteer' or a.out_at is null""",
)
invariant_sql(
    "INV4.confirmed",
    "An attendance is marked as confirmed exactly when it has a record",
    """select a.sign_up_id, a.confirmed_at from activities_attendance a
       where (a.confirmed_at is null) = exists (select 1 from recognition_servicerecord r where r.sign_up_id = a.sign_up_id)""",
)
invariant_sql(
    "INV5.people",
    "A back-fill that was approved has reason, evidence, and three different people: who wrote it, who decided it, whom it is for; and none of them claimed it for them",
    """select b.number from recognition_backfill b left join recognition_serviceclaim c on c.id = b.claim_id
       where b.state = 'approved' and (b.reason = '' or b.evidence = '' or b.decided_by_id is null or b.decided_by_id = b.created_by_id
          or b.created_by_id = b.person_id or b.decided_by_id = b.person_id or b.decided_by_id = c.made_by_id)""",
)
invariant_sql(
    "INV5.record",
    "A record says it was back-filled exactly when an approved back-fill of that person and shift made it",
    """select r.number, b.number from recognition_servicerecord r join recognition_backfill b on b.id = r.backfill_id
       where b.state <> 'approved' or b.person_id <> r.person_id or b.shift_id <> r.shift_id
       union all
       select '', b.number from recognition_backfill b
       where b.state = 'approved' and not exists (select 1 from recognition_servicerecord r where r.backfill_id = b.id)""",
)
invariant_sql(
    "INV5.forever",
    "Once back-filled, every later version of the record says so; and no version is longer than what was measured without one",
    """select c.number, r.number from recognition_servicerecord c join recognition_servicerecord r on r.id = c.corrects_id
       where c.backfill_id is null and (r.backfill_id is not null or c.starts_at < r.starts_at or c.ends_at > r.ends_at)""",
)
invariant_sql(
    "INV5.by_hand",
    "Times that were told after the shift, or made longer, make a record only by back-fill",
    """select r.number from recognition_servicerecord r join activities_attendance a on a.sign_up_id = r.sign_up_id
       join activities_shift s on s.id = r.shift_id
       where r.corrects_id is null and r.backfill_id is null and (
         exists (select 1 from activities_attendancecorrection k where k.attendance_id = a.id and (k.new_in_at < k.old_in_at or k.new_out_at > k.old_out_at))
         or a.in_method = 'correction'
         or exists (select 1 from journal_entry e where e."on" = 'activities.signup:' || r.sign_up_id and e.verb = 'sign_up.checked_in' and e.reason <> ''
                    and e.after->>'method' <> 'offline' and e.at > s.ends_at))""",
)
invariant_sql(
    "INV5.rule",
    "What was confirmed under a rule lies inside it",
    """select r.number, u.version from recognition_servicerecord r join recognition_confirmationrule u on u.id = r.confirmed_under_id
       where not u.is_on or r.minutes > u.max_minutes or r.confirmed_by_id is not null or r.backfill_id is not null""",
)
invariant_sql(
    "INV6.transfer",
    "Each record has exactly one transfer, an award for the first, a correction for each later one; and each of these has its record",
    """select r.number, t.id, t.kind from recognition_servicerecord r
       full join (select * from points_pointstransfer where kind in ('award', 'correction')) t on t.id = r.transfer_id
       where t.id is null or r.id is null or t.kind <> case when r.corrects_id is null then 'award' else 'correction' end""",
)
invariant_sql(
    "INV6.amount",
    "An award is what the record's rule gives for its minutes, to the volunteer's own account, or that of an entry joined to theirs",
    """select r.number, coalesce(e.amount, 0) from recognition_servicerecord r join points_pointstransfer t on t.id = r.transfer_id
       join accounts_person o on o.id = r.person_id
       left join (select e.transfer_id, e.amount, coalesce(w.merged_into_id, w.id) as person_id from points_pointsentry e
                  join points_pointsaccount a on a.id = e.account_id join accounts_person w on w.id = a.person_id) e
         on e.transfer_id = r.transfer_id and e.person_id = coalesce(o.merged_into_id, o.id)
       where r.corrects_id is null
         and coalesce(e.amount, 0) + t.capped <> points_for(r.minutes, r.rule_id, r.category, r.starts_at, r.territory_id)""",
)
invariant_sql(
    "INV8.minutes",
    "A certificate says the minutes and the number of the records it counts, all of them the volunteer's own",
    """select c.code, c.minutes, coalesce(sum(r.minutes), 0) from recognition_certificate c
       left join recognition_certificateline l on l.certificate_id = c.id left join recognition_servicerecord r on r.id = l.record_id
       group by c.id having c.minutes <> coalesce(sum(r.minutes), 0) or c.record_count <> count(r.id) or bool_or(r.person_id <> c.person_id)""",
)
invariant_sql(
    "INV8.valid",
    "No valid certificate counts a record that was corrected",
    """select c.code, r.number from recognition_certificate c join recognition_certificateline l on l.certificate_id = c.id
       join recognition_servicerecord r on r.id = l.record_id
       where c.state = 'valid' and exists (select 1 from recognition_servicerecord later where later.corrects_id = r.id)""",
)
invariant_sql(
    "INV8.signed",
    "A signed certificate names its key, its holder and the days it covers",
    """select code from recognition_certificate
       where signature <> '' and (key_id is null or holder_number = '' or first_date is null or last_date is null or first_date > last_date)""",
)
invariant_sql(
    "R18.certificates",
    "Nobody decides alone, and nobody about their own certificate: seals on it, revocations, registered seals, keys",
    """select 'request', r.id from recognition_certificaterequest r join recognition_certificate c on c.id = r.certificate_id
       where r.state = 'approved' and (r.decided_by_id = r.asked_by_id or r.decided_by_id = c.person_id)
       union all select 'revoked', c.id from recognition_certificate c where c.state = 'revoked' and not exists
         (select 1 from recognition_certificaterequest r where r.certificate_id = c.id and r.kind = 'revoke' and r.state = 'approved')
       union all select 'sealed', p.id from recognition_sealedpaper p join recognition_certificaterequest r on r.id = p.request_id
         where r.state <> 'approved' or r.certificate_id <> p.certificate_id or r.seal_id <> p.seal_id
       union all select 'seal', s.id from recognition_registeredseal s where s.state in ('active', 'retired') and s.decided_by_id = s.proposed_by_id
       union all select 'key', k.id from recognition_signingkey k where k.state in ('active', 'retired') and k.decided_by_id = k.proposed_by_id""",
)
