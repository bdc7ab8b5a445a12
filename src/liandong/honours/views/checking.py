"""For everybody: is this certificate of honour true?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liandong.core import ids
from liandong.core.errors import TooMany
from liandong.honours import paper
from liandong.honours.forms import CheckForm
from liandong.honours.queries.honours import honour_by_code
from liandong.recognition import limits
from liandong.recognition import paper as certificates
from liandong.recognition.queries import certificate_by_code


@login_not_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Type a number. It leads to the page of the honour."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid() and (code := ids.clean_code(form.cleaned_data["code"])[:14]):
        return redirect(reverse("honours:verify", args=[code]))
    return render(request, "honours/check.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody who holds the paper may know. A wrong number is 404, too many of them 429."""
    if limits.is_guessing(request):
        raise TooMany("", seconds=limits.WINDOW_SECONDS)
    shown = honour_by_code(code)
    if shown is None and certificate_by_code(ids.clean_code(code)) is not None:  # one box for every number on paper
        return redirect(certificates.verify_path(ids.clean_code(code)))
    if shown is None:
        limits.count_wrong(request)
        return render(request, "honours/check.html", {"form": CheckForm(initial={"code": code[:40]}), "wrong": code[:40]}, status=404)
    return render(request, "honours/verify.html", {"honour": shown, "verify_path": paper.verify_path(shown.code)})
