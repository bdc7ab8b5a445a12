"""Verbs on exchange files: ask for one, make it, bring one, look at what it would do, take it in. The long parts are done by jobs."""

import datetime as dt
import hashlib
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.files import File as DjangoFile
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.core import clock
from liandong.core.actors import COMMAND_LINE
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.dossier import permissions, queries
from liandong.dossier.exchange import checking, making, taking
from liandong.dossier.exchange.problems import Problem
from liandong.dossier.models import ExchangeProblem, ExchangeRun
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import scope

Direction, State = ExchangeRun.Direction, ExchangeRun.State
LARGEST = 64 * 1024 * 1024
MOST_PROBLEMS = 500
DAYS_KEPT = 30
PART = 100


# Going out


@transaction.atomic
def ask_export(organization: Organization, *, purpose: str, full: bool = False, by: Actor) -> ExchangeRun:
    """A file of the dossiers of everybody who belongs to the body; names and numbers masked unless the right and a purpose are there. A job makes it."""
    require(permissions.can_export(by, organization))
    if full:
        require(permissions.can_export_full(by, organization))
    purpose = one_line(purpose, 200)
    if len(purpose) < 4:
        raise Refused(_("Please say what the file is for."), field="purpose")
    run = ExchangeRun.objects.create(
        direction=Direction.OUT,
        state=State.WORKING,
        organization=organization,
        purpose=purpose,
        is_masked=not full,
        asked_by=accounts.person_of(by),
        beat_at=clock.now(),
        people_total=queries.people_of(organization).count(),
    )
    journal.record("dossier_export.asked", on=run, after={"organization": organization.pk, "full": full}, reason=purpose, by=by)
    if isinstance(by, Person):
        _defer(run)  # the command line goes on by itself
    return run


def run_export(run: ExchangeRun) -> ExchangeRun:
    """Called by the job. What the asker lost the right for in the meantime is not made."""
    if run.state != State.WORKING:
        return run
    if run.asked_by is not None:
        require(permissions.can_export(run.asked_by, run.organization))
        if not run.is_masked:
            require(permissions.can_export_full(run.asked_by, run.organization))
    writer = making.Writer(is_masked=run.is_masked, purpose=run.purpose)
    where = None if run.asked_by is None else scope(run.asked_by, Right.EXPORT)
    keys = list(queries.people_of(run.organization).order_by("pk").values_list("pk", flat=True))
    making.write_people(writer, keys, where=where, beat=lambda done: _beat(run, done, len(keys)))
    with writer.finish() as made, transaction.atomic():
        run.digest = hashlib.file_digest(made, "sha256").hexdigest()  # type: ignore[arg-type]
        made.seek(0)
        run.file_name = f"dossiers-{run.organization.slug}-{clock.today():%Y%m%d}.zip"
        run.file.save(f"{secrets.token_hex(12)}.zip", DjangoFile(made), save=False)
        run.counts, run.source = writer.rows, making.own_source()
        run.state, run.finished_at, run.people_done = State.DONE, clock.now(), len(keys)
        run.save()
        journal.record("dossier_export.made", on=run, after={"people": len(keys), "digest": run.digest}, by=run.asked_by or COMMAND_LINE)
    return run


def _beat(run: ExchangeRun, done: int, total: int) -> None:
    run.people_done, run.people_total, run.beat_at = done, total, clock.now()
    ExchangeRun.objects.filter(pk=run.pk).update(people_done=done, people_total=total, beat_at=run.beat_at)


@transaction.atomic
def record_download(run: ExchangeRun, *, by: Person) -> None:
    """Every time a file leaves is kept."""
    require(permissions.can_export(by, run.organization))
    if not run.is_masked:
        require(permissions.can_export_full(by, run.organization))
    journal.record("dossier_export.downloaded", on=run, after={"masked": run.is_masked, "digest": run.digest}, reason=run.purpose, by=by)


@transaction.atomic
def own_file(person: Person, *, by: Person) -> Any:
    """A person's own dossier, whole and in full, in the exchange format."""
    require(permissions.can_claim(by, person))
    writer = making.Writer(is_masked=False, purpose="own copy")
    making.write_people(writer, [person.pk], where=None)
    journal.record("person.data_exported", on=person, after={"what": "dossier"}, by=by)
    return writer.finish()


# Coming in


