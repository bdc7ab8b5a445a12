"""Pages of activities."""

from django.http import Http404, HttpRequest, HttpResponse


def ticket(request: HttpRequest, code: str) -> HttpResponse:
    raise Http404
