"""Verbs on visits: plan them, do them, keep what was promised, make needs of what was said. Words of notes never reach the journal."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Denied, Refused
from liandong.core.text import clean_words, fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.needs import services as needs
from liandong.needs.models import Need, Source
from liandong.needs.suggest import unnamed
from liandong.organizations.models import Organization, Territory
from liandong.visits import permissions
from liandong.visits.models import FollowUp, Visit, VisitNote, Visitor, VisitPlan, VisitSentence

Actor = Person | System
State = Visit.State

SPACE = uuid.UUID("5f7d8c1e-6f0f-5a51-9b59-6b6d7c8c9c11")  # of the keys of needs made of sentences
LONGEST_AHEAD = dt.timedelta(days=730)


@dataclass(frozen=True)
class Promise:
    """What was promised, by when, and who takes care of it."""

    words: str
    due_date: dt.date | None = None
    handler: Person | None = None


@dataclass(frozen=True)
class Candidate:
    """A sentence of the notes that shall become a need, with what staff put right."""

    start: int
    end: int
    title: str = ""
    category: str = ""
    segment: str = ""
    territory: Territory | None = None


# The plan


@transaction.atomic
def create_plan(
    *,
    host: Organization,
    every_weeks: int,
    organization: Organization | None = None,
    person: Person | None = None,
    name: str = "",
    place: str = "",
    territory: Territory | None = None,
    handler: Person | None = None,
    from_date: dt.date | None = None,
    to_date: dt.date | None = None,
    by: Actor,
) -> VisitPlan:
    """Visit somebody again and again. One plan of a body for the same firm or person at a time."""
    Organization.objects.select_for_update().get(pk=host.pk)
    require(permissions.can_plan(by, host))
    whom = _whom(host, organization=organization, person=person, name=name, place=place, territory=territory)
    handler = _of_host(handler, host)
    from_date = from_date or clock.today()
    _require_rhythm(every_weeks, from_date, to_date)
    same = VisitPlan.objects.filter(host=host, to_date__isnull=True, visited_organization=organization, visited_person=person)
    if (organization is not None or person is not None) and same.exists():
        raise Refused(_("There is a plan for them already."), field="organization" if organization else "person")
    plan = VisitPlan.objects.create(
        host=host,
        every_weeks=every_weeks,
        handler=handler,
        from_date=from_date,
        to_date=to_date,
        created_by=_person(by),
        created_at=clock.now(),
        **whom,
    )
    journal.record("visit_plan.created", on=plan, after={"host": host.pk, "every_weeks": every_weeks, "from_date": from_date}, by=by)
    return plan


@transaction.atomic
def edit_plan(plan: VisitPlan, *, every_weeks: int, handler: Person | None, from_date: dt.date, to_date: dt.date | None, by: Actor) -> VisitPlan:
    plan = VisitPlan.objects.select_for_update(of=["self"]).select_related("host__territory", "territory").get(pk=plan.pk)
    require(permissions.can_keep_plan(by, plan))
    handler = _of_host(handler, plan.host)
    _require_rhythm(every_weeks, from_date, to_date)
    after = {"every_weeks": every_weeks, "handler_id": handler.pk if handler else None, "from_date": from_date, "to_date": to_date}
    before = {name: getattr(plan, name) for name in after}
    if before == after:
        return plan
    for name, value in after.items():
        setattr(plan, name, value)
    plan.save(update_fields=["every_weeks", "handler", "from_date", "to_date"])
    journal.record("visit_plan.edited", on=plan, before=before, after=after, by=by)
    return plan


@transaction.atomic
def end_plan(plan: VisitPlan, *, by: Actor) -> VisitPlan:
    """No further visits by this plan; what was visited stays."""
    plan = VisitPlan.objects.select_for_update(of=["self"]).select_related("host__territory", "territory").get(pk=plan.pk)
    require(permissions.can_keep_plan(by, plan))
    if not plan.is_active:
        return plan
    plan.to_date = max(clock.today() - dt.timedelta(days=1), plan.from_date)
    plan.save(update_fields=["to_date"])
    journal.record("visit_plan.ended", on=plan, after={"to_date": plan.to_date}, by=by)
    return plan


def create_plans(
    organizations: Iterable[Organization], *, host: Organization, every_weeks: int, from_date: dt.date, handler: Person | None = None, by: Actor
) -> tuple[int, list[tuple[Organization, str]]]:
    """A plan for each of several bodies, begun a few a week so that they do not all fall due at once. Returns how many, and which not, with the reason."""
    done, left = 0, []
    for organization in organizations:
        try:
            create_plan(
                host=host,
                organization=organization,
                every_weeks=every_weeks,
                handler=handler,
                from_date=from_date + dt.timedelta(weeks=done // 5),
                by=by,
            )
            done += 1
        except (Refused, Denied) as refused:
            left.append((organization, str(refused.reason)))
    return done, left


# A visit


@transaction.atomic
def plan_visit(
    *,
    host: Organization,
    planned_date: dt.date,
    plan: VisitPlan | None = None,
    organization: Organization | None = None,
    person: Person | None = None,
    name: str = "",
    place: str = "",
    territory: Territory | None = None,
    handler: Person | None = None,
    by: Actor,
) -> Visit:
    """Put one visit on a day. With a plan it goes to whom the plan names; without, a running plan of the same body for them is found."""
    Organization.objects.select_for_update().get(pk=host.pk)
    require(permissions.can_plan(by, host) if plan is None else permissions.can_keep_plan(by, plan))
    if plan is not None:
        host = plan.host
        whom = {field: getattr(plan, field) for field in ("visited_organization", "visited_person", "visited_name", "place", "territory")}
        if waiting := plan.visits.filter(state=State.PLANNED).first():
            raise Refused(_("A visit is on the plan already: %(day)s.") % {"day": waiting.planned_date}, field="planned_date")
    else:
        whom = _whom(host, organization=organization, person=person, name=name, place=place, territory=territory)
        if organization is not None or person is not None:
            plan = VisitPlan.objects.filter(host=host, to_date__isnull=True, visited_organization=organization, visited_person=person).first()
    _require_day(planned_date)
    visit = Visit.objects.create(
        host=host,
        plan=plan,
        planned_date=planned_date,
        handler=_of_host(handler, host) or (plan.handler if plan else None) or _of_host(_person(by), host, strict=False),
        created_by=_person(by),
        created_at=clock.now(),
        **whom,
    )
    journal.record("visit.planned", on=visit, after={"state": visit.state, "host": host.pk, "planned_date": planned_date}, by=by)
    return visit


@transaction.atomic
def move_visit(visit: Visit, *, planned_date: dt.date, handler: Person | None, by: Actor) -> Visit:
    """Another day, somebody else in charge; a visit called off comes back."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    if visit.state == State.DONE:
        raise Refused(_("This visit has taken place."))
    if visit.state == State.CANCELLED:
        require_transition(Visit.TRANSITIONS, visit.state, State.PLANNED)
    _require_day(planned_date)
    before = {"state": visit.state, "planned_date": visit.planned_date}
    visit.state, visit.planned_date, visit.handler, visit.cancel_reason = State.PLANNED, planned_date, _of_host(handler, visit.host), ""
    visit.save(update_fields=["state", "planned_date", "handler", "cancel_reason"])
    journal.record("visit.moved", on=visit, before=before, after={"state": visit.state, "planned_date": planned_date}, by=by)
    return visit


