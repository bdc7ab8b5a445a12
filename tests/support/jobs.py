"""Running deferred jobs in the transaction of the test. Where a browser's loop holds the thread they run in another one: with the test's connection when it has a transaction
open, with one of their own when what it wrote is committed."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from procrastinate import utils
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.periodic import PeriodicRegistry

JSONB = 3802


class SameConnection(DjangoConnector):
    """Django hands out jsonb as text; the worker wants it parsed."""

    def _dictfetch(self, cursor: Any) -> Iterator[dict[str, Any]]:
        columns = list(cursor.description)
        for row in cursor.fetchall():
            yield {
                column.name: json.loads(value) if column.type_code == JSONB and isinstance(value, str) else value
                for column, value in zip(columns, row, strict=True)
            }


def run_jobs() -> int:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run_jobs()
    shared = connections["default"] if connection.in_atomic_block else None
    with ThreadPoolExecutor(max_workers=1) as beside:
        return beside.submit(copy_context().run, _run_beside, shared).result()


def _run_beside(shared: BaseDatabaseWrapper | None) -> int:
    if shared is None:
        try:
            return _run_jobs()
        finally:
            connection.close()
    shared.inc_thread_sharing()
    connections["default"] = shared
    try:
        return _run_jobs()
    finally:
        del connections["default"]
        shared.dec_thread_sharing()


def _run_jobs() -> int:
    before = set(ProcrastinateJob.objects.filter(status__in=["succeeded", "failed"]).values_list("id", flat=True))
    worker_app = app.with_connector(SameConnection())
    worker_app.worker_defaults = {}  # the defaults close the connection after each job, and it is the test's
    worker_app.periodic_registry = PeriodicRegistry()
    kept, utils.sync_to_async = utils.sync_to_async, in_this_thread
    try:
        async_to_sync(worker_app.run_worker_async)(
            wait=False, listen_notify=False, install_signal_handlers=False, delete_jobs="never", concurrency=1, shutdown_graceful_timeout=None
        )
    finally:
        utils.sync_to_async = kept
    done = ProcrastinateJob.objects.exclude(id__in=before)
    failed = list(done.filter(status="failed").values_list("task_name", "args"))
    assert failed == [], f"failed jobs: {failed}"
    return done.filter(status="succeeded").count()


async def in_this_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    def guarded() -> Any:
        if not connection.in_atomic_block:
            return function(*args, **kwargs)
        with transaction.atomic():  # a failing job must not spoil the transaction of the test
            return function(*args, **kwargs)

    return await sync_to_async(guarded, thread_sensitive=True)()
