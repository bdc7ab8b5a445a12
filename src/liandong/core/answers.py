"""What a view answers after a POST: a 303, and only to a place on this site."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme


def see_other(to: Any, *arguments: Any, **named: Any) -> HttpResponse:
    """303 to an address, a URL name with its arguments, or a model with get_absolute_url."""
    address = to if isinstance(to, str) and to.startswith("/") else resolve_url(to, *arguments, **named)
    return HttpResponse(status=303, headers={"Location": iri_to_uri(address)})


def safe_next(request: HttpRequest, target: str | None, *, default: str = "") -> str:
    """`target` when it is a path on this site, else `default`. Backslashes, other hosts, other schemes and control characters lead nowhere."""
    if (
        target
        and target.startswith("/")
        and target.isprintable()
        and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    ):
        return target
    return default
