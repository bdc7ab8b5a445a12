"""What every view of needs starts and ends with."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from liandong.accounts.models import Person
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
