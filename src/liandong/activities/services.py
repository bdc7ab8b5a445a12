"""Everything written about activities. Locks are taken in one order: activity, shifts by id, then people by id; so no two verbs wait for each other in a ring."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, AttendanceCorrection, Position, Series, Shift, SignUp
from liandong.core import actors, clock, search
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.core.masking import mask_name
from liandong.core.text import clean_words, fold
from liandong.core.transitions import require_transition
from liandong.journal import queries as journal_queries
from liandong.journal import services as journal
from liandong.needs import services as needs
from liandong.needs.models import Category, Need
from liandong.notices.services import notify
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Project
from liandong.venues.models import Venue

Actor = Person | System
OPENS = dt.timedelta(minutes=30)  # check-in opens before the start
SHUTS = dt.timedelta(minutes=60)  # and shuts after the end
CLOSES = dt.timedelta(minutes=30)  # what is still open is closed this long after the end
SENT_AGAIN = dt.timedelta(minutes=10)
PERSON_LOCK = 1_404  # class of the advisory locks on people


@dataclass(frozen=True)
class PositionPlan:
    """A position as it should be. `pk` names the one it already is."""

    kind: str
    name: str
    capacity: int
    note: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class ShiftPlan:
    """A shift as it should be, with its positions. `pk` names the one it already is."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    positions: Sequence[PositionPlan] = ()
    spot: str = ""
    pk: int | None = None


# Setting up


@transaction.atomic
def create_activity(
    *,
    title: str,
    host: Organization,
    shifts: Sequence[ShiftPlan] = (),
    category: str = Category.OTHER,
    territory: Territory | None = None,
    project: Project | None = None,
    venue: Venue | None = None,
    place: str = "",
    summary: str = "",
    risks: str = "",
    leader: Person | None = None,
    contact_name: str = "",
    contact_phone: str = "",
    is_good_first_time: bool = False,
    cancel_until_hours: int = 18,
    by: Actor,
) -> Activity:
    """A draft. Territory falls back to the venue's and then to the host's. Refuses shifts that end before they start, and two positions of one name in a shift.

    The same draft sent again by the same person within ten minutes is the same draft.
    """
    require(permissions.can_create(by, host))
    _refuse_impossible(title, shifts)
    if (sent_before := _same_draft(title, host, project, shifts, by=by)) is not None:
        return sent_before
    activity = Activity.objects.create(
        title=fold(title),
        host=host,
        category=category,
        territory=territory or (venue.territory if venue else host.territory),
        project=project,
        venue=venue,
        place=fold(place),
        summary=clean_words(summary),
        risks=clean_words(risks),
        leader=leader,
        contact_name=fold(contact_name),
        contact_phone=fold(contact_phone),
        is_good_first_time=is_good_first_time,
        cancel_until_hours=cancel_until_hours,
        created_by=by if isinstance(by, Person) else None,
        created_at=clock.now(),
    )
    for plan in shifts:
        _add_shift(activity, plan)
    _refresh(activity)
    journal.record(
        "activity.created",
        on=activity,
        after={"title": activity.title, "host": host.pk, "project": project.pk if project else None, "shifts": len(shifts)},
        by=by,
    )
    return activity


def _same_draft(title: str, host: Organization, project: Project | None, shifts: Sequence[ShiftPlan], *, by: Actor) -> Activity | None:
    """A form sent twice, because the first answer was lost, makes one activity."""
    if not isinstance(by, Person):
        return None
    _lock_people([by.pk])
    since = clock.now() - SENT_AGAIN
    rows = Activity.objects.filter(
        title=fold(title), host=host, project=project, state=Activity.State.DRAFT, created_by=by, created_at__gte=since, version=1
    )
    times = sorted((plan.starts_at, plan.ends_at) for plan in shifts)
    return next((row for row in rows if sorted(row.shifts.values_list("starts_at", "ends_at")) == times), None)


EDITABLE = (
    "title",
    "summary",
    "risks",
    "category",
    "venue",
    "place",
    "leader",
    "contact_name",
    "contact_phone",
    "is_good_first_time",
    "cancel_until_hours",
)
PERSONAL = {"leader", "contact_name", "contact_phone"}
PLACE = {"venue", "place"}


