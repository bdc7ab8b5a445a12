"""What everybody sees: the list of activities, the page of one, its calendar file."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities import calendars, permissions, queries
from liandong.activities.models import Activity, Position, Shift, SignUp, Suspension
from liandong.activities.services.dividing import places_among
from liandong.activities.views.load import find_activity, reader
from liandong.core import clock
from liandong.core.text import whole_number
from liandong.evaluation import queries as evaluation
from liandong.matching import queries as matching
from liandong.needs.models import Category
from liandong.organizations.models import Organization, Territory
from liandong.overlap import queries as overlap
from liandong.projects import queries as projects
from liandong.projects.models import Pledge
from liandong.ui import listing, words
from liandong.ui.context import display

PAGE_SIZE = 20
HOST_ICONS = {
    Pledge.Kind.PLACE: "home",
    Pledge.Kind.PLAN: "clipboard-text",
    Pledge.Kind.HOURS: "users",
    Pledge.Kind.MONEY: "coin",
    Pledge.Kind.GOODS: "gift",
}


@login_not_required
def activity_list(request: HttpRequest) -> HttpResponse:
    """Upcoming activities by day, with search and chips."""
    day = parse_day(request.GET.get("day", ""))
    community = Territory.objects.filter(pk=key).first() if (key := whole_number(request.GET.get("community", ""))) else None
    rows = queries.upcoming_public(
        text=request.GET.get("q", "").strip()[:60],
        category=request.GET.get("category", ""),
        territory=community,
        day=day,
        weekend="weekend" in request.GET,
    )
    if "left" in request.GET:
        rows = rows.filter(left_count__gt=0)
    page = listing.page(request, rows, size=PAGE_SIZE)
    context = {
        "page": page,
        "days": by_day(list(page.object_list), day=day),
        "chips": time_chips(request),
        "categories": listing.filter_links(request, "category", Category.choices),
        "communities": listing.filter_links(request, "community", community_choices()),
        "filtered": any(request.GET.get(name) for name in ("q", "category", "community", "day", "weekend", "left")),
        "chosen": community,
        "more_open": bool(request.GET.get("category") or community),
    }
    return render(request, "activities/list.html#results" if request.htmx else "activities/list.html", context)  # type: ignore[attr-defined]


def parse_day(value: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2199 else None


def time_chips(request: HttpRequest) -> list[listing.Link]:
    """Today, tomorrow, the weekend, with places left."""
    today = clock.today()
    links = []
    for label, day in ((_("Today"), today), (_("Tomorrow"), today + dt.timedelta(days=1))):
        on = request.GET.get("day") == day.isoformat()
        links.append(listing.Link(label, listing.with_query(request, day="" if on else day.isoformat()), current=on))
    for label, name in ((_("Weekend"), "weekend"), (_("With places left"), "left")):
        on = name in request.GET
        links.append(listing.Link(label, listing.with_query(request, **{name: "" if on else "1"}), current=on))
    return links


def community_choices() -> list[tuple[int, str]]:
    """Where something is coming up."""
    rows = Activity.objects.filter(state=Activity.State.PUBLISHED, last_ends_at__gt=clock.now()).values("territory")
    return list(Territory.objects.filter(pk__in=rows).order_by("pinyin", "pk").values_list("pk", "name")[:60])


def by_day(rows: list[Activity], *, day: dt.date | None) -> list[tuple[str, list[Activity]]]:
    """Activities under the day of their first shift; what has begun earlier and goes on stands under today."""
    groups: dict[dt.date, list[Activity]] = {}
    for row in rows:
        groups.setdefault(day or max(words.local_date(row.first_starts_at), clock.today()), []).append(row)
    return [(words.day(date), group) for date, group in groups.items()]


# One activity


@dataclass(frozen=True)
class Dock:
    """What the bar at the bottom says and does."""

    label: str
    title: str = ""
    text: str = ""
    note: str = ""
    href: str = ""
    tone: str = "primary"


@login_not_required
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """The page of an activity. `?shift=` chooses a shift, `?position=` a position; both are remembered in the address only."""
    found = find_activity(request, code)
    person = reader(request)
    shifts = queries.shifts_of(found)
    mine = queries.active_sign_ups(found, person)
    minutes, places = places_among(shifts)
    shift = chosen_shift(request, [*places, *(each for each in shifts if each not in places)], mine)
    positions = [row for row in shift.rows if row.kind in queries.OPEN_KINDS] if shift else []
    care = display(request)["care"]
    position = chosen_position(request, [*likeliest(positions), *positions] if care else positions)
    suspended = keeps_away(person, shift)
    dock = None if suspended else dock_of(found, shift, position, mine.get(shift.pk) if shift else None)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "activities/activity.html#dock", {"dock": dock, "activity": found, **call_of(found)})
    staff = bool(permissions.can_see_work(person, found)) if person else False
    own = mine.get(shift.pk) if shift else None
    hosts = hosts_of(found)
    context = {
        **call_of(found),
        "when_note": _(", ").join(part for part in (words.time_range(shift.starts_at, shift.ends_at), words.until(shift.starts_at)) if part)
        if shift
        else "",
        "care_note": _("%(day)s, until %(time)s") % {"day": words.day_short(shift.starts_at), "time": care_clock(shift.ends_at)} if shift else "",
        "hosts_title": _("Three parties do it together")
        if len(hosts) == 3
        else _("Who does it together")
        if len(hosts) > 1
        else _("Who organises it"),
        "queue_words": queue_words(own) if own else "",
        "mine_title": _("You have a place: %(position)s") % {"position": own.position.name} if own else "",
        "all_label": _("See all %(n)s positions") % {"n": len(positions)},
        "all_href": listing.with_query(request, all="1"),
        "activity": found,
        "shift": shift,
        "times": times_of(places, shift),
        "times_note": times_note(minutes, places),
        "shifts": shift_links(shifts, places, shift) if len(shifts) > 1 else [],
        "mine": own,
        "suspensions": [suspended] if suspended and own is None else [],
        "items": position_items(likeliest(positions) if care and "all" not in request.GET else positions),
        "hidden_count": len(positions) if care and "all" not in request.GET and len(positions) > 2 else 0,
        "position": position,
        "draw": matching.draw_of(found),
        "count_note": ngettext("%(n)s position in all", "%(n)s positions in all", len(positions)) % {"n": len(positions)},
        "dock": dock,
        "labels": labels_of(found, positions),
        "status": status_of(found, shifts),
        "where": place_lines(found, shift),
        "map_href": map_href(found),
        "care_when": care_when(shift.starts_at) if shift else "",
        "hosts": hosts,
        "last": last_time(found),
        "joint": overlap.joint_instead_of(found) if found.state == Activity.State.CANCELLED else None,
        "staff": staff,
        "can_manage": bool(permissions.can_manage(person, found)) if staff else False,
    }
    return render(request, "activities/activity.html", context)


def call_of(found: Activity) -> dict[str, str]:
    """A person to ring, for the care view."""
    return {"call_label": _("Call %(name)s") % {"name": found.contact_name or found.contact_phone}, "call_href": f"tel:{found.contact_phone}"}


def queue_words(row: SignUp) -> str:
    if row.is_in_draw:
        return _("In the draw, number %(slip)s") % {"slip": words.spaced_code(row.slip)}
    return _("On the waiting list, place %(n)s") % {"n": queries.waiting_position(row)} if row.state == SignUp.State.WAITING else ""


def shift_links(shifts: list[Shift], places: list[Shift], chosen: Shift | None) -> list[listing.Link]:
    """The shifts to choose from; beside short places, what is left are those for whoever serves the whole time."""
    links = []
    for each in shifts:
        if each not in places:
            label = f"{words.day_short(each.starts_at)} {words.clock(each.starts_at)}"
            if places:
                label = _("Help on %(when)s") % {"when": f"{words.day_short(each.starts_at)} {words.time_range(each.starts_at, each.ends_at)}"}
            links.append(listing.Link(label, f"?shift={each.pk}", current=each == chosen))
    return links


def times_of(places: list[Shift], chosen: Shift | None) -> list[tuple[str, list[listing.Link]]]:
    """Short places to choose from, by day: those that are free and not over, and the one that is chosen."""
    days: dict[dt.date, list[listing.Link]] = {}
    for place in places:
        free = place.ends_at > clock.now() and any(row.left for row in place.rows)  # type: ignore[attr-defined]
        if free or place == chosen:
            days.setdefault(words.local_date(place.starts_at), []).append(
                listing.Link(words.clock(place.starts_at), f"?shift={place.pk}", current=place == chosen)
            )
    return [(words.day(day), links) for day, links in days.items()]


def times_note(minutes: int, places: list[Shift]) -> str:
    if not places:
        return ""
    left = sum(row.left for place in places if place.ends_at > clock.now() for row in place.rows)  # type: ignore[attr-defined]
    return _("%(minutes)s minutes each, %(left)s free") % {"minutes": minutes, "left": left}


def chosen_shift(request: HttpRequest, shifts: list[Shift], mine: dict[int, SignUp]) -> Shift | None:
    """The one asked for, else the person's own, else the next one that is not over, else the last."""
    asked = [shift for shift in shifts if str(shift.pk) == request.GET.get("shift")]
    ahead = [shift for shift in shifts if shift.ends_at > clock.now()]
    own = [shift for shift in ahead if shift.pk in mine]
    free = [shift for shift in ahead if any(row.left for row in shift.rows if row.kind in queries.OPEN_KINDS)]
    return next(iter([*asked, *own, *free, *ahead, *reversed(shifts)]), None)


