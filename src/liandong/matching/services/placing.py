"""What a planner does by hand: place, take off, lock, and write down when somebody can come."""

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities import services as signing
from liandong.activities.models import Position, Shift
from liandong.activities.services.ground import lock_shifts
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.journal import services as journal
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.matching.problems.rosters import frame_of
from liandong.matching.services.ground import Actor, lock_roster, require_open, save_figures
from liandong.matching.words import rosters as words

HARD = {"suspended", "young", "too_few_qualified", "limit", "busy", "rest"}
Hand, Answer = RosterLine.Hand, RosterLine.Answer


@transaction.atomic
def place(roster: Roster, *, person: Person, position: Position, reason: str = "", version: int | None = None, by: Actor) -> RosterLine:
    """Put somebody there by hand; the line is locked. A line of theirs in the same shift moves.

    Refuses a full position, missing skills, overwork and two shifts at once. What somebody said about their time may be set aside with a reason.
    """
    row = lock_roster(roster, version=version, by=by)
    require_open(row)
    if row.state == Roster.State.PUBLISHED:
        lock_shifts(row.activity)
    candidate = RosterCandidate.objects.select_related("person").filter(roster=row, person=person).first()
    position = Position.objects.select_related("shift").get(pk=position.pk)
    if candidate is None or position.shift.activity_id != row.activity_id or position.kind != Position.Kind.VOLUNTEER:
        raise Refused(_("This person or position is not part of the plan."))
    frame = frame_of(row)
    there = next((line for line in frame.lines if line.person_id == person.pk and line.shift_id == position.shift_id), None)
    if there is not None and there.position_id == position.pk:
        return there
    if sum(line.position_id == position.pk for line in frame.lines) >= position.capacity:
        raise Refused(
            _("All places of “%(position)s” in this shift are taken. Take somebody off first.") % {"position": position.name}, field="position"
        )
    against = frame.hindrances(person.pk, position.shift_id, position.pk, without=there.pk if there else None)
    hard = [one for one in against if one.code in HARD]
    if hard:
        raise Refused(words.hindrance_words(hard[0], who=person.masked_name, shifts=frame.shifts), field="position")
    reason = fold(reason)[:200]
    if against and not reason:
        said = words.hindrance_words(against[0], who=person.masked_name, shifts=frame.shifts)
        raise Refused(_("%(what)s Say why it works all the same.") % {"what": said}, field="reason")
    if there is not None:
        _remove(row, there, by=by)
    line = RosterLine.objects.create(
        roster=row, person=person, shift=position.shift, position=position, is_locked=True, placed_how=Hand.PERSON,
        placed_by=by if isinstance(by, Person) else None, allowed_reason=reason if against else "", reasons=[{"code": "by_hand", "values": {}}],
    )  # fmt: skip
    save_figures(row, by_hand=True)
    journal.record("roster_line.placed", on=line, after={"position": position.pk}, reason=reason, by=by)
    if row.state == Roster.State.PUBLISHED:
        from liandong.matching.services.publishing import ask

        ask(row, [line], by=by)
    return line


@transaction.atomic
def move_line(line: RosterLine, *, person: Person, shift: Shift, version: int | None = None, by: Actor) -> RosterLine:
    """Somebody else in this place, or the same position in another shift. Refused as a whole when the new place is; the line is locked there."""
    row = lock_roster(line.roster, version=version, by=by)
    found = RosterLine.objects.select_related("person", "shift", "position").filter(pk=line.pk).exclude(answer=Answer.DECLINED).first()
    if found is None:
        raise Refused(_("The roster has changed since."))
    if (found.person_id, found.shift_id) == (person.pk, shift.pk):
        return found
    position = Position.objects.filter(shift=shift, name=found.position.name, kind=Position.Kind.VOLUNTEER).first()
    if position is None:
        raise Refused(_("This shift has no position “%(position)s”.") % {"position": found.position.name})
    take_off(found, by=by)
    return place(row, person=person, position=position, by=by)


