"""What every view of surveys starts with."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest

from liandong.accounts.models import Person
from liandong.core.decision import Decision, require
from liandong.surveys import permissions, queries
from liandong.surveys.models import Survey


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None  # type: ignore[union-attr]


def worker(request: HttpRequest) -> Person:
    """The person behind a page that asks for sign-in."""
    return request.user.person  # type: ignore[union-attr]


def public_survey(request: HttpRequest, number: str) -> Survey:
    """A survey whose questions the reader may open."""
    found = queries.survey_of(number, permissions.readable_by(reader(request)))
    if found is None:
        raise Http404
    return found


def survey_for_work(request: HttpRequest, number: str, *, may: Callable[[Any, Survey], Decision] | None = None) -> Survey:
    """A survey for those who work on it: 404 when they may not see it, 403 without the right."""
    found = queries.survey_of(number, permissions.visible_to(reader(request)))
    if found is None:
        raise Http404
    if may is not None:
        require(may(reader(request), found))
    return found
