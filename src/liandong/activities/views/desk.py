"""For those who run activities: list, set up, check, publish, share, the people of a shift, finish."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liandong.accounts.models import Person
from liandong.activities import paper, permissions, queries, services
from liandong.activities.forms import (
    ActivityForm,
    FinishForm,
    PositionFormSet,
    ReasonForm,
    RepeatForm,
    ShiftFormSet,
    initial_of,
    plans,
    position_rows,
    shift_rows,
    undivided_rows,
)
from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.activities.services.dividing import places_among
from liandong.activities.views.load import find_for_work, find_shift_for_work, reader
from liandong.activities.views.public import age_words, place_lines, plain_day
from liandong.bookings import permissions as bookings
from liandong.core import clock
from liandong.core.answers import add_refusal, form_answer, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import queries as matching
from liandong.needs.models import Category
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import holds_anywhere, organizations_with
from liandong.overlap import permissions as overlap_permissions
from liandong.overlap import queries as overlap
from liandong.projects import permissions as project_permissions
from liandong.projects.models import Project
from liandong.ui import listing, words

ROWS = {"shifts": ShiftFormSet, "positions": PositionFormSet}
HOSTS_SHOWN = 300


def desk_list(request: HttpRequest) -> HttpResponse:
    """The activities a person works on."""
    person = reader(request)
    assert person is not None
    require(permissions.can_open_desk(person))
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    host = Organization.objects.filter(slug=request.GET.get("org", "")).first() if request.GET.get("org") else None
    rows = queries.desk_list(person, text=text, state=state if state in Activity.State.values else "", host_id=host.pk if host else None)
    if request.GET.get("todo"):
        rows = rows.filter(state=Activity.State.PUBLISHED, last_ends_at__lt=clock.now())
    if request.GET.get("sort"):
        rows = rows.order_by(*listing.order(request, allowed={"when": "first_starts_at", "title": "title"}, default="-first_starts_at"))
    columns = [
        listing.Column(_("Activity"), key="title"),
        listing.Column(_("When"), key="when"),
        listing.Column(_("State")),
        listing.Column(_("Volunteers"), number=True),
        listing.Column(_("Participants"), number=True),
        listing.Column(_("Waiting"), number=True),
        listing.Column(_("Have come"), number=True),
    ]
    context = {
        "page": listing.page(request, rows),
        "columns": columns,
        "chips": listing.filter_links(request, "state", Activity.State.choices, any_label=_("All")),
        "host": host,
        "filtered": bool(text or state),
        "can_create": any(True for _row in organizations_with(person, Right.MANAGE_ACTIVITIES)[:1]),
        "suspends": holds_anywhere(person, Right.MANAGE_PEOPLE),
        "now": clock.now(),
    }
    return render(request, "activities/desk_list.html#results" if request.htmx else "activities/desk_list.html", context)  # type: ignore[attr-defined]


# Setting up


def new(request: HttpRequest) -> HttpResponse:
    """A new draft, empty, for a project (?project=) or from an earlier activity (?from=)."""
    person = reader(request)
    hosts = list(organizations_with(person, Right.MANAGE_ACTIVITIES)[:HOSTS_SHOWN])
    if not hosts:
        require(permissions.can_create(person, _nearest_body(person)))
    project = _project(person, request.POST.get("project") or request.GET.get("project"))
    initial, shifts, positions = _start(request, person, hosts, project)
    return _form_page(request, hosts=hosts, project=project, activity=None, initial=initial, shifts=shifts, positions=positions, leader=person)


def _nearest_body(person: Person | None) -> Organization:
    """A body to name in the denial: the person's own where there is one."""
    own = Membership.objects.filter(person=person, to_date__isnull=True).select_related("organization__territory").first()
    return own.organization if own else get_object_or_404(Organization.objects.select_related("territory").order_by("pk")[:1])