@transaction.atomic
def edit_activity(activity: Activity, *, version: int, shifts: Sequence[ShiftPlan] | None = None, by: Actor, **changes: Any) -> Activity:
    """Change the named fields and, where given, the whole plan of shifts. People with a place hear about a new time or place.

    Raises Conflict with both values when somebody changed the activity since `version`; refuses to take away what people have signed up for.
    """
    activity = Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory", "venue", "leader").get(pk=activity.pk)
    locked = _lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    if unknown := set(changes) - set(EDITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    if activity.version != version:
        raise _conflict(activity, changes)
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED):
        raise Refused(_("This activity is over or cancelled; it can no longer be changed."))
    if shifts is not None:
        _refuse_impossible(changes.get("title", activity.title), shifts)
    before = {name: _plain(getattr(activity, name)) for name in changes}
    for name, value in changes.items():
        setattr(
            activity,
            name,
            fold(value) if isinstance(value, str) and name not in {"summary", "risks"} else clean_words(value) if isinstance(value, str) else value,
        )
    changed = [name for name in changes if _plain(getattr(activity, name)) != before[name]]
    moved = _apply_shifts(activity, locked, shifts) if shifts is not None else []
    activity.version += 1
    activity.save(update_fields=[*changed, "version"])
    _refresh(activity)
    told = (
        [row for row in queries.people_to_notify(activity).select_related("person", "shift") if PLACE & set(changed) or row.shift_id in moved]
        if activity.published_at
        else []
    )
    for row in told:
        _tell(row, "activities.changed", once=f"activity.changed:{activity.pk}:{activity.version}:{row.pk}", activity=activity)
    if shifts is not None:
        _move_up([shift for shift in locked if shift.pk], activity=activity)
    shown = [name for name in changed if name not in PERSONAL]
    journal.record(
        "activity.edited",
        on=activity,
        before={name: before[name] for name in shown},
        after={**{name: _plain(getattr(activity, name)) for name in shown}, "fields": changed, "moved_shifts": moved, "told": len(told)},
        by=by,
    )
    return activity


def _conflict(activity: Activity, changes: dict[str, Any]) -> Conflict:
    entry = journal_queries.history_of(activity).filter(verb__in=["activity.edited", "activity.published", "activity.cancelled"]).last()
    who = ""
    if entry is not None and entry.by.startswith("accounts.person:"):
        who = mask_name(Person.objects.get(pk=entry.by.split(":")[1]).name)
    differing = [name for name, value in changes.items() if _plain(value) != _plain(getattr(activity, name))]
    label = {name: str(words) for name, words in field_labels().items()}
    return Conflict(
        _("Somebody changed this activity while you were writing."),
        mine="\n".join(f"{label[name]}: {_shown(changes[name])}" for name in differing),
        theirs="\n".join(f"{label[name]}: {_shown(getattr(activity, name))}" for name in differing),
        who=who,
        when=entry.at if entry else None,
    )


def field_labels() -> dict[str, Any]:
    """What the fields of an activity are called in forms and conflicts."""
    return {
        "title": _("Title of the activity"),
        "summary": _("What people do"),
        "risks": _("Risks and what to bring"),
        "category": _("Kind of activity"),
        "venue": _("Venue"),
        "place": _("Place in words"),
        "leader": _("Leader"),
        "contact_name": _("Contact"),
        "contact_phone": _("Contact phone"),
        "is_good_first_time": _("Good for a first time"),
        "cancel_until_hours": _("Hours before the start until which people may cancel"),
    }


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _shown(value: Any) -> str:
    return mask_name(value.name) if isinstance(value, Person) else "-" if value in (None, "") else str(value)


def _refuse_impossible(title: str, shifts: Sequence[ShiftPlan]) -> None:
    if not fold(title):
        raise Refused(_("Give the activity a title."), field="title")
    for plan in shifts:
        if plan.ends_at <= plan.starts_at:
            raise Refused(_("A shift ends after it starts."), field="shifts")
        if plan.ends_at - plan.starts_at > dt.timedelta(hours=24):
            raise Refused(_("A shift lasts at most 24 hours; make several shifts."), field="shifts")
        names = [fold(position.name) for position in plan.positions]
        if len(set(names)) < len(names) or "" in names:
            raise Refused(_("Each position of a shift needs a name of its own."), field="positions")
        if any(position.capacity < 1 for position in plan.positions):
            raise Refused(_("A position takes at least one person."), field="positions")


def _add_shift(activity: Activity, plan: ShiftPlan) -> Shift:
    shift = Shift.objects.create(activity=activity, starts_at=plan.starts_at, ends_at=plan.ends_at, spot=fold(plan.spot))
    Position.objects.bulk_create(
        [
            Position(shift=shift, kind=p.kind, name=fold(p.name), note=fold(p.note), capacity=p.capacity, order=order)
            for order, p in enumerate(plan.positions)
        ]
    )
    return shift


