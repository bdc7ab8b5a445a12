"""Jobs of packages: calculating, telling who asked."""

import logging

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching import services
from liandong.matching.models import MatchRun
from liandong.notices.services import notify

log = logging.getLogger("liandong.matching")


@app.task(name="liandong.matching_packages", queue="matching")
def match_packages(run_id: int) -> None:
    run = MatchRun.objects.select_related("territory").filter(pk=run_id).first()
    if run is None:
        return
    try:
        services.work_on_run(run)
    except Exception:
        log.exception("calculation of packages %s broke", run_id)


@react("match_run.finished")
def tell_matched(entry: Entry) -> None:
    """Whoever asked and waited for long hears of it."""
    run = MatchRun.objects.select_related("territory", "asked_by").get(pk=entry.on_key)
    if run.asked_by is not None and run.seconds >= 10:
        values = {"place": run.territory.name, "met": str(run.met_count), "needs": str(run.need_count)}
        url = f"{reverse('matching:packages')}?place={run.territory_id}"
        notify(run.asked_by, kind="match_run.finished", values=values, url=url, once_key=f"match_run.finished:{run.pk}")
