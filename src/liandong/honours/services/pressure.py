"""The one verb of the pressure signal. It writes no journal entry: an entry would say who answered when."""

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core.errors import Refused
from liandong.honours.models import PressureAnswer, PressureTicket
from liandong.honours.queries import pressure as queries
from liandong.volunteers.queries import street_of


@transaction.atomic
def answer_pressure(*, was_pressed: bool, source: str = "", by: Person) -> None:
    """Was I told that I must take part? Once a half year, by choice, and nobody can tell whose answer it was."""
    half_year = queries.half_year()
    _ticket, created = PressureTicket.objects.get_or_create(digest=queries.digest_of(by, half_year=half_year), defaults={"half_year": half_year})
    if not created:
        raise Refused(_("You have answered for this half year. Thank you."))
    PressureAnswer.objects.create(half_year=half_year, territory=street_of(by), was_pressed=was_pressed, source=source if was_pressed else "")