def _apply_shifts(activity: Activity, locked: list[Shift], plans: Sequence[ShiftPlan]) -> list[int]:
    """Make the shifts as planned; the ids of those whose time or spot moved."""
    kept = {plan.pk for plan in plans if plan.pk}
    known = {shift.pk: shift for shift in locked}
    if kept - set(known):
        raise Refused(_("This shift is no longer there. Reload the page."), field="shifts")
    for shift in locked:
        if shift.pk not in kept:
            if shift.sign_ups.exists():
                raise Refused(_("People have signed up for a shift that you took out. Cancel their sign-ups first."), field="shifts")
            shift.delete()
    moved = []
    for plan in plans:
        if not plan.pk:
            _add_shift(activity, plan)
            continue
        shift = known[plan.pk]
        if (shift.starts_at, shift.ends_at, shift.spot) != (plan.starts_at, plan.ends_at, fold(plan.spot)):
            moved.append(shift.pk)
            shift.starts_at, shift.ends_at, shift.spot = plan.starts_at, plan.ends_at, fold(plan.spot)
            shift.day_reminder_at = shift.soon_reminder_at = None
            shift.save(update_fields=["starts_at", "ends_at", "spot", "day_reminder_at", "soon_reminder_at"])
        _apply_positions(shift, plan.positions)
    return moved


def _apply_positions(shift: Shift, plans: Sequence[PositionPlan]) -> None:
    known = {position.pk: position for position in shift.positions.all()}
    kept = {plan.pk for plan in plans if plan.pk}
    for position in known.values():
        if position.pk not in kept:
            if position.sign_ups.exists():
                raise Refused(_("People have signed up as %(name)s; the position cannot be taken out.") % {"name": position.name}, field="positions")
            position.delete()
    for plan in plans:  # names may change places: first out of each other's way
        if plan.pk in known and known[plan.pk].name != fold(plan.name):
            Position.objects.filter(pk=plan.pk).update(name=f"~{plan.pk}")
    for order, plan in enumerate(plans):
        same = known.get(plan.pk) if plan.pk else None
        if same is None:
            Position.objects.create(shift=shift, kind=plan.kind, name=fold(plan.name), note=fold(plan.note), capacity=plan.capacity, order=order)
            continue
        position = same
        taken = position.sign_ups.filter(state__in=queries.TAKEN).count()
        if plan.capacity < taken:
            raise Refused(_("%(taken)s people already have a place as %(name)s.") % {"taken": taken, "name": position.name}, field="positions")
        if plan.kind != position.kind and position.sign_ups.exists():
            raise Refused(_("People have signed up as %(name)s; its kind stays as it is.") % {"name": position.name}, field="positions")
        position.kind, position.name, position.note, position.capacity, position.order = (
            plan.kind,
            fold(plan.name),
            fold(plan.note),
            plan.capacity,
            order,
        )
        position.save(update_fields=["kind", "name", "note", "capacity", "order"])


def _refresh(activity: Activity) -> None:
    """First start, last end and search words follow the shifts and the texts."""
    times = list(activity.shifts.values_list("starts_at", "ends_at"))
    activity.first_starts_at = min((start for start, _end in times), default=None)
    activity.last_ends_at = max((end for _start, end in times), default=None)
    Activity.objects.filter(pk=activity.pk).update(
        first_starts_at=activity.first_starts_at,
        last_ends_at=activity.last_ends_at,
        search=search.vector(activity.title, activity.summary, activity.place, activity.venue.name if activity.venue else "", activity.host.name),
    )


@transaction.atomic
def publish_activity(activity: Activity, *, by: Actor) -> Activity:
    """Open the sign-up. Refuses until there is a shift to come, a position, a place, a leader and a contact. The needs behind its project get under way."""
    activity = _lock(activity)
    require(permissions.can_manage(by, activity))
    require_transition(Activity.TRANSITIONS, activity.state, Activity.State.PUBLISHED)
    if missing := queries.missing_to_publish(activity):
        raise Refused(_("Still missing: %(what)s.") % {"what": _(", ").join(str(missing_words()[what]) for what, _field in missing)})
    activity.state, activity.published_at = Activity.State.PUBLISHED, clock.now()
    activity.version += 1
    activity.save(update_fields=["state", "published_at", "version"])
    if activity.project is not None:
        for link in activity.project.need_links.select_related("need").order_by("need_id"):
            if link.need.state == Need.State.PLANNED:
                needs.activate_need(link.need, by=by)
    journal.record("activity.published", on=activity, before={"state": "draft"}, after={"state": "published", "project": activity.project_id}, by=by)
    return activity


def missing_words() -> dict[str, Any]:
    """What an activity can lack, in words."""
    return {
        "shift": _("a shift in the future"),
        "position": _("at least one position in each shift"),
        "place": _("the place"),
        "leader": _("a leader"),
        "contact": _("a contact with a phone number"),
    }


