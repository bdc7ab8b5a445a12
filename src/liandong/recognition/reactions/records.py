"""Nightly: look for what a person should see, confirm what is inside the rules, warn of deadlines, take what is overdue to the hub. Each may run again without harm."""

from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core.actors import SCHEDULER
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.recognition import services


@app.periodic(cron="40 17 * * *", periodic_id="records_night")  # UTC: 1:40 in China
@app.task(name="liandong.recognition.night", queueing_lock="records_night")
def night(timestamp: int = 0) -> None:
    """First look, then confirm: what somebody should look at is not confirmed without a person."""
    services.scan()
    services.confirm_inside_rules()


@app.periodic(cron="10 0 * * *", periodic_id="records_morning")  # UTC: 8:10 in China
@app.task(name="liandong.recognition.morning", queueing_lock="records_morning")
def morning(timestamp: int = 0) -> None:
    services.escalate_overdue()
    services.warn_of_deadlines()
    services.alert_of_shares()


@react("person.erased")
def forget_words(entry: Entry) -> None:
    """Claims and evidence are a person's own words and pictures; the record itself is kept without a name."""
    services.forget_words(Person.objects.get(pk=entry.on_key), by=SCHEDULER)
