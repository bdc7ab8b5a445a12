"""The jobs of this app: exchange files, what is due, forgetting."""

import datetime as dt
import logging

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from liandong.core import clock
from liandong.core.workdays import is_workday
from liandong.dossier import queries
from liandong.dossier.models import ExchangeRun
from liandong.dossier.services import exchange
from liandong.notices.services import notify
from liandong.organizations.models import Right
from liandong.organizations.queries import people_with

SILENT_FOR = dt.timedelta(minutes=5)
log = logging.getLogger("liandong.dossier")


@app.task(name="liandong.dossier_exchange", queue="imports")
def work(run_id: int) -> None:
    run = ExchangeRun.objects.select_related("organization__territory", "asked_by").filter(pk=run_id).first()
    if run is None:
        return
    try:
        exchange.go_on(run)
    except Exception as error:
        log.exception("exchange run %s broke", run_id)
        exchange.fail(run, error=error)


@app.periodic(cron="*/5 * * * *", periodic_id="dossier_exchange")
@app.task(name="liandong.resume_exchange", queueing_lock="resume_exchange")
def resume(timestamp: int) -> None:
    exchange.resume_interrupted(silent_for=SILENT_FOR)


@app.periodic(cron="37 3 * * *", periodic_id="dossier_exchange")
@app.task(name="liandong.forget_exchange_files", queueing_lock="forget_exchange_files")
def forget(timestamp: int) -> None:
    exchange.forget_old_files()


@app.periodic(cron="40 0 * * *", periodic_id="dossier_due")  # UTC: 8:40 in China
@app.task(name="liandong.dossier_remind", queueing_lock="dossier_remind")
def remind_of_dossiers(timestamp: int = 0) -> None:
    remind(today=clock.today())


def remind(*, today: dt.date) -> int:
    """On working days: an evaluation due within three days is told its body, once a shift."""
    if not is_workday(today):
        return 0
    told = 0
    for due in queries.evaluations_to_remind(today=today):
        values = {"activity": due.title, "due_date": timezone.localdate(due.due_at).isoformat(), "count": due.waiting}
        url, key = reverse("dossier:evaluate", args=[due.shift_id]), f"dossier.evaluation_due:{due.shift_id}"
        for person in people_with(due.host, Right.CONFIRM_SERVICE)[:20]:
            told += notify(person, kind="dossier.evaluation_due", values=values, url=url, once_key=key) is not None
    return told
