"""申报, for the volunteer: find the shift, say when, and follow what becomes of it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities.models import Shift
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other, shown_file, tried
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.recognition import forms_hours, permissions, queries, services
from liandong.recognition.models import Backfill, ServiceClaim
from liandong.recognition.views.shared import at_its_field
from liandong.ui import listing


@require_GET
def claim_new(request: HttpRequest) -> HttpResponse:
    """Which shift: those one had signed up for first, any other by search."""
    text = request.GET.get("q", "").strip()[:40]
    rows = queries.claimable_shifts(request.user.person, text=text)
    return render(request, "recognition/claim_new.html", {"page": listing.page(request, rows, size=20), "text": text})


@form_page
def claim_shift(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    shift = get_object_or_404(Shift.objects.filter(activity__state__in=["published", "finished"]).select_related("activity__host__territory"), pk=pk)
    form = forms_hours.ClaimForm(request.POST if request.method == "POST" else None, request.FILES or None, shift=shift)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        person = _whom(values["number"], by)
        try:
            if person is None:
                raise Refused(_("Nobody has this number."), field="number")
            said = {name: values[name] for name in ("words", "evidence", "relation")}
            claim = services.claim_service(shift, person=person, photo=form.content(), **said, **form.times(), by=by)
        except Refused as refusal:
            add_refusal(form, at_its_field(refusal))
        else:
            messages.success(request, _("Sent. We answer within five working days."))
            return see_other("recognition:claim", claim.number)
    return form_answer(request, "recognition/claim_shift.html", form, shift=shift, activity=shift.activity)


def _whom(number: str, by: Person) -> Person | None:
    if not (number := fold(number).upper()):
        return by
    return Person.objects.filter(number=number, merged_into__isnull=True).first()


@require_GET
def claim(request: HttpRequest, number: str) -> HttpResponse:
    return _claim_page(request, _claim_or_404(request, number), forms_hours.AppealForm())


def _claim_or_404(request: HttpRequest, number: str) -> ServiceClaim:
    rows = permissions.claims_visible_to(request.user.person)
    return get_object_or_404(rows.select_related("person", "made_by", "organization__territory", "shift__activity", "answered_by"), number=number)


def _claim_page(request: HttpRequest, found: ServiceClaim, form: forms_hours.AppealForm, *, status: int = 200) -> HttpResponse:
    person = request.user.person
    backfill = found.backfills.order_by("-id").first()
    return render(
        request,
        "recognition/claim.html",
        {
            "claim": found,
            "own": person.pk == found.person_id,
            "backfill": backfill,
            "record": backfill.records.order_by("-id").first() if backfill else None,
            "may_withdraw": found.state == ServiceClaim.State.OPEN and bool(permissions.can_withdraw_claim(person, found)),
            "may_appeal": found.state == ServiceClaim.State.REFUSED and not found.appeal_words and bool(permissions.can_appeal_claim(person, found)),
            "may_check": found.state == ServiceClaim.State.OPEN and bool(permissions.can_check_claim(person, found)),
            "form": form,
        },
        status=status,
    )


@require_POST
def withdraw_claim(request: HttpRequest, number: str) -> HttpResponse:
    found = _claim_or_404(request, number)
    tried(request, lambda: services.withdraw_claim(found, by=request.user.person), _("Taken back."))
    return see_other("recognition:claim", number)


@require_POST
def appeal_claim(request: HttpRequest, number: str) -> HttpResponse:
    found = _claim_or_404(request, number)
    form = forms_hours.AppealForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: services.appeal_claim(found, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("The hub looks at it now and answers within five working days."))
        return see_other("recognition:claim", number)
    return _claim_page(request, found, form, status=422)


@require_safe
def evidence_photo(request: HttpRequest, number: str) -> FileResponse:
    """The picture of a claim or a back-fill, for those who see it."""
    person = request.user.person
    found: ServiceClaim | Backfill | None = permissions.claims_visible_to(person).filter(number=number).exclude(photo="").first()
    found = found or permissions.backfills_visible_to(person).filter(number=number).exclude(photo="").first()
    if found is None:
        raise Http404
    return shown_file(found.photo)
