"""What hosts say about their turns: yes, let us exchange, it is done, a pause; and the activity of a turn."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.activities.services import ShiftPlan, setting_up
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions
from liandong.matching.models import Rota, RotaHost, Turn, TurnSwap
from liandong.matching.problems.rotas import is_made
from liandong.matching.services.circle import Actor, changed, lapse, lock_rota, lock_turn, tell, tell_keepers

MOST_NOTES = 2_000


def _mine(turn: Turn, *, by: Actor) -> Turn:
    """A turn of a running rota, for its host."""
    found = lock_turn(turn)
    require(permissions.can_host(by, found.host))
    if found.rota.state != Rota.State.RUNNING:
        raise Refused(_("This rota is not running."))
    return found


def _require_ahead(turn: Turn) -> None:
    if turn.turn_date < clock.today():
        raise Refused(_("This day is over."))


@transaction.atomic
def agree_turn(turn: Turn, *, by: Actor) -> Turn:
    """We host on this day. Saying it twice has one effect."""
    found = _mine(turn, by=by)
    if found.state == Turn.State.AGREED:
        return found
    _require_ahead(found)
    require_transition(Turn.TRANSITIONS, found.state, Turn.State.AGREED)
    found.state, found.agreed_by, found.agreed_at = Turn.State.AGREED, by if isinstance(by, Person) else None, clock.now()
    found.save(update_fields=["state", "agreed_by", "agreed_at"])
    changed(found.rota)
    journal.record("turn.agreed", on=found, by=by)
    return found


@transaction.atomic
def propose_swap(turn: Turn, *, other: Turn, words: str = "", by: Actor) -> TurnSwap:
    """We cannot that day: would you take it, and we take yours? Both must be able to; nothing changes before the other side agrees."""
    found = _mine(turn, by=by)
    wanted = Turn.objects.select_related("host__organization__territory", "host__contact", "activity").get(pk=other.pk, rota=found.rota)
    assert found.host is not None
    if (reason := why_no_swap(found, wanted)) != "":
        raise Refused(reason, field="other")
    if TurnSwap.objects.filter(turn=found, state=TurnSwap.State.ASKED).exists():
        raise Refused(_("You have asked somebody already. Withdraw that first."))
    assert wanted.host is not None
    swap = TurnSwap.objects.create(
        turn=found, other=wanted, asking=found.host, asked=wanted.host, words=one_line(words, 200), asked_by=by if isinstance(by, Person) else None,
        asked_at=clock.now(),
    )  # fmt: skip
    journal.record("turn.swap_asked", on=found, after={"with": wanted.host.organization.label, "date": wanted.turn_date.isoformat()}, by=by)
    values = {
        "name": found.rota.name, "who": found.host.organization.label, "their_date": found.turn_date.isoformat(), "your_date": wanted.turn_date.isoformat(),
    }  # fmt: skip
    tell(wanted.host, "turn.swap_asked", values=values, turn=wanted, once=str(swap.pk))
    return swap


def why_no_swap(turn: Turn, other: Turn) -> str:
    """What speaks against exchanging the two; nothing when they can."""
    if turn.host is None or other.host is None or turn.host_id == other.host_id:
        return _("A swap is between two hosts.")
    today = clock.today()
    if turn.turn_date < today or other.turn_date < today or not turn.is_waiting or not other.is_waiting:
        return _("One of the two days is over.")
    if is_made(turn) or is_made(other):
        return _("There is an activity for one of them already. Call it off first.")
    if not other.host.can_on(turn.turn_date) or not turn.host.can_on(other.turn_date):
        return _("One of the two cannot on the other day.")
    return ""


@transaction.atomic
def answer_swap(swap: TurnSwap, *, agrees: bool, words: str = "", by: Actor) -> TurnSwap:
    """The other side says yes or no. With yes the two dates change hands, and both count as agreed."""
    row = lock_rota(swap.turn.rota)
    found = TurnSwap.objects.select_related("asked__organization__territory", "asking__organization", "asking__contact").get(pk=swap.pk)
    require(permissions.can_host(by, found.asked))
    new = TurnSwap.State.AGREED if agrees else TurnSwap.State.DECLINED
    if found.state == new:
        return found
    require_transition(TurnSwap.TRANSITIONS, found.state, new)
    turns = {turn.pk: turn for turn in Turn.objects.filter(pk__in=[found.turn_id, found.other_id]).select_related("host", "activity")}
    one, other = turns[found.turn_id], turns[found.other_id]
    if agrees:
        stands = row.state == Rota.State.RUNNING and one.host_id == found.asking_id and other.host_id == found.asked_id
        if not stands or why_no_swap(one, other):
            raise Refused(_("This swap is no longer possible: one of the two turns has changed."))
    found.state, found.answer_words, found.answered_at = new, one_line(words, 200), clock.now()
    found.answered_by = by if isinstance(by, Person) else None
    found.save(update_fields=["state", "answer_words", "answered_by", "answered_at"])
    if agrees:
        one.host, other.host = other.host, one.host
        for turn in (one, other):
            turn.state, turn.agreed_at, turn.agreed_by = Turn.State.AGREED, found.answered_at, found.answered_by
            turn.save(update_fields=["host", "state", "agreed_at", "agreed_by"])
        lapse([one, other])
        changed(row)
    after = {"asking": found.asking.organization.label, "asked": found.asked.organization.label, "date": other.turn_date.isoformat()}
    journal.record("turn.swapped" if agrees else "turn.swap_declined", on=one, after=after, reason=found.answer_words, by=by)
    values = {
        "name": row.name, "who": found.asked.organization.label, "old_date": one.turn_date.isoformat(), "new_date": other.turn_date.isoformat(),
        "words": found.answer_words,
    }  # fmt: skip
    kind = "turn.swap_agreed" if agrees else "turn.swap_declined"
    tell(found.asking, kind, values=values, turn=other if agrees else one, once=str(found.pk))
    return found


@transaction.atomic
def withdraw_swap(swap: TurnSwap, *, by: Actor) -> TurnSwap:
    lock_rota(swap.turn.rota)
    found = TurnSwap.objects.select_related("asking__organization__territory", "turn").get(pk=swap.pk)
    require(permissions.can_host(by, found.asking))
    if found.state == TurnSwap.State.WITHDRAWN:
        return found
    require_transition(TurnSwap.TRANSITIONS, found.state, TurnSwap.State.WITHDRAWN)
    found.state, found.answered_at = TurnSwap.State.WITHDRAWN, clock.now()
    found.save(update_fields=["state", "answered_at"])
    journal.record("turn.swap_withdrawn", on=found.turn, by=by)
    return found


@transaction.atomic
def hold_turn(turn: Turn, *, notes: str = "", by: Actor) -> Turn:
    """It took place; a few words for the next host. Also to write the words later, or to put them right."""
    found = _mine(turn, by=by)
    if found.turn_date > clock.today():
        raise Refused(_("Say so when the day has come."))
    before = found.state
    if found.state != Turn.State.HELD:
        require_transition(Turn.TRANSITIONS, found.state, Turn.State.HELD)
    found.state, found.notes = Turn.State.HELD, clean_words(notes)[:MOST_NOTES]
    found.notes_by = by if isinstance(by, Person) and found.notes else None
    found.save(update_fields=["state", "notes", "notes_by"])
    lapse([found])
    changed(found.rota)
    journal.record(
        "turn.held" if before != Turn.State.HELD else "turn.notes_written", on=found, before={"state": before}, after={"state": "held"}, by=by
    )
    return found


@transaction.atomic
def note_finished(turn: Turn, *, by: Actor) -> None:
    """Its activity was finished: the turn was held, whoever says so. Words for the next host are still asked for."""
    found = lock_turn(turn)
    if not found.is_waiting or found.host is None or found.turn_date > clock.today():
        return
    before = found.state
    found.state = Turn.State.HELD
    found.save(update_fields=["state"])
    lapse([found])
    changed(found.rota)
    journal.record("turn.held", on=found, before={"state": before}, after={"state": "held"}, by=by)


@transaction.atomic
def miss_turn(turn: Turn, *, reason: str, by: Actor) -> Turn:
    """It did not take place: it is nobody's turn, and its host is owed one. Said by those who keep the rota."""
    found = lock_turn(turn)
    require(permissions.can_keep(by, found.rota))
    if found.rota.state != Rota.State.RUNNING:
        raise Refused(_("This rota is not running."))
    require_transition(Turn.TRANSITIONS, found.state, Turn.State.MISSED)
    if found.turn_date > clock.today():
        raise Refused(_("Say so when the day has come."))
    if not fold(reason):
        raise Refused(_("Say why."), field="reason")
    before = found.state
    found.state, found.missed_reason = Turn.State.MISSED, one_line(reason, 200)
    found.save(update_fields=["state", "missed_reason"])
    lapse([found])
    changed(found.rota)
    journal.record("turn.missed", on=found, before={"state": before}, after={"state": "missed"}, reason=found.missed_reason, by=by)
    return found


