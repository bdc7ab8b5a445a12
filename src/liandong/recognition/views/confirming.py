"""The desk: hours to confirm."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from liandong.activities.models import Shift, SignUp
from liandong.core import clock
from liandong.core.answers import form_page, see_other
from liandong.core.decision import require
from liandong.core.text import whole_number
from liandong.organizations.models import Organization
from liandong.recognition import forms_hours, permissions, queries, services
from liandong.recognition.models import RecordAppeal
from liandong.recognition.views.shared import desk_activities
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.ui.words import day_short


@require_GET
def to_confirm(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    text = request.GET.get("q", "").strip()
    rows = queries.shifts_to_confirm(person, text=text)
    hosts = Organization.objects.filter(pk__in={row.host_id for row in rows}).order_by("pinyin", "id")
    form = forms_hours.ToConfirmForm(request.GET, organizations=hosts)
    host = form.cleaned_data["organization"] if form.is_valid() else None
    page = listing.page(request, [row for row in rows if host is None or row.host_id == host.pk])
    return render(
        request,
        "recognition/to_confirm.html",
        {
            "page": page,
            "rows": [(row, shift, *_due(shift)) for row, shift in queries.with_shifts(page.object_list)],
            "form": form,
            "filtered": bool(host or text),
            "columns": [
                _("Activity"),
                _("Host"),
                _("Shift"),
                Column(_("To confirm"), number=True),
                Column(_("Not checked out"), number=True),
                _("Confirm by"),
            ],
            "appeals": permissions.appeals_visible_to(person).filter(state=RecordAppeal.State.OPEN).count(),
        },
    )


def _due(shift: Shift) -> tuple[str, str]:
    """(words, tone): until when a shift must be confirmed, or how late that is."""
    found = queries.clock_of(shift)
    if found.state != "late":
        return day_short(found.due_at), "warn" if found.state == "soon" else ""
    days = (clock.now() - found.due_at).days + 1
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}, "danger"


@form_page
def confirm_shift(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    shift = get_object_or_404(Shift.objects.select_related("activity__host__territory").filter(activity__in=desk_activities(person)), pk=pk)
    refused: list[Any] = []
    if request.method == "POST":
        require(permissions.can_confirm_shift(person, shift))
        chosen = [key for value in request.POST.getlist("sign_up") if (key := whole_number(value)) is not None]
        done = services.confirm_shift(shift, sign_ups=list(SignUp.objects.filter(pk__in=chosen[:1000], shift=shift)), by=person)
        if done.records:
            count = len(done.records)
            messages.success(
                request, ngettext("%(n)s service confirmed, points are in.", "%(n)s services confirmed, points are in.", count) % {"n": count}
            )
            for sign_up, reason in done.refused:
                messages.warning(request, f"{sign_up.person.masked_name}: {reason}")
            return see_other("recognition:confirm_shift", pk)
        refused = [(sign_up.person.masked_name, reason) for sign_up, reason in done.refused] or [("", _("Choose at least one person."))]
    rows, due = queries.rows_of_shift(shift), queries.clock_of(shift)
    return render(
        request,
        "recognition/confirm_shift.html",
        {
            "shift": shift,
            "activity": shift.activity,
            "rows": rows,
            "ready": sum(row.state == "ready" for row in rows),
            "decision": permissions.can_confirm_shift(person, shift),
            "me": person,
            "refused": refused,
            "due": due,
            "due_tone": "danger" if due.state == "late" else "warn",
            "columns": [
                _("Name"),
                _("Came and left"),
                Column(_("Minutes"), number=True),
                _("How known"),
                Column(_("How sure"), number=True),
                _("State"),
                _("Action"),
            ],
        },
        status=422 if request.method == "POST" else 200,
    )
