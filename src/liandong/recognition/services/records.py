"""Service records: an attendance becomes a record, a record is put right by a later one."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import services as activities
from liandong.activities.models import Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.points import queries as points_rules
from liandong.points import services as points
from liandong.points.rules import points_for
from liandong.recognition import permissions, queries, rules
from liandong.recognition.models import Backfill, ConfirmationRule, RecordAppeal, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services import certificates
from liandong.ui import words


@dataclass(frozen=True)
class Confirmation:
    """What came of confirming a list: the records, and for the rest why not."""

    records: list[ServiceRecord] = field(default_factory=list)
    refused: list[tuple[SignUp, str]] = field(default_factory=list)


@transaction.atomic
def confirm_service(sign_up: SignUp, *, backfill: Backfill | None = None, rule: ConfirmationRule | None = None, by: Actor) -> ServiceRecord:
    """Write the service record of a volunteer's attendance, in whole minutes, with the fields of Order 67 article 7, and its points.

    Confirmed again it answers with the record that stands. Refuses: no volunteer position, nobody came, still there, under a minute,
    overlap with another record of the person, more than 24 hours a day. Nobody confirms their own service.
    Times that were added by hand need a back-fill that a second person approved; `rule` names the rule where no person confirms.
    Journal: service.confirmed. Tells the volunteer.
    """
    lock_people([sign_up.person_id])
    sign_up = _locked_sign_up(sign_up)
    require(permissions.can_confirm(by, sign_up))
    if record := ServiceRecord.objects.current().filter(sign_up=sign_up).first():
        return record
    attendance = _closed_attendance(sign_up)
    attendance.sign_up = sign_up
    if backfill is None and queries.by_hand_of([attendance]):
        raise Refused(_("These times were added by hand: that needs evidence and a second person. Use back-fill."))
    record = record_of(sign_up, attendance, by=by)
    record.backfill, record.confirmed_under = backfill, rule
    if record.minutes < 1:
        raise Refused(_("Less than a minute inside the shift: there is nothing to confirm."))
    refuse_impossible(record.person, starts_at=record.starts_at, ends_at=record.ends_at, minutes=record.minutes)
    earned, _kept = _settle(record, by=by)
    record.save(force_insert=True)
    activities.confirm_attendance(attendance, by=by)
    after = {"number": record.number, "minutes": record.minutes, "points": earned}
    after |= {"backfill": backfill.number} if backfill else {"rule": rule.version} if rule else {}
    journal.record("service.confirmed", on=record, after=after, by=by)
    notices.notify(
        record.person,
        kind="service.confirmed",
        values={"activity": record.activity_name, "minutes": record.minutes, "points": earned},
        url=reverse("recognition:record", args=[record.number]),
        once_key=f"service.confirmed:{record.number}",
    )
    return record


@transaction.atomic
def confirm_shift(shift: Shift, *, sign_ups: Sequence[SignUp], by: Actor) -> Confirmation:
    """Confirm several people of a shift at once. One refused does not stop the others; each refusal comes back with its reason."""
    chosen = list(
        SignUp.objects.filter(shift=shift, pk__in=[each.pk for each in sign_ups])
        .select_related("person", "shift__activity__host")
        .order_by("sequence")
    )
    lock_people({each.person_id for each in chosen})
    points.lock_accounts([points.issue_account(shift.activity.host).pk, *(points.account_of(each.person).pk for each in chosen)])
    done = Confirmation()
    for sign_up in chosen:
        try:
            done.records.append(confirm_service(sign_up, by=by))
        except Refused as refusal:
            done.refused.append((sign_up, str(refusal)))
    return done


@transaction.atomic
def correct_record(record: ServiceRecord, *, minutes: int, reason: str, backfill: Backfill | None = None, by: Actor) -> ServiceRecord:
    """Put a record right: a new record that names the old one, the difference in points, certificates that counted it replaced, open appeals answered.

    0 minutes withdraws it. Refuses a record that was already corrected (correct the later one), no reason, more than the shift is long, overlaps.
    More than the check-in shows needs a back-fill that a second person approved.
    The same correction again answers with the first. Journal: service.corrected. Tells the volunteer.
    """
    lock_people([record.person_id])
    record = ServiceRecord.objects.select_related("person", "organization", "shift", "rule").get(pk=record.pk)
    require(permissions.can_correct(by, record))
    reason = clean_words(reason)[:200]
    later = ServiceRecord.objects.filter(corrects=record).first()
    if later and (later.minutes, later.reason) == (minutes, reason):
        return later
    if later:
        raise Refused(_("Record %(old)s was already corrected by %(new)s. Correct that one.") % {"old": record.number, "new": later.number})
    if record.person.merged_into_id:  # withdrawn before the two became one: the other entry's record of this shift counts
        raise Refused(_("This entry was joined to another, which has a record of this shift. Correct that one."))
    if not reason:
        raise Refused(_("Say why; the volunteer will read it."), field="reason")
    longest = rules.whole_minutes(record.shift.starts_at, record.shift.ends_at)
    if not 0 <= minutes <= longest:
        raise Refused(_("Between 0 and %(longest)s minutes, as long as the shift was.") % {"longest": longest}, field="minutes")
    if minutes == record.minutes:
        raise Refused(_("The record says %(minutes)s minutes already.") % {"minutes": minutes}, field="minutes")
    if backfill is None and (rules.needs_backfill(record, minutes) or (minutes > record.minutes and queries.sent_to_backfill([record.sign_up_id]))):
        raise Refused(_("More than the check-in shows: say what proves it, and a second person decides."), field="evidence")
    new = _corrected(record, minutes=minutes, reason=reason, by=by)
    new.backfill = backfill or record.backfill
    if minutes:
        refuse_impossible(new.person, starts_at=new.starts_at, ends_at=new.ends_at, minutes=minutes, besides=record)
    moved, kept = _settle(new, by=by)
    new.save(force_insert=True)
    certificates.supersede_with(record, by=by)
    _answer_open_appeals(record, reason=reason, by=by)
    journal.record(
        "service.corrected",
        on=new,
        before={"number": record.number, "minutes": record.minutes},
        after={"number": new.number, "minutes": minutes, "points": moved, "points_not_taken_back": kept},
        reason=reason,
        by=by,
    )
    kind = "service.corrected" if minutes else "service.withdrawn"
    notices.notify(
        new.person,
        kind=f"{kind}_spent" if kept else kind,
        values={"activity": new.activity_name, "old": record.minutes, "minutes": minutes, "points": moved, "reason": reason},
        url=reverse("recognition:record", args=[new.number]),
        once_key=f"service.corrected:{new.number}",
    )
    return new


def withdraw_record(record: ServiceRecord, *, reason: str, by: Actor) -> ServiceRecord:
    """Take a record back altogether: a correction with 0 minutes. The old one stays readable."""
    return correct_record(record, minutes=0, reason=reason, by=by)


def record_of(sign_up: SignUp, attendance: Attendance, *, at: dt.datetime | None = None, by: Actor) -> ServiceRecord:
    """The record that this attendance makes, not yet saved. The sign-up comes with shift, activity, host, territory, leader, venue and person."""
    shift, activity = sign_up.shift, sign_up.shift.activity
    starts_at, ends_at, minutes = rules.served_in(shift, attendance)
    service_date = timezone.localtime(starts_at).date()
    content = sign_up.position.name + (f" · {sign_up.position.note}" if sign_up.position.note else "")
    return ServiceRecord(
        person=sign_up.person,
        organization=activity.host,
        territory=activity.territory,
        activity=activity,
        shift=shift,
        position=sign_up.position,
        sign_up=sign_up,
        activity_name=activity.title,
        service_date=service_date,
        place=" ".join(part for part in (activity.venue.name if activity.venue else "", activity.place, shift.spot) if part)[:200],
        content=content[:200],
        category=activity.category,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        organizer_name=activity.host.name,
        leader_name=activity.leader.name if activity.leader else activity.contact_name,
        method=f"{attendance.in_method}/{attendance.out_method}",
        rule=points_rules.rule_on(service_date, activity.territory),
        confirmed_by=by if isinstance(by, Person) else None,
        confirmed_at=at or clock.now(),
    )


def lock_people(ids: Iterable[int]) -> None:
    """One writer at a time for a person's records and certificates. In the order of ids, so that nobody waits in a circle."""
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def _locked_sign_up(sign_up: SignUp) -> SignUp:
    return (
        SignUp.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "person",
            "position",
            "shift__activity__host__territory",
            "shift__activity__territory",
            "shift__activity__leader",
            "shift__activity__venue",
        )
        .get(pk=sign_up.pk)
    )


