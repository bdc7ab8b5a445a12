"""Coming and leaving: the rotating code, the person who scans it, the leader who scans or ticks people, corrections."""

import datetime as dt
import secrets

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liandong.accounts.models import Person
from liandong.activities import doors, permissions, queries, services
from liandong.activities.forms import CorrectForm, FindForm, SignUpForForm
from liandong.activities.models import Attendance, Position, Shift, SignUp
from liandong.activities.views.load import find_attendance, find_own, find_shift_for_work, reader
from liandong.activities.views.places import code_url
from liandong.activities.views.public import keeps_away, plain_day, position_items, queue_words
from liandong.core import clock, crypto
from liandong.core.answers import add_refusal, carried_out, form_answer, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.points import queries as points_rules
from liandong.ui import listing, words

GRANT = dt.timedelta(minutes=10)  # who opened a fresh code has this long to sign in
SECOND_SCAN = dt.timedelta(minutes=10)  # a scan this long after coming means leaving
DOOR = Attendance.Method.VENUE_CODE
PHONE_COOKIE, PHONE_SECONDS = "door_phone", 12 * 3600  # tells one phone from another for a day at the door, and nothing else


@login_not_required
def door(request: HttpRequest, token: str) -> HttpResponse:
    """What opens when somebody scans the code at the door. One button; with script it presses itself."""
    try:
        shift = doors.read(token)
    except doors.Forged:
        return render(request, "activities/door_refused.html", {"reason": "forged"}, status=400)
    except doors.Expired as expired:
        if not _granted(request, expired.shift):
            return render(request, "activities/door_refused.html", {"reason": "expired"}, status=410)
        shift = expired.shift
    else:
        request.session["door"] = [shift.pk, (clock.now() + GRANT).timestamp()]
    person = reader(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    row = queries.active_sign_up(shift, person)
    attendance = getattr(row, "attendance", None)
    if attendance is None and (suspended := keeps_away(person, shift)):
        return render(request, "activities/door_refused.html", {"reason": "suspended", "suspensions": [suspended]}, status=422)
    refused = ""
    if request.method == "POST":
        try:
            done = _act_at_door(request, shift, row, person)
        except Refused as refusal:
            refused = str(refusal.reason)
        else:
            return see_other(reverse("activities:arrived", args=[done.sign_up.code]))
    if attendance is not None and attendance.out_at is not None:
        return see_other(reverse("activities:arrived", args=[row.code]))  # type: ignore[union-attr]
    positions = (
        [p for p in next((s.rows for s in queries.shifts_of(shift.activity) if s.pk == shift.pk), []) if p.kind in queries.OPEN_KINDS and p.left]
        if row is None
        else []
    )
    leaving = attendance is not None
    context = {
        "shift": shift,
        "activity": shift.activity,
        "row": row,
        "attendance": attendance,
        "act": "out" if leaving else "join" if row is None else "in",
        "at_once": not refused
        and row is not None
        and row.state == SignUp.State.CONFIRMED
        and (not leaving or clock.now() - attendance.in_at > SECOND_SCAN),  # type: ignore[union-attr]
        "items": position_items(positions),
        "first": positions[0].pk if positions else "",
        "queue_words": queue_words(row) if row else "",
        "nonce": secrets.token_hex(12),
        "refused": refused,
        "token": token,
    }
    answer = render(request, "activities/door.html", context, status=422 if refused else 200)
    if PHONE_COOKIE not in request.COOKIES:
        answer.set_cookie(
            PHONE_COOKIE,
            secrets.token_hex(12),
            max_age=PHONE_SECONDS,
            path="/k/",
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return answer


def _granted(request: HttpRequest, shift: Shift) -> bool:
    pk, until = request.session.get("door", (None, 0))
    return pk == shift.pk and clock.now().timestamp() < until


def _act_at_door(request: HttpRequest, shift: Shift, row: SignUp | None, person: Person) -> Attendance:
    act, nonce = request.POST.get("act", "in"), request.POST.get("nonce", "")[:40]
    phone = request.COOKIES.get(PHONE_COOKIE, "")
    device = crypto.keyed_hash(phone, purpose="door phone")[:16] if phone else ""
    if row is None:
        position = Position.objects.filter(pk=whole_number(request.POST.get("position", "")), shift=shift, kind__in=queries.OPEN_KINDS).first()
        if position is None:
            raise Refused(_("Choose a position first."))
        return services.walk_in(position, person=person, nonce=nonce, device=device, by=person)
    if act == "out":
        return services.check_out(row, method=DOOR, nonce=nonce, by=person)
    return services.check_in(row, method=DOOR, nonce=nonce, device=device, by=person)


@require_POST
def give_place(request: HttpRequest, code: str) -> HttpResponse:
    """The person adds where they are: latitude and longitude as the phone gives them."""
    row = find_own(request, code)
    try:
        latitude, longitude = (float(part) for part in request.POST.get("at", "").split(","))
    except ValueError:
        raise Refused(_("This is not a place on earth."), field="at") from None
    services.give_place(row, latitude=latitude, longitude=longitude, by=reader(request))
    messages.success(request, _("Thank you. Only the distance from the place is kept."))
    return see_other("activities:arrived", row.code)


def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """What speaks for one attendance and what against it."""
    attendance = find_attendance(request, pk)
    row = attendance.sign_up
    context = {
        "attendance": attendance,
        "row": row,
        "shift": row.shift,
        "activity": row.shift.activity,
        "evidence": queries.evidence_of([attendance])[attendance.pk],
        "can_correct": bool(permissions.can_correct(reader(request), attendance)) and attendance.confirmed_at is None,
    }
    return render(request, "activities/evidence.html", context)


def arrived(request: HttpRequest, code: str) -> HttpResponse:
    """The green page: when, where to go, when it ends, what it brings, and one's own code."""
    row = find_own(request, code)
    attendance = getattr(row, "attendance", None)
    if attendance is None:
        return see_other(reverse("activities:ticket", args=[row.code]))
    points = None
    if row.position.kind == Position.Kind.VOLUNTEER:
        rule = points_rules.rule_on(clock.today())
        minutes = (
            attendance.minutes
            if attendance.minutes is not None
            else int((row.shift.ends_at - max(attendance.in_at, row.shift.starts_at)).total_seconds() // 60)
        )
        points = max(min(minutes, rule.activity_cap_minutes), 0) * rule.points_per_hour // 60
    shift, activity = row.shift, row.shift.activity
    context = {
        "row": row,
        "shift": shift,
        "activity": activity,
        "attendance": attendance,
        "points": points,
        "code_url": code_url(row),
        "image_href": reverse("activities:code_image", args=[row.code]),
        "can_give_place": attendance.distance_m is None
        and attendance.out_at is None
        and activity.venue is not None
        and activity.venue.latitude is not None,
        "result_note": _(", ").join([plain_day(attendance.in_at), row.person.name]),
        "short_title": words.said(activity.title.split("：")[0][:12]),
        "where": words.said(shift.spot or services.place_of(activity)),
        "ask_words": _("ask for %(name)s") % {"name": activity.contact_name} if activity.contact_name else "",
        "end_words": _("Ends at %(time)s") % {"time": words.clock(shift.ends_at)},
        "points_words": _("Points +%(n)s") % {"n": points},
        "stay_words": _("%(hours)s hours") % {"hours": words.hours(attendance.minutes)},
        "from_to": words.time_range(attendance.in_at, attendance.out_at),
    }
    return render(request, "activities/arrived.html", context)


# For those who run it


def door_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen at the door. It loads itself anew before the code changes."""
    shift = find_shift_for_work(request, pk)
    came = Attendance.objects.filter(sign_up__shift=shift).count()
    context = {
        "shift": shift,
        "activity": shift.activity,
        "url": f"{settings.SITE_URL}/k/{doors.token(shift)}/",
        "seconds": doors.STEP_SECONDS - int(clock.now().timestamp()) % doors.STEP_SECONDS,
        "came": came,
        "expected": SignUp.objects.filter(shift=shift, state__in=queries.TAKEN).count(),
        "open": shift.starts_at - services.OPENS <= clock.now() <= shift.ends_at + services.SHUTS,
        "opens_words": _("Check-in opens: %(when)s.") % {"when": words.when(shift.starts_at - services.OPENS)},
        "over": clock.now() > shift.ends_at + services.SHUTS,
    }
    return render(request, "activities/door_code.html#panel" if request.htmx else "activities/door_code.html", context)  # type: ignore[attr-defined]


@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Several people of the list at once."""
    shift = find_shift_for_work(request, pk)
    act = next((name for name in ("in", "out", "absent") if name == request.POST.get("act")), "in")
    chosen = [key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None]
    rows = list(SignUp.objects.filter(shift=shift, pk__in=chosen).select_related("person"))
    back = f"{reverse('activities:manage', args=[shift.activity.code])}?shift={shift.pk}"
    if not rows:
        messages.warning(request, _("Choose people in the list first."))
        return see_other(back)
    ticked = services.tick(shift, sign_ups=rows, act=act, reason=request.POST.get("reason", ""), by=reader(request))
    if ticked.done:
        said = {"in": ngettext("%(n)s person checked in.", "%(n)s people checked in.", len(ticked.done)), "out": ngettext("%(n)s person checked out.", "%(n)s people checked out.", len(ticked.done)),
                 "absent": ngettext("%(n)s person marked absent.", "%(n)s people marked absent.", len(ticked.done))}  # fmt: skip
        messages.success(request, said[act] % {"n": len(ticked.done)})
    for row, reason in ticked.refused[:5]:
        messages.warning(request, f"{row.person.masked_name}: {reason}")
    return see_other(back)


def sign_up_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign up somebody who does not do it themselves: find the person, choose the position."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    find = FindForm(request.GET if "who" in request.GET else None)
    people = list(queries.people_for(shift.activity, find.cleaned_data["who"])[:20]) if find.is_bound and find.is_valid() else []
    number = request.POST.get("person") or request.GET.get("person", "")
    person = get_object_or_404(Person, number=number, merged_into__isnull=True) if number else None
    form = SignUpForForm(request.POST or None, shift=shift, initial={"person": number})
    if request.method == "POST" and person is not None and form.is_valid():
        values = form.cleaned_data
        try:
            row = services.sign_up(values["position"], person=person, allow_clash=values["allow_clash"], reason=values["reason"], by=by)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            said = (
                _("%(name)s has a place. Code: %(code)s")
                if row.state == SignUp.State.CONFIRMED
                else _("%(name)s is in the draw. Number: %(slip)s")
                if row.is_in_draw
                else _("%(name)s is on the waiting list. Code: %(code)s")
            )
            messages.success(request, said % {"name": person.masked_name, "code": row.code, "slip": words.spaced_code(row.slip)})
            return see_other(f"{reverse('activities:manage', args=[shift.activity.code])}?shift={shift.pk}")
    shown = next((each for each in queries.shifts_of(shift.activity) if each.pk == shift.pk), None)
    notes = (
        {
            str(row.pk): ngettext("%(left)s left of %(capacity)s", "%(left)s left of %(capacity)s", row.left)
            % {"left": row.left, "capacity": row.capacity}
            for row in shown.rows
        }
        if shown
        else {}
    )
    return form_answer(
        request,
        "activities/sign_up_for.html",
        form,
        shift=shift,
        activity=shift.activity,
        find=find,
        people=people,
        found=[
            {
                "label": each.masked_name,
                "note": f"{each.masked_phone} {each.number}".strip(),
                "href": listing.with_query(request, who="", person=each.number),
            }
            for each in people
        ],
        register_href=reverse("organizations:register_person", args=[shift.activity.host.slug]),
        searched=find.is_bound,
        person=person,
        notes=notes,
        may_allow=bool(permissions.can_manage(by, shift.activity)),
    )


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the times of one person right."""
    attendance = find_attendance(request, pk)
    by = reader(request)
    require(permissions.can_correct(by, attendance))
    form = CorrectForm(request.POST or None, initial={"in_at": attendance.in_at, "out_at": attendance.out_at})
    shift = attendance.sign_up.shift
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.correct_attendance(attendance, **form.cleaned_data, by=by)):
            messages.success(request, _("The times were corrected. The old ones are kept."))
            return see_other(f"{reverse('activities:manage', args=[shift.activity.code])}?shift={shift.pk}")
    return form_answer(
        request,
        "activities/correct.html",
        form,
        attendance=attendance,
        row=attendance.sign_up,
        shift=shift,
        activity=shift.activity,
        evidence=queries.evidence_of([attendance])[attendance.pk],
        corrections=attendance.corrections.select_related("corrected_by").order_by("pk"),
        overlapping=list(queries.overlapping(attendance)),
        columns=[_("When"), _("By"), _("Before"), _("After"), _("Reason")],
    )