def chosen_position(request: HttpRequest, positions: list[Position]) -> Position | None:
    asked = [row for row in positions if str(row.pk) == request.GET.get("position")]
    return next(iter([*asked, *[row for row in positions if row.left], *positions]), None)


def likeliest(positions: list[Position]) -> list[Position]:
    """For the care view: one to be served, one to help; those with places first."""
    ordered = sorted(positions, key=lambda row: (not row.left, row.order))
    served = [row for row in ordered if row.kind == Position.Kind.PARTICIPANT][:1]
    helping = [row for row in ordered if row.kind == Position.Kind.VOLUNTEER][:1]
    return [*served, *helping] if served and helping else ordered[:2]


def keeps_away(person: Person | None, shift: Shift | None) -> Suspension | None:
    """The suspension that stands between a person and a shift that is not over."""
    if person is None or shift is None or shift.ends_at <= clock.now():
        return None
    return queries.suspension_at(person.pk, shift.activity.host_id, moment=max(shift.starts_at, clock.now()))


def age_words(position: Position) -> str:
    return _("%(age)s and older") % {"age": position.min_age} if position.min_age else ""


def position_note(position: Position) -> Any:
    """Whom it is for, and what else there is to know."""
    age, note = age_words(position), words.said(position.note)
    return format_html("{}{}{}", age, _(", "), note) if age and note else age or note


