"""What the verbs of rotas share: the lock, a plan put into the turns, and who hears of it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.matching import permissions
from liandong.matching.models import Rota, RotaHost, Turn, TurnSwap
from liandong.matching.problems.rotas import Circle
from liandong.matching.solver.rotation import Rotation
from liandong.notices.services import notify
from liandong.organizations.models import Right
from liandong.organizations.queries import hub_people, people_with

Actor = Person | System
MOST_TOLD = 5


def lock_rota(rota: Rota, *, version: int | None = None) -> Rota:
    """The row under lock. `version`: what somebody looked at; a change since then is a conflict."""
    row = Rota.objects.select_for_update(of=("self",)).select_related("territory").get(pk=rota.pk)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody changed this rota in the meantime."), mine=str(version), theirs=str(row.version))
    return row


def lock_kept(rota: Rota, *, version: int | None = None, by: Actor) -> Rota:
    """For those who keep it; an ended one stays as it is."""
    row = lock_rota(rota, version=version)
    require(permissions.can_keep(by, row))
    if not row.is_open:
        raise Refused(_("This rota has ended."))
    return row


def lock_turn(turn: Turn) -> Turn:
    """The turn with its rota under lock."""
    rota = lock_rota(turn.rota)
    found = Turn.objects.select_related("host__organization__territory", "host__contact", "activity").get(pk=turn.pk)
    found.rota = rota
    return found


def changed(row: Rota) -> None:
    row.version += 1
    row.save(update_fields=["version"])


def put(row: Rota, circle: Circle, plan: Rotation, *, by: Actor) -> int:
    """Write the plan into the turns; swaps it overtakes lapse, and who gets or loses a date of a running rota is told. Gives how many dates changed hands."""
    moved = circle.changes(plan)
    for turn, host in moved:
        move(turn, host)
    tell_moved(row, [(turn, host) for turn, host in moved if host is not None])
    return len(moved)


def move(turn: Turn, host: RotaHost | None) -> None:
    """The turn has another host; what the last one said about it no longer counts."""
    turn.host, turn.state, turn.agreed_by, turn.agreed_at = host, Turn.State.PLANNED, None, None
    turn.save(update_fields=["host", "state", "agreed_by", "agreed_at"])
    lapse([turn])


def lapse(turns: Iterable[Turn]) -> None:
    """Open swaps about these turns are no longer possible."""
    keys = [turn.pk for turn in turns]
    for name in ("turn", "other"):
        TurnSwap.objects.filter(**{f"{name}__in": keys}, state=TurnSwap.State.ASKED).update(state=TurnSwap.State.LAPSED, answered_at=clock.now())


def tell_moved(row: Rota, moved: Iterable[tuple[Turn, RotaHost]]) -> None:
    """One message a host with all the dates that are new to it."""
    if row.state != Rota.State.RUNNING:
        return
    of_host: dict[int, list[Turn]] = defaultdict(list)
    hosts: dict[int, RotaHost] = {}
    for turn, host in moved:
        of_host[host.pk].append(turn)
        hosts[host.pk] = host
    for key, turns in of_host.items():
        first = min(turns, key=lambda turn: turn.turn_date)
        values = {"name": row.name, "first_date": first.turn_date.isoformat(), "count": str(len(turns))}
        tell(hosts[key], "turn.given", values=values, turn=first if len(turns) == 1 else None, once=f"{key}:{first.pk}:{row.version}")


def people_of(host: RotaHost) -> list[Person]:
    """The contact of the host, else those who set up its activities."""
    people = people_with(host.organization, Right.MANAGE_ACTIVITIES)
    if host.contact_id is not None and (contact := people.filter(pk=host.contact_id).first()) is not None:
        return [contact]
    return list(people[:MOST_TOLD])


def tell(host: RotaHost, kind: str, *, values: dict[str, Any], once: str, turn: Turn | None = None, by: Actor | None = None) -> int:
    """Gives how many heard of it for the first time."""
    url = reverse("matching:turn", args=[turn.pk]) if turn is not None else reverse("matching:turns")
    return sum(notify(one, kind=kind, values=values, url=url, once_key=f"{kind}:{once}") is not None for one in people_of(host) if one != by)


def tell_keepers(row: Rota, kind: str, *, values: dict[str, Any], once: str, url: str) -> None:
    for one in hub_people(row.territory, Right.MANAGE_PROJECTS)[:MOST_TOLD]:
        notify(one, kind=kind, values=values, url=url, once_key=f"{kind}:{once}")