def _closed_attendance(sign_up: SignUp) -> Attendance:
    if sign_up.position.kind != Position.Kind.VOLUNTEER:
        raise Refused(_("Only a volunteer position makes a service record."))
    attendance = Attendance.objects.select_for_update(no_key=True).filter(sign_up=sign_up).first()
    if attendance is None or sign_up.state != SignUp.State.CONFIRMED:
        raise Refused(_("No check-in: there is nothing to confirm."))
    if attendance.out_at is None:
        raise Refused(_("Not checked out yet. Check the person out first."))
    return attendance


def _corrected(record: ServiceRecord, *, minutes: int, reason: str, by: Actor) -> ServiceRecord:
    """A copy that names the old one. More minutes than were recorded can only have been served somewhere inside the shift."""
    new = ServiceRecord.objects.get(pk=record.pk)
    new.pk, new.number = None, ServiceRecord._meta.get_field("number").get_default()
    new._state.adding = True
    new.corrects, new.minutes, new.reason = record, minutes, reason
    if minutes > rules.whole_minutes(record.starts_at, record.ends_at):
        new.starts_at, new.ends_at = record.shift.starts_at, record.shift.ends_at
    new.confirmed_by, new.confirmed_at, new.confirmed_under = by if isinstance(by, Person) else None, clock.now(), None
    return new


