"""What the verbs share: locks in one order, what people are told, how a place is taken and given back. What somebody comes about never reaches the journal nor a message."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.places import Place
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.notices.services import notify

Actor = Person | System
State = Appointment.State


def lock_desk(pk: int) -> Desk:
    """A sought-after desk is a queue: everybody waits their turn instead of being turned away by the usual short lock timeout."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '30s'")
    return Desk.objects.select_for_update(of=["self"]).select_related("host__territory", "venue").get(pk=pk)


# Desks


def lock_appointment(appointment: Appointment) -> Appointment:
    desk = lock_desk(appointment.desk_id)
    row = Appointment.objects.select_related("person").get(pk=appointment.pk)
    row.desk = desk
    return row


def tell(row: Appointment, kind: str, *, words: str = "") -> None:
    """A quiet desk's name, place and reasons stay out of messages."""
    if row.person is None:
        return
    quiet = row.desk.is_quiet
    values = {"starts_at": row.starts_at.isoformat(), "number": row.number}
    if not quiet:
        values |= {"title": row.desk.title, "place": " ".join(part for part in (row.desk.venue.name, row.desk.spot) if part), "words": words}
    notify(
        row.person,
        kind=f"appointment.{kind}_quiet" if quiet else f"appointment.{kind}",
        values=values,
        url=reverse("appointments:appointment", args=[row.code]),
        once_key=f"appointment.{kind}:{row.pk}",
    )


def take(desk: Desk, place: Place, *, person: Person | None, about: str, state: str = State.BOOKED) -> Appointment:
    """Under the lock of the desk; the constraint would refuse a second one without it, too."""
    day = timezone.localtime(place.starts_at).date()
    numbers = set(Appointment.objects.filter(desk=desk, on_date=day).exclude(state=State.CANCELLED).values_list("number", flat=True))
    row = Appointment(
        desk=desk,
        person=person,
        on_date=day,
        number=place.number if place.number not in numbers else max(numbers) + 1,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        about=about,
        state=state,
        booked_at=clock.now(),
    )
    with _or_taken():
        row.save()
    return row


@contextmanager
def _or_taken() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(_("This time was just taken. Please choose another one."), field="at") from error


def call_off(row: Appointment, *, words: str, by_desk: bool, by: Actor) -> None:
    before = row.state
    row.state, row.about, row.is_cancelled_by_desk, row.cancel_words = State.CANCELLED, "", by_desk, words
    row.save(update_fields=["state", "about", "is_cancelled_by_desk", "cancel_words"])
    if by_desk:
        tell(row, "called_off", words=words)
    after = {"state": State.CANCELLED, "starts_at": row.starts_at, "by_desk": by_desk}
    journal.record("appointment.cancelled", on=row, before={"state": before}, after=after, by=by)
