"""What evaluations say, for rule sets of stars: the share that is good or better, once there are three."""

GOOD_SHARE = """
    select e.person_id, round(100.0 * count(*) filter (where e.grade in ('excellent', 'good')) / count(*)) as percent
    from dossier_serviceevaluation e left join dossier_serviceevaluation c on c.corrects_id = e.id
    where c.id is null and not e.is_withdrawn group by e.person_id having count(*) >= 3"""