def position_items(positions: list[Position]) -> list[dict[str, Any]]:
    return [
        {
            "value": row.pk,
            "title": words.said(row.name),
            "note": position_note(row),
            "left": row.left,
            "capacity": row.capacity,
            "waiting": row.waiting_count,
            "by_draw": row.shift.activity.awaits_draw,
        }
        for row in positions
    ]


def dock_of(found: Activity, shift: Shift | None, position: Position | None, own: SignUp | None) -> Dock | None:
    """One button in one place; its words change: sign up, queue, signed up. None when nothing can be done any more."""
    if shift is None or found.state != Activity.State.PUBLISHED or shift.ends_at <= clock.now():
        return None
    when = f"{words.weekday(words.local_date(shift.starts_at))} {words.clock(shift.starts_at)}"
    if own is not None:
        label = _("Signed up, see my code")
        if own.is_in_draw:
            label = _("You are in the draw")
        elif own.state == SignUp.State.WAITING:
            label = _("On the waiting list (place %(n)s)") % {"n": queries.waiting_position(own)}
        return Dock(label, words.said(own.position.name), when, cancel_note(shift), reverse("activities:ticket", args=[own.code]), "plain")
    if position is None:
        return None
    note = _("No password, no ID number; %(cancel)s") % {"cancel": cancel_note(shift)} if cancel_note(shift) else _("No password, no ID number")
    label = _("Sign up") if position.left else _("Queue (place %(n)s)") % {"n": position.waiting_count + 1}
    if found.awaits_draw:
        label = _("Enter the draw")
    return Dock(label, words.said(position.name), when, note)


def cancel_until(shift: Shift) -> dt.datetime:
    return shift.starts_at - dt.timedelta(hours=shift.activity.cancel_until_hours)


def cancel_note(shift: Shift) -> str:
    """周五 20:00 前可取消; nothing when that moment has passed."""
    moment = cancel_until(shift)
    if moment <= clock.now():
        return ""
    date = words.local_date(moment)
    day = words.weekday(date) if 0 <= (date - clock.today()).days < 7 else words.day_short(date)
    return _("you can cancel until %(day)s %(time)s") % {"day": day, "time": words.clock(moment)}


