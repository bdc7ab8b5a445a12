"""What holds of stations at any time."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from liandong.core import clock
from liandong.core.invariants import SHOWN, invariant, invariant_sql
from liandong.stations import freshness
from liandong.stations.freshness import Said
from liandong.stations.models import Fact, VisitSalt, VisitToken

CHUNK = 2_000


@invariant("STATION.verdict", "What a station's fact says is what its proofs come to")
def verdicts() -> list[Any]:
    found: list[Any] = []
    keys = list(Fact.objects.order_by("id").values_list("id", flat=True))
    for start in range(0, len(keys), CHUNK):
        found += _wrong(keys[start : start + CHUNK])
        if len(found) > SHOWN:
            break
    return found


def _wrong(keys: list[int]) -> Iterator[Any]:
    """Proofs of the last thirty days before each fact's newest one, as the verbs weigh them."""
    proofs: dict[int, list[Said]] = {key: [] for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select p.fact_id, p.at, p.works, p.source, p.mark
            from (select fact_id, max(at) as newest from stations_proof where fact_id = any(%s) group by fact_id) as last
            join stations_fact f on f.id = last.fact_id
            join stations_proof p on p.fact_id = last.fact_id and p.at >= last.newest - interval '30 days'
                and (f.counted_from_at is null or p.at > f.counted_from_at)
            """,
            [keys],
        )
        for key, at, works, source, mark in cursor.fetchall():
            proofs[key].append(Said(at, works, source, mark))
    for fact in Fact.objects.filter(pk__in=keys).only("id", "subject", "verdict", "verdict_at", "verdict_source"):
        verdict = freshness.weigh(proofs[fact.pk], fact.subject)
        if (verdict.verdict, verdict.at, verdict.source) != (fact.verdict, fact.verdict_at, fact.verdict_source):
            yield (fact.pk, fact.subject, fact.verdict, verdict.verdict)


invariant_sql(
    "STATION.expiry",
    "A station's fact knows the earliest expiry of its supplies",
    """
    select f.id, f.subject from stations_fact f
    left join (
        select station_id, subject, min(expires_on) as earliest from stations_supply where removed_at is null and subject <> '' group by station_id, subject
    ) s on s.station_id = f.station_id and s.subject = f.subject
    where f.spoils_on is distinct from s.earliest
    """,
)
invariant_sql(
    "STATION.agreed",
    "A station that is open was agreed on by both sides",
    """
    select st.id, st.number from stations_station st where st.state in ('open', 'paused')
    and not exists (select 1 from stations_stationagreement a where a.station_id = st.id and a.state = 'agreed')
    """,
)
invariant_sql(
    "STATION.rounds",
    "A finished round has looked at every station; an open one has some left",
    """
    select r.id, r.state from stations_inspectionround r
    where r.state <> 'cancelled' and (r.state = 'done') = exists (select 1 from stations_roundstop s where s.round_id = r.id and s.finished_at is null)
    """,
)
invariant_sql(
    "STATION.kind",
    "A station stands at a venue of the kind station",
    "select st.id, v.kind from stations_station st join venues_venue v on v.id = st.venue_id where v.kind <> 'station'",
)
invariant_sql(
    "STATION.shelf",
    "What was put on a shelf is what is left and what is reserved, taken or lent",
    """select item.id, item.put_count, item.left_count, count(taking.id) from stations_shelfitem item
       left join stations_shelftaking taking on taking.item_id = item.id and taking.state in ('reserved', 'taken', 'lent')
       group by item.id having item.put_count <> item.left_count + count(taking.id)""",
)
invariant_sql(
    "STATION.held",
    "Nothing is kept for somebody on a shelf where it does not stand",
    """select taking.id from stations_shelftaking taking join stations_shelfitem item on item.id = taking.item_id
       where taking.state = 'reserved' and item.state <> 'on_shelf'""",
)
invariant_sql(
    "STATION.hours",
    "No more people by the hour than by the day",
    """select station_id, month, sum(by_hour), sum(by_day) from (
         select station_id, month_on as month, people_count as by_hour, 0 as by_day from stations_visithour
         union all select station_id, date_trunc('month', counted_on)::date, 0, people_count from stations_visitcount where source <> 'paper') as counted
       group by 1, 2 having sum(by_hour) <> sum(by_day)""",
)


@invariant("STATION.forgotten", "What tells visitors apart is not older than a day")
def old_tokens() -> list[Any]:
    yesterday = clock.today() - dt.timedelta(days=1)
    return [day for model in (VisitSalt, VisitToken) for day in model.objects.filter(counted_on__lt=yesterday).values_list("counted_on")[:SHOWN]]
