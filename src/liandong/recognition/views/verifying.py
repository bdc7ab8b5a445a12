"""For everybody: is this certificate true?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from liandong.core import ids
from liandong.recognition import forms, limits, paper, permissions, queries

VERIFY = paper.VERIFY


@login_not_required
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Type a number. It leads to the page of the certificate."""
    form = forms.VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(paper.verify_path(form.cleaned_data["code"]))
    return render(request, "recognition/verify.html", {"form": form, "verify_action": VERIFY}, status=422 if form.is_bound else 200)


@login_not_required
@require_GET
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody who holds the paper may know: valid, replaced or revoked, masked name, hours, issuer, date. A wrong number is 404, too many of them 429."""
    if limits.is_guessing(request):
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(limits.WINDOW_SECONDS)
        return answer
    shown = queries.certificate_by_code(ids.clean_code(code))
    if shown is None:
        limits.count_wrong(request)
        return render(
            request,
            "recognition/verify.html",
            {"form": forms.VerifyForm(initial={"code": code[:40]}), "wrong": code[:40], "verify_action": VERIFY},
            status=404,
        )
    reader = request.user.person if request.user.is_authenticated else None
    is_open = permissions.certificates_visible_to(reader).filter(pk=shown.pk).exists()
    return render(
        request,
        "recognition/verify_certificate.html",
        {"certificate": shown, "name": shown.person.masked_name, "span": queries.span_of(shown), "is_open": is_open},
    )