@transaction.atomic
def cancel_activity(activity: Activity, *, reason: str, by: Actor) -> Activity:
    """Call it off. Everybody with a place or on the waiting list is told why. Refuses once somebody has checked in."""
    activity = _lock(activity)
    _lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    require_transition(Activity.TRANSITIONS, activity.state, Activity.State.CANCELLED)
    reason = fold(reason)[:200]
    if not reason:
        raise Refused(_("Say why; everybody who signed up reads it."), field="reason")
    if Attendance.objects.filter(sign_up__shift__activity=activity).exists():
        raise Refused(_("People have already checked in; this activity took place. Finish it instead."))
    before = activity.state
    now = clock.now()
    rows = list(queries.people_to_notify(activity).select_related("person", "shift"))
    SignUp.objects.filter(shift__activity=activity, state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING)).update(
        state=SignUp.State.CANCELLED, cancelled_at=now, cancel_reason=reason
    )
    activity.state, activity.cancel_reason = Activity.State.CANCELLED, reason
    activity.version += 1
    activity.save(update_fields=["state", "cancel_reason", "version"])
    for row in rows:
        _tell(row, "activities.cancelled", once=f"activity.cancelled:{activity.pk}:{row.pk}", activity=activity, reason=reason)
    journal.record("activity.cancelled", on=activity, before={"state": before}, after={"state": "cancelled", "told": len(rows)}, reason=reason, by=by)
    return activity


@transaction.atomic
def repeat_weekly(activity: Activity, *, weeks: int, by: Actor) -> list[Activity]:
    """The same activity in each of the following weeks, every copy an activity of its own in one series. Copies of a published activity are published.

    A week that the series already holds is left out, so that the same again has no second effect.
    """
    activity = _lock(activity)
    require(permissions.can_manage(by, activity))
    if not 1 <= weeks <= 52:
        raise Refused(_("Repeat between 1 and 52 weeks."), field="weeks")
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED):
        raise Refused(_("Only a draft or an open activity can be repeated."))
    plans = plans_of(activity)
    if not plans:
        raise Refused(_("Give the activity a shift first."), field="weeks")
    if activity.series_id is None:
        activity.series = Series.objects.create(weeks=weeks, created_at=clock.now())
        activity.save(update_fields=["series"])
    copies: list[Activity] = []
    there = set(Activity.objects.filter(series=activity.series_id).exclude(pk=activity.pk).values_list("first_starts_at", flat=True))
    for week in range(1, weeks + 1):
        if min(plan.starts_at for plan in plans) + dt.timedelta(weeks=week) in there:
            continue
        moved = [ShiftPlan(_weeks_later(p.starts_at, week), _weeks_later(p.ends_at, week), p.positions, p.spot) for p in plans]
        copy = create_activity(
            **{name: getattr(activity, name) for name in (*EDITABLE, "host", "territory", "project")},
            shifts=moved,
            by=by,
        )
        copy.series = activity.series
        if activity.state == Activity.State.PUBLISHED:
            copy.state, copy.published_at = Activity.State.PUBLISHED, clock.now()
        copy.save(update_fields=["series", "state", "published_at"])
        copies.append(copy)
    if not copies:
        return []
    journal.record("activity.repeated", on=activity, after={"weeks": weeks, "codes": [copy.code for copy in copies]}, by=by)
    return copies


def plans_of(activity: Activity) -> list[ShiftPlan]:
    """The shifts and positions of an activity as plans for another one."""
    return [
        ShiftPlan(
            shift.starts_at,
            shift.ends_at,
            [PositionPlan(p.kind, p.name, p.capacity, p.note) for p in shift.positions.order_by("order", "pk")],
            shift.spot,
        )
        for shift in activity.shifts.order_by("starts_at", "pk")
    ]


def _weeks_later(moment: dt.datetime, weeks: int) -> dt.datetime:
    return moment + dt.timedelta(weeks=weeks)


@transaction.atomic
def finish_activity(activity: Activity, *, outcome: str = "", served_count: int = 0, served_note: str = "", by: Actor) -> Activity:
    """Write down what came of it. Refuses before the last shift has ended. Closes what is still open."""
    activity = _lock(activity)
    locked = _lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    require_transition(Activity.TRANSITIONS, activity.state, Activity.State.FINISHED)
    if activity.last_ends_at is None or activity.last_ends_at > clock.now():
        raise Refused(_("It can be finished when its last shift has ended."))
    for shift in locked:
        if shift.closed_at is None:
            _close(shift, by=by)
    activity.state, activity.finished_at = Activity.State.FINISHED, clock.now()
    activity.outcome, activity.served_count, activity.served_note = clean_words(outcome)[:300], served_count, fold(served_note)[:200]
    activity.version += 1
    activity.save(update_fields=["state", "finished_at", "outcome", "served_count", "served_note", "version"])
    journal.record("activity.finished", on=activity, before={"state": "published"}, after={"state": "finished", "served_count": served_count}, by=by)
    return activity


# Signing up