@transaction.atomic
def bring(organization: Organization, *, content: bytes, file_name: str, consent: bool, by: Actor) -> ExchangeRun:
    """Bring a file for a body. A job checks it and says what it would do; nothing is written before somebody says so."""
    require(permissions.can_import(by, organization))
    if not content or len(content) > LARGEST:
        raise Refused(_("Choose a zip file of at most %(most)s MB.") % {"most": LARGEST // 1024**2}, field="file")
    if not consent:
        raise Refused(_("Please confirm that the people agreed, or a rule allows it."), field="consent")
    run = ExchangeRun(
        direction=Direction.IN,
        state=State.CHECKING,
        organization=organization,
        file_name=one_line(file_name, 200),
        digest=hashlib.sha256(content).hexdigest(),
        asked_by=accounts.person_of(by),
        beat_at=clock.now(),
    )
    run.file.save(f"{secrets.token_hex(12)}.zip", ContentFile(content), save=False)
    run.save()
    journal.record("dossier_import.brought", on=run, after={"organization": organization.pk, "digest": run.digest}, by=by)
    if isinstance(by, Person):
        _defer(run)
    return run


def run_check(run: ExchangeRun) -> ExchangeRun:
    """Called by the job: the checker, then a dry run that is taken back."""
    if run.state != State.CHECKING:
        return run
    _through_file(run, dry=True)
    with transaction.atomic():
        run.state = State.CHECKED
        run.save()
    return run


@transaction.atomic
def take_in(run: ExchangeRun, *, by: Actor) -> ExchangeRun:
    """Take in what is sound. Taken in twice it has no second effect."""
    run = ExchangeRun.objects.select_for_update(of=["self"]).select_related("organization__territory").get(pk=run.pk)
    require(permissions.can_import(by, run.organization))
    require_transition(ExchangeRun.TRANSITIONS, run.state, State.TAKING)
    if run.counts.get("is_broken"):
        raise Refused(_("Nothing of this file can be taken in. Mend what is listed and bring it again."))
    run.state, run.people_done, run.beat_at = State.TAKING, 0, clock.now()
    run.save()
    journal.record("dossier_import.started", on=run, after={"digest": run.digest}, by=by)
    if isinstance(by, Person):
        _defer(run)
    return run


def run_take_in(run: ExchangeRun) -> ExchangeRun:
    """Called by the job, as often as need be."""
    if run.state != State.TAKING:
        return run
    _through_file(run, dry=False)
    with transaction.atomic():
        run.state, run.finished_at = State.DONE, clock.now()
        run.save()
        journal.record("dossier_import.finished", on=run, after=run.counts, by=run.asked_by or COMMAND_LINE)
    return run


def _through_file(run: ExchangeRun, *, dry: bool) -> None:
    """Both passes alike: check, then people in parts, each part a transaction of its own; the dry one is rolled back."""
    path = Path(run.file.path)
    checked = checking.check(path)
    run.problems.all().delete()
    run.source = checked.source[:120]
    counts: Counter[str] = Counter()
    problems = list(checked.problems)
    is_closed = checked.is_broken or checked.is_masked
    if checked.is_masked:
        problems.insert(0, Problem("manifest.json", 0, "is_masked", "masked"))
    if not is_closed:
        file = taking.File(path, checked)
        run.people_total, run.people_done = len(file.volunteers), 0
        first = file.refused_with()
        counts += first.counts
        problems += first.problems
        for start in range(0, len(file.volunteers), PART):
            part = file.volunteers[start : start + PART]
            with transaction.atomic():
                taken = taking.take(file, part, run=run)
                if dry:
                    transaction.set_rollback(True)
            counts += taken.counts
            problems += taken.problems
            _beat(run, start + len(part), len(file.volunteers))
    counts["refused"] += len(checked.bad_lines)
    run.counts = dict(counts) | {"is_broken": is_closed, "problems": len(problems)}
    ExchangeProblem.objects.bulk_create(
        [
            ExchangeProblem(run=run, file=one.file, line=one.line, field=one.field, code=one.code, values=one.values)
            for one in problems[:MOST_PROBLEMS]
        ]
    )
    run.save()


# Jobs and housekeeping


def _defer(run: ExchangeRun) -> None:
    from procrastinate.contrib.django import app

    app.configure_task("liandong.dossier_exchange", queue="imports").defer(run_id=run.pk)


WORK = {State.WORKING: run_export, State.CHECKING: run_check, State.TAKING: run_take_in}


def go_on(run: ExchangeRun) -> ExchangeRun:
    return WORK[State(run.state)](run) if run.is_working else run


@transaction.atomic
def fail(run: ExchangeRun, *, error: BaseException) -> None:
    """The job broke: said on the page; nothing half done is kept beyond whole people."""
    run = ExchangeRun.objects.select_for_update().get(pk=run.pk)
    run.state, run.failure, run.finished_at = State.FAILED, str(getattr(error, "reason", "")) or type(error).__name__, clock.now()
    run.save(update_fields=["state", "failure", "finished_at"])


def resume_interrupted(*, silent_for: dt.timedelta) -> int:
    waiting = ExchangeRun.objects.filter(state__in=[State.WORKING, State.CHECKING, State.TAKING], beat_at__lt=clock.now() - silent_for)
    for run in waiting:
        _beat(run, run.people_done, run.people_total)
        _defer(run)
    return len(waiting)


def forget_old_files() -> int:
    """Files live thirty days; what was done stays in the list."""
    limit = clock.now() - dt.timedelta(days=DAYS_KEPT)
    old = list(ExchangeRun.objects.filter(created_at__lt=limit).exclude(file=""))
    for run in old:
        run.file.delete(save=False)
        ExchangeRun.objects.filter(pk=run.pk).update(file="")
        run.problems.all().delete()
    return len(old)