def _project(person: Person | None, number: str | None) -> Project | None:
    """A project the person works on; any other one is not there to be added to."""
    return project_permissions.visible_to(person).select_related("lead__territory", "territory").filter(number=number).first() if number else None


def _start(
    request: HttpRequest, person: Person | None, hosts: list[Organization], project: Project | None
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the empty form already knows."""
    earlier = (
        queries.activities_visible_to(person).filter(permissions.worked_on_by(person), code=request.GET.get("from", "")).first()
        if request.GET.get("from")
        else None
    )
    if earlier is not None:
        rows = list(earlier.shifts.order_by("starts_at").prefetch_related("positions"))
        minutes, _places = places_among(rows)
        later = _to_next_week(earlier.first_starts_at)
        return (
            initial_of(earlier) | {"version": None, "places_minutes": minutes or None},
            undivided_rows(rows, later=later) if minutes else shift_rows(rows, later=later, keep=False),
            position_rows(rows, keep=False),
        )
    initial: dict[str, Any] = {
        "places_by": Activity.PlacesBy.ORDER,
        "category": Category.OTHER,
        "leader": person.pk if person else None,
        "contact_name": person.name if person else "",
    }
    own = set(Membership.objects.filter(person=person, to_date__isnull=True).values_list("organization", flat=True))
    asked = [host for host in hosts if host.slug == request.GET.get("org")]
    body = next(iter([*asked, *[host for host in hosts if host.pk in own], *hosts]), None)
    if project is not None:
        body = next((host for host in hosts if host.pk == project.lead_id), body)
        initial |= {"title": project.name, "summary": project.goal, "category": project.category}
    if body is not None:
        initial |= {"host": body.pk, "contact_phone": body.contact_phone}
    shifts = _from_booking(request, person, hosts, initial)
    saturday = clock.today() + dt.timedelta(days=(5 - clock.today().weekday()) % 7 or 7)
    shifts = shifts or [{"date": saturday, "start": dt.time(14), "end": dt.time(16)}]
    positions = [
        {"name": _("Help on the spot"), "kind": Position.Kind.VOLUNTEER, "capacity": 6},
        {"name": _("Take part"), "kind": Position.Kind.PARTICIPANT, "capacity": 30},
    ]
    return initial, shifts, positions


def _from_booking(request: HttpRequest, person: Person | None, hosts: list[Organization], initial: dict[str, Any]) -> list[dict[str, Any]]:
    """A room that is booked already (?booking=): its time, its place, its words."""
    booking = bookings.visible_to(person).filter(number=request.GET.get("booking", "").upper()).first() if request.GET.get("booking") else None
    if booking is None or not booking.holds or booking.organization_id not in {host.pk for host in hosts}:
        return []
    initial |= {"host": booking.organization_id, "venue": booking.room.venue_id, "room": booking.room_id, "title": booking.title}
    start, end = timezone.localtime(booking.starts_at), timezone.localtime(booking.ends_at)
    return [{"date": start.date(), "start": start.time(), "end": end.time(), "spot": booking.room.name}]


def _to_next_week(first: dt.datetime | None) -> dt.timedelta:
    """Whole weeks that bring the earlier activity past today."""
    if first is None:
        return dt.timedelta(0)
    behind = (clock.today() - timezone.localtime(first).date()).days
    return dt.timedelta(weeks=max(behind // 7 + 1, 1))


def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change an activity. Somebody else's change in the meantime gives 409 with both values."""
    activity = find_for_work(request, code)
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED):
        raise Refused(_("This activity is over or cancelled; it can no longer be changed."))
    rows = list(activity.shifts.order_by("starts_at", "pk").prefetch_related("positions"))
    return _form_page(
        request, hosts=[activity.host], project=activity.project, activity=activity, initial=initial_of(activity), shifts=shift_rows(rows), positions=position_rows(rows),
        leader=activity.leader,
    )  # fmt: skip