@transaction.atomic
def make_turn_activity(turn: Turn, *, by: Actor) -> Activity:
    """A draft of the activity with title, host, day and place of the turn; made once. It counts as agreed."""
    found = _mine(turn, by=by)
    if is_made(found):
        assert found.activity is not None
        return found.activity
    _require_ahead(found)
    assert found.host is not None
    rota = found.rota
    zone = timezone.get_current_timezone()
    starts_at = dt.datetime.combine(found.turn_date, rota.start_time, tzinfo=zone)
    activity = setting_up.create_activity(
        title=rota.name, host=found.host.organization, territory=found.host.organization.territory, place=rota.place, summary=rota.words,
        leader=by if isinstance(by, Person) and permissions.can_host(by, found.host) else None,
        shifts=[ShiftPlan(starts_at, starts_at + dt.timedelta(minutes=rota.minutes))], by=by,
    )  # fmt: skip
    found.activity = activity
    fields = ["activity"]
    if found.state == Turn.State.PLANNED:
        found.state, found.agreed_by, found.agreed_at = Turn.State.AGREED, by if isinstance(by, Person) else None, clock.now()
        fields += ["state", "agreed_by", "agreed_at"]
    found.save(update_fields=fields)
    lapse([found])
    changed(rota)
    journal.record("turn.activity_made", on=found, after={"activity": activity.code}, by=by)
    return activity


