"""The jobs of this app: checking, letting in, taking back, going on after a crash, forgetting."""

import datetime as dt
import logging
from collections.abc import Callable

from procrastinate.contrib.django import app

from liandong.imports import services
from liandong.imports.models import ImportRun

SILENT_FOR = dt.timedelta(seconds=45)
log = logging.getLogger("liandong.imports")


def work(run_id: int, verb: Callable[[ImportRun], ImportRun]) -> None:
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    try:
        verb(run)
    except Exception as error:
        log.exception("import run %s broke", run_id)
        services.fail(run, error=error)


@app.task(name="liandong.import_check", queue="imports")
def check(run_id: int) -> None:
    work(run_id, services.run_check)


@app.task(name="liandong.import_commit", queue="imports")
def commit(run_id: int) -> None:
    work(run_id, services.run_commit)


@app.task(name="liandong.import_undo", queue="imports")
def undo(run_id: int) -> None:
    work(run_id, services.run_undo)


@app.periodic(cron="* * * * *", periodic_id="imports")
@app.task(name="liandong.resume_imports", queueing_lock="resume_imports")
def resume(timestamp: int) -> None:
    services.resume_interrupted(silent_for=SILENT_FOR)


@app.periodic(cron="17 3 * * *", periodic_id="imports")
@app.task(name="liandong.forget_import_files", queueing_lock="forget_import_files")
def forget(timestamp: int) -> None:
    services.forget_old_files()
