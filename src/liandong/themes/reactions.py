"""Jobs: the nightly calculation and those that people ask for; a new need finds its theme."""

import logging

from procrastinate.contrib.django import app

from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.needs.models import Need
from liandong.themes import services
from liandong.themes.models import MiningRun
from liandong.themes.services.running import MINER

log = logging.getLogger("liandong.themes")


@app.task(name="liandong.themes_run", queue="themes")
def work(run_id: int) -> None:
    run = MiningRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    try:
        services.work_on_run(run)
    except Exception:
        log.exception("calculation %s of the themes broke", run_id)


@app.periodic(cron="10 22 * * *", periodic_id="themes")  # UTC: 6:10 in China
@app.task(name="liandong.themes_nightly", queueing_lock="themes_nightly")
def nightly(timestamp: int = 0) -> None:
    services.ask_for_run(by=MINER)


@react("need.submitted")
def place(entry: Entry) -> None:
    need = Need.objects.select_related("territory").filter(pk=entry.on_key).first()
    if need is not None:
        services.place_need(need)
