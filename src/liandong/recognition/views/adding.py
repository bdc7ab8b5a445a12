"""The desk: claims to check, back-fill with its second person, and how much of the hours was added by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.activities.models import Shift, SignUp
from liandong.core import clock
from liandong.core.answers import add_refusal, form_answer, form_page, see_other, tried
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold, normalize_phone
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import people_visible_to, scope
from liandong.recognition import forms_hours, permissions, queries, rules, services
from liandong.recognition.models import Backfill, ServiceClaim
from liandong.recognition.views.shared import at_its_field, desk_activities
from liandong.ui import listing
from liandong.ui.listing import Column


@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_check_claims(person))
    return render(
        request,
        "recognition/claims.html",
        {
            "checks_only": not permissions.can_confirm_anything(person),
            "page": listing.page(request, queries.open_claims(permissions.claims_to_check(person))),
            "now": clock.now(),
            "columns": [_("What they say"), _("Volunteer"), _("Shift"), Column(_("Minutes"), number=True), _("Answer by")],
        },
    )


@form_page
def check_claim(request: HttpRequest, number: str) -> HttpResponse:
    """Accept wholly or partly, or refuse with the reason."""
    person = request.user.person
    rows = permissions.claims_to_check(person).select_related(
        "person", "made_by", "organization__territory", "shift__activity__host__territory", "answered_by"
    )
    found = get_object_or_404(rows, number=number)
    decision = permissions.can_check_claim(person, found)
    act = request.POST.get("act", "")
    span = {"shift": found.shift, "starts_at": found.starts_at, "ends_at": found.ends_at}
    accept = forms_hours.AcceptForm(request.POST if act == "accept" else None, **span)
    refuse = forms_hours.RefuseForm(request.POST if act == "refuse" else None, prefix="refuse")
    form: Any = refuse if act == "refuse" else accept
    if request.method == "POST":
        require(decision)
        if form.is_valid():
            try:
                if act == "refuse":
                    services.refuse_claim(found, **form.cleaned_data, by=person)
                    said = _("Refused. The volunteer reads why.")
                else:
                    values = form.cleaned_data
                    services.accept_claim(found, **form.times(), words=values["words"], evidence=values["evidence"], by=person)
                    said = _("Accepted. A second person decides now.")
            except Refused as refusal:
                add_refusal(form, at_its_field(refusal))
            else:
                messages.success(request, said)
                return see_other("recognition:claims")
    sign_up = _sign_up_of(found.person, found.shift)
    return render(
        request,
        "recognition/check_claim.html",
        {
            "form": form,
            "claim": found,
            "activity": found.shift.activity,
            "decision": decision,
            "is_open": found.state == ServiceClaim.State.OPEN,
            "sign_up": sign_up,
            "attendance": getattr(sign_up, "attendance", None),
            "accept": accept,
            "refuse": refuse,
        },
        status=422 if request.method == "POST" else 200,
    )


def _sign_up_of(person: Person, shift: Shift) -> SignUp | None:
    return SignUp.objects.filter(shift=shift, person=person).exclude(state=SignUp.State.CANCELLED).select_related("attendance").first()


@require_GET
def backfills(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_check_claims(person))
    return render(
        request,
        "recognition/backfills.html",
        {
            "checks_only": not permissions.can_confirm_anything(person),
            "page": listing.page(request, queries.waiting_backfills(permissions.backfills_visible_to(person))),
            "me": person,
            "columns": [_("Volunteer"), _("Shift"), Column(_("Minutes"), number=True), _("Why"), _("Written down by"), _("Written down")],
        },
    )


@form_page
def backfill(request: HttpRequest, number: str) -> HttpResponse:
    """The second person decides."""
    person = request.user.person
    rows = permissions.backfills_visible_to(person).select_related(
        "person", "organization__territory", "shift__activity", "created_by", "decided_by", "claim__made_by", "record"
    )
    found = get_object_or_404(rows, number=number)
    decision = permissions.can_approve_backfill(person, found)
    form = forms_hours.DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "refuse":
                services.refuse_backfill(found, words=form.cleaned_data["words"], by=person)
                messages.success(request, _("Not accepted. Who wrote it reads why."))
            else:
                record = services.approve_backfill(found, words=form.cleaned_data["words"], by=person)
                messages.success(request, _("Recorded and marked as back-filled. The volunteer was told."))
                return see_other("recognition:record", record.number)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return see_other("recognition:backfills")
    return form_answer(
        request,
        "recognition/backfill.html",
        form,
        backfill=found,
        decision=decision,
        is_waiting=found.state == Backfill.State.WAITING,
        may_withdraw=bool(permissions.can_withdraw_backfill(person, found)) and found.claim_id is None,
        record=found.records.order_by("-id").first(),
    )


@require_POST
def withdraw_backfill(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(permissions.backfills_visible_to(request.user.person), number=number)
    tried(request, lambda: services.withdraw_backfill(found, by=request.user.person), _("Taken back."))
    return see_other("recognition:backfills")


@form_page
def backfill_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Time that no check-in shows, for one volunteer of a shift."""
    by = request.user.person
    shifts = Shift.objects.select_related("activity__host__territory", "activity__leader").filter(activity__in=desk_activities(by))
    shift = get_object_or_404(shifts, pk=pk)
    typed = fold(request.POST.get("person", request.GET.get("person", "")))
    meant = _meant(typed, by) if typed else []
    person = meant[0] if len(meant) == 1 else None
    sign_up = _sign_up_of(person, shift) if person else None
    attendance = getattr(sign_up, "attendance", None)
    span = {}
    if attendance is not None and attendance.out_at is not None:
        start, end, minutes = rules.served_in(shift, attendance)
        span = {"starts_at": start, "ends_at": end} if minutes else {}
    form = forms_hours.BackfillForm(
        request.POST if request.method == "POST" else None, request.FILES or None, shift=shift, initial={"person": typed.upper()}, **span
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if person is None:
                several = _("Several people have this phone. Use the volunteer number.")
                raise Refused(several if meant else _("Nobody has this number."), field="person")
            made = services.propose_backfill(
                shift, person=person, reason=values["reason"], evidence=values["evidence"], photo=form.content(), **form.times(), by=by
            )
        except Refused as refusal:
            add_refusal(form, at_its_field(refusal))
        else:
            messages.success(request, _("Written down. It counts when a second person has agreed."))
            return see_other("recognition:confirm_shift", made.shift_id)
    return form_answer(
        request, "recognition/backfill_new.html", form, shift=shift, activity=shift.activity, known=person if sign_up is not None else None
    )


def _meant(typed: str, by: Person) -> list[Person]:
    """By volunteer number whoever has it; by phone only among the people one sees, so that nobody tries out phones."""
    return with_number(people_visible_to(by) if normalize_phone(typed) else Person.objects.all(), typed)


@require_GET
def shares(request: HttpRequest) -> HttpResponse:
    """How much of the hours of the last 90 days each body added by hand."""
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    rows = queries.shares(scope(person, Right.CONFIRM_SERVICE, organization="pk"))
    page = listing.page(request, rows)
    return render(request, "recognition/shares.html", {"page": page, "limit": round(100 * queries.SHARE_LIMIT), "days": queries.SHARE_DAYS})


@require_GET
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows behind a share."""
    person = request.user.person
    body = get_object_or_404(Organization.objects.filter(scope(person, Right.CONFIRM_SERVICE, organization="pk")), slug=slug)
    return render(
        request,
        "recognition/share.html",
        {
            "body": body,
            "days": queries.SHARE_DAYS,
            "page": listing.page(request, queries.backfilled_records(body)),
            "columns": [_("Volunteer"), _("Activity"), Column(_("Minutes"), number=True), _("Why"), _("Written down by"), _("Decided by")],
        },
    )