@transaction.atomic
def sign_up(position: Position, *, person: Person, allow_clash: bool = False, reason: str = "", by: Actor) -> SignUp:
    """A place in the position, or the next place on its waiting list when it is full. The same again gives the same sign-up.

    Refuses when sign-up is not open, when the person has another position in the shift, or another activity at that time;
    staff may allow such a clash and say why.
    """
    shift = _lock_shift(position.shift_id)
    position = Position.objects.get(pk=position.pk)
    position.shift = shift
    require(permissions.can_sign_up(by, person, position))
    _lock_people([person.pk])
    existing = queries.active_sign_up(shift, person)
    if existing is not None and existing.position_id == position.pk:
        return existing
    if person.merged_into_id:
        raise Refused(_("This person is now kept under another number."))
    _refuse_closed(shift)
    if existing is not None:
        raise Refused(
            _("You already have a place in this shift: %(position)s. Cancel it first if you want to change.") % {"position": existing.position.name}
        )
    clash = queries.clashes(person, shift).first()
    if clash is not None:
        _refuse_clash(clash, position, allow_clash=allow_clash, reason=reason, by=by)
    now = clock.now()
    state = SignUp.State.CONFIRMED if queries.free_places(position) > 0 else SignUp.State.WAITING
    row = SignUp.objects.create(
        position=position,
        shift=shift,
        person=person,
        state=state,
        sequence=shift.next_sequence,
        signed_up_at=now,
        signed_up_by=by if isinstance(by, Person) else None,
        clash_allowed_by=by if clash is not None and isinstance(by, Person) else None,
    )
    shift.next_sequence += 1
    shift.save(update_fields=["next_sequence"])
    _tell(row, "activities.signed_up" if state == SignUp.State.CONFIRMED else "activities.waiting", once=f"sign_up:{row.pk}", activity=shift.activity)
    journal.record(
        "shift.signed_up",
        on=row,
        after={"state": state, "position": position.pk, "sequence": row.sequence, "clash": clash is not None},
        reason=reason,
        by=by,
    )
    return row


def _refuse_closed(shift: Shift) -> None:
    if shift.activity.state != Activity.State.PUBLISHED:
        raise Refused(_("This activity does not take sign-ups."))
    if shift.ends_at <= clock.now():
        raise Refused(_("This shift is over."))


def _refuse_clash(clash: SignUp, position: Position, *, allow_clash: bool, reason: str, by: Actor) -> None:
    if not allow_clash:
        raise Refused(
            _("At that time there is already “%(activity)s”, %(position)s.")
            % {"activity": clash.shift.activity.title, "position": clash.position.name}
        )
    require(permissions.can_allow_clash(by, position))
    if not reason and isinstance(by, Person):
        raise Refused(_("Say why both are possible."), field="reason")


@transaction.atomic
def cancel_sign_up(sign_up: SignUp, *, reason: str = "", by: Actor) -> SignUp:
    """Give the place back; the first on the waiting list gets it in the same transaction. Cancelling twice has one effect."""
    shift = _lock_shift(sign_up.shift_id)
    row = SignUp.objects.select_related("person", "position").get(pk=sign_up.pk)
    row.shift = row.position.shift = shift
    require(permissions.can_cancel_sign_up(by, row))
    if row.state == SignUp.State.CANCELLED:
        return row
    require_transition(SignUp.TRANSITIONS, row.state, SignUp.State.CANCELLED)
    if Attendance.objects.filter(sign_up=row).exists():
        raise Refused(_("This person has already checked in."))
    if shift.ends_at <= clock.now():
        raise Refused(_("This shift is over."))
    before = row.state
    row.state, row.cancelled_at, row.cancel_reason = SignUp.State.CANCELLED, clock.now(), fold(reason)[:200]
    row.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    if not (isinstance(by, Person) and by.pk == row.person_id):
        _tell(row, "activities.sign_up_cancelled", once=f"sign_up.cancelled:{row.pk}", activity=shift.activity, reason=row.cancel_reason)
    journal.record("sign_up.cancelled", on=row, before={"state": before}, after={"state": "cancelled"}, reason=reason, by=by)
    if before == SignUp.State.CONFIRMED:
        _move_up([shift], activity=shift.activity)
    return row


def _move_up(shifts: Iterable[Shift], *, activity: Activity) -> list[SignUp]:
    """Give free places to those who wait, in order; who is busy elsewhere at that time keeps waiting. Runs under the locks of the shifts."""
    if activity.state != Activity.State.PUBLISHED:
        return []
    now = clock.now()
    open_shifts = [shift for shift in shifts if shift.ends_at > now]
    waiting = list(
        SignUp.objects.filter(shift__in=open_shifts, state=SignUp.State.WAITING).select_related("person", "position", "shift").order_by("sequence")
    )
    free = {row.position_id: queries.free_places(row.position) for row in waiting}
    waiting = [row for row in waiting if free[row.position_id] > 0]
    _lock_people(row.person_id for row in waiting)
    moved = []
    for row in waiting:
        if free[row.position_id] <= 0 or (row.clash_allowed_by_id is None and queries.clashes(row.person, row.shift).exists()):
            continue
        free[row.position_id] -= 1
        row.state, row.moved_up_at = SignUp.State.CONFIRMED, now
        row.save(update_fields=["state", "moved_up_at"])
        _tell(
            row,
            "activities.moved_up",
            once=f"sign_up.moved_up:{row.pk}",
            activity=activity,
            urgent=row.shift.starts_at - now < dt.timedelta(hours=24),
        )
        journal.record("sign_up.moved_up", on=row, before={"state": "waiting"}, after={"state": "confirmed"}, by=actors.WAITLIST)
        moved.append(row)
    return moved