@transaction.atomic
def cancel_visit(visit: Visit, *, reason: str, by: Actor) -> Visit:
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    require_transition(Visit.TRANSITIONS, visit.state, State.CANCELLED)
    reason = one_line(reason, 200)
    if len(reason) < 2:
        raise Refused(_("Say why it is called off."), field="reason")
    visit.state, visit.cancel_reason = State.CANCELLED, reason
    visit.save(update_fields=["state", "cancel_reason"])
    journal.record("visit.cancelled", on=visit, before={"state": State.PLANNED}, after={"state": State.CANCELLED}, by=by)
    return visit


@transaction.atomic
def save_draft(visit: Visit, *, words: str, present: str = "", by: Actor) -> VisitNote:
    """What has been written so far in the doorway. Kept here, not on the device: it may say anything about people."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    if visit.state != State.PLANNED:
        raise Refused(_("This visit is not waiting any more. Correct its notes instead."))
    draft, _created = VisitNote.objects.update_or_create(
        visit=visit,
        version=VisitNote.DRAFT,
        defaults={"words": _notes(words, needed=False), "present": one_line(present, 200), "written_by": _person(by), "written_at": clock.now()},
    )
    return draft


@transaction.atomic
def finish_visit(
    visit: Visit,
    *,
    notes: str,
    present: str = "",
    visitors: Iterable[Person] = (),
    visited_on: dt.date | None = None,
    promises: Iterable[Promise] = (),
    by: Actor,
) -> Visit:
    """We were there: who went, what was said, what was promised. The draft becomes the first version of the notes."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    require_transition(Visit.TRANSITIONS, visit.state, State.DONE)
    visited_on = visited_on or clock.today()
    if visited_on > clock.today():
        raise Refused(_("This day is still to come."), field="visited_on")
    words = _notes(notes)
    went = {person.pk: person for person in visitors} or ({by.pk: by} if isinstance(by, Person) else {})
    for person in went.values():
        _of_host(person, visit.host, field="visitors")
    visit.state, visit.visited_on, visit.done_at = State.DONE, visited_on, clock.now()
    visit.save(update_fields=["state", "visited_on", "done_at"])
    Visitor.objects.bulk_create([Visitor(visit=visit, person=person) for person in went.values()])
    visit.notes.filter(version=VisitNote.DRAFT).delete()
    VisitNote.objects.create(visit=visit, version=1, words=words, present=one_line(present, 200), written_by=_person(by), written_at=clock.now())
    made = [_promise(visit, promise) for promise in promises if promise.words.strip()]
    journal.record(
        "visit.done", on=visit, before={"state": State.PLANNED}, after={"state": State.DONE, "visited_on": visited_on, "promises": len(made)}, by=by
    )
    return visit


