"""The switches for language, theme and care view, and the gallery of components."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liandong.core.answers import safe_next, see_other
from liandong.ui import gallery as examples
from liandong.ui.context import THEMES

YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> HttpResponse:
    """303 to `next` when it stays on this site, else to the front page."""
    target = request.POST.get("next", "")
    return see_other(safe_next(request, target, default="/"))


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)


@login_not_required
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keeps theme (auto, light, dark) and care (on, off) in cookies; anything else is left out."""
    response = back(request)
    if request.POST.get("theme") in THEMES:
        remember(request, response, "theme", request.POST["theme"])
    if request.POST.get("care") in {"on", "off"}:
        remember(request, response, "care", request.POST["care"])
    return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in a cookie."""
    response = back(request)
    if request.POST.get("language") in dict(settings.LANGUAGES):
        remember(request, response, settings.LANGUAGE_COOKIE_NAME, request.POST["language"])
    return response


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every tone. ?frame=phone shows them inside the phone frame."""
    context: dict[str, Any] = examples.context(request)
    frame = "phone" if request.GET.get("frame") == "phone" else "desk"
    return render(request, "ui/gallery.html", {**context, "base": f"ui/{frame}.html", "frame": frame})