# Coming and leaving


@transaction.atomic
def check_in(sign_up: SignUp, *, method: str, nonce: str | None = None, at: dt.datetime | None = None, reason: str = "", by: Actor) -> Attendance:
    """The person has come. Once only: any further call gives the first attendance back (compare `in_nonce` to know whether it was yours).

    Between 30 minutes before the start and 60 after the end; those who check people may go beyond it, or give a time, with a reason.
    """
    row = _lock_sign_up(sign_up)
    require(permissions.can_check_in(by, row, method=method))
    attendance = Attendance.objects.filter(sign_up=row).first()
    if attendance is not None:
        return attendance
    _refuse_not_expected(row, by=by)
    moment = _moment(row.shift, at, reason=reason, by=by)
    before = row.state
    if row.state == SignUp.State.ABSENT:
        row.state = SignUp.State.CONFIRMED
        row.save(update_fields=["state"])
    attendance = Attendance.objects.create(
        sign_up=row, in_at=moment, in_method=method, in_by=by if isinstance(by, Person) else None, in_nonce=nonce or None
    )
    if row.shift.closed_at is not None:  # added afterwards: nothing will close it any more
        attendance.out_at, attendance.out_method = max(row.shift.ends_at, moment), Attendance.Method.SHIFT_END
        attendance.save(update_fields=["out_at", "out_method"])
    journal.record("sign_up.checked_in", on=row, before={"state": before}, after={"in_at": moment, "method": method}, reason=reason, by=by)
    return attendance


@transaction.atomic
def check_out(sign_up: SignUp, *, method: str, nonce: str | None = None, at: dt.datetime | None = None, reason: str = "", by: Actor) -> Attendance:
    """The person leaves. Once only, like `check_in`. Refuses without a check-in."""
    row = _lock_sign_up(sign_up)
    require(permissions.can_check_in(by, row, method=method))
    attendance = Attendance.objects.filter(sign_up=row).first()
    if attendance is None:
        raise Refused(_("There is no check-in yet."))
    if attendance.out_at is not None:
        return attendance
    moment = max(_moment(row.shift, at, reason=reason, by=by), attendance.in_at)
    attendance.out_at, attendance.out_method, attendance.out_by, attendance.out_nonce = (
        moment,
        method,
        by if isinstance(by, Person) else None,
        nonce or None,
    )
    attendance.save(update_fields=["out_at", "out_method", "out_by", "out_nonce"])
    journal.record("sign_up.checked_out", on=row, after={"out_at": moment, "method": method}, reason=reason, by=by)
    return attendance


@transaction.atomic
def walk_in(position: Position, *, person: Person, nonce: str | None = None, by: Actor) -> Attendance:
    """Sign up at the door and check in, both or neither. Refuses when the position is full."""
    row = sign_up(position, person=person, by=by)
    if row.state == SignUp.State.WAITING:
        raise Refused(_("%(position)s is full. Please ask the leader.") % {"position": position.name})
    return check_in(row, method=Attendance.Method.VENUE_CODE, nonce=nonce, by=by)


@dataclass(frozen=True)
class Ticked:
    """Who was ticked, and who could not be and why."""

    done: list[SignUp]
    refused: list[tuple[SignUp, str]]


@transaction.atomic
def tick(shift: Shift, *, sign_ups: Sequence[SignUp], act: str, reason: str = "", by: Actor) -> Ticked:
    """Tick people on the list: `act` is in, out or absent. One that is refused does not hold up the others."""
    verbs = {
        "in": lambda row: check_in(row, method=Attendance.Method.LIST, reason=reason, by=by),
        "out": lambda row: check_out(row, method=Attendance.Method.LIST, reason=reason, by=by),
        "absent": lambda row: mark_absent(row, by=by),
    }
    done, refused = [], []
    for row in sorted((row for row in sign_ups if row.shift_id == shift.pk), key=lambda row: row.pk):
        try:
            with transaction.atomic():
                verbs[act](row)
        except Refused as refusal:
            refused.append((row, str(refusal.reason)))
        else:
            done.append(row)
    return Ticked(done, refused)