@transaction.atomic
def ask_pause(host: RotaHost, *, from_date: dt.date, to_date: dt.date, words: str, by: Actor) -> RotaHost:
    """Please leave us out for a while. The hub decides; nothing changes before."""
    row = lock_rota(host.rota)
    found = RotaHost.objects.select_related("organization__territory").get(pk=host.pk)
    require(permissions.can_host(by, found))
    if row.state != Rota.State.RUNNING:
        raise Refused(_("This rota is not running."))
    if to_date < from_date:
        raise Refused(_("The pause ends before it begins."), field="to_date")
    if from_date < clock.today():
        raise Refused(_("A pause begins today or later."), field="from_date")
    found.pause_asked_from_date, found.pause_asked_to_date, found.pause_asked_words = from_date, to_date, one_line(words, 200)
    found.pause_asked_by, found.pause_asked_at = by if isinstance(by, Person) else None, clock.now()
    found.save(update_fields=["pause_asked_from_date", "pause_asked_to_date", "pause_asked_words", "pause_asked_by", "pause_asked_at"])
    after = {"from": from_date.isoformat(), "to": to_date.isoformat()}
    entry = journal.record("rota_host.pause_asked", on=found, after=after, reason=found.pause_asked_words, by=by)
    values = {"name": row.name, "who": found.organization.label, "from_date": after["from"], "to_date": after["to"]}
    tell_keepers(row, "turn.pause_asked", values=values, once=str(entry.pk), url=reverse("matching:rota_host", args=[found.pk]))
    return found
