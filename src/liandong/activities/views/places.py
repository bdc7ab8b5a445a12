"""One's own place: signing up in two taps, the personal code, giving the place back."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from liandong.activities import doors, permissions, queries, services
from liandong.activities.forms import ReasonForm, SignUpForm
from liandong.activities.models import SignUp
from liandong.activities.views.load import find_open_shift, find_own, find_sign_up, reader
from liandong.activities.views.public import age_words, cancel_note, keeps_away, map_href, place_lines, queue_words
from liandong.core import clock
from liandong.core.answers import form_answer, see_other
from liandong.core.errors import Refused
from liandong.matching import queries as matching
from liandong.ui import charts, listing, words


def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Check and confirm: what, when, where, who. A stranger has signed in on the way here and comes back to this page."""
    shift = find_open_shift(request, pk)
    person = reader(request)
    assert person is not None
    own = queries.active_sign_up(shift, person)
    form = SignUpForm(request.POST or request.GET, shift=shift)
    position = form.chosen()
    if own is not None and (request.method == "GET" or (position and own.position_id == position.pk)):
        return see_other(reverse("activities:ticket", args=[own.code]))
    if position is None:
        return see_other(f"{reverse('activities:activity', args=[shift.activity.code])}?shift={shift.pk}")
    if request.method == "POST":
        try:
            row = services.sign_up(position, person=person, by=person)
        except Refused as refusal:
            form.add_error(None, ValidationError(str(refusal.reason)))
        else:
            return see_other(reverse("activities:sign_up_done", args=[row.code]))
    left = queries.free_places(position)
    suspended = keeps_away(person, shift)
    context = {
        "form": form if request.method == "POST" else None,
        "shift": shift,
        "activity": shift.activity,
        "position": position,
        "age": age_words(position),
        "person": person,
        "suspensions": [suspended] if suspended else [],
        "too_young": services.young_words(position) if queries.is_too_young(person, position, shift) else "",
        "left": left,
        "in_draw": shift.activity.awaits_draw,
        "draw": matching.draw_of(shift.activity),
        "queue_place": position.sign_ups.filter(state=SignUp.State.WAITING).count() + 1,
        "where": place_lines(shift.activity, shift),
        "clash": queries.clashes(person, shift).first(),
        "dock_text": f"{words.weekday(words.local_date(shift.starts_at))} {words.clock(shift.starts_at)}",
    }
    context["queue_title"] = _("All places are taken; you would be number %(n)s in the queue") % {"n": context["queue_place"]}
    context["note"] = _("Afterwards %(cancel)s") % {"cancel": cancel_note(shift)} if cancel_note(shift) else _("You get a code of your own")
    return render(request, "activities/sign_up.html", context, status=422 if form.errors and request.method == "POST" else 200)


def _ticket_context(row: SignUp) -> dict:
    return {
        "row": row,
        "shift": row.shift,
        "activity": row.shift.activity,
        "attendance": getattr(row, "attendance", None),
        "where": place_lines(row.shift.activity, row.shift),
        "code_url": code_url(row),
        "image_href": reverse("activities:code_image", args=[row.code]),
        "pin_words": _("PIN for the tablet at the door: %(pin)s") % {"pin": words.spaced_code(doors.pin_of(row))},
        "map_href": map_href(row.shift.activity),
        "queue_words": queue_words(row),
        "draw": matching.draw_of(row.shift.activity) if row.slip else None,
        "queue_hero": _("Place %(n)s") % {"n": queries.waiting_position(row)},
        "cancel_words": _("If you cannot come, %(cancel)s.") % {"cancel": cancel_note(row.shift)} if cancel_note(row.shift) else "",
        "ics_href": f"{reverse('activities:calendar', args=[row.shift.activity.code])}?shift={row.shift_id}",
        "can_cancel": row.state in (SignUp.State.CONFIRMED, SignUp.State.WAITING)
        and row.shift.ends_at > clock.now()
        and not hasattr(row, "attendance"),
    }


def code_url(row: SignUp) -> str:
    """What the QR of a person holds. The leader who scans it with any camera lands on the check-in of this person."""
    return f"{settings.SITE_URL}{reverse('activities:ticket', args=[row.code])}"


def code_image(request: HttpRequest, code: str) -> HttpResponse:
    """The QR of one's own code as a plain picture: a long press saves it, and it works without network."""
    row = find_own(request, code)
    answer = HttpResponse(charts.qr_png(code_url(row)), content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="{row.code}.png"'
    return answer


def sign_up_done(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "activities/sign_up_done.html", _ticket_context(find_own(request, code)))


def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """A person's own code. Those who check people are led to checking this person."""
    row = find_sign_up(code)
    person = reader(request)
    if person is not None and row.person_id == person.pk:
        return render(request, "activities/ticket.html", _ticket_context(row))
    if permissions.can_check_people(person, row.shift.activity):
        return see_other(f"{reverse('activities:scan', args=[row.shift_id])}?code={row.code}")
    raise Http404


def cancel_sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Give the place back: asks once, with the consequence."""
    row = find_sign_up(code)
    person = reader(request)
    own = person is not None and row.person_id == person.pk
    if not own and not permissions.can_check_people(person, row.shift.activity):
        raise Http404
    form = ReasonForm(request.POST or None, required=not own)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_sign_up(row, reason=form.cleaned_data["reason"], by=person)
        except Refused as refusal:
            form.add_error(None, ValidationError(str(refusal.reason)))
        else:
            messages.success(request, _("The place was given back."))
            return see_other(
                reverse("activities:mine") if own else f"{reverse('activities:manage', args=[row.shift.activity.code])}?shift={row.shift_id}"
            )
    return form_answer(
        request,
        "activities/cancel_sign_up.html",
        form,
        **_ticket_context(row),
        own=own,
        waiting_count=SignUp.objects.filter(position=row.position_id, state=SignUp.State.WAITING).count()
        if row.state == SignUp.State.CONFIRMED
        else 0,
    )


def mine(request: HttpRequest) -> HttpResponse:
    """What I signed up for: ahead first, then what is over."""
    person = reader(request)
    assert person is not None
    now = clock.now()
    rows = queries.with_place_in_queue(queries.sign_ups_of(person))
    ahead = rows.filter(state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING), shift__ends_at__gt=now).order_by("shift__starts_at", "pk")
    past = rows.exclude(pk__in=ahead.values("pk"))
    ahead_rows, page = list(ahead[:50]), listing.page(request, past, size=20)
    for row in [*ahead_rows, *page.object_list]:
        day = words.weekday(words.local_date(row.shift.starts_at))
        when = f"{day} {words.time_range(row.shift.starts_at, row.shift.ends_at)}"
        row.note = format_html("{}{}{}", when, _(", "), words.said(services.place_of(row.shift.activity)))
        row.queue_words = _("In the draw") if row.is_in_draw else _("Queue, place %(n)s") % {"n": row.place_in_queue}
    return render(request, "activities/mine.html", {"ahead": ahead_rows, "page": page, "suspensions": queries.own_suspensions(person)})
