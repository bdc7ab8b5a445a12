"""For everybody: is this certificate true?"""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from liandong.core import clock, ids
from liandong.core.answers import form_answer, form_page
from liandong.honours.queries import honour_by_code
from liandong.recognition import limits, paper, permissions, queries, services, wallet
from liandong.recognition.checking import check as check_content
from liandong.recognition.credentials import signing
from liandong.recognition.forms_certificates import CheckForm, VerifyForm
from liandong.recognition.models import Certificate

VERIFY = paper.VERIFY


@login_not_required
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Type a number. It leads to the page of the certificate."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(paper.verify_path(form.cleaned_data["code"]))
    return form_answer(request, "recognition/verify.html", form, verify_action=VERIFY)


@login_not_required
@require_GET
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody who holds the paper may know: valid, replaced or revoked, masked name, hours, issuer, date. A wrong number is 404, too many of them 429."""
    if limits.is_guessing(request):
        return _too_many(request)
    shown = queries.certificate_by_code(ids.clean_code(code))
    if shown is None and honour_by_code(code) is not None:  # one box for every number on paper
        return redirect("honours:verify", code=ids.clean_code(code))
    if shown is None:
        limits.count_wrong(request)
        return render(
            request,
            "recognition/verify.html",
            {"form": VerifyForm(initial={"code": code[:40]}), "wrong": code[:40], "verify_action": VERIFY},
            status=404,
        )
    reader = request.user.person if request.user.is_authenticated else None
    is_open = reader is not None and permissions.certificates_visible_to(reader).filter(pk=shown.pk).exists()
    return render(request, "recognition/verify_certificate.html", {**_told(shown), "paper": _paper_tag(request, shown), "is_open": is_open})


def _told(shown: Certificate) -> dict[str, object]:
    return {
        "certificate": shown,
        "erased": shown.person.erased_at is not None,
        "name": shown.person.masked_name,
        "span": {"first": shown.first_date, "last": shown.last_date} if shown.first_date else queries.span_of(shown),
        "signed": queries.signature_holds(shown),
        "unsigned": not shown.signature,
        "sealed": queries.sealed_paper_of(shown),
    }


def _paper_tag(request: HttpRequest, shown: Certificate) -> str:
    """What the QR code's end says: "" without one (typed), "same", "other" when it was changed."""
    given = request.GET.get("s", "")
    if not given or not shown.signature:
        return ""
    if hmac.compare_digest(given.encode(), signing.tag_of(shown.signature).encode()):
        return "same"
    limits.count_wrong(request)
    return "other"


@login_not_required
@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What the bearer chose to show, for as long as they said. A link that ended, ran out or never was looks the same."""
    if limits.is_guessing(request):
        return _too_many(request)
    share = queries.share_by_token(token) if len(token) <= 24 else None
    if share is None or share.ended_at is not None or share.expires_at <= clock.now():
        limits.count_wrong(request)
        return render(request, "recognition/shared_over.html", status=404)
    facts = wallet.facts_of(share.certificate, shows=share.shows, name=share.shows_name)
    services.count_opening(share)
    return render(
        request,
        "recognition/shared.html",
        {"share": share, "certificate": share.certificate, "facts": facts, "signed": queries.signature_holds(share.certificate)},
    )


@login_not_required
@form_page
def check(request: HttpRequest) -> HttpResponse:
    """Drop a file or paste a text, and be told what holds of it. Nothing is kept."""
    if limits.is_guessing(request):
        return _too_many(request)
    form = CheckForm(request.POST if request.method == "POST" else None, request.FILES or None)
    finding = None
    if request.method == "POST" and form.is_valid():
        finding = check_content(form.content())
        if finding.certificate is None or finding.tone == "danger":
            limits.count_wrong(request)
    shown = finding.certificate if finding else None
    return render(
        request,
        "recognition/check.html",
        {
            "form": form,
            "finding": finding,
            **(_told(shown) if shown else {}),
            "site": settings.SITE_URL,
        },
        status=422 if request.method == "POST" and finding is None else 200,
    )


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = str(limits.WINDOW_SECONDS)
    return answer
