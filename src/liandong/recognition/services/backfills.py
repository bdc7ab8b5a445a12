"""补录: time added by hand. One proposes with reason and evidence, another decides, and neither is the one it is for (INV5)."""

import datetime as dt
import secrets

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Shift
from liandong.activities.services.afterwards import add_attendance
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import permissions, queries, rules
from liandong.recognition.models import Backfill, ServiceClaim, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services import claims
from liandong.recognition.services.records import confirm_service, correct_record, lock_people, refuse_impossible
from liandong.venues import photos

State = Backfill.State


@transaction.atomic
def propose_backfill(
    shift: Shift,
    *,
    person: Person,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    minutes: int | None = None,
    reason: str,
    evidence: str,
    photo: bytes = b"",
    record: ServiceRecord | None = None,
    claim: ServiceClaim | None = None,
    by: Actor,
) -> Backfill:
    """Time that no check-in shows, for a person in a shift; it counts when a second person has agreed. With `record` it makes that one longer, to `minutes`.

    Refuses without reason or evidence, outside the shift, for oneself, while another one waits, and what is impossible. Journal: backfill.proposed.
    """
    lock_people([person.pk])
    shift = Shift.objects.select_related("activity__host__territory", "activity__leader").get(pk=shift.pk)
    require(permissions.can_propose_backfill(by, person, shift))
    if not isinstance(by, Person):
        raise TypeError("a back-fill names a person")
    reason, evidence = clean_words(reason)[:200], clean_words(evidence)[:300]
    if not reason:
        raise Refused(_("Say why; the volunteer will read it."), field="reason")
    if not evidence:
        raise Refused(_("Say what proves it: a list, a photo, who saw it."), field="evidence")
    if Backfill.objects.filter(person=person, shift=shift, state=State.WAITING).exists():
        raise Refused(_("A back-fill for this person and shift waits for a second person already."))
    if record is not None:
        starts_at, ends_at = shift.starts_at, shift.ends_at
        _refuse_length(record, minutes, shift)
    else:
        starts_at, ends_at = starts_at or shift.starts_at, ends_at or shift.ends_at
        minutes = rules.whole_minutes(starts_at, ends_at)
        _refuse_times(shift, person, starts_at=starts_at, ends_at=ends_at)
    assert minutes is not None
    refuse_impossible(person, starts_at=starts_at, ends_at=ends_at, minutes=minutes, besides=record)
    made = Backfill(
        person=person,
        organization=shift.activity.host,
        shift=shift,
        claim=claim,
        record=record,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        reason=reason,
        evidence=evidence,
        created_by=by,
        created_at=clock.now(),
    )
    if photo:
        content, kind = photos.cleaned(photo)
        made.photo.save(f"{secrets.token_hex(8)}.{kind}", ContentFile(content), save=False)
    made.save(force_insert=True)
    journal.record("backfill.proposed", on=made, after={"number": made.number, "minutes": minutes, "state": made.state}, reason=reason, by=by)
    _tell_seconds(made)
    return made


@transaction.atomic
def accept_claim(
    claim: ServiceClaim, *, starts_at: dt.datetime | None = None, ends_at: dt.datetime | None = None, words: str, evidence: str, by: Actor
) -> Backfill:
    """Wholly, or partly with other times: it becomes a back-fill that a second person decides. `evidence`: what the checker went by. Journal: claim.accepted."""
    claim = claims.locked(claim)
    require(permissions.can_check_claim(by, claim))
    if claim.state == ServiceClaim.State.ACCEPTED:
        return claim.backfills.latest("id")
    require_transition(ServiceClaim.TRANSITIONS, claim.state, ServiceClaim.State.ACCEPTED)
    starts_at, ends_at = starts_at or claim.starts_at, ends_at or claim.ends_at
    if not (claim.starts_at <= starts_at < ends_at <= claim.ends_at):
        raise Refused(_("Not more than was claimed."), field="starts_at")
    words = clean_words(words)[:300]
    if (starts_at, ends_at) != (claim.starts_at, claim.ends_at) and not words:
        raise Refused(_("Say why it is only a part; the volunteer reads it."), field="words")
    made = propose_backfill(
        claim.shift, person=claim.person, starts_at=starts_at, ends_at=ends_at, reason=claim.words[:200], evidence=evidence, claim=claim, by=by
    )
    claims.answer(claim, ServiceClaim.State.ACCEPTED, words=words, by=by)
    return made


@transaction.atomic
def approve_backfill(backfill: Backfill, *, words: str = "", by: Actor) -> ServiceRecord:
    """The second person agrees: the attendance, the record and its points are written, marked as back-filled for ever. Journal: backfill.approved."""
    lock_people([backfill.person_id])
    backfill = _locked(backfill)
    require(permissions.can_approve_backfill(by, backfill))
    if backfill.state == State.APPROVED:
        return backfill.records.latest("id")
    require_transition(Backfill.TRANSITIONS, backfill.state, State.APPROVED)
    words = clean_words(words)[:300]
    _decide(backfill, State.APPROVED, words=words, by=by)
    if backfill.record is not None:
        record = correct_record(backfill.record, minutes=backfill.minutes, reason=backfill.reason, backfill=backfill, by=by)
    else:
        attendance = add_attendance(
            backfill.shift, person=backfill.person, in_at=backfill.starts_at, out_at=backfill.ends_at, reason=backfill.reason, by=by
        )
        record = confirm_service(attendance.sign_up, backfill=backfill, by=by)
    if backfill.claim is not None:
        claims.settled(backfill.claim, state=ServiceClaim.State.RECORDED, words=words, by=by)
    return record