def status_of(found: Activity, shifts: list[Shift]) -> tuple[str, str]:
    """Words and tone of the state, as a reader needs them."""
    if found.state == Activity.State.PUBLISHED:
        if found.last_ends_at and found.last_ends_at <= clock.now():
            return _("Over"), "neutral"
        if any(shift.starts_at <= clock.now() < shift.ends_at for shift in shifts):
            return _("Going on now"), "primary"
        return _("Open for sign-up"), "primary"
    return str(found.get_state_display()), {"cancelled": "danger", "draft": "draft"}.get(found.state, "neutral")


def labels_of(found: Activity, positions: list[Position]) -> list[str]:
    volunteering = any(row.kind == Position.Kind.VOLUNTEER for row in positions)
    labels = [_("Volunteering") if volunteering else str(found.get_category_display())]
    if found.is_good_first_time:
        labels.append(_("Good for a first time"))
    return labels


def place_lines(found: Activity, shift: Shift | None) -> tuple[Any, Any]:
    """Name of the place, and address with directions."""
    spot = shift.spot if shift else ""
    if found.venue is None:
        return words.said(found.place), words.said(spot)
    parts = [found.venue.address, found.place, spot, found.venue.directions]
    return words.said(found.venue.name), words.said("，".join(dict.fromkeys(part for part in parts if part)))


def map_href(found: Activity) -> str:
    """Hand over to the map app of the phone."""
    venue = found.venue
    if venue is not None and venue.latitude is not None and venue.longitude is not None:
        return f"https://uri.amap.com/marker?position={venue.longitude},{venue.latitude}&name={quote(venue.name)}&coordinate=wgs84&callnative=1"
    words_of_place = f"{venue.address} {venue.name}" if venue else found.place
    return f"https://uri.amap.com/search?keyword={quote(words_of_place)}&callnative=1" if words_of_place else ""


def plain_day(moment: dt.datetime) -> str:
    """A day that still holds when it is read tomorrow: 11月28日（周六）, 28 Nov (Sat)."""
    return _("%(day)s (%(weekday)s)") % {"day": words.day_short(moment), "weekday": words.weekday(words.local_date(moment))}


def care_when(moment: dt.datetime) -> str:
    """周六下午 2:00: how people say it."""
    return _("%(day)s %(time)s") % {"day": words.weekday(words.local_date(moment)), "time": care_clock(moment)}


def care_clock(moment: dt.datetime) -> str:
    """下午 2:00, 2:00 in the afternoon."""
    local = timezone.localtime(moment)
    time = {"time": f"{(local.hour - 1) % 12 + 1}:{local.minute:02}"}
    if local.hour < 12:
        return _("%(time)s in the morning") % time
    if local.hour < 18:
        return _("%(time)s in the afternoon") % time
    return _("%(time)s in the evening") % time


def hosts_of(found: Activity) -> list[tuple[Any, Any, str]]:
    """Who does it together: the bodies of the project's compact with what they bring; without a project, the host."""
    rows: dict[Organization, list[Pledge]] = {}
    if found.project_id is not None:
        for pledge in Pledge.objects.filter(project=found.project_id, state__in=projects.STANDING).select_related("organization").order_by("pk"):
            rows.setdefault(pledge.organization, []).append(pledge)
    items = [
        (words.said(body.name), words.said("，".join(pledge.words for pledge in pledges)), HOST_ICONS[pledges[0].kind])
        for body, pledges in rows.items()
    ]
    if found.host not in rows:
        items.insert(0, (words.said(found.host.name), _("Organises this activity"), "clipboard-text"))
    for share in overlap.shares_of(found):
        if share.organization_id != found.host_id and share.organization not in rows:
            items.append((words.said(share.organization.name), _("Hosts it too"), "users"))
    return items


def last_time(found: Activity) -> dict[str, Any] | None:
    """Proof from the time before: what came of it, and a word of somebody who was there."""
    last = queries.last_time(found)
    if last is None:
        return None
    came = last.served_count or last.came_count
    parts = [part for part in (last.outcome, _("%(n)s people came") % {"n": came} if came else "") if part]
    said = evaluation.words_about(last, side="served")
    return {
        "title": _("Last time: %(what)s") % {"what": _(", ").join(parts)} if parts else _("It has been held before"),
        "activity": last,
        "words": said[0] if said else "",
    }


# Calendar


@login_not_required
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """All shifts of an activity, or one with ?shift=, as a calendar file."""
    found = find_activity(request, code)
    shifts = found.shifts.order_by("starts_at")
    if (shift := whole_number(request.GET.get("shift", ""))) is not None:
        shifts = shifts.filter(pk=shift)
    answer = HttpResponse(calendars.file_of(found, shifts, url=f"{settings.SITE_URL}/a/{found.code}/"), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return answer
