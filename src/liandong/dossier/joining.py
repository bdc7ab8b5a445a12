"""Lines of a dossier when two entries of one person become one: they follow by their key. Said here is when that cannot be right."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from liandong.accounts.joining import any_row, hindrance
from liandong.accounts.models import Person
from liandong.dossier.models import HonourEntry, ServiceEvaluation, TrainingEntry


@hindrance
def wrote_into_the_others_dossier(person: Person, into: Person) -> Iterator[str]:
    two = [person.pk, into.pk]
    if any_row(*(model._default_manager.filter(person__in=two, written_by__in=two) for model in (TrainingEntry, HonourEntry, ServiceEvaluation))):
        yield _("One of the two entries wrote into the dossier of the other. Look into it before you join them.")
