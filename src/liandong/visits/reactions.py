"""What visits do as jobs: remind those in charge of what is due tomorrow and of what is late, once each."""

import datetime as dt
from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.workdays import is_workday
from liandong.notices.services import notify
from liandong.visits import queries


@app.periodic(cron="20 0 * * *", periodic_id="visits_due")  # UTC: 8:20 in China
@app.task(name="liandong.visits_remind", queueing_lock="visits_remind")
def remind_of_visits(timestamp: int = 0) -> None:
    remind(today=clock.today())


def remind(*, today: dt.date) -> int:
    """Each person hears of each visit, plan and promise at most twice: before, and when it is late. Not on free days."""
    if not is_workday(today):
        return 0
    told = 0
    visits, plans, promises = queries.to_remind(today=today)
    for visit in visits:
        kind = "visit.overdue" if visit.planned_date < today else "visit.due"
        told += _tell(
            visit.handler,
            visit,
            kind=kind,
            day=visit.planned_date,
            url=reverse("visits:visit", args=[visit.number]),
            key=f"visit:{visit.pk}:{visit.planned_date}",
        )
    for plan in plans:
        told += _tell(plan.handler, plan, kind="visit.plan_due", day=plan.due_on, url=reverse("visits:plan"), key=f"plan:{plan.pk}:{plan.due_on}")
    for follow_up in promises:
        assert follow_up.due_date is not None
        kind = "visit.promise_overdue" if follow_up.due_date < today else "visit.promise_due"
        who = follow_up.handler or follow_up.visit.handler
        told += _tell(who, follow_up.visit, kind=kind, day=follow_up.due_date, url=reverse("visits:follow_ups"), key=f"promise:{follow_up.pk}")
    return told


def _tell(person: Person | None, thing: Any, *, kind: str, day: dt.date, url: str, key: str) -> int:
    """The one in charge, else everybody who may go for the body."""
    people = [person] if person is not None else list(queries.staff_of(thing.host)[:20])
    values = {"whom": thing.whom, "due_date": day.isoformat()}
    return sum(notify(one, kind=kind, values=values, url=url, once_key=f"{kind}:{key}") is not None for one in people)
