"""What honours do as jobs: note stars every night and when a record was put right, close nominations on their day, pass thanks on every Monday."""

from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.honours.models import Award
from liandong.honours.services import awards, forgetting, stars, thanks
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.recognition.models import ServiceRecord


@app.periodic(cron="40 18 * * *", periodic_id="note_stars")  # UTC: 2:40 in China
@app.task(name="liandong.note_stars", queueing_lock="note_stars")
def note_stars(timestamp: int = 0) -> None:
    stars.note_stars(by=SCHEDULER)


@react("service.corrected")
def look_at_stars(entry: Entry) -> None:
    """Hours were taken back or given: the stars of this person, now."""
    person = ServiceRecord.objects.filter(pk=entry.on_key).values_list("person", flat=True).first()
    if person is not None:
        stars.note_stars([person], by=SCHEDULER)


@react("person.merged")
def look_at_joined_stars(entry: Entry) -> None:
    """The hours of two entries are one person's now."""
    stars.note_stars([entry.after["into"]], by=SCHEDULER)


@react("person.erased")
def forget(entry: Entry) -> None:
    person = Person.objects.filter(pk=entry.on_key, erased_at__isnull=False).first()
    if person is not None:
        forgetting.forget(person, by=SCHEDULER)


@app.periodic(cron="10 17 * * *", periodic_id="close_nominations")  # UTC: 1:10 in China
@app.task(name="liandong.close_nominations", queueing_lock="close_nominations")
def close_nominations(timestamp: int = 0) -> None:
    for award in Award.objects.filter(state=Award.State.OPEN, nominate_until_date__lt=clock.today()):
        awards.close_nominations(award, by=SCHEDULER)


@app.periodic(cron="30 0 * * 1", periodic_id="pass_thanks_on")  # UTC: Monday 8:30 in China
@app.task(name="liandong.pass_thanks_on", queueing_lock="pass_thanks_on")
def pass_thanks_on(timestamp: int = 0) -> None:
    thanks.pass_on(by=SCHEDULER)
