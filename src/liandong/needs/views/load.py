"""What every view of needs starts and ends with."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from liandong.accounts.models import Person
from liandong.core.errors import Refused
from liandong.needs import queries
from liandong.needs.models import Need


def person_of(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def see_other(url: str) -> HttpResponse:
    """303: what follows a POST is a GET."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def need_or_404(request: HttpRequest, number: str) -> Need:
    need = queries.need_in_full(number.upper(), person=person_of(request))
    if need is None:
        raise Http404
    return need


def carried_out(form: forms.Form, verb: Callable[[], Any]) -> bool:
    """Do the verb; a broken rule becomes an error of the form, at the field it belongs to."""
    try:
        verb()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.reason))
        return False
    return True
