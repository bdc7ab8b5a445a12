"""Certificates for everybody of a body at once: a job that goes on where it was interrupted, and one file to take away."""

import contextlib
import datetime as dt
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core import paper as core_paper
from liandong.core.actors import COMMAND_LINE
from liandong.core.decision import require
from liandong.core.errors import Denied, Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Organization
from liandong.recognition import paper, permissions, queries
from liandong.recognition.models import Certificate, CertificateBatch, CertificateBatchItem, SealedPaper, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services import certificates

State = CertificateBatch.State
AT_ONCE = 25  # one or two seconds between two signs of life
MOST = 5_000
MOST_TO_PRINT = 1_000  # the one PDF is held in memory while it is made
DAYS_KEPT = 7
_LOCK = 7_106_100_000
Chunk = list[tuple[CertificateBatchItem, Callable[[], bytes] | None]]  # who, and how to come by their page


@transaction.atomic
def start_batch(organization: Organization, *, from_date: dt.date | None = None, to_date: dt.date | None = None, by: Actor) -> CertificateBatch:
    """Certificates for all whose service the body recorded in this time. A job makes them; this only starts it. One at a time for each body. Journal: batch.started."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    require(permissions.can_issue_for_all(by, organization))
    if from_date and to_date and from_date > to_date:
        raise Refused(_("The last day is before the first one."), field="to_date")
    if working := CertificateBatch.objects.filter(organization=organization, state=State.WORKING).first():
        return working
    people = list(queries.volunteers_to_certify(organization, from_date=from_date, to_date=to_date).values_list("pk", flat=True)[: MOST + 1])
    if not people:
        raise Refused(_("No service is confirmed in this time yet."), field="from_date")
    if len(people) > MOST:
        raise Refused(_("More than 5,000 volunteers: take a shorter time."), field="from_date")
    at = clock.now()
    batch = CertificateBatch.objects.create(
        organization=organization,
        from_date=from_date,
        to_date=to_date,
        total=len(people),
        asked_by=by if isinstance(by, Person) else None,
        asked_at=at,
        beat_at=at,
    )
    CertificateBatchItem.objects.bulk_create([CertificateBatchItem(batch=batch, person_id=pk) for pk in people])
    journal.record("batch.started", on=batch, after={"people": len(people)}, by=by)
    _defer(batch)
    return batch


@transaction.atomic
def resume_batch(batch: CertificateBatch, *, by: Actor) -> CertificateBatch:
    """Go on after an error. Journal: batch.resumed."""
    batch = _lock(batch)
    require(permissions.can_issue_for_all(by, batch.organization))
    if batch.state == State.WORKING:
        return batch
    require_transition(CertificateBatch.TRANSITIONS, batch.state, State.WORKING)
    batch.state, batch.failure, batch.beat_at = State.WORKING, "", clock.now()
    batch.save(update_fields=["state", "failure", "beat_at"])
    journal.record("batch.resumed", on=batch, by=by)
    _defer(batch)
    return batch


def run_batch(batch: CertificateBatch) -> CertificateBatch:
    """Called by the job, as often as need be: who has a page already is passed over, and nobody gets a second certificate."""
    with _only_one(batch) as mine:
        if not mine:
            return batch
        batch = CertificateBatch.objects.select_related("organization__territory", "asked_by").get(pk=batch.pk)
        if batch.state != State.WORKING:
            return batch
        folder = folder_of(batch)
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max_workers=1) as press:  # typst lets go of Python while it sets a page: the next people are certified meanwhile
            before: Chunk | None = None
            for items in _chunks(batch):
                _issue(batch, items)
                chunk = _send_to_press(items, press)
                if before:
                    _take_from_press(batch, before)
                before = chunk
            if before:
                _take_from_press(batch, before)
        _bundle(batch, folder)
        _finish(batch)
        shutil.rmtree(folder, ignore_errors=True)
    return batch


def _chunks(batch: CertificateBatch) -> Iterator[list[CertificateBatchItem]]:
    """Who has neither page nor problem yet, in the order of the file."""
    last = 0
    open_items = batch.items.filter(printed_at__isnull=True, problem="").select_related("person").order_by("id")
    while items := list(open_items.filter(pk__gt=last)[:AT_ONCE]):
        last = items[-1].pk
        yield items


def _issue(batch: CertificateBatch, items: list[CertificateBatchItem]) -> None:
    by = batch.asked_by or COMMAND_LINE
    with transaction.atomic():
        letterhead = certificates.letterhead_of(batch.organization)
        for item in items:
            try:
                item.certificate = certificates.issue_certificate(
                    item.person, from_date=batch.from_date, to_date=batch.to_date, organization=batch.organization, letterhead=letterhead, by=by
                )
            except (Refused, Denied) as refusal:
                item.problem = str(refusal.reason)[:200]


def _send_to_press(items: list[CertificateBatchItem], press: ThreadPoolExecutor) -> Chunk:
    """What stands on the pages is read here; only the setting goes on beside. A page that was sealed before is taken as it is."""
    made = [item.certificate for item in items if item.certificate is not None]
    lines, sealed = queries.lines_of_each(made), queries.sealed_papers_of(made)
    return [(item, _page(item.certificate, lines, sealed, press) if item.certificate is not None else None) for item in items]


def _page(
    certificate: Certificate, lines: dict[int, list[ServiceRecord]], sealed: dict[int, SealedPaper], press: ThreadPoolExecutor
) -> Callable[[], bytes]:
    if kept := sealed.get(certificate.pk):
        return lambda: bytes(kept.pdf)
    return press.submit(paper.render, paper.data_of(certificate, records=lines[certificate.pk]), at=certificate.issued_at).result


def _take_from_press(batch: CertificateBatch, chunk: Chunk) -> None:
    for item, page in chunk:
        if page is not None:
            _put_down(folder_of(batch) / _file_name(item), page())
            item.printed_at = clock.now()
    with transaction.atomic():
        CertificateBatchItem.objects.bulk_update([item for item, _page in chunk], ["certificate", "problem", "printed_at"])
        batch.done, batch.beat_at = batch.items.exclude(printed_at__isnull=True, problem="").count(), clock.now()
        batch.save(update_fields=["done", "beat_at"])


def _bundle(batch: CertificateBatch, folder: Path) -> None:
    """One PDF to print and one file of single ones. Written beside and moved into place, so that a half one is never taken away."""
    names = [_file_name(item) for item in batch.items.filter(printed_at__isnull=False).select_related("certificate", "person").order_by("id")]
    if 0 < len(names) <= MOST_TO_PRINT:
        _put_down(print_file_of(batch), core_paper.together(folder, names, title=batch.organization.name))
    target = file_of(batch)
    beside = target.with_suffix(".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as bundle:
        for name in names:
            bundle.write(folder / name, name)
    os.replace(beside, target)


@transaction.atomic
def _finish(batch: CertificateBatch) -> None:
    batch.state, batch.finished_at = State.DONE, clock.now()
    batch.save(update_fields=["state", "finished_at"])
    made = batch.items.filter(printed_at__isnull=False).count()
    journal.record("batch.finished", on=batch, after={"made": made}, by=batch.asked_by or COMMAND_LINE)
    if batch.asked_by:
        notices.notify(
            batch.asked_by,
            kind="batch.finished",
            values={"made": made, "body": batch.organization.name},
            url=reverse("recognition:batch", args=[batch.pk]),
            once_key=f"batch.finished:{batch.pk}",
        )


@transaction.atomic
def fail_batch(batch: CertificateBatch, *, error: BaseException) -> CertificateBatch:
    """The job broke. What is made stays; the rest can go on."""
    batch = _lock(batch)
    if batch.state == State.WORKING:
        batch.state, batch.failure = State.FAILED, type(error).__name__
        batch.save(update_fields=["state", "failure"])
    return batch


def resume_interrupted(*, silent_for: dt.timedelta) -> int:
    """Start again what stands still because its worker died. Harmless when it did not: only one worker gets a batch."""
    waiting = CertificateBatch.objects.filter(state=State.WORKING, beat_at__lt=clock.now() - silent_for)
    for batch in waiting:
        _defer(batch)
    return len(waiting)


def forget_old_files() -> int:
    """The file goes a week after it was made; the certificates stay with their bearers."""
    old = CertificateBatch.objects.filter(state=State.DONE, finished_at__lt=clock.now() - dt.timedelta(days=DAYS_KEPT))
    for batch in (batches := list(old)):
        file_of(batch).unlink(missing_ok=True)
        print_file_of(batch).unlink(missing_ok=True)
        shutil.rmtree(folder_of(batch), ignore_errors=True)
        batch.state = State.FORGOTTEN
        batch.save(update_fields=["state"])
    return len(batches)


def file_of(batch: CertificateBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / "certificates" / f"{batch.token}.zip"


def print_file_of(batch: CertificateBatch) -> Path:
    """All pages in one PDF, in the order of the list; made for up to 1,000 people."""
    return file_of(batch).with_suffix(".pdf")


def folder_of(batch: CertificateBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / "certificates" / batch.token


def _file_name(item: CertificateBatchItem) -> str:
    """By volunteer number and code: nothing that a person wrote becomes part of a path."""
    assert item.certificate is not None
    return f"{item.person.number}-{item.certificate.code}.pdf"


def _put_down(target: Path, content: bytes) -> None:
    beside = target.with_suffix(".part")
    beside.write_bytes(content)
    os.replace(beside, target)


def _lock(batch: CertificateBatch) -> CertificateBatch:
    return CertificateBatch.objects.select_for_update(of=("self",)).select_related("organization__territory").get(pk=batch.pk)


def _defer(batch: CertificateBatch) -> None:
    from procrastinate.contrib.django import app

    app.configure_task("liandong.certificate_batch", queue="imports").defer(batch_id=batch.pk)


@contextlib.contextmanager
def _only_one(batch: CertificateBatch) -> Iterator[bool]:
    """True inside for the one worker that has the batch; the database takes it back when that worker dies."""
    key = _LOCK + batch.pk
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [key])