def _refuse_not_expected(row: SignUp, *, by: Actor) -> None:
    activity = row.shift.activity
    if activity.state == Activity.State.CANCELLED:
        raise Refused(_("This activity was cancelled."))
    if activity.state == Activity.State.DRAFT:
        raise Refused(_("This activity is not open yet."))
    if row.state == SignUp.State.CANCELLED:
        raise Refused(_("This sign-up was cancelled."))
    if row.state == SignUp.State.WAITING:
        place = queries.waiting_position(row)
        raise Refused(ngettext("Still on the waiting list, next in line.", "Still on the waiting list, place %(place)s.", place) % {"place": place})
    if row.state == SignUp.State.ABSENT:
        require(permissions.can_check_people(by, activity))


def _moment(shift: Shift, at: dt.datetime | None, *, reason: str, by: Actor) -> dt.datetime:
    """The time that counts. Out of the window, or told instead of measured: only with a reason, by those who check people. Never beyond the window."""
    now = clock.now()
    opens, shuts = shift.starts_at - OPENS, shift.ends_at + SHUTS
    staff = bool(permissions.can_check_people(by, shift.activity))
    moment = at or now
    if isinstance(by, System):
        return min(max(moment, opens), shuts)
    if at is None and opens <= now <= shuts:
        return moment
    if not (staff and fold(reason)):
        if now < opens:
            raise Refused(_("Too early: check-in opens 30 minutes before the start."))
        if now > shuts:
            raise Refused(_("Too late: check-in shut 60 minutes after the end. The leader can add it with a reason."))
        raise Refused(_("Say why the time is given by hand."), field="reason")
    if at is not None and at > now:
        raise Refused(_("This time has not come yet."), field="at")
    return min(max(moment, opens), shuts)


@transaction.atomic
def mark_absent(sign_up: SignUp, *, by: Actor) -> SignUp:
    """Did not come. Refuses before the start and after a check-in. Twice has one effect."""
    row = _lock_sign_up(sign_up)
    require(permissions.can_check_people(by, row.shift.activity))
    if row.state == SignUp.State.ABSENT:
        return row
    require_transition(SignUp.TRANSITIONS, row.state, SignUp.State.ABSENT)
    if Attendance.objects.filter(sign_up=row).exists():
        raise Refused(_("This person has already checked in."))
    if row.shift.starts_at > clock.now():
        raise Refused(_("This shift has not started yet."))
    row.state = SignUp.State.ABSENT
    row.save(update_fields=["state"])
    journal.record("sign_up.absent", on=row, before={"state": "confirmed"}, after={"state": "absent"}, by=by)
    return row


@transaction.atomic
def correct_attendance(attendance: Attendance, *, in_at: dt.datetime, out_at: dt.datetime | None, reason: str, by: Actor) -> AttendanceCorrection:
    """Put times right; the old ones stay in the correction. Refuses times outside the shift's window, and anything once the service is confirmed."""
    row = _lock_sign_up(attendance.sign_up)
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    attendance.sign_up = row
    require(permissions.can_correct(by, attendance))
    if attendance.confirmed_at is not None:
        raise Refused(_("The service is confirmed already. Correct the service record instead."))
    reason = fold(reason)[:200]
    if not reason:
        raise Refused(_("Say why the times change."), field="reason")
    opens, shuts = row.shift.starts_at - OPENS, row.shift.ends_at + SHUTS
    if not opens <= in_at <= shuts or (out_at is not None and not opens <= out_at <= shuts):
        raise Refused(_("Times lie between 30 minutes before the start and 60 minutes after the end."), field="in_at")
    if out_at is not None and out_at < in_at:
        raise Refused(_("Leaving comes after coming."), field="out_at")
    if in_at > clock.now() or (out_at is not None and out_at > clock.now()):
        raise Refused(_("This time has not come yet."), field="out_at")
    if not isinstance(by, Person):
        raise TypeError("a correction names a person")
    correction = AttendanceCorrection.objects.create(
        attendance=attendance,
        old_in_at=attendance.in_at,
        old_out_at=attendance.out_at,
        new_in_at=in_at,
        new_out_at=out_at,
        reason=reason,
        corrected_by=by,
        corrected_at=clock.now(),
    )
    before = {"in_at": attendance.in_at, "out_at": attendance.out_at}
    attendance.in_at, attendance.out_at = in_at, out_at
    attendance.out_method = Attendance.Method.CORRECTION if out_at is not None else ""
    attendance.save(update_fields=["in_at", "out_at", "out_method"])
    journal.record("attendance.corrected", on=attendance, before=before, after={"in_at": in_at, "out_at": out_at}, reason=reason, by=by)
    return correction


