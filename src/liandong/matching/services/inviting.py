"""Asking people by name to take a position, and their no."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position
from liandong.activities.services.ground import lock_people, lock_shift
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.matching import permissions, queries
from liandong.matching.models import Invitation
from liandong.matching.services.ground import Actor
from liandong.notices.services import notify

AT_ONCE = 50


@dataclass(frozen=True)
class Invited:
    asked: int
    left_alone: int


@transaction.atomic
def invite(position: Position, *, people: Iterable[Person], by: Actor) -> Invited:
    """Ask them by name, each once. Whom nobody should ask any more (busy meanwhile, asked twice this week, wants quiet) is left alone and counted."""
    shift = lock_shift(position.shift_id)
    position = Position.objects.get(pk=position.pk)
    position.shift = shift
    require(permissions.can_invite(by, shift.activity))
    if shift.activity.state != Activity.State.PUBLISHED:
        raise Refused(_("Publish the activity first, then ask people."))
    if shift.starts_at <= clock.now():
        raise Refused(_("This shift has begun."))
    if position.kind != Position.Kind.VOLUNTEER:
        raise Refused(_("Only volunteers are asked this way."))
    wanted = {person.pk: person for person in people}
    if not wanted:
        raise Refused(_("Choose at least one person."))
    if len(wanted) > AT_ONCE:
        raise Refused(ngettext("At most %(n)s person at once.", "At most %(n)s people at once.", AT_ONCE) % {"n": AT_ONCE})
    lock_people(wanted)
    required, _skills = queries.skills_asked(position)
    fitting = queries.who_fits(position, by=by, required=required, any_time=True).filter(person__in=list(wanted))
    chosen = [wanted[key] for key in sorted(set(fitting.values_list("person", flat=True)))]
    if not chosen:
        raise Refused(_("Nobody was asked: they are busy then, were asked twice this week, or want to be left alone."))
    now = clock.now()
    made = Invitation.objects.bulk_create(
        Invitation(position=position, person=person, invited_by=by if isinstance(by, Person) else None, invited_at=now) for person in chosen
    )
    for row in made:
        values = {
            "title": shift.activity.title, "host": shift.activity.host.label, "position": position.name, "starts_at": shift.starts_at.isoformat(),
        }  # fmt: skip
        notify(row.person, kind="position.invited", values=values, url=reverse("matching:invitation", args=[row.pk]), once_key=f"invitation:{row.pk}")
    journal.record_many("position.invited", on=[(row, {"position": position.pk}) for row in made], by=by)
    return Invited(len(made), len(wanted) - len(made))


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Not this time. Nobody asks why; twice has one effect."""
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    require(permissions.can_answer_invitation(by, row))
    if row.declined_at is None:
        row.declined_at = clock.now()
        row.save(update_fields=["declined_at"])
        journal.record("invitation.declined", on=row, by=by)
    return row