@transaction.atomic
def correct_notes(visit: Visit, *, words: str, present: str = "", by: Actor) -> VisitNote:
    """Put the notes right after the fact. What was written before stays as a version of its own."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    if visit.state != State.DONE:
        raise Refused(_("This visit has not taken place yet."))
    last = visit.notes.order_by("-version").first()
    words, present = _notes(words), one_line(present, 200)
    if last is not None and (last.words, last.present) == (words, present):
        return last
    version = (last.version if last else 0) + 1
    note = VisitNote.objects.create(visit=visit, version=version, words=words, present=present, written_by=_person(by), written_at=clock.now())
    journal.record("visit.notes_corrected", on=visit, after={"version": version}, by=by)
    return note


# What was promised


@transaction.atomic
def promise(visit: Visit, *, words: str, due_date: dt.date | None = None, handler: Person | None = None, by: Actor) -> FollowUp:
    """Write down something more that was promised."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    if visit.state != State.DONE:
        raise Refused(_("This visit has not taken place yet."))
    follow_up = _promise(visit, Promise(words, due_date, handler))
    journal.record("visit.promised", on=visit, after={"follow_up": follow_up.pk, "due_date": due_date}, by=by)
    return follow_up


@transaction.atomic
def finish_follow_up(follow_up: FollowUp, *, result: str = "", by: Actor) -> FollowUp:
    """What was promised has been kept; the result is read by those who were visited."""
    follow_up = FollowUp.objects.select_for_update(of=["self"]).select_related("visit__host__territory", "visit__territory").get(pk=follow_up.pk)
    require(permissions.can_finish_follow_up(by, follow_up))
    if follow_up.done_at is not None:
        return follow_up
    follow_up.done_at, follow_up.done_by, follow_up.result = clock.now(), _person(by), one_line(result, 300)
    follow_up.save(update_fields=["done_at", "done_by", "result"])
    journal.record("visit.follow_up_done", on=follow_up.visit, after={"follow_up": follow_up.pk}, by=by)
    return follow_up


# Sentences that become needs


@transaction.atomic
def make_needs(visit: Visit, *, candidates: Iterable[Candidate], consent: bool, is_public: bool = True, by: Actor) -> list[Need]:
    """Sentences of the notes as they stand now become needs of those who were visited, who agreed. A sentence becomes a need once, in whichever version."""
    visit = _locked(visit)
    require(permissions.can_keep(by, visit))
    note = visit.notes.exclude(version=VisitNote.DRAFT).order_by("-version").first()
    candidates = list(candidates)
    if note is None or not candidates:
        raise Refused(_("Tick at least one sentence first."))
    if not consent:
        raise Refused(_("Ask them first, then tick that they agree."), field="consent")
    known = {sentence.words for sentence in VisitSentence.objects.filter(note__visit=visit)}
    made = []
    for candidate in sorted(candidates, key=lambda candidate: candidate.start):
        words = note.words[candidate.start : candidate.end].strip()
        if not words or words in known:
            continue
        need = needs.submit_need(
            words=_unnamed(visit, words),
            title=_unnamed(visit, candidate.title),
            category=candidate.category,
            segment=candidate.segment,
            source=Source.VISIT,
            territory=candidate.territory or visit.territory,
            place=visit.place,
            asker=visit.visited_person,
            asker_organization=visit.visited_organization,
            asker_name=visit.visited_name,
            consent=consent,
            is_public=is_public,
            key=uuid.uuid5(SPACE, f"{visit.number}:{words}"),
            by=by,
        )
        VisitSentence.objects.create(note=note, start=candidate.start, end=candidate.end, words=words, need=need)
        known.add(words)
        made.append(need)
    if made:
        journal.record("visit.needs_made", on=visit, after={"needs": [need.number for need in made], "version": note.version}, by=by)
    return made