def refuse_impossible(person: Person, *, starts_at: dt.datetime, ends_at: dt.datetime, minutes: int, besides: ServiceRecord | None = None) -> None:
    """No two records of a person at the same time, no day longer than a day; says which record stands in the way. `besides`: the record it will replace."""
    others = ServiceRecord.objects.counting().filter(person=person).exclude(pk=besides.pk if besides else 0)
    if other := others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).first():
        raise Refused(
            _("This overlaps with “%(activity)s”, %(from)s to %(to)s, record %(number)s, which is confirmed already.")
            % {
                "activity": other.activity_name,
                "from": f"{words.day_short(other.starts_at)} {words.clock(other.starts_at)}",
                "to": words.clock(other.ends_at),
                "number": other.number,
            }
        )
    day = list(others.filter(service_date=timezone.localtime(starts_at).date()).values_list("minutes", "number"))
    if sum(each for each, _number in day) + minutes > rules.DAY_MINUTES:
        numbers = _(", ").join(number for _minutes, number in day)
        raise Refused(
            _("More than 24 hours on one day, together with %(numbers)s.") % {"numbers": numbers} if day else _("More than 24 hours on one day.")
        )


def _settle(record: ServiceRecord, *, by: Actor) -> tuple[int, int]:
    """Points for a record about to be written: (moved, not taken back). The difference between what it is worth and what the service brought so far."""
    worth = points_for(record.minutes, record.rule, category=record.category, starts_at=record.starts_at, territory_id=record.territory_id)
    record.transfer, moved, kept = points.settle(
        rules.transfer_id_of(record),
        person=record.person,
        due=worth - queries.points_of(record),
        is_correction=record.corrects_id is not None,
        organization=record.organization,
        rule=record.rule,
        on_date=record.service_date,
        by=by,
    )
    return moved, kept


def _answer_open_appeals(record: ServiceRecord, *, reason: str, by: Actor) -> None:
    """A correction is an answer."""
    for appeal in RecordAppeal.objects.select_for_update().filter(record=record, state=RecordAppeal.State.OPEN):
        appeal.state, appeal.answer, appeal.answered_at = RecordAppeal.State.CORRECTED, reason, clock.now()
        appeal.answered_by = by if isinstance(by, Person) else None
        appeal.save(update_fields=["state", "answer", "answered_at", "answered_by"])
        journal.record("appeal.answered", on=appeal, before={"state": "open"}, after={"state": "corrected"}, by=by)
