"""Who is turned away at the list and at the door alike, whoever lets people in: nobody may pass over it."""

import datetime as dt

from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import queries
from liandong.activities.models import DoorScan, Position, Shift
from liandong.activities.services.ground import Actor
from liandong.core.errors import Refused
from liandong.ui import words


class Barred(Refused):
    """Turned away; `verdict` says what a scan kept without network is told."""

    def __init__(self, reason: str, *, verdict: str) -> None:
        super().__init__(reason)
        self.verdict = verdict


def refuse_barred(person: Person, position: Position, shift: Shift, *, moment: dt.datetime, by: Actor) -> None:
    """Refuses who is suspended at that moment, and who is too young on the day of the shift. Why somebody is suspended is not said here: others may be listening."""
    found = queries.suspension_at(person.pk, shift.activity.host_id, moment=moment)
    if found is not None:
        own = isinstance(by, Person) and by.pk == person.pk
        text = (
            _("%(body)s has suspended you from its activities until %(day)s.")
            if own
            else _("Suspended from the activities of %(body)s until %(day)s.")
        )
        raise Barred(text % {"body": found.organization.label, "day": words.day_short(found.until_date)}, verdict=DoorScan.Verdict.SUSPENDED)
    if queries.is_too_young(person, position, shift):
        raise Barred(young_words(position), verdict=DoorScan.Verdict.YOUNG)


def young_words(position: Position) -> str:
    return _("%(position)s is for people of %(age)s and older.") % {"position": position.name, "age": position.min_age}
