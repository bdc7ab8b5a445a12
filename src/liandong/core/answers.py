"""How a view with a form begins, and how every view ends: the verb done or its refusal in the form; a 303, and only to a place on this site; a kept file, or 404."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from liandong.core.errors import Refused

TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}

form_page = require_http_methods(["GET", "HEAD", "POST"])  # looked at, and sent


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


def carried_out(form: Any, verb: Callable[[], Any]) -> bool:
    """Do the verb; a broken rule becomes an error of the form, at the field it belongs to."""
    try:
        verb()
    except Refused as refused:
        add_refusal(form, refused)
        return False
    return True


def add_refusal(form: Any, refused: Refused) -> None:
    """For a view that needs what its verb gives: the broken rule as an error of the form, at the field it belongs to."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.reason))


def form_answer(request: HttpRequest, template: str, form: Any, /, **context: Any) -> HttpResponse:
    """The page with its form: 422 when something in it is wrong."""
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def tried(request: HttpRequest, verb: Callable[[], Any], said: Any) -> bool:
    """For a button without a form: do the verb and say so on the next page; a broken rule is said there instead."""
    try:
        verb()
    except Refused as refused:
        messages.warning(request, str(refused.reason))
        return False
    messages.success(request, said)
    return True


def opened(file: Any) -> "File[Any]":
    """A kept file, open for reading. 404 when there is none, or when it is gone from the disk."""
    try:
        found: File[Any] = file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    return found


def shown_file(file: Any, *, public: bool = False) -> FileResponse:
    """A kept picture or PDF, by the ending of its name. The browser asks again after a day; never does it guess what it is."""
    kind = TYPES.get(str(file.name).rsplit(".", 1)[-1]) if file else None
    if kind is None:
        raise Http404
    kept = "public" if public else "private"
    headers = {"Cache-Control": f"{kept}, max-age=86400", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    return FileResponse(opened(file), content_type=kind, headers=headers)
