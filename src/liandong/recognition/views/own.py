"""One's own records and one record with its story."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.core.errors import Refused
from liandong.honours import queries as honours
from liandong.recognition import forms, permissions, queries, services
from liandong.recognition.models import RecordAppeal, ServiceRecord
from liandong.recognition.views.shared import add_refusal, record_or_404, see_other
from liandong.ui import listing


@require_GET
def my_records(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    overview = queries.overview_of(person)
    stars = honours.stars_of(overview.total_minutes)
    return render(
        request,
        "recognition/my_records.html",
        {
            "overview": overview,
            "stars": stars,
            "star_name": honours.star_name(stars.level),
            "star_line": honours.star_line(stars),
            "waiting": list(queries.waiting_of(person)[:10]),
            "page": listing.page(request, queries.records_of(person), size=20),
            "certificates": list(queries.certificates_of(person)[:5]),
        },
    )


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, record_or_404(request, number), forms.AppealForm())


def _record_page(request: HttpRequest, shown: ServiceRecord, form: forms.AppealForm, *, status: int = 200) -> HttpResponse:
    person = request.user.person
    history = queries.history_of(shown)
    own = person.pk == shown.person_id
    appeals_made = list(shown.appeals.order_by("-id"))
    return render(
        request,
        "recognition/record.html",
        {
            "record": shown,
            "own": own,
            "name": shown.person.name if own else shown.person.masked_name,
            "latest": history[-1],
            "history": [(version, _who(version, reader=person)) for version in history],
            "attendance": getattr(shown.sign_up, "attendance", None),
            "corrections": queries.attendance_corrections(shown),
            "points": queries.points_of(shown),
            "needs": queries.needs_behind(shown, person=person),
            "appeals": appeals_made,
            "may_appeal": bool(permissions.can_appeal(person, shown))
            and history[-1] == shown
            and not any(each.state == RecordAppeal.State.OPEN for each in appeals_made),
            "minutes_note": _("%(n)s minutes") % {"n": shown.minutes},
            "may_correct": bool(permissions.can_correct(person, shown)) and history[-1] == shown,
            "form": form,
        },
        status=status,
    )


def _who(version: ServiceRecord, *, reader: Person) -> str:
    """Who confirmed or corrected, masked; an import or a job by the name of its kind."""
    if version.confirmed_by is None:
        return _("The system")
    return _("You") if version.confirmed_by == reader else version.confirmed_by.masked_name


@require_POST
def appeal_record(request: HttpRequest, number: str) -> HttpResponse:
    shown = record_or_404(request, number)
    form = forms.AppealForm(request.POST)
    if form.is_valid():
        try:
            services.appeal_record(shown, words=form.cleaned_data["words"], by=request.user.person)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("We look into it and answer within three working days. The record stays as it is until then."))
            return see_other("record", number)
    return _record_page(request, shown, form, status=422)
