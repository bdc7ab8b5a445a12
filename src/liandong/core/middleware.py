"""Request id, language, private answers, and the pages behind Denied, Refused and Conflict."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template import loader
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from liandong.core.context import request_id, start_request
from liandong.core.errors import Conflict, Denied, Refused, TooMany

Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("liandong.request")


class RequestIdMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = start_request()  # type: ignore[attr-defined]
        return self.get_response(request)


class LanguageMiddleware:
    """Chinese unless the person chose otherwise. The browser's own preference does not count: most phones here are set to one of many Englishes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


class NulMiddleware:
    """PostgreSQL keeps no NUL. An address with one leads nowhere; out of what was typed it is dropped, like everything invisible."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if any("\0" in value for value in named.values() if isinstance(value, str)):
            raise Http404
        request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(asked: QueryDict) -> QueryDict:
    if not any("\0" in text for name, values in asked.lists() for text in (name, *values)):
        return asked
    clean = QueryDict(mutable=True)
    for name, values in asked.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean


class RefusalMiddleware:
    """Turns what a verb raised into the page for it. Views catch Refused themselves where a form can show it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            return render(request, "403.html", {"reason": exception.reason, "who_can": exception.who_can}, status=403)
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"conflict": exception}, status=409)
        if isinstance(exception, TooMany):
            return too_many(request, exception)
        if isinstance(exception, Refused):
            return render(request, "422.html", {"reason": exception.reason}, status=422)
        return None


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """The 429 page, with the time to wait."""
    response = render(request, "429.html", {"reason": refusal.reason}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a fault of ours, with the number that the log has of it. Without the request: what broke may be there."""
    return HttpResponse(loader.get_template("500.html").render({"error_id": request_id()}), status=500)


class PrivateResponseMiddleware:
    """A page made for one person is never kept by a cache between us and that person."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
