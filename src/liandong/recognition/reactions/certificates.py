"""The jobs of certificates: whole bodies at once, keys that run out, a bearer who was erased. Each may run again without harm."""

import datetime as dt
import logging

from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.recognition.models import CertificateBatch
from liandong.recognition.services import batches, certificates, keys

SILENT_FOR = dt.timedelta(seconds=45)
log = logging.getLogger("liandong.recognition")


@app.task(name="liandong.certificate_batch", queue="imports")
def make_batch(batch_id: int) -> None:
    batch = CertificateBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    try:
        batches.run_batch(batch)
    except Exception as error:
        log.exception("certificate batch %s broke", batch_id)
        batches.fail_batch(batch, error=error)


@app.periodic(cron="* * * * *", periodic_id="certificates")
@app.task(name="liandong.resume_certificate_batches", queueing_lock="resume_certificate_batches")
def resume(timestamp: int) -> None:
    batches.resume_interrupted(silent_for=SILENT_FOR)


@app.periodic(cron="23 3 * * *", periodic_id="certificates")
@app.task(name="liandong.forget_certificate_files", queueing_lock="forget_certificate_files")
def forget(timestamp: int) -> None:
    batches.forget_old_files()


@app.periodic(cron="5 9 * * *", periodic_id="certificates")
@app.task(name="liandong.look_after_keys", queueing_lock="look_after_keys")
def look_after_keys(timestamp: int) -> None:
    keys.look_after_keys()


@react("person.erased")
def forget_bearer(entry: Entry) -> None:
    if person := Person.objects.filter(pk=entry.on_key, erased_at__isnull=False).first():
        certificates.forget_bearer(person)
