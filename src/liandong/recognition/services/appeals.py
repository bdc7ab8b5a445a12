"""有误: a volunteer says that a record is not right. Order 67 article 13: check promptly, change it or say why not."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock, workdays
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import permissions, queries
from liandong.recognition.models import RecordAppeal, ServiceRecord
from liandong.recognition.permissions import Actor

ANSWER_WORKDAYS = 3
State = RecordAppeal.State


@transaction.atomic
def appeal_record(record: ServiceRecord, *, words: str, by: Actor) -> RecordAppeal:
    """Object to a record in one's own words; answered within three working days. One open appeal a record: said again, the first one stands.

    After an answer that did not help, once more, and then it is the hub that looks. Refuses a record that a later one replaced, and a third time.
    Journal: appeal.raised. Tells those who can put it right.
    """
    record = ServiceRecord.objects.select_for_update(of=("self",), no_key=True).select_related("person", "organization").get(pk=record.pk)
    require(permissions.can_appeal(by, record))
    words = clean_words(words)
    if not words:
        raise Refused(_("Say in a few words what is not right."), field="words")
    if later := ServiceRecord.objects.filter(corrects=record).first():
        raise Refused(_("This record was replaced by %(number)s. Look there first.") % {"number": later.number})
    if earlier := record.appeals.filter(state=State.OPEN).first():
        return earlier
    kept = list(record.appeals.filter(state=State.KEPT).order_by("id"))
    if any(each.escalated_at for each in kept):
        raise Refused(_("The hub has looked at it already: %(answer)s") % {"answer": kept[-1].answer})
    at = clock.now()
    appeal = RecordAppeal.objects.create(
        record=record,
        person=record.person,
        words=words[:300],
        appealed_at=at,
        answer_due_at=workdays.after_workdays(at, ANSWER_WORKDAYS),
        escalated_at=at if kept else None,
    )
    journal.record("appeal.raised", on=appeal, after={"state": "open", "record": record.number}, by=by)
    _tell_those_who_answer(appeal, record)
    return appeal


@transaction.atomic
def escalate_appeal(appeal: RecordAppeal, *, by: Actor) -> RecordAppeal:
    """Nobody answered in time: the hub does, with a new clock. Journal: appeal.escalated."""
    appeal = _locked(appeal)
    if appeal.escalated_at is not None or appeal.state != State.OPEN:
        return appeal
    appeal.escalated_at = clock.now()
    appeal.answer_due_at = workdays.after_workdays(appeal.escalated_at, ANSWER_WORKDAYS)
    appeal.save(update_fields=["escalated_at", "answer_due_at"])
    journal.record("appeal.escalated", on=appeal, after={"due": appeal.answer_due_at}, by=by)
    _tell_those_who_answer(appeal, appeal.record)
    return appeal


@transaction.atomic
def withdraw_appeal(appeal: RecordAppeal, *, by: Actor) -> RecordAppeal:
    """The volunteer has found that the record is right after all. Journal: appeal.withdrawn."""
    appeal = _locked(appeal)
    require(permissions.can_withdraw_appeal(by, appeal))
    if appeal.state == State.WITHDRAWN:
        return appeal
    require_transition(RecordAppeal.TRANSITIONS, appeal.state, State.WITHDRAWN)
    appeal.state, appeal.answered_at = State.WITHDRAWN, clock.now()
    appeal.save(update_fields=["state", "answered_at"])
    journal.record("appeal.withdrawn", on=appeal, before={"state": "open"}, after={"state": "withdrawn"}, by=by)
    return appeal


def _tell_those_who_answer(appeal: RecordAppeal, record: ServiceRecord) -> None:
    at_hub = appeal.escalated_at is not None
    kind = "appeal.escalated" if at_hub else "appeal.raised"
    for person in queries.hub_of(record.organization) if at_hub else queries.who_can_confirm(record.organization, besides={record.person_id}):
        notices.notify(
            person,
            kind=kind,
            values={"activity": record.activity_name, "number": record.number},
            url=reverse("recognition:appeals"),
            once_key=f"{kind}:{appeal.pk}",
        )


def _locked(appeal: RecordAppeal) -> RecordAppeal:
    return (
        RecordAppeal.objects.select_for_update(of=("self",))
        .select_related("record__organization__territory", "record__person", "person")
        .get(pk=appeal.pk)
    )


@transaction.atomic
def answer_appeal(appeal: RecordAppeal, *, words: str, by: Actor) -> RecordAppeal:
    """The record stands: say why. (A correction of the record answers by itself.) Journal: appeal.answered. Tells the volunteer."""
    appeal = _locked(appeal)
    require(permissions.can_answer(by, appeal))
    words = clean_words(words)
    if (appeal.state, appeal.answer) == (State.KEPT, words):
        return appeal
    require_transition(RecordAppeal.TRANSITIONS, appeal.state, State.KEPT)
    if not words:
        raise Refused(_("Say why the record stands."), field="words")
    appeal.state, appeal.answer, appeal.answered_at = State.KEPT, words[:300], clock.now()
    appeal.answered_by = by if isinstance(by, Person) else None
    appeal.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    journal.record("appeal.answered", on=appeal, before={"state": "open"}, after={"state": "kept"}, by=by)
    notices.notify(
        appeal.person,
        kind="appeal.answered",
        values={"activity": appeal.record.activity_name, "words": appeal.answer},
        url=reverse("recognition:record", args=[appeal.record.number]),
        once_key=f"appeal.answered:{appeal.pk}",
    )
    return appeal