@transaction.atomic
def note_export(*, rows: int, with_notes: bool, by: Person) -> None:
    """Who took visits out as a file, and whether with the notes."""
    journal.record("visits.exported", on=by, after={"rows": rows, "with_notes": with_notes}, by=by)


# Inside


def _locked(visit: Visit) -> Visit:
    """The row as it is now, locked until the end of the transaction, in the caller's own object."""
    visit.refresh_from_db(
        from_queryset=Visit.objects.select_for_update(of=["self"]).select_related(
            "host__territory", "territory", "visited_organization__territory", "visited_person"
        )
    )
    return visit


def _person(by: Actor | None) -> Person | None:
    return by if isinstance(by, Person) else None


def _whom(
    host: Organization, *, organization: Organization | None, person: Person | None, name: str, place: str, territory: Territory | None
) -> dict[str, Any]:
    """The fields that say whom; exactly one of body, person and name."""
    name, place = fold(name)[:50], one_line(place, 120)
    if [organization is not None, person is not None, bool(name)].count(True) != 1:
        raise Refused(_("Say whom you visit: an organisation, a registered person, or a name and a place."), field="organization")
    if organization is not None and organization.pk == host.pk:
        raise Refused(_("A body does not visit itself."), field="organization")
    if name and len(place) < 2:
        raise Refused(_("Say where they live, so that somebody finds the door."), field="place")
    if organization is not None:
        territory = territory or organization.territory
        place = place or organization.address[:120]
    return {
        "visited_organization": organization,
        "visited_person": person,
        "visited_name": name,
        "place": place,
        "territory": territory or host.territory,
    }


def _of_host(person: Person | None, host: Organization, *, strict: bool = True, field: str = "handler") -> Person | None:
    """Only staff of the visiting body go and are in charge."""
    if person is None or permissions.works_for(person, host):
        return person
    if strict:
        raise Refused(_("Choose somebody who works for %(organization)s.") % {"organization": host.label}, field=field)
    return None


def _require_rhythm(every_weeks: int, from_date: dt.date, to_date: dt.date | None) -> None:
    if not 1 <= every_weeks <= 104:
        raise Refused(_("Between every week and every second year, please."), field="every_weeks")
    if to_date is not None and to_date < from_date:
        raise Refused(_("The end lies before the beginning."), field="to_date")


def _require_day(day: dt.date) -> None:
    if not clock.today() - LONGEST_AHEAD <= day <= clock.today() + LONGEST_AHEAD:
        raise Refused(_("Choose a day within two years."), field="planned_date")


def _notes(words: str, *, needed: bool = True) -> str:
    words = clean_words(words)
    if needed and len(words) < 4:
        raise Refused(_("Write a few words about the visit."), field="notes")
    if len(words) > VisitNote.LONGEST:
        raise Refused(_("At most %(n)s characters, please.") % {"n": VisitNote.LONGEST}, field="notes")
    return words


def _unnamed(visit: Visit, text: str) -> str:
    """A need of a person does not say their name: others read it."""
    if visit.visited_organization is not None:
        return text
    return unnamed(text, visit.visited_name, visit.visited_person.name if visit.visited_person is not None else "", visit.place)


def _promise(visit: Visit, made: Promise) -> FollowUp:
    words = one_line(made.words, 300)
    if len(words) < 2:
        raise Refused(_("Say what was promised."), field="words")
    return FollowUp.objects.create(
        visit=visit, words=words, due_date=made.due_date, handler=_of_host(made.handler, visit.host), created_at=clock.now()
    )
