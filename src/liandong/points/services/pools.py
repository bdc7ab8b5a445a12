"""The caring pool of a body: what people gave is given to those in need. Above the rule's limit by two persons."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.organizations.permissions import people_visible_to
from liandong.points import permissions, queries
from liandong.points.models import PointsReservation, PoolGrant, TransferKind
from liandong.points.services.accounts import account_of, pool_of
from liandong.points.services.reservations import complete, release, reserve

WAITS = dt.timedelta(days=14)


@transaction.atomic
def give_from_pool(grant_id: uuid.UUID, *, organization: Organization, person: Person, amount: int, reason: str, by: Person) -> PoolGrant:
    """Points from the pool for somebody. Up to the rule's limit they move at once; above it they wait, at most 14 days, for a second person.

    Refuses oneself, somebody the body does not know, and more than is in the pool. The same id again answers with the first. Journal: points.granted.
    """
    pool = pool_of(organization)
    require(permissions.can_give_from_pool(by, organization))
    reason = one_line(reason, 200)
    if not reason:
        raise Refused(_("Say in a few words what it is for."), field="reason")
    if by.pk == person.pk:
        raise Refused(_("Nobody decides on points for themselves."), field="person")
    if not people_visible_to(by).filter(pk=person.pk).exists():
        raise Refused(_("Your body does not know this person. Register them first."), field="person")
    held = reserve(
        grant_id,
        source=pool,
        target=account_of(person),
        amount=amount,
        kind=TransferKind.POOL,
        until=clock.now() + WAITS,
        by=by,
    )
    if earlier := PoolGrant.objects.filter(reservation=held).first():
        return earlier
    alone = queries.rule_on(clock.today(), organization.territory).pool_alone_limit
    grant = PoolGrant.objects.create(
        reservation=held, organization=organization, person=person, reason=reason, needs_second=amount > alone, proposed_by=by
    )
    journal.record("points.granted", on=grant, after={"amount": amount, "needs_second": grant.needs_second}, by=by)
    if not grant.needs_second:
        complete(grant_id, by=by)
    return PoolGrant.objects.select_related("reservation").get(pk=grant.pk)


@transaction.atomic
def decide_grant(grant: PoolGrant, *, agree: bool, reason: str = "", by: Person) -> PoolGrant:
    """The second person agrees or not. Decided again the same way it answers the same. Journal: points.grant_decided."""
    grant = PoolGrant.objects.select_for_update(of=["self"]).select_related("organization__territory", "reservation").get(pk=grant.pk)
    require(permissions.can_decide_grant(by, grant))
    held = grant.reservation
    if held.state != PointsReservation.State.PENDING:
        if (held.state == PointsReservation.State.COMPLETED) == agree:
            return grant
        raise Refused(_("This was decided already: %(state)s.") % {"state": held.get_state_display()})
    reason = one_line(reason, 200)
    if not agree and not reason:
        raise Refused(_("Say why not, for the one who proposed it."), field="reason")
    if agree:
        grant.approved_by = by
        grant.save(update_fields=["approved_by"])
        complete(held.pk, by=by)
    else:
        release(held.pk, reason=reason, by=by)
    journal.record("points.grant_decided", on=grant, after={"agreed": agree}, reason=reason, by=by)
    return PoolGrant.objects.select_related("reservation").get(pk=grant.pk)
