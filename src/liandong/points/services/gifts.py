"""Giving points away: to family whom both declared, or into a caring pool. Ten minutes to think again."""

import datetime as dt
import uuid

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold, normalize_phone, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import Organization
from liandong.points import permissions, queries
from liandong.points.models import FamilyTie, PointsReservation, TransferKind
from liandong.points.services.accounts import account_of, lock_accounts, pool_of
from liandong.points.services.reservations import reserve

State = FamilyTie.State
UNDO_MINUTES = 10
MOST_TIES = 10


@transaction.atomic
def give(gift_id: uuid.UUID, *, to: Person | Organization, amount: int, words: str = "", by: Person) -> PointsReservation:
    """Give points to family or into the caring pool of a body. They leave after ten minutes; until then `release` takes the gift back.

    Refuses somebody who is not confirmed family, what is not free, and more than the rule's limit a month.
    """
    source, target = account_of(by), account_of(to) if isinstance(to, Person) else pool_of(to)
    lock_accounts([source.pk, target.pk])
    if isinstance(to, Person) and not queries.are_family(by, to):
        raise Refused(_("Points are given to family whom both of you have declared, or to a caring pool."), field="to")
    known = PointsReservation.objects.filter(pk=gift_id).exists()
    limit = queries.rule_of(by).gift_month_limit
    if not known and limit is not None and isinstance(to, Person):
        given = queries.given_this_month(source)
        if given + amount > limit:
            raise Refused(
                _("You may give %(limit)s points a month to family; %(left)s are left this month.") % {"limit": limit, "left": max(limit - given, 0)},
                field="amount",
            )
    until = clock.now() + dt.timedelta(minutes=UNDO_MINUTES)
    return reserve(
        gift_id,
        source=source,
        target=target,
        amount=amount,
        kind=TransferKind.GIFT,
        words=one_line(words, 100),
        until=until,
        at_end="completed",
        by=by,
    )


# Family


@transaction.atomic
def ask_family(person: Person, *, number: str, by: Person) -> FamilyTie | None:
    """Ask somebody, by mobile or volunteer number, to say that you are family. None when nobody has this number: who asks is told the same."""
    if by.pk != person.pk:
        raise Refused(_("Everybody asks for themselves."))
    if not normalize_phone(number) and not fold(number).upper().startswith("L"):
        raise Refused(_("A mobile number of eleven digits, or the volunteer number that begins with L."), field="number")
    found = with_number(Person.objects.all(), number)
    # both are locked, so that two who ask each other at the same moment become one tie
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[person.pk, *(each.pk for each in found)]).order_by("pk"))
    open_ties = FamilyTie.objects.exclude(state=State.ENDED)
    if open_ties.filter(person=person).count() >= MOST_TIES:
        raise Refused(_("You have named %(n)s people. Remove one first.") % {"n": MOST_TIES}, field="number")
    if len(found) == 1 and found[0].pk == person.pk:
        raise Refused(_("This is your own number."), field="number")
    if len(found) != 1:
        return None
    relative = found[0]
    if back := open_ties.filter(person=relative, relative=person).select_for_update().first():  # they asked first: both have said so
        return confirm_tie(back, by=person) if back.state == State.ASKED else back
    if earlier := open_ties.filter(person=person, relative=relative).first():
        return earlier
    tie = FamilyTie.objects.create(person=person, relative=relative, asked_at=clock.now())
    journal.record("family.asked", on=tie, after={"state": "asked"}, by=by)
    notify(relative, kind="points.family_asked", values={"name": person.name}, url=reverse("points:family"), once_key=f"family:{tie.pk}")
    return tie


@transaction.atomic
def confirm_tie(tie: FamilyTie, *, by: Person) -> FamilyTie:
    """The other one says so too. Confirmed again it answers the same."""
    tie = FamilyTie.objects.select_for_update().get(pk=tie.pk)
    require(permissions.can_answer_tie(by, tie))
    if tie.state == State.CONFIRMED:
        return tie
    require_transition(tie.TRANSITIONS, tie.state, State.CONFIRMED)
    tie.state, tie.confirmed_at = State.CONFIRMED, clock.now()
    tie.save(update_fields=["state", "confirmed_at"])
    journal.record("family.confirmed", on=tie, before={"state": "asked"}, after={"state": "confirmed"}, by=by)
    notify(tie.person, kind="points.family_confirmed", values={"name": by.name}, url=reverse("points:give"), once_key=f"family.yes:{tie.pk}")
    return tie


@transaction.atomic
def end_tie(tie: FamilyTie, *, by: Person) -> FamilyTie:
    """Either of the two ends it, or says no to being asked. Nobody is told."""
    tie = FamilyTie.objects.select_for_update().get(pk=tie.pk)
    require(permissions.can_end_tie(by, tie))
    if tie.state == State.ENDED:
        return tie
    before = tie.state
    tie.state, tie.ended_at = State.ENDED, clock.now()
    tie.save(update_fields=["state", "ended_at"])
    journal.record("family.ended", on=tie, before={"state": before}, after={"state": "ended"}, by=by)
    return tie
