"""Desks are public while they are open. Who sits at a desk sees who comes; who keeps it sets the hours and sees numbers only; a person sees their own appointment."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.appointments.models import Appointment, Desk, Receiver
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, holds_anywhere, may, scope


def _sits_there(by: Actor, desk: str = "pk") -> Exists:
    return Exists(Receiver.objects.filter(desk=OuterRef(desk), person=by if isinstance(by, Person) else None))


def kept_by(by: Actor) -> Q:
    return scope(by, Right.KEEP_VENUES, organization="host")


def worked_on_by(by: Actor) -> Q:
    """Desks that somebody keeps or sits at."""
    return Q() if isinstance(by, System) else kept_by(by) | Q(_sits_there(by))


def visible_to(by: Actor) -> QuerySet[Desk]:
    return Desk.objects.filter(Q(is_open=True) | worked_on_by(by))


def receives(by: Actor, desk: Desk) -> bool:
    return isinstance(by, System) or (by is not None and Receiver.objects.filter(desk=desk, person=by).exists())


def can_open_desks(by: Person) -> Decision:
    """The list of desks one works on."""
    if holds_anywhere(by, Right.KEEP_VENUES) or Receiver.objects.filter(person=by).exists():
        return ALLOWED
    return deny(_("Desks are kept by staff."), who_can=_("A manager of your organisation"))


def can_keep_desk(by: Actor, host: Organization) -> Decision:
    """Set it up, its hours, and who sits there."""
    return may(by, Right.KEEP_VENUES, organization=host)


def can_set_day(by: Actor, desk: Desk) -> Decision:
    """Who keeps the desk, and who sits there."""
    return ALLOWED if receives(by, desk) else can_keep_desk(by, desk.host)


def can_receive(by: Actor, desk: Desk) -> Decision:
    """See who comes, call them in, add somebody at the counter."""
    if receives(by, desk):
        return ALLOWED
    return deny(_("Only those who sit at this desk see who comes."), who_can=_("Whoever keeps the desk names who sits there"))


def can_book(by: Actor, person: Person) -> Decision:
    if isinstance(by, System) or (isinstance(by, Person) and by.pk == person.pk):
        return ALLOWED
    return deny(_("Everybody books for themselves."))


def can_cancel(by: Actor, appointment: Appointment) -> Decision:
    """The person, and who sits at the desk."""
    if isinstance(by, Person) and by.pk == appointment.person_id:
        return ALLOWED
    return can_receive(by, appointment.desk)