def _form_page(
    request: HttpRequest,
    *,
    hosts: list[Organization],
    project: Project | None,
    activity: Activity | None,
    initial: dict[str, Any],
    shifts: list[dict[str, Any]],
    positions: list[dict[str, Any]],
    leader: Person | None,
) -> HttpResponse:
    """The form with its two lists of rows. "One more row" comes back with what was typed and an empty row."""
    data = _with_more_rows(request)
    host = next((each for each in hosts if data and str(each.pk) == data.get("host")), None)
    form = ActivityForm(data, hosts=hosts, host=host, leader=leader, initial=initial)
    form.fields["places_by"].disabled = activity is not None and activity.published_at is not None
    shift_set = ShiftFormSet(data, initial=shifts, prefix="shifts")
    position_set = PositionFormSet(data, initial=positions, prefix="positions")
    status = 200
    if request.method == "POST" and "more" not in request.POST:
        if form.is_valid() and shift_set.is_valid() and position_set.is_valid():
            try:
                saved = _save(request, form, shift_set, position_set, activity=activity, project=project)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                return see_other("activities:check", saved.code)
        _copy_row_errors(form, shift_set, position_set)
        status = 422
    context = {
        "form": form,
        "shift_set": shift_set,
        "position_set": position_set,
        "activity": activity,
        "project": project,
        "more": "more" in request.POST,
    }
    return render(request, "activities/edit.html", context, status=status)


