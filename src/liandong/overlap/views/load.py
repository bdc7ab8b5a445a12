"""Finding what a page is about. What a person may not see does not exist."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from liandong.accounts.models import Person
from liandong.activities import permissions as activities
from liandong.activities.models import Activity
from liandong.organizations.permissions import grants_of
from liandong.overlap import permissions, queries
from liandong.overlap.models import CoHosting
from liandong.projects.models import Project


def reader(request: HttpRequest) -> Person:
    """Pages of this app are for people who are signed in."""
    person: Person = request.user.person
    return person


def find_thing(request: HttpRequest, key: str) -> Activity | Project:
    """'a12' or 'p7', as far as the person may see it."""
    found = queries.things_of([key], person=reader(request))
    if not found:
        raise Http404
    return found[0]


def find_worked_on(request: HttpRequest, code: str) -> Activity:
    rows = Activity.objects.filter(activities.worked_on_by(reader(request))).select_related("host__territory", "territory", "venue")
    return get_object_or_404(rows, code=code.upper())


def find_hosting(request: HttpRequest, pk: int) -> CoHosting:
    return get_object_or_404(permissions.co_hostings_visible_to(reader(request)), pk=pk)


def is_hub(person: Person) -> bool:
    return any(grant.territory_id is not None for grant in grants_of(person))
