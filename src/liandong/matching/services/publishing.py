"""Publishing a roster: everybody gets their place and is asked whether they come; taking it back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.activities import services as signing
from liandong.activities.models import Activity, SignUp
from liandong.activities.services.ground import lock_shifts
from liandong.core import clock
from liandong.core.errors import Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import rules
from liandong.matching.models import Roster, RosterLine
from liandong.matching.services.ground import Actor, lock_roster, save_figures
from liandong.matching.services.placing import give_back
from liandong.matching.words import rosters as words
from liandong.notices.services import notify

Answer = RosterLine.Answer


@transaction.atomic
def publish_roster(roster: Roster, *, version: int | None = None, by: Actor) -> int:
    """Sign everybody up and ask them; a shift that still lacks somebody waits until it is filled and the roster is published again. Gives how many people hear of it."""
    row = lock_roster(roster, version=version, by=by)
    if row.state != Roster.State.PUBLISHED:
        require_transition(Roster.TRANSITIONS, row.state, Roster.State.PUBLISHED)
    if row.activity.state != Activity.State.PUBLISHED:
        raise Refused(_("Publish the activity first, then its roster."))
    if row.activity.awaits_draw:
        raise Refused(_("The places of this activity go by draw. Draw first, then publish the roster."))
    other = Roster.objects.filter(activity=row.activity, state=Roster.State.PUBLISHED).exclude(pk=row.pk).first()
    if other is not None:
        raise Refused(_("Plan %(name)s is published already. Withdraw it first.") % {"name": other.name})
    lock_shifts(row.activity)
    held = {gap["shift"] for gap in row.unmet}
    lines = list(
        row.lines.filter(asked_at__isnull=True, shift__ends_at__gt=clock.now())
        .exclude(answer=Answer.DECLINED)
        .exclude(shift__in=held)
        .select_related("person", "shift", "position")
        .order_by("shift_id", "person_id")
    )
    if not lines:
        raise Refused(_("There is nothing to publish: every shift still lacks somebody, or all have been asked already."))
    first = row.state != Roster.State.PUBLISHED
    row.state, row.published_at = Roster.State.PUBLISHED, row.published_at or clock.now()
    told = ask(row, lines, by=by)
    save_figures(row, "state", "published_at")
    after = {"lines": len(lines), "people": told, "shifts_held": len(held)}
    journal.record("roster.published" if first else "roster.published_more", on=row, after=after, by=by)
    return told


def ask(row: Roster, lines: Sequence[RosterLine], *, by: Actor) -> int:
    """Places taken, then one message a person with all their shifts. Runs under the locks of the shifts."""
    now = clock.now()
    due = now + dt.timedelta(days=rules.ANSWER_DAYS)
    of_person: dict[int, list[RosterLine]] = defaultdict(list)
    for line in lines:
        try:
            held = signing.sign_up(line.position, person=line.person, allow_clash=bool(line.allowed_reason), reason=line.allowed_reason, by=by)
        except Refused as refused:
            raise Refused(
                _("%(who)s, %(shift)s: %(why)s") % {"who": line.person.masked_name, "shift": words.shift_words(line.shift), "why": refused.reason}
            ) from refused
        if held.state != SignUp.State.CONFIRMED:
            raise Refused(
                _("%(who)s, %(shift)s: the places of “%(position)s” have been taken by others meanwhile.")
                % {"who": line.person.masked_name, "shift": words.shift_words(line.shift), "position": line.position.name}
            )
        line.asked_at, line.answer_due_at = now, min(due, line.shift.starts_at)
        line.save(update_fields=["asked_at", "answer_due_at"])
        of_person[line.person_id].append(line)
    for own in of_person.values():
        values = {
            "title": row.activity.title,
            "shifts": "; ".join(f"{words.shift_words(line.shift)} {line.position.name}" for line in sorted(own, key=lambda one: one.shift.starts_at)),
            "due": min(line.answer_due_at for line in own if line.answer_due_at).isoformat(),
        }
        notify(own[0].person, kind="roster.asked", values=values, url=reverse("matching:answer", args=[row.pk]), once_key=f"roster.asked:{own[0].pk}")
    return len(of_person)


@transaction.atomic
def withdraw_roster(roster: Roster, *, reason: str = "", version: int | None = None, by: Actor) -> Roster:
    """Take a plan back. Of a published one the places given by it are taken back too, and everybody hears of it; who signed up alone keeps theirs."""
    row = lock_roster(roster, version=version, by=by)
    require_transition(Roster.TRANSITIONS, row.state, Roster.State.WITHDRAWN)
    if row.state == Roster.State.PUBLISHED:
        if not reason:
            raise Refused(_("Say why: those on it will read it."), field="reason")
        lock_shifts(row.activity)
        asked = row.lines.filter(asked_at__isnull=False, shift__ends_at__gt=clock.now()).exclude(answer=Answer.DECLINED)
        for line in asked.select_related("person", "shift").order_by("shift_id", "person_id"):
            if not any(one["code"] == "signed_up" for one in line.reasons):
                give_back(line.person, line.shift, position=line.position_id, reason=reason, by=by)
    before = row.state
    row.state, row.saved_at, row.version = Roster.State.WITHDRAWN, clock.now(), row.version + 1
    row.save(update_fields=["state", "saved_at", "version"])
    journal.record("roster.withdrawn", on=row, before={"state": before}, after={"state": "withdrawn"}, reason=reason, by=by)
    return row