@transaction.atomic
def take_off(line: RosterLine, *, version: int | None = None, by: Actor) -> None:
    """Free the place. After publication the sign-up is taken back too, and the person hears of it."""
    row = lock_roster(line.roster, version=version, by=by)
    require_open(row)
    found = RosterLine.objects.select_related("person", "shift", "position").filter(pk=line.pk).exclude(answer=Answer.DECLINED).first()
    if found is None:
        return
    if _came_alone(found):
        raise Refused(_("This person signed up themselves. Take the sign-up back on the page of the activity first."))
    _remove(row, found, by=by)
    save_figures(row, by_hand=True)


def _came_alone(line: RosterLine) -> bool:
    if not any(reason["code"] == "signed_up" for reason in line.reasons):
        return False
    return activities.active_sign_up(line.shift, line.person) is not None


def _remove(row: Roster, line: RosterLine, *, by: Actor) -> None:
    if _came_alone(line):
        raise Refused(_("This person signed up themselves. Take the sign-up back on the page of the activity first."))
    journal.record("roster_line.taken_off", on=line, before={"position": line.position_id, "answer": line.answer}, by=by)
    person, shift, position, asked = line.person, line.shift, line.position_id, line.asked_at
    line.delete()
    if row.state == Roster.State.PUBLISHED and asked:
        give_back(person, shift, position=position, reason=_("The roster has changed."), by=by)


def give_back(person: Person, shift: Shift, *, position: int, reason: str, by: Actor) -> None:
    """Take back the sign-up that a line had led to."""
    place_held = activities.active_sign_up(shift, person)
    if place_held is not None and place_held.position_id == position:
        signing.cancel_sign_up(place_held, reason=reason, by=by)


@transaction.atomic
def lock_line(line: RosterLine, *, version: int | None = None, by: Actor) -> RosterLine:
    """The next calculation leaves it where it is."""
    return _set_lock(line, True, version=version, by=by)


@transaction.atomic
def unlock_line(line: RosterLine, *, version: int | None = None, by: Actor) -> RosterLine:
    return _set_lock(line, False, version=version, by=by)


def _set_lock(line: RosterLine, locked: bool, *, version: int | None, by: Actor) -> RosterLine:
    row = lock_roster(line.roster, version=version, by=by)
    require_open(row)
    line = RosterLine.objects.get(pk=line.pk)
    if not locked and any(reason["code"] == "signed_up" for reason in line.reasons):
        raise Refused(_("This person signed up themselves, so the place stays theirs."))
    if line.is_locked != locked:
        line.is_locked = locked
        line.save(update_fields=["is_locked"])
        save_figures(row, by_hand=not locked)
        journal.record("roster_line.locked" if locked else "roster_line.unlocked", on=line, by=by)
    return line


@transaction.atomic
def say_times(roster: Roster, *, person: Person, shift: Shift, says: str, version: int | None = None, by: Actor) -> RosterCandidate:
    """Write down what somebody said about a shift: "wish", "away" or "" for neither."""
    row = lock_roster(roster, version=version, by=by)
    require_open(row)
    candidate = RosterCandidate.objects.select_for_update().get(roster=row, person=person)
    before = {"wishes": candidate.wishes, "unavailable": candidate.unavailable}
    candidate.wishes = sorted({*candidate.wishes, shift.pk} if says == "wish" else {*candidate.wishes} - {shift.pk})
    candidate.unavailable = sorted({*candidate.unavailable, shift.pk} if says == "away" else {*candidate.unavailable} - {shift.pk})
    candidate.save(update_fields=["wishes", "unavailable"])
    save_figures(row, by_hand=True)
    journal.record("roster.times_said", on=row, before=before, after={"wishes": candidate.wishes, "unavailable": candidate.unavailable}, by=by)
    return candidate
