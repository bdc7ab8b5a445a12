"""Every draw computes again to what was given."""

from typing import Any

from liandong.activities.models import SignUp
from liandong.core.invariants import invariant, invariant_sql
from liandong.matching.files.draws import faults
from liandong.matching.models import Draw
from liandong.matching.queries.draws import document_of

invariant_sql(
    "INV6.draw_once",
    "An activity counts as drawn exactly when its draw was held",
    """select a.id from activities_activity a left join matching_draw d on d.activity_id = a.id and d.state = 'drawn'
       where (a.drawn_at is null) <> (d.id is null)""",
)


@invariant("INV6.draws_honest", "Every draw computes again to its order and its places")
def _honest() -> list[Any]:
    return [
        (draw.pk, fault) for draw in Draw.objects.filter(state=Draw.State.DRAWN).select_related("activity") for fault in faults(document_of(draw))
    ]


@invariant("INV6.draws_given", "Who has a rank stands on the list there, and who won got a place")
def _given() -> list[Any]:
    wrong: list[Any] = []
    for draw in Draw.objects.filter(state=Draw.State.DRAWN).prefetch_related("lists"):
        for each in draw.lists.all():
            place = {slip: rank for rank, slip in enumerate(each.order, 1)}
            rows = SignUp.objects.filter(position=each.position_id).exclude(slip="").values_list("slip", "drawn_rank", "moved_up_at")
            got = {slip for slip, _rank, moved in rows if moved is not None}
            wrong += [(draw.pk, slip, rank) for slip, rank, _moved in rows if rank is not None and place.get(slip) != rank]
            wrong += [(draw.pk, slip, "no place") for slip in each.winners if slip not in got]
    return wrong


invariant_sql(
    "INV6.turns",
    "A turn and its host, and the two turns of a swap with their hosts, belong to one rota",
    """select t.id from matching_turn t join matching_rotahost h on h.id = t.host_id where h.rota_id <> t.rota_id
       union all select s.id from matching_turnswap s join matching_turn t on t.id = s.turn_id join matching_turn o on o.id = s.other_id
       join matching_rotahost a on a.id = s.asking_id join matching_rotahost b on b.id = s.asked_id
       where t.rota_id <> o.rota_id or a.rota_id <> t.rota_id or b.rota_id <> t.rota_id""",
)
