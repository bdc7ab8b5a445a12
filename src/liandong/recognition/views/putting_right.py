"""The desk: records put right, appeals answered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.recognition import forms_hours, permissions, queries, rules, services
from liandong.recognition.models import Certificate, RecordAppeal
from liandong.recognition.views.shared import record_or_404
from liandong.ui import listing
from liandong.ui.listing import Column


@form_page
def correct_record(request: HttpRequest, number: str) -> HttpResponse:
    shown = record_or_404(request, number)
    person = request.user.person
    require(permissions.can_correct(person, shown))
    form = forms_hours.CorrectForm(request.POST if request.method == "POST" else None, initial={"minutes": shown.minutes})
    if request.method == "POST" and form.is_valid():
        minutes, reason, evidence = (form.cleaned_data[name] for name in ("minutes", "reason", "evidence"))
        try:
            if minutes > shown.minutes and evidence:
                made = services.propose_backfill(
                    shown.shift, person=shown.person, minutes=minutes, reason=reason, evidence=evidence, record=shown, by=person
                )
                messages.success(request, _("Written down. It counts when a second person has agreed."))
                return see_other("recognition:backfill", made.number)
            new = services.correct_record(shown, minutes=minutes, reason=reason, by=person)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Put right. The volunteer was told, the old record stays readable."))
            return see_other("recognition:record", new.number)
    longest = rules.whole_minutes(shown.shift.starts_at, shown.shift.ends_at)
    return form_answer(
        request,
        "recognition/correct_record.html",
        form,
        record=shown,
        hint=_("Now %(minutes)s. Up to %(longest)s, as long as the shift was; 0 withdraws the record.")
        % {"minutes": shown.minutes, "longest": longest},
        appeals=list(shown.appeals.filter(state=RecordAppeal.State.OPEN)),
        certificates=Certificate.objects.filter(lines__record=shown, state=Certificate.State.VALID).count(),
    )


@form_page
def withdraw_record(request: HttpRequest, number: str) -> HttpResponse:
    """Take a record back altogether."""
    shown = record_or_404(request, number)
    person = request.user.person
    require(permissions.can_correct(person, shown))
    form = forms_hours.WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            new = services.withdraw_record(shown, reason=form.cleaned_data["reason"], by=person)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Taken back. The volunteer was told, the old record stays readable."))
            return see_other("recognition:record", new.number)
    return form_answer(
        request,
        "recognition/withdraw_record.html",
        form,
        record=shown,
        points=queries.points_of(shown),
        certificates=Certificate.objects.filter(lines__record=shown, state=Certificate.State.VALID).count(),
    )


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    rows = queries.open_appeals(permissions.appeals_visible_to(person))
    return render(
        request,
        "recognition/appeals.html",
        {
            "page": listing.page(request, rows),
            "now": clock.now(),
            "columns": [_("What they say"), _("Volunteer"), _("Record"), Column(_("Minutes"), number=True), _("Answer by"), _("Action")],
        },
    )


@form_page
def answer_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    appeal = get_object_or_404(
        permissions.appeals_visible_to(person).select_related("record__organization__territory", "person", "answered_by"), pk=pk
    )
    form = forms_hours.AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.answer_appeal(appeal, **form.cleaned_data, by=person)):
            messages.success(request, _("Answered. The volunteer was told."))
            return see_other("recognition:appeals")
    return form_answer(request, "recognition/answer_appeal.html", form, appeal=appeal, record=appeal.record)
