"""What must hold for stars, awards and the wall, whoever wrote them and however."""

from liandong.core.invariants import invariant_sql

invariant_sql(
    "HON.stars",
    "Nobody has the same star twice at one time; what takes one back names the same person and level",
    """select g.person_id, g.level, count(*) from honours_stargrant g
       where g.withdraws_id is null and not exists (select 1 from honours_stargrant w where w.withdraws_id = g.id)
       group by g.person_id, g.level having count(*) > 1
       union all
       select w.person_id, w.level, 0 from honours_stargrant w join honours_stargrant g on g.id = w.withdraws_id
       where w.person_id <> g.person_id or w.level <> g.level or g.withdraws_id is not null""",
)
invariant_sql(
    "HON.rules",
    "Levels ask for more and more hours, and a rule set holds by the word of two people",
    """select r.id from honours_starrule r
       where (select array_agg(h.hours::int order by h.place) from jsonb_array_elements_text(r.star_hours || r.medal_hours) with ordinality as h (hours, place))
          <> (select array_agg(distinct h.hours::int order by h.hours::int) from jsonb_array_elements_text(r.star_hours || r.medal_hours) as h (hours))
          or r.decided_by_id = r.proposed_by_id""",
)
invariant_sql(
    "HON.granted",
    "Each honour has a nomination that was endorsed, on public notice for its days, granted by another than asked, and no more than there are places",
    """select h.code from honours_honour h join honours_nomination n on n.id = h.nomination_id join honours_award a on a.id = h.award_id
       where n.award_id <> h.award_id or n.state <> 'honoured' or a.state <> 'granted' or n.agreed_at is null or a.notice_until_at is null
          or a.notice_until_at - a.notice_from_at < interval '7 days' or a.decided_at < a.notice_until_at
       union all
       select a.title from honours_award a join honours_honour h on h.award_id = a.id group by a.id having count(*) > a.places""",
)
invariant_sql(
    "HON.wall",
    "Nobody under age and nothing withdrawn has agreed to stand on the wall",
    """select w.id from honours_wallentry w left join honours_honour h on h.id = w.honour_id left join honours_stargrant g on g.id = w.grant_id
       join accounts_person p on p.id = coalesce(h.person_id, g.person_id)
       where w.withdrawn_at is null and p.birth_date > w.agreed_at::date - interval '18 years'
       union all
       select w.id from honours_wallentry w join honours_honour h on h.id = w.honour_id where w.withdrawn_at is null and h.state = 'withdrawn'""",
)
invariant_sql(
    "HON.thanks",
    "Thanks that were flagged or refused show for nobody, and nobody hears for which activity where fewer than three were served",
    """select r.id from honours_thanksreceipt r join honours_thanksnote n on n.id = r.note_id
       where (n.state in ('flagged', 'refused') and r.state = 'shown')
          or (r.shows_activity and (n.activity_id is null or 3 > (
              select count(distinct u.person_id) from activities_attendance t join activities_signup u on u.id = t.sign_up_id
              join activities_position p on p.id = u.position_id join activities_shift s on s.id = u.shift_id
              where s.activity_id = n.activity_id and p.kind = 'participant')))""",
)