@transaction.atomic
def confirm_attendance(attendance: Attendance, *, by: Actor) -> Attendance:
    """Called by `recognition.confirm_service`, which holds the right and writes the entry: from here on the times stand. Refuses an attendance that is still open."""
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if attendance.out_at is None:
        raise Refused(_("This person has not checked out yet."))
    if attendance.confirmed_at is None:
        attendance.confirmed_at = clock.now()
        attendance.save(update_fields=["confirmed_at"])
    return attendance


@transaction.atomic
def close_shift(shift: Shift, *, by: Actor = actors.SCHEDULER) -> Shift:
    """After the end: who is still in leaves at the end of the shift, who never came is marked absent. Twice has one effect."""
    shift = _lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if shift.closed_at is not None:
        return shift
    if shift.ends_at > clock.now():
        raise Refused(_("This shift has not ended yet."))
    _close(shift, by=by)
    return shift


def _close(shift: Shift, *, by: Actor) -> None:
    open_rows = list(Attendance.objects.select_for_update().filter(sign_up__shift=shift, out_at__isnull=True).order_by("pk"))
    for attendance in open_rows:
        attendance.out_at, attendance.out_method = max(shift.ends_at, attendance.in_at), Attendance.Method.SHIFT_END
    Attendance.objects.bulk_update(open_rows, ["out_at", "out_method"])
    absent = list(
        SignUp.objects.filter(shift=shift, state=SignUp.State.CONFIRMED, attendance__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    SignUp.objects.filter(pk__in=absent).update(state=SignUp.State.ABSENT)
    shift.closed_at = clock.now()
    shift.save(update_fields=["closed_at"])
    journal.record("shift.closed", on=shift, after={"checked_out": [row.sign_up_id for row in open_rows], "absent": absent}, by=by)


# Reminders


@transaction.atomic
def remind_shift(shift: Shift, *, field: str, by: Actor = actors.SCHEDULER) -> int:
    """Remind the people of a shift once; `field` is day_reminder_at or soon_reminder_at. Returns how many."""
    shift = _lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if getattr(shift, field) is not None or shift.activity.state != Activity.State.PUBLISHED or shift.starts_at <= clock.now():
        return 0
    rows = list(
        SignUp.objects.filter(shift=shift, state=SignUp.State.CONFIRMED, attendance__isnull=True).select_related("person", "position").order_by("pk")
    )
    kind = {"day_reminder_at": "activities.reminder_day", "soon_reminder_at": "activities.reminder_soon"}[field]
    for row in rows:
        row.shift = shift
        _tell(row, kind, once=f"{kind}:{row.pk}:{shift.starts_at:%Y%m%d%H%M}", activity=shift.activity)
    setattr(shift, field, clock.now())
    shift.save(update_fields=[field])
    journal.record("shift.reminded", on=shift, after={"kind": kind, "told": len(rows)}, by=by)
    return len(rows)


# Locks and words


def _lock(activity: Activity) -> Activity:
    return (
        Activity.objects.select_for_update(of=("self",))
        .select_related("host__territory", "territory", "venue__territory", "project", "leader")
        .get(pk=activity.pk)
    )


def _lock_shifts(activity: Activity) -> list[Shift]:
    shifts = list(Shift.objects.select_for_update().filter(activity=activity).order_by("pk"))
    for shift in shifts:
        shift.activity = activity
    return shifts


def _lock_shift(pk: int) -> Shift:
    """A sought-after shift is a queue: everybody waits their turn instead of being turned away by the usual short lock timeout."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '30s'")
    return (
        Shift.objects.select_for_update(of=("self",))
        .select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
        .get(pk=pk)
    )


def _lock_sign_up(sign_up: SignUp) -> SignUp:
    rows = SignUp.objects.select_for_update(of=("self",)).select_related(
        "position", "person", "shift__activity__host__territory", "shift__activity__territory"
    )
    return rows.get(pk=sign_up.pk)


def _lock_people(ids: Iterable[int]) -> None:
    """One person's places in different shifts are decided one after the other, so that two of them cannot both find no clash."""
    ordered = sorted(set(ids))
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(pg_advisory_xact_lock(%s, id)) from (select unnest(%s::int[]) as id order by 1) as people", [PERSON_LOCK, ordered]
        )


def _tell(row: SignUp, kind: str, *, once: str, activity: Activity, urgent: bool = False, **values: str) -> None:
    notify(
        row.person,
        kind=kind,
        values={
            "title": activity.title,
            "position": row.position.name,
            "starts_at": row.shift.starts_at.isoformat(),
            "place": place_of(activity),
            "place_in_queue": str(queries.waiting_position(row)),
            "contact_phone": activity.contact_phone,
            **values,
        },
        url=reverse("activities:ticket", args=[row.code]),
        once_key=once,
        urgent=urgent,
    )


def place_of(activity: Activity) -> str:
    """The place in a few words."""
    return activity.venue.name if activity.venue else activity.place
