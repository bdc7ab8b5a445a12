"""Certificates: made, shown, printed, revoked."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, carried_out, form_page, see_other, tried
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.recognition import paper, permissions, queries, services
from liandong.recognition.forms_certificates import AskRevokeForm, CertificateForm
from liandong.recognition.models import Certificate, CertificateRequest
from liandong.recognition.views.shared import certificate_or_404, language_of


def _certified_person(request: HttpRequest) -> Person:
    """Oneself, or with ?person=number a volunteer of one's own body: somebody who has no phone, say."""
    number = request.GET.get("person", "")
    if not number or number == request.user.person.number:
        return request.user.person
    visible = permissions.records_to_certify(request.user.person)
    return get_object_or_404(Person, number=number, pk__in=visible.values("person"))


@form_page
def certificate_new(request: HttpRequest) -> HttpResponse:
    person, by = _certified_person(request), request.user.person
    slice_of = None if person == by else permissions.records_to_certify(by).filter(person=person)  # a body sees what it recorded itself
    form = CertificateForm(
        request.POST if request.method == "POST" else None, person=person, bodies=None if slice_of is None else slice_of.values("organization")
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = services.issue_certificate(
                person,
                from_date=values["from_date"],
                to_date=values["to_date"],
                organization=values["organization"],
                id_shown=values["id_shown"] or "none",
                by=by,
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return see_other("recognition:certificate", made.code)
    records = queries.records_between(person) if slice_of is None else queries.records_between(person).filter(pk__in=slice_of)
    return render(
        request,
        "recognition/certificate_new.html",
        {
            "form": form,
            "person": person,
            "own": person == by,
            "minutes": queries.hours_of(person),
            "count": records.count(),
            "several": len(form.fields["organization"].queryset) > 1,  # type: ignore[attr-defined]
            "disputed": queries.disputed_in(records),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_GET
def own_certificate(request: HttpRequest, code: str) -> HttpResponse:
    return _certificate_page(request, certificate_or_404(request, code), AskRevokeForm())


def _certificate_page(request: HttpRequest, shown: Certificate, form: AskRevokeForm, *, status: int = 200) -> HttpResponse:
    language = language_of(request)
    return render(
        request,
        "recognition/certificate.html",
        {
            "certificate": shown,
            "own": shown.person_id == request.user.person.pk,
            "language": language,
            "image": f"{reverse('recognition:certificate_image', args=[shown.code])}?language={language}",
            "pdf_href": f"{reverse('recognition:certificate_pdf', args=[shown.code])}?language={language}",
            "verify_path": paper.verify_path(shown.code),
            **_what_staff_may(request.user.person, shown),
            "sealed": queries.sealed_paper_of(shown),
            "form": form,
        },
        status=status,
    )


def _what_staff_may(person: Person, shown: Certificate) -> dict[str, object]:
    if not permissions.can_ask_about(person, shown):
        return {}
    waiting = queries.open_requests(shown)
    asked = {request.kind for request in waiting}
    return {
        "waiting": waiting,
        "may_revoke": shown.state != Certificate.State.REVOKED and CertificateRequest.Kind.REVOKE not in asked,
        "may_seal": shown.state == Certificate.State.VALID
        and CertificateRequest.Kind.SEAL not in asked
        and queries.seal_in_use(shown.issuer) is not None
        and queries.sealed_paper_of(shown) is None,
    }


@require_GET
def certificate_pdf(request: HttpRequest, code: str) -> HttpResponse:
    shown = certificate_or_404(request, code)
    name = _("certificate of volunteer service") + f" {shown.code}.pdf"
    disposition = content_disposition_header(as_attachment="download" in request.GET, filename=name)
    return HttpResponse(
        paper.pdf_of(shown, language=language_of(request)), content_type="application/pdf", headers={"Content-Disposition": disposition or ""}
    )


@require_GET
def certificate_image(request: HttpRequest, code: str) -> HttpResponse:
    """The pages as pictures, for a long press in a chat program that shows no PDF."""
    pages = paper.images_of(certificate_or_404(request, code), language=language_of(request))
    number = whole_number(request.GET.get("page", "1"))
    if number is None or not 1 <= number <= len(pages):
        raise Http404
    return HttpResponse(pages[number - 1], content_type="image/png")


@require_POST
def revoke_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for it: a second person decides."""
    shown = certificate_or_404(request, code)
    require(permissions.can_ask_about(request.user.person, shown))
    form = AskRevokeForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: services.ask_revocation(shown, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("Asked. The certificate holds until a second person agrees."))
        return see_other("recognition:certificate", shown.code)
    return _certificate_page(request, shown, form, status=422)


@require_POST
def seal_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the seal: a second person decides."""
    shown = certificate_or_404(request, code)
    tried(request, lambda: services.ask_seal(shown, by=request.user.person), _("Asked. The seal stands on it once a second person agrees."))
    return see_other("recognition:certificate", shown.code)
