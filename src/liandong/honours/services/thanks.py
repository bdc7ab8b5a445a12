"""Verbs on thanks: write, look first, pass on without a name, report.

Who wrote is never stored: a keyed digest knows that somebody has written for this activity or need, and the journal names no writer.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.accounts.services import person_of
from liandong.activities.models import Activity, SignUp
from liandong.core import clock
from liandong.core.actors import SCHEDULER, System
from liandong.core.decision import ALLOWED, deny, require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.honours import leaks, permissions
from liandong.honours.models import ThanksNote, ThanksReceipt
from liandong.honours.queries import thanks as queries
from liandong.journal import services as journal
from liandong.needs.models import Need
from liandong.notices import services as notices

Actor = Person | System
State = ThanksNote.State


class Telling(Refused):
    """The words could give somebody away. `flags` say how; sent again with `anyway`, a colleague reads them first."""

    def __init__(self, flags: list[str]) -> None:
        super().__init__(
            _("Your words may show who you are. Take that out, or send them as they are and a colleague reads them first."), field="words"
        )
        self.flags = flags


@transaction.atomic
def write_thanks(
    *, activity: Activity | None = None, need: Need | None = None, words: str, is_for_wall: bool = False, anyway: bool = False, by: Person
) -> ThanksNote:
    """Thank those who served, once for an activity or a need. The words go on later, in company, without a name. Journal: thanks.written, by the system."""
    allowed = (
        permissions.served_at(by).filter(pk=activity.pk).exists()
        if activity is not None
        else need is not None and permissions.needs_served(by).filter(pk=need.pk).exists()
    )
    require(ALLOWED if allowed else deny(_("Thanks are written by those who were served there.")))
    return _write(writer=by, activity=activity, need=need, words=words, is_for_wall=is_for_wall, anyway=anyway)


@transaction.atomic
def write_for(sign_up: SignUp, *, words: str, is_for_wall: bool = False, by: Person) -> ThanksNote:
    """Staff write down what somebody without a phone said. Journal: thanks.written."""
    activity = sign_up.shift.activity
    require(permissions.can_thank_for(by, activity))
    if not queries.sign_ups_served(activity).filter(pk=sign_up.pk).exists():
        raise Refused(_("Only somebody who came to be served can say thank you."), field="sign_up")
    return _write(writer=sign_up.person, activity=activity, words=words, is_for_wall=is_for_wall, anyway=True, entered_by=by)


@transaction.atomic
def decide_thanks(note: ThanksNote, *, pass_on: bool, words: str = "", by: Actor) -> ThanksNote:
    """Whoever looked first lets the words go on, perhaps shortened, or keeps them back. Journal: thanks.let_on, thanks.refused."""
    note.refresh_from_db(from_queryset=ThanksNote.objects.select_for_update())
    require(permissions.can_decide_thanks(by, note))
    new = State.WAITING if pass_on else State.REFUSED
    require_transition(ThanksNote.TRANSITIONS, note.state, new)
    note.state, note.decided_by, note.flags = new, person_of(by), []
    if pass_on and words:
        note.words = one_line(words, ThanksNote.LONGEST)
    note.save(update_fields=["state", "decided_by", "words", "flags"])
    note.receipts.update(state=ThanksReceipt.State.SHOWN if pass_on else ThanksReceipt.State.REPORTED)
    journal.record("thanks.let_on" if pass_on else "thanks.refused", on=note, after={"state": new}, by=by)
    return note


@transaction.atomic
def report_thanks(receipt: ThanksReceipt, *, by: Person) -> ThanksReceipt:
    """These are no thanks: hidden from everybody at once, until somebody has looked. Journal: thanks.reported."""
    note = ThanksNote.objects.select_for_update().get(pk=receipt.note_id)  # the note first, as everywhere
    receipt.refresh_from_db(from_queryset=ThanksReceipt.objects.select_for_update())
    require(ALLOWED if receipt.person_id == by.pk else deny(_("Only whom it reached can report it.")))
    if receipt.state == ThanksReceipt.State.REPORTED:
        return receipt
    if note.state == State.RELAYED:
        note.state, note.flags = State.FLAGGED, ["reported"]
        note.save(update_fields=["state", "flags"])
    note.receipts.update(state=ThanksReceipt.State.REPORTED)
    receipt.state = ThanksReceipt.State.REPORTED
    journal.record("thanks.reported", on=note, after={"state": note.state}, by=by)
    return receipt


@transaction.atomic
def pass_on(*, by: Actor = SCHEDULER) -> int:
    """Once a week: what has waited goes to the volunteers, where nobody can be picked out. Repeatable without harm. Returns how many were reached.

    Of an activity that served at least three, the volunteers hear for which one. Otherwise somebody hears "someone you served" once they have served three
    in whole months, this one not counted.
    """
    reached: list[ThanksReceipt] = []
    today = clock.today()
    for note in queries.to_pass_on(today=today).select_for_update(of=["self"]):
        volunteers = queries.volunteers_behind(note)
        shows = note.activity is not None and queries.served_by(note.activity) >= queries.FEWEST
        if not shows:
            volunteers = queries.served_enough(volunteers, since=note.written_on.replace(day=1), until=today.replace(day=1))
        known = set(note.receipts.values_list("person_id", flat=True))
        new = [ThanksReceipt(note=note, person_id=pk, shows_activity=shows, reached_on=today) for pk in sorted(set(volunteers) - known)]
        if (new or known) and note.state == State.WAITING:  # known: reported, read and let go on
            note.state, note.relayed_on = State.RELAYED, note.relayed_on or today
            note.save(update_fields=["state", "relayed_on"])
            journal.record("thanks.passed_on", on=note, after={"state": State.RELAYED, "people": len(new)}, by=by)
        reached += ThanksReceipt.objects.bulk_create(new)
    _tell(reached, today=today)
    return len(reached)


def _tell(receipts: Iterable[ThanksReceipt], *, today: dt.date) -> None:
    for person in Person.objects.filter(pk__in={receipt.person_id for receipt in receipts}):
        notices.notify(person, kind="thanks.reached", url=reverse("honours:mine") + "#thanks", once_key=f"thanks:{person.pk}:{today}")


def _write(
    *,
    writer: Person,
    activity: Activity | None = None,
    need: Need | None = None,
    words: str,
    is_for_wall: bool,
    anyway: bool,
    entered_by: Person | None = None,
) -> ThanksNote:
    words = one_line(words, ThanksNote.LONGEST)
    if len(words) < 4:
        raise Refused(_("A few words, please."), field="words")
    Person.objects.select_for_update(no_key=True).get(pk=writer.pk)  # sent twice at once is once
    digest = queries.writer_digest(writer, activity=activity, need=need)
    if ThanksNote.objects.filter(writer_digest=digest).exists():
        raise Refused(_("You have said thank you for this already."), field="words")
    flags = leaks.found_in(words, name=writer.name)
    if flags and not anyway:
        raise Telling(flags)
    note = ThanksNote.objects.create(
        activity=activity,
        need=need,
        writer_digest=digest,
        words=words,
        is_for_wall=is_for_wall,
        written_on=clock.today(),
        state=State.FLAGGED if flags else State.WAITING,
        flags=flags,
        entered_by=entered_by,
    )
    journal.record("thanks.written", on=note, after={"state": note.state}, by=entered_by or SCHEDULER)
    return note