def _with_more_rows(request: HttpRequest) -> Any:
    """The posted data, with one more empty row where that was asked for."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    prefix = data.get("more", "")
    if prefix in ROWS:
        total = data.get(f"{prefix}-TOTAL_FORMS", "0")
        if (count := whole_number(total)) is not None and count < ROWS[prefix].max_num:
            if prefix == "shifts" and count:  # another shift is mostly the same time a week later
                last = f"shifts-{count - 1}"
                for name in ("start", "end", "spot"):
                    data[f"shifts-{count}-{name}"] = data.get(f"{last}-{name}", "")
            data[f"{prefix}-TOTAL_FORMS"] = str(count + 1)
    return data


def _copy_row_errors(form: ActivityForm, *sets: Any) -> None:
    """Errors of rows belong into the summary too."""
    if form.is_bound and not form.errors and any(rows.total_error_count() for rows in sets):
        form.add_error(None, ValidationError(_("Please look at the marked shifts and positions.")))


def _save(request: HttpRequest, form: ActivityForm, shifts: Any, positions: Any, *, activity: Activity | None, project: Project | None) -> Activity:
    person = reader(request)
    assert person is not None
    if activity is None:
        planned = plans(shifts, positions, places_minutes=form.cleaned_data["places_minutes"])
        return services.create_activity(host=form.cleaned_data["host"], project=project, shifts=planned, by=person, **form.changes())
    planned = plans(shifts, positions, activity=activity, places_minutes=form.cleaned_data["places_minutes"])
    return services.edit_activity(activity, version=form.cleaned_data["version"] or 0, shifts=planned, by=person, **form.changes())


def check(request: HttpRequest, code: str) -> HttpResponse:
    """Everything once more before it is published, and what is still missing."""
    activity = find_for_work(request, code)
    return render(request, "activities/check.html", {**_overview(activity), **_overlaps(request, activity)})


def _overlaps(request: HttpRequest, activity: Activity) -> dict[str, Any]:
    """Who else is about to do the same for the same people, while it can still be changed."""
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED) or (activity.last_ends_at and activity.last_ends_at <= clock.now()):
        return {}
    person = reader(request)
    kept = overlap.list_of(activity)
    may_list = person is not None and overlap_permissions.can_keep_list(person, activity)
    return {
        "overlaps": overlap.overlaps_of(activity, person=person),
        "thing_key": overlap.key_of(activity),
        "thing_code": activity.code,
        "can_decide": bool(permissions.can_manage(person, activity)),
        "list_href": reverse("overlap:people", args=[activity.code]) if may_list else "",
        "list_count": kept.people_count if kept else 0,
    }


def _overview(activity: Activity) -> dict[str, Any]:
    labels = services.missing_words()
    missing = [(labels[what], field) for what, field in queries.missing_to_publish(activity)] if activity.state == Activity.State.DRAFT else []
    shifts = queries.shifts_of(activity)
    for shift in shifts:
        shift.title = f"{words.day(shift.starts_at)} {words.time_range(shift.starts_at, shift.ends_at)}"  # type: ignore[attr-defined]
        shift.positions_words = _(", ").join(" ".join(filter(None, [row.name, str(row.capacity), age_words(row)])) for row in shift.rows)  # type: ignore[attr-defined]
    return {"activity": activity, "shifts": shifts, "missing": missing, "where": place_lines(activity, None)}


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    activity = find_for_work(request, code)
    try:
        services.publish_activity(activity, by=reader(request))
    except Refused as refusal:
        return render(
            request, "activities/check.html", {**_overview(activity), **_overlaps(request, activity), "refused": refusal.reason}, status=422
        )
    messages.success(request, _("Published. Now share it."))
    return see_other("activities:share", code)


def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Call it off: first how many people will be told."""
    activity = find_for_work(request, code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_activity(activity, reason=form.cleaned_data["reason"], by=reader(request))
        except Refused as refusal:
            form.add_error("reason" if refusal.field == "reason" else None, ValidationError(str(refusal.reason)))
        else:
            messages.success(request, _("Called off. Everybody who signed up has been told."))
            return see_other("activities:manage", code)
    return form_answer(request, "activities/cancel.html", form, activity=activity, told_count=queries.people_to_notify(activity).count())


def repeat(request: HttpRequest, code: str) -> HttpResponse:
    """The same every week: shows the dates before it makes them."""
    activity = find_for_work(request, code)
    form = RepeatForm(request.POST or request.GET or None, initial={"weeks": 4})
    if request.method == "POST" and form.is_valid():
        try:
            copies = services.repeat_weekly(activity, weeks=form.cleaned_data["weeks"], every=form.cleaned_data["every"], by=reader(request))
        except Refused as refusal:
            form.add_error("weeks" if refusal.field == "weeks" else None, ValidationError(str(refusal.reason)))
        else:
            messages.success(request, ngettext("%(n)s more activity made. Each can be changed or called off by itself.", "%(n)s more activities made. Each can be changed or called off by itself.", len(copies)) % {"n": len(copies)})  # fmt: skip
            if services.room_of(activity) and (days := queries.days_without_room(copies)):
                text = _("The room is taken on these days, so the activity has none there yet: %(days)s.")
                messages.warning(request, text % {"days": _(", ").join(words.day_short(day) for day in days)})
            return see_other(f"{reverse('activities:desk')}?{urlencode({'q': activity.title})}")
    weeks, every = (form.cleaned_data["weeks"], form.cleaned_data["every"]) if form.is_bound and form.is_valid() else (4, 1)
    first = activity.first_starts_at
    context = {
        "activity": activity,
        "form": form,
        "weeks": weeks,
        "every": every,
        "dates": [first + dt.timedelta(weeks=week * every) for week in range(1, weeks + 1)] if first else [],
        "make_label": ngettext("Make %(n)s more", "Make %(n)s more", weeks) % {"n": weeks},
        "siblings": list(activity.series.activities.order_by("first_starts_at")[:60]) if activity.series else [],
    }
    return render(request, "activities/repeat.html", context, status=422 if request.method == "POST" else 200)


def finish(request: HttpRequest, code: str) -> HttpResponse:
    """What came of it."""
    activity = find_for_work(request, code)
    came = SignUp.objects.filter(shift__activity=activity, attendance__isnull=False, position__kind=Position.Kind.PARTICIPANT).count()
    count_hint = ngettext("%(n)s participant checked in", "%(n)s participants checked in", came) % {"n": came}
    form = FinishForm(request.POST or None, initial={"served_count": came, "outcome": activity.outcome})
    if request.method == "POST" and form.is_valid():
        try:
            services.finish_activity(activity, **form.cleaned_data, by=reader(request))
        except Refused as refusal:
            form.add_error(None, ValidationError(str(refusal.reason)))
        else:
            messages.success(request, _("Written down. The hours can be confirmed now."))
            return see_other("activities:manage", code)
    return form_answer(request, "activities/finish.html", form, activity=activity, count_hint=count_hint)


# Sharing


def share(request: HttpRequest, code: str) -> HttpResponse:
    """The link, words to copy, the QR, the poster."""
    activity = find_for_work(request, code, may=permissions.can_see_work)
    shifts = queries.shifts_of(activity)
    ahead = [shift for shift in shifts if shift.ends_at > clock.now()] or shifts
    lines = [activity.title]
    lines += [f"{plain_day(ahead[0].starts_at)} {words.time_range(ahead[0].starts_at, ahead[0].ends_at)}"] if ahead else []
    together = [share.organization.label for share in overlap.shares_of(activity)]
    lines += [
        draw_line(activity),
        services.place_of(activity),
        _("Together: %(who)s") % {"who": _(", ").join(together)} if together else "",
        paper.short_url(activity),
    ]
    context = {"activity": activity, "url": paper.short_url(activity), "text": "\n".join(line for line in lines if line)}
    return render(request, "activities/share.html", context)


def draw_line(activity: Activity) -> str:
    """How places go, for paper and chats: with the day in full, as it is read later."""
    draw = matching.draw_of(activity) if activity.awaits_draw else None
    if draw is None:
        return _("Places go by draw") if activity.awaits_draw else ""
    if draw.state != draw.State.OPEN:
        return _("Places go by draw; the list is closed")
    return _("Places go by draw; enter until %(day)s") % {"day": f"{plain_day(draw.closes_at)} {words.clock(draw.closes_at)}"}


def poster(request: HttpRequest, code: str) -> HttpResponse:
    """The poster as PDF, in the language of the page."""
    activity = find_for_work(request, code, may=permissions.can_see_work)
    answer = HttpResponse(paper.pdf_of(activity, queries.shifts_of(activity), draw=draw_line(activity)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{activity.code}.pdf"'
    return answer


# The people


def manage(request: HttpRequest, code: str) -> HttpResponse:
    """Who comes, who came: one shift at a time, with the list to tick."""
    activity = find_for_work(request, code, may=permissions.can_see_work)
    person = reader(request)
    shifts = queries.shifts_of(activity)
    now = clock.now()
    current = [shift for shift in shifts if shift.starts_at - services.OPENS <= now <= shift.ends_at + services.SHUTS]
    asked = [shift for shift in shifts if str(shift.pk) == request.GET.get("shift")]
    shift = next(iter([*asked, *current, *[each for each in shifts if each.starts_at > now], *reversed(shifts)]), None)
    rows = queries.roster(shift, text=request.GET.get("q", "").strip()[:50]) if shift else SignUp.objects.none()
    state = request.GET.get("show", "")
    if state == "waiting":
        rows = rows.filter(state=SignUp.State.WAITING).order_by("position__order", "sequence")
    elif state == "missing":
        rows = rows.filter(state=SignUp.State.CONFIRMED, attendance__isnull=True)
    elif state == "here":
        rows = rows.filter(attendance__isnull=False, attendance__out_at__isnull=True)
    page = listing.page(request, rows, size=50)
    believed = queries.evidence_of([row.attendance for row in page.object_list if hasattr(row, "attendance")])
    for row in page.object_list:
        row.evidence = believed.get(row.attendance.pk) if hasattr(row, "attendance") else None
        row.queue_words = _("In the draw") if row.is_in_draw else _("Queue, place %(n)s") % {"n": row.place_in_queue}
        row.age_note = _age_note(row)
    counts = _counts(shift)
    columns = [
        _("Name"),
        _("Position"),
        _("Code"),
        _("State"),
        listing.Column(_("Check-in time"), number=True),
        listing.Column(_("Check-out time"), number=True),
        _("How sure"),
        _("Action"),
    ]
    context = {
        "activity": activity,
        "shift": shift,
        "tabs_of_shifts": [
            listing.Link(f"{words.day_short(each.starts_at)} {words.clock(each.starts_at)}", f"?shift={each.pk}", current=each == shift)
            for each in shifts
        ]
        if len(shifts) > 1
        else [],
        "page": page,
        "capacity_words": _("of %(n)s") % {"n": counts.get("capacity", 0)},
        "waiting_href": listing.with_query(request, show="waiting") if counts.get("waiting") else "",
        "copy_href": f"{reverse('activities:new')}?from={activity.code}",
        "columns": columns,
        "chips": listing.filter_links(
            request, "show", [("missing", _("Not here yet")), ("here", _("Here now")), ("waiting", _("Waiting list"))], any_label=_("All")
        ),
        "counts": counts,
        "can_manage": bool(permissions.can_manage(person, activity)),
        "can_check": bool(permissions.can_check_people(person, activity)),
        "can_suspend": bool(permissions.can_suspend(person, activity.host)),
        "to_find": next((row.pk for row in shift.rows if row.kind == Position.Kind.VOLUNTEER and row.left), None) if shift else None,
        "too_early": bool(shift and now < shift.starts_at - services.OPENS),
        "in_window": bool(shift and shift.starts_at - services.OPENS <= now <= shift.ends_at + services.SHUTS),
        "over": bool(activity.last_ends_at and activity.last_ends_at <= now),
        "draw": matching.draw_of(activity),
        "missing": queries.missing_to_publish(activity) if activity.state == Activity.State.DRAFT else [],
        "q": request.GET.get("q", ""),
    }
    if not request.htmx:  # type: ignore[attr-defined]
        context |= _overlaps(request, activity)
        may_check = shift is not None and context["can_check"]
        context |= queries.scans_waiting(shift) if shift is not None and may_check else {"to_settle": 0, "has_scans": False}
        context["look_for"] = queries.spot_check_due(shift, person=person) if may_check and shift else None
    return render(request, "activities/manage.html#roster" if request.htmx else "activities/manage.html", context)  # type: ignore[attr-defined]


def _age_note(row: SignUp) -> str:
    """What whoever checks people should know where a position is for people of some age."""
    if not row.position.min_age:
        return ""
    if row.person.birth_date is None:
        return _("birth date not known")
    return _("younger than %(age)s") % {"age": row.position.min_age} if queries.is_too_young(row.person, row.position, row.shift) else ""


@require_POST
def spot_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader has looked whether one of those present is there."""
    shift = find_shift_for_work(request, pk)
    attendance = get_object_or_404(Attendance, pk=whole_number(request.POST.get("attendance", "")), sign_up__shift=shift)
    by = reader(request)
    assert by is not None
    try:
        services.answer_spot_check(shift, attendance=attendance, answer=request.POST.get("answer", ""), by=by)
    except Refused as refusal:
        messages.warning(request, str(refusal.reason))
    else:
        messages.success(request, _("Thank you for looking."))
    return see_other(f"{reverse('activities:manage', args=[shift.activity.code])}?shift={shift.pk}")


def _counts(shift: Any) -> dict[str, int]:
    if shift is None:
        return {}
    there = Q(attendance__isnull=False)
    return {
        **SignUp.objects.filter(shift=shift).aggregate(
            confirmed=Count("pk", filter=Q(state__in=queries.TAKEN)),
            waiting=Count("pk", filter=Q(state=SignUp.State.WAITING)),
            came=Count("pk", filter=there),
            here=Count("pk", filter=there & Q(attendance__out_at__isnull=True)),
        ),
        "capacity": sum(position.capacity for position in shift.rows),
    }
