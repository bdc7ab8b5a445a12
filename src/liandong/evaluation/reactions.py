"""Asking people how it was, as jobs: after their shift, after their hours were confirmed. Each may run again without harm."""

from procrastinate.contrib.django import app

from liandong.activities.models import SignUp
from liandong.core.actors import SCHEDULER
from liandong.evaluation import queries, services
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.recognition.models import ServiceRecord


@react("service.confirmed")
def ask_volunteer(entry: Entry) -> None:
    """With the confirmed hours comes the question."""
    record = ServiceRecord.objects.select_related("sign_up__person", "sign_up__position", "sign_up__shift__activity").get(pk=entry.on.split(":")[1])
    services.invite(record.sign_up, by=SCHEDULER)


@react("shift.closed")
def ask_everybody(entry: Entry) -> None:
    """When a shift is closed, everybody who came has left."""
    shift_id = int(entry.on.split(":")[1])
    for sign_up in SignUp.objects.filter(shift=shift_id).select_related("person", "position", "shift__activity").order_by("pk"):
        services.invite(sign_up, by=SCHEDULER)


@app.periodic(cron="20 * * * *", periodic_id="ask")
@app.task(name="liandong.evaluation.ask_who_was_missed", queueing_lock="ask_who_was_missed")
def ask_who_was_missed(timestamp: int) -> None:
    """Checked in late, added afterwards: nobody is left out."""
    for sign_up in queries.to_invite():
        services.invite(sign_up, by=SCHEDULER)


@app.periodic(cron="40 3 * * *", periodic_id="shuffle")
@app.task(name="liandong.evaluation.shuffle", queueing_lock="shuffle_ratings")
def shuffle(timestamp: int) -> None:
    services.shuffle_ratings()
