"""The daily job of turns: fourteen and three days before, and a few words for the next host after; on working days, so what falls on a free day comes before it.
Each at most once."""

import datetime as dt

from procrastinate.contrib.django import app

from liandong.core import clock, workdays
from liandong.core.actors import System
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching.models import Turn
from liandong.matching.queries import rotas as queries
from liandong.matching.services import turns
from liandong.matching.services.circle import tell

DAYS_BEFORE = (14, 3)
LONGEST_HOLIDAY = 10
ROTA = System("rota")


@app.periodic(cron="40 0 * * *", periodic_id="turns_due")  # UTC: 8:40 in China
@app.task(name="liandong.turns_remind", queueing_lock="turns_remind")
def remind_of_turns(timestamp: int = 0) -> None:
    remind(today=clock.today())


def remind(*, today: dt.date) -> int:
    """Gives how many were told. On a free day nobody."""
    told = 0
    if not workdays.is_workday(today):
        return told
    for turn in queries.turns_to_remind(today=today, days=max(DAYS_BEFORE) + LONGEST_HOLIDAY):
        assert turn.host is not None
        days = min((one for one in DAYS_BEFORE if workdays.workday_until(turn.turn_date - dt.timedelta(days=one)) <= today), default=0)
        if not days:
            continue
        kind = "turn.soon" if turn.state == Turn.State.AGREED else "turn.to_agree"
        values = {"name": turn.rota.name, "turn_date": turn.turn_date.isoformat()}
        told += tell(turn.host, kind, values=values, turn=turn, once=f"{turn.pk}:{turn.host_id}:{days}")
    for turn in queries.turns_without_notes(today=today):
        assert turn.host is not None
        values = {"name": turn.rota.name, "turn_date": turn.turn_date.isoformat()}
        told += tell(turn.host, "turn.notes", values=values, turn=turn, once=str(turn.pk))
    return told


@react("activity.finished")
def note_held(entry: Entry) -> None:
    """The activity of a turn was finished: the turn was held."""
    for turn in Turn.objects.filter(activity=entry.on_key).select_related("rota"):
        turns.note_finished(turn, by=ROTA)
