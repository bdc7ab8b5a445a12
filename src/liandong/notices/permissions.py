"""A message belongs to the person it was written to, and to nobody else."""

from django.db.models import QuerySet

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.notices.models import Notice


def visible_to(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person)


def can_read(by: Person | System, notice: Notice) -> Decision:
    return ALLOWED if isinstance(by, Person) and by.pk == notice.person_id else deny("")


def can_set_preferences(by: Person | System, person: Person) -> Decision:
    return ALLOWED if isinstance(by, System) or by.pk == person.pk else deny("")
