"""Setting up an activity: draft, edit, publish, call off, repeat, finish."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, Position, Series, Shift, SignUp
from liandong.activities.services.coming import close_locked
from liandong.activities.services.ground import (
    OLDEST,
    SENT_AGAIN,
    Actor,
    PositionPlan,
    ShiftPlan,
    lock_activity,
    lock_people,
    lock_shifts,
    tell,
)
from liandong.activities.services.rooms import SAME, hold_room, let_go, room_of
from liandong.activities.services.signing_up import move_up
from liandong.core import clock, search
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.core.masking import mask_name
from liandong.core.text import clean_words, fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import queries as journal_queries
from liandong.journal import services as journal
from liandong.needs import services as needs
from liandong.needs.models import Category, Need
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Project
from liandong.venues.models import Room, Venue


@transaction.atomic
def create_activity(
    *,
    title: str,
    host: Organization,
    shifts: Sequence[ShiftPlan] = (),
    category: str = Category.OTHER,
    segment: str = "",
    territory: Territory | None = None,
    project: Project | None = None,
    venue: Venue | None = None,
    room: Room | None = None,
    place: str = "",
    summary: str = "",
    risks: str = "",
    leader: Person | None = None,
    contact_name: str = "",
    contact_phone: str = "",
    is_good_first_time: bool = False,
    cancel_until_hours: int = 18,
    places_by: str = Activity.PlacesBy.ORDER,
    by: Actor,
) -> Activity:
    """A draft. Territory falls back to the venue's and then to the host's. Refuses shifts that end before they start, and two positions of one name in a shift.

    With a room its shifts have booked it: all of them, or there is no draft either (`bookings.services.Taken` says what is in the way and what is free).
    The same draft sent again by the same person within ten minutes is the same draft.
    """
    require(permissions.can_create(by, host))
    if project is not None:
        require(permissions.can_add_to(by, project, host))
    _refuse_impossible(title, shifts)
    venue = _venue_of(room, venue)
    if (sent_before := _same_draft(title, host, project, shifts, by=by)) is not None:
        return sent_before
    activity = Activity.objects.create(
        title=one_line(title, 80),
        host=host,
        category=category,
        segment=segment,
        territory=territory or (venue.territory if venue else host.territory),
        project=project,
        venue=venue,
        place=one_line(place, 200),
        summary=clean_words(summary),
        risks=clean_words(risks),
        leader=leader,
        contact_name=fold(contact_name),
        contact_phone=fold(contact_phone),
        is_good_first_time=is_good_first_time,
        cancel_until_hours=cancel_until_hours,
        places_by=places_by,
        created_by=by if isinstance(by, Person) else None,
        created_at=clock.now(),
    )
    made = [_add_shift(activity, plan) for plan in shifts]
    if room is not None:
        hold_room(activity, made, room=room, by=by)
    refresh(activity)
    journal.record(
        "activity.created",
        on=activity,
        after={
            "title": activity.title,
            "host": host.pk,
            "project": project.pk if project else None,
            "shifts": len(shifts),
            **({"room": room.pk} if room else {}),
        },
        by=by,
    )
    return activity


def _venue_of(room: Room | None, venue: Venue | None) -> Venue | None:
    """A room brings its venue along."""
    if room is not None and venue is not None and room.venue_id != venue.pk:
        raise Refused(
            _("%(room)s belongs to %(venue)s. Choose that venue, or another room.") % {"room": room.name, "venue": room.venue.name}, field="room"
        )
    return room.venue if room is not None else venue


def _same_draft(title: str, host: Organization, project: Project | None, shifts: Sequence[ShiftPlan], *, by: Actor) -> Activity | None:
    """A form sent twice, because the first answer was lost, makes one activity."""
    if not isinstance(by, Person):
        return None
    lock_people([by.pk])
    since = clock.now() - SENT_AGAIN
    rows = Activity.objects.filter(
        title=one_line(title, 80), host=host, project=project, state=Activity.State.DRAFT, created_by=by, created_at__gte=since, version=1
    )
    times = sorted((plan.starts_at, plan.ends_at) for plan in shifts)
    return next((row for row in rows if sorted(row.shifts.values_list("starts_at", "ends_at")) == times), None)


EDITABLE = (
    "title",
    "summary",
    "risks",
    "category",
    "segment",
    "venue",
    "place",
    "leader",
    "contact_name",
    "contact_phone",
    "is_good_first_time",
    "cancel_until_hours",
    "places_by",
)
PERSONAL = {"leader", "contact_name", "contact_phone"}
PLACE = {"venue", "place"}


@transaction.atomic
def edit_activity(
    activity: Activity,
    *,
    version: int,
    shifts: Sequence[ShiftPlan] | None = None,
    room: Room | Literal["same"] | None = SAME,
    by: Actor,
    **changes: Any,
) -> Activity:
    """Change the named fields and, where given, the whole plan of shifts. People with a place hear about a new time or place. The room that the shifts have
    moves along, unless another one is given, or None.

    Raises Conflict with both values when somebody changed the activity since `version`; refuses to take away what people have signed up for.
    """
    activity = Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory", "venue", "leader").get(pk=activity.pk)
    locked = lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    if unknown := set(changes) - set(EDITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    if activity.version != version:
        raise _conflict(activity, changes)
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED):
        raise Refused(_("This activity is over or cancelled; it can no longer be changed."))
    if shifts is not None:
        _refuse_impossible(changes.get("title", activity.title), shifts)
    if activity.published_at and changes.get("places_by", activity.places_by) != activity.places_by:
        raise Refused(_("How places go stays as it was published. Call this activity off and set up a new one like it."), field="places_by")
    had = room_of(activity)
    wanted = had if room == SAME else room
    if room not in (SAME, None):
        changes["venue"] = _venue_of(wanted, changes.get("venue") or None)
    elif wanted is not None and "venue" in changes and _plain(changes["venue"]) != wanted.venue_id:
        wanted = None
    before = {name: _plain(getattr(activity, name)) for name in changes}
    for name, value in changes.items():
        setattr(activity, name, _clean(name, value))
    changed = [name for name in changes if _plain(getattr(activity, name)) != before[name]]
    moved = _apply_shifts(activity, locked, shifts, by=by) if shifts is not None else []
    if had is not None or wanted is not None:
        hold_room(activity, lock_shifts(activity), room=wanted, by=by)
    activity.version += 1
    activity.save(update_fields=[*changed, "version"])
    refresh(activity)
    told = (
        [row for row in queries.people_to_notify(activity).select_related("person", "shift") if PLACE & set(changed) or row.shift_id in moved]
        if activity.published_at
        else []
    )
    for row in told:
        tell(row, "activities.changed", once=f"activity.changed:{activity.pk}:{activity.version}:{row.pk}", activity=activity)
    if shifts is not None:
        move_up([shift for shift in locked if shift.pk], activity=activity)
    shown = [name for name in changed if name not in PERSONAL]
    journal.record(
        "activity.edited",
        on=activity,
        before={name: before[name] for name in shown},
        after={**{name: _plain(getattr(activity, name)) for name in shown}, "fields": changed, "moved_shifts": moved, "told": len(told)},
        by=by,
    )
    return activity


def _clean(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in {"title", "place"}:
        return one_line(value, 200)
    return clean_words(value) if name in {"summary", "risks"} else fold(value)


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
        "cancel_until_hours": _("Hours before the start until which cancelling troubles nobody"),
        "places_by": _("How places go"),
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
        if any(not 0 <= position.min_age <= OLDEST for position in plan.positions):
            raise Refused(_("The youngest age of a position lies between 0 and 80."), field="positions")


def _add_shift(activity: Activity, plan: ShiftPlan) -> Shift:
    shift = Shift.objects.create(activity=activity, starts_at=plan.starts_at, ends_at=plan.ends_at, spot=fold(plan.spot))
    Position.objects.bulk_create(
        [
            Position(shift=shift, kind=p.kind, name=fold(p.name), note=one_line(p.note, 120), capacity=p.capacity, min_age=p.min_age, order=order)
            for order, p in enumerate(plan.positions)
        ]
    )
    return shift


def _apply_shifts(activity: Activity, locked: list[Shift], plans: Sequence[ShiftPlan], *, by: Actor) -> list[int]:
    """Make the shifts as planned; the ids of those whose time or spot moved."""
    kept = {plan.pk for plan in plans if plan.pk}
    known = {shift.pk: shift for shift in locked}
    if kept - set(known):
        raise Refused(_("This shift is no longer there. Reload the page."), field="shifts")
    for shift in locked:
        if shift.pk not in kept:
            if shift.sign_ups.exists():
                raise Refused(_("People have signed up for a shift that you took out. Cancel their sign-ups first."), field="shifts")
            let_go(shift, by=by)
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
            Position.objects.create(
                shift=shift,
                kind=plan.kind,
                name=fold(plan.name),
                note=one_line(plan.note, 120),
                capacity=plan.capacity,
                min_age=plan.min_age,
                order=order,
            )
            continue
        position = same
        taken = position.sign_ups.filter(state__in=queries.TAKEN).count()
        if plan.capacity < taken:
            raise Refused(_("%(taken)s people already have a place as %(name)s.") % {"taken": taken, "name": position.name}, field="positions")
        if plan.kind != position.kind and position.sign_ups.exists():
            raise Refused(_("People have signed up as %(name)s; its kind stays as it is.") % {"name": position.name}, field="positions")
        position.kind, position.name, position.note, position.capacity, position.min_age, position.order = (
            plan.kind,
            fold(plan.name),
            one_line(plan.note, 120),
            plan.capacity,
            plan.min_age,
            order,
        )
        position.save(update_fields=["kind", "name", "note", "capacity", "min_age", "order"])


def refresh(activity: Activity) -> None:
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
    activity = lock_activity(activity)
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
    activity = lock_activity(activity)
    locked = lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    require_transition(Activity.TRANSITIONS, activity.state, Activity.State.CANCELLED)
    reason = one_line(reason, 200)
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
    for shift in locked:
        shift.activity = activity
        let_go(shift, by=by)
    for row in rows:
        tell(row, "activities.cancelled", once=f"activity.cancelled:{activity.pk}:{row.pk}", activity=activity, reason=reason)
    journal.record("activity.cancelled", on=activity, before={"state": before}, after={"state": "cancelled", "told": len(rows)}, reason=reason, by=by)
    return activity


@transaction.atomic
def repeat_weekly(activity: Activity, *, weeks: int, every: int = 1, by: Actor) -> list[Activity]:
    """The same activity `weeks` times more, `every` so many weeks, every copy an activity of its own in one series. Copies of a published activity are published.

    A week that the series already holds is left out, so that the same again has no second effect. Each copy has the same room; where that cannot be, it has
    none, and the entry says so.
    """
    activity = lock_activity(activity)
    require(permissions.can_manage(by, activity))
    if not 1 <= weeks * every <= 52 or every < 1:
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
    room = room_of(activity)
    there = set(Activity.objects.filter(series=activity.series_id).exclude(pk=activity.pk).values_list("first_starts_at", flat=True))
    for week in range(every, weeks * every + 1, every):
        if min(plan.starts_at for plan in plans) + dt.timedelta(weeks=week) in there:
            continue
        moved = [ShiftPlan(_weeks_later(p.starts_at, week), _weeks_later(p.ends_at, week), p.positions, p.spot) for p in plans]
        copy = _copy(activity, moved, room=room, by=by)
        copy.series = activity.series
        if activity.state == Activity.State.PUBLISHED:
            copy.state, copy.published_at = Activity.State.PUBLISHED, clock.now()
        copy.save(update_fields=["series", "state", "published_at"])
        copies.append(copy)
    if not copies:
        return []
    roomless = [copy.code for copy in copies if room is not None and room_of(copy) is None]
    after = {"weeks": weeks, "every": every, "codes": [copy.code for copy in copies]} | ({"without_room": roomless} if roomless else {})
    journal.record("activity.repeated", on=activity, after=after, by=by)
    return copies


def _copy(activity: Activity, shifts: Sequence[ShiftPlan], *, room: Room | None, by: Actor) -> Activity:
    values = {name: getattr(activity, name) for name in (*EDITABLE, "host", "territory", "project")}
    try:
        with transaction.atomic():
            return create_activity(**values, shifts=shifts, room=room, by=by)
    except Refused:
        if room is None:
            raise
    plain = [ShiftPlan(plan.starts_at, plan.ends_at, plan.positions, "" if plan.spot == room.name else plan.spot) for plan in shifts]
    return create_activity(**values, shifts=plain, by=by)


def plans_of(activity: Activity) -> list[ShiftPlan]:
    """The shifts and positions of an activity as plans for another one."""
    return [
        ShiftPlan(
            shift.starts_at,
            shift.ends_at,
            [PositionPlan(p.kind, p.name, p.capacity, p.note, min_age=p.min_age) for p in shift.positions.order_by("order", "pk")],
            shift.spot,
        )
        for shift in activity.shifts.order_by("starts_at", "pk")
    ]


def _weeks_later(moment: dt.datetime, weeks: int) -> dt.datetime:
    return moment + dt.timedelta(weeks=weeks)


@transaction.atomic
def finish_activity(activity: Activity, *, outcome: str = "", served_count: int = 0, served_note: str = "", by: Actor) -> Activity:
    """Write down what came of it. Refuses before the last shift has ended. Closes what is still open."""
    activity = lock_activity(activity)
    locked = lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    require_transition(Activity.TRANSITIONS, activity.state, Activity.State.FINISHED)
    if activity.last_ends_at is None or activity.last_ends_at > clock.now():
        raise Refused(_("It can be finished when its last shift has ended."))
    for shift in locked:
        if shift.closed_at is None:
            close_locked(shift, by=by)
    activity.state, activity.finished_at = Activity.State.FINISHED, clock.now()
    activity.outcome, activity.served_count, activity.served_note = clean_words(outcome)[:300], served_count, one_line(served_note, 200)
    activity.version += 1
    activity.save(update_fields=["state", "finished_at", "outcome", "served_count", "served_note", "version"])
    journal.record("activity.finished", on=activity, before={"state": "published"}, after={"state": "finished", "served_count": served_count}, by=by)
    return activity
