"""Verbs on what was granted: withdrawn by two."""

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.services import person_of
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.honours import permissions
from liandong.honours.models import Honour
from liandong.honours.services.ground import Actor, locked_honour, tell_of_honour
from liandong.journal import services as journal

State = Honour.State


@transaction.atomic
def ask_to_withdraw(honour: Honour, *, reason: str, by: Actor) -> Honour:
    """The first of two: says why an honour should be withdrawn. It stays valid until another agrees. Journal: honour.withdrawal_asked."""
    honour = locked_honour(honour)
    require(permissions.can_keep_award(by, honour.award))
    reason = one_line(reason, 200)
    if len(reason) < 4:
        raise Refused(_("Say why; everybody who checks it will read it."), field="reason")
    require_transition(Honour.TRANSITIONS, honour.state, State.WITHDRAWN)
    if honour.asked_at is not None:
        raise Refused(_("A second person has been asked already."))
    honour.asked_by, honour.asked_at, honour.reason = person_of(by), clock.now(), reason
    honour.save(update_fields=["asked_by", "asked_at", "reason"])
    journal.record("honour.withdrawal_asked", on=honour, reason=reason, by=by)
    return honour


@transaction.atomic
def decide_withdrawal(honour: Honour, *, agree: bool, by: Actor) -> Honour:
    """The second of two. Withdrawn, it says so wherever it is checked, and comes off the wall. Journal: honour.withdrawn, honour.kept."""
    honour = locked_honour(honour)
    if honour.asked_at is None:
        raise Refused(_("Nobody has asked for that."))
    require(permissions.can_withdraw_honour(by, honour))
    require_transition(Honour.TRANSITIONS, honour.state, State.WITHDRAWN)
    if not agree:
        honour.asked_by = honour.asked_at = None
        honour.reason = ""
        honour.save(update_fields=["asked_by", "asked_at", "reason"])
        journal.record("honour.kept", on=honour, by=by)
        return honour
    honour.state, honour.decided_by, honour.ended_at = State.WITHDRAWN, person_of(by), clock.now()
    honour.save(update_fields=["state", "decided_by", "ended_at"])
    honour.wall_entries.filter(withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    journal.record("honour.withdrawn", on=honour, before={"state": "valid"}, after={"state": "withdrawn"}, reason=honour.reason, by=by)
    tell_of_honour(honour, kind="honour.withdrawn")
    return honour
