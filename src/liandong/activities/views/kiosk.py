"""The tablet at the door: its links for those who run the activity, and the page where people type their own code."""

import secrets

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.activities import doors, services
from liandong.activities.models import Attendance, Kiosk
from liandong.activities.views.load import find_shift_for_work, reader
from liandong.core import clock
from liandong.core.answers import see_other
from liandong.core.errors import Refused, TooMany
from liandong.ui import words

BACK_SECONDS = 6
_SALT = "kiosk done"


def kiosks(request: HttpRequest, pk: int) -> HttpResponse:
    """The tablets of a shift: open one, take one back."""
    shift = find_shift_for_work(request, pk)
    by = reader(request)
    assert by is not None
    if request.method == "POST":
        try:
            services.open_kiosk(shift, name=request.POST.get("name", ""), by=by)
        except Refused as refusal:
            messages.warning(request, str(refusal.reason))
        return see_other("activities:kiosks", shift.pk)
    rows = list(shift.kiosks.select_related("made_by").order_by("pk"))
    for row in rows:
        row.shift = shift
        row.works = services.kiosk_works(row)  # type: ignore[attr-defined]
        row.href = reverse("activities:kiosk", args=[doors.kiosk_token(row)])  # type: ignore[attr-defined]
        row.url = f"{settings.SITE_URL}{row.href}"  # type: ignore[attr-defined]
    context = {
        "shift": shift,
        "activity": shift.activity,
        "working": [row for row in rows if row.works],  # type: ignore[attr-defined]
        "over": [row for row in rows if not row.works],  # type: ignore[attr-defined]
        "came": Attendance.objects.filter(sign_up__shift=shift, in_method=Attendance.Method.KIOSK).count(),
        "is_over": clock.now() > shift.ends_at + services.SHUTS,
        "until_words": _("It works until %(time)s.") % {"time": words.when(shift.ends_at + services.SHUTS)},
    }
    return render(request, "activities/kiosks.html", context)


@require_POST
def revoke_kiosk(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Kiosk, pk=pk)
    find_shift_for_work(request, row.shift_id)
    by = reader(request)
    assert by is not None
    services.revoke_kiosk(row, by=by)
    messages.success(request, _("Switched off. The tablet shows nothing any more."))
    return see_other("activities:kiosks", row.shift_id)


@login_not_required
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The tablet itself: one field, one button, no names of others; it goes back to the start by itself."""
    try:
        row = doors.read_kiosk(token)
    except doors.Forged:
        raise Http404 from None
    if not services.kiosk_works(row):
        return render(request, "activities/kiosk_over.html", status=410)
    context = {
        "kiosk": row,
        "shift": row.shift,
        "activity": row.shift.activity,
        "token": token,
        "seconds": BACK_SECONDS,
        "nonce": secrets.token_hex(12),
        "start": request.path,
    }
    if request.method == "POST":
        try:
            attendance, act = services.come_at_kiosk(row, typed=request.POST.get("typed", "")[:40], nonce=request.POST.get("nonce", "")[:40])
        except TooMany as refusal:
            return render(request, "activities/kiosk.html", {**context, "refused": refusal.reason, "wait": refusal.seconds}, status=429)
        except Refused as refusal:
            return render(request, "activities/kiosk.html", {**context, "refused": refusal.reason}, status=422)
        return see_other(f"{request.path}?done={signing.dumps([row.pk, attendance.pk, act], salt=_SALT)}")
    if request.GET.get("done"):
        return _done(request, row, context)
    return render(request, "activities/kiosk.html", context)


def _done(request: HttpRequest, row: Kiosk, context: dict) -> HttpResponse:
    """What the person sees for a few seconds: a masked name and the time."""
    try:
        kiosk_pk, pk, act = signing.loads(request.GET["done"], salt=_SALT, max_age=60)
    except signing.BadSignature:
        return see_other(request.path)
    attendance = Attendance.objects.select_related("sign_up__person", "sign_up__position").filter(pk=pk, sign_up__shift=row.shift_id).first()
    if attendance is None or kiosk_pk != row.pk:
        return see_other(request.path)
    title = {"in": _("Checked in"), "out": _("Checked out"), "again": _("You are checked in already")}[act]
    if act == "again" and attendance.out_at is not None:
        title = _("You are checked out already")
    who = attendance.sign_up
    return render(
        request,
        "activities/kiosk_done.html",
        {
            **context,
            "title": title,
            "tone": "pending" if act == "again" else "success",
            "at": attendance.out_at or attendance.in_at,
            "who": _(", ").join([who.person.masked_name, who.position.name]),
            "points_on": "" if attendance.out_at else _("Type your code again when you leave."),
        },
    )