@transaction.atomic
def refuse_backfill(backfill: Backfill, *, words: str, by: Actor) -> Backfill:
    """The second person does not agree, and says why. Journal: backfill.refused. A claim behind it is refused with it."""
    backfill = _locked(backfill)
    require(permissions.can_approve_backfill(by, backfill))
    words = clean_words(words)[:300]
    if (backfill.state, backfill.decision) == (State.REFUSED, words):
        return backfill
    require_transition(Backfill.TRANSITIONS, backfill.state, State.REFUSED)
    if not words:
        raise Refused(_("Say why; who proposed it reads it."), field="words")
    _decide(backfill, State.REFUSED, words=words, by=by)
    if backfill.claim is not None:
        claims.settled(backfill.claim, state=ServiceClaim.State.REFUSED, words=words, by=by)
    notices.notify(
        backfill.created_by,
        kind="backfill.refused",
        values={"activity": backfill.shift.activity.title, "words": words},
        url=reverse("recognition:backfill", args=[backfill.number]),
        once_key=f"backfill.refused:{backfill.pk}",
    )
    return backfill


@transaction.atomic
def withdraw_backfill(backfill: Backfill, *, by: Actor) -> Backfill:
    """Who proposed it takes it back. Not one that answers a claim: refuse that. Journal: backfill.withdrawn."""
    backfill = _locked(backfill)
    require(permissions.can_withdraw_backfill(by, backfill))
    if backfill.state == State.WITHDRAWN:
        return backfill
    require_transition(Backfill.TRANSITIONS, backfill.state, State.WITHDRAWN)
    if backfill.claim_id is not None:
        raise Refused(_("It answers a claim of the volunteer: a second person decides it."))
    _decide(backfill, State.WITHDRAWN, words="", by=None)
    journal.record("backfill.withdrawn", on=backfill, before={"state": State.WAITING}, after={"state": backfill.state}, by=by)
    return backfill


def _decide(backfill: Backfill, state: str, *, words: str, by: Actor | None) -> None:
    backfill.state, backfill.decision = state, words
    backfill.decided_by, backfill.decided_at = by if isinstance(by, Person) else None, clock.now()
    backfill.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    if by is not None:
        journal.record(f"backfill.{state}", on=backfill, before={"state": State.WAITING}, after={"state": state}, reason=words, by=by)


def _locked(backfill: Backfill) -> Backfill:
    return (
        Backfill.objects.select_for_update(of=("self",))
        .select_related("person", "created_by", "organization__territory", "shift__activity__host__territory", "claim", "record")
        .get(pk=backfill.pk)
    )


def _tell_seconds(made: Backfill) -> None:
    for one in queries.who_can_confirm(made.organization, besides={made.created_by_id, made.person_id}):
        notices.notify(
            one,
            kind="backfill.proposed",
            values={"activity": made.shift.activity.title, "minutes": made.minutes},
            url=reverse("recognition:backfill", args=[made.number]),
            once_key=f"backfill.proposed:{made.pk}",
        )


def _refuse_length(record: ServiceRecord, minutes: int | None, shift: Shift) -> None:
    longest = rules.whole_minutes(shift.starts_at, shift.ends_at)
    if minutes is None or not record.minutes < minutes <= longest:
        raise Refused(_("Between %(least)s and %(longest)s minutes.") % {"least": record.minutes + 1, "longest": longest}, field="minutes")
    if later := ServiceRecord.objects.filter(corrects=record).first():
        raise Refused(_("Record %(old)s was already corrected by %(new)s. Correct that one.") % {"old": record.number, "new": later.number})


def _refuse_times(shift: Shift, person: Person, *, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if shift.activity.state not in (Activity.State.PUBLISHED, Activity.State.FINISHED) or shift.ends_at > clock.now():
        raise Refused(_("This shift is not over yet."), field="shift")
    if not (shift.starts_at <= starts_at < ends_at <= shift.ends_at) or rules.whole_minutes(starts_at, ends_at) < 1:
        raise Refused(_("The time lies inside the shift: what was before or after does not count."), field="starts_at")
    if record := ServiceRecord.objects.current().filter(person=person, shift=shift).first():
        raise Refused(_("There is a record of it already: %(number)s. Put that one right.") % {"number": record.number}, field="person")
    if Attendance.objects.filter(sign_up__shift=shift, sign_up__person=person, confirmed_at__isnull=False).exists():
        raise Refused(_("The service is confirmed already. Correct the service record instead."))
