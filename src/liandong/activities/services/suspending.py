"""A body keeps a person from its own activities for a time, and lets them come again."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Suspension
from liandong.activities.services.ground import lock_people
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import Organization

LONGEST = dt.timedelta(days=365)


@transaction.atomic
def suspend(person: Person, *, organization: Organization, reason: str, until_date: dt.date, by: Person) -> Suspension:
    """From now until the end of that day, a year at most. Refuses a second one while one is in force. The person is told why and whom to ask.

    The places they hold at the activities of the body until then are given back by a job (`reactions.py`): each under the locks of its own shift.
    """
    lock_people([person.pk])
    require(permissions.can_suspend(by, organization, person))
    reason = one_line(reason, 200)
    if not reason:
        raise Refused(_("Say why; the person reads it."), field="reason")
    if person.merged_into_id:
        raise Refused(_("This person is now kept under another number."), field="who")
    if not clock.today() <= until_date <= clock.today() + LONGEST:
        raise Refused(_("Choose a day from today on, at most twelve months ahead."), field="until_date")
    if person.pk in queries.suspended_among([person.pk], organization.pk):
        raise Refused(_("This person is suspended already. Lift that first."), field="who")
    row = Suspension.objects.create(
        organization=organization, person=person, reason=reason, until_date=until_date, suspended_by=by, suspended_at=clock.now()
    )
    _tell(row, "activities.suspended", reason=reason)
    journal.record("suspension.made", on=row, after={"organization": organization.pk, "person": person.pk, "until": until_date}, reason=reason, by=by)
    return row


@transaction.atomic
def lift_suspension(suspension: Suspension, *, reason: str, by: Person) -> Suspension:
    """Before its day, with a reason that the person reads. Twice has one effect. Places given back do not come back."""
    lock_people([suspension.person_id])
    row = Suspension.objects.select_related("organization__territory", "person").get(pk=suspension.pk)
    require(permissions.can_suspend(by, row.organization, row.person))
    if row.lifted_at is not None:
        return row
    if not row.is_in_force:
        raise Refused(_("This suspension is over."))
    reason = one_line(reason, 200)
    if not reason:
        raise Refused(_("Say why; the person reads it."), field="reason")
    row.lifted_by, row.lifted_at, row.lift_reason = by, clock.now(), reason
    row.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    _tell(row, "activities.suspension_lifted", reason=reason)
    journal.record("suspension.lifted", on=row, after={"until": row.until_date}, reason=reason, by=by)
    return row


def _tell(row: Suspension, kind: str, *, reason: str) -> None:
    body = row.organization
    notify(
        row.person,
        kind=kind,
        values={
            "body": body.name,
            "until_date": row.until_date.isoformat(),
            "reason": reason,
            "contact": f"{body.contact_name} {body.contact_phone}".strip(),
        },
        url=reverse("activities:mine"),
        once_key=f"{kind}:{row.pk}",
    )
