"""Finding what a page is about. What a person may not see does not exist."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, Shift, SignUp
from liandong.core.decision import require


def reader(request: HttpRequest) -> Person | None:
    """The person behind the request, None for a stranger."""
    return request.user.person if request.user.is_authenticated else None  # type: ignore[union-attr]


def find_activity(request: HttpRequest, code: str) -> Activity:
    return get_object_or_404(queries.activities_visible_to(reader(request)), code=code)


def find_for_work(request: HttpRequest, code: str, *, may: Any = permissions.can_manage) -> Activity:
    """An activity for those who run it: 404 when its work may not be seen, 403 without the right."""
    activity = get_object_or_404(queries.activities_visible_to(reader(request)).filter(permissions.worked_on_by(reader(request))), code=code)
    require(may(reader(request), activity))
    return activity


def find_shift_for_work(request: HttpRequest, pk: int, *, may: Any = permissions.can_check_people) -> Shift:
    rows = Shift.objects.select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
    shift = get_object_or_404(rows.filter(activity__in=Activity.objects.filter(permissions.worked_on_by(reader(request)))), pk=pk)
    require(may(reader(request), shift.activity))
    return shift


def find_open_shift(request: HttpRequest, pk: int) -> Shift:
    rows = Shift.objects.select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
    return get_object_or_404(rows.filter(activity__in=Activity.objects.filter(permissions.visible_to(reader(request)))), pk=pk)


def find_sign_up(code: str) -> SignUp:
    rows = SignUp.objects.select_related(
        "person",
        "position",
        "attendance",
        "shift__activity__host__territory",
        "shift__activity__territory",
        "shift__activity__venue",
        "shift__activity__leader",
    )
    return get_object_or_404(rows, code=code)


def find_own(request: HttpRequest, code: str) -> SignUp:
    """A person's own place."""
    return get_object_or_404(
        SignUp.objects.select_related(
            "person",
            "position",
            "attendance",
            "shift__activity__host__territory",
            "shift__activity__territory",
            "shift__activity__venue",
            "shift__activity__leader",
        ),
        code=code,
        person=reader(request),
    )


def find_attendance(request: HttpRequest, pk: int) -> Attendance:
    person = reader(request)
    rows = Attendance.objects.select_related(
        "sign_up__person", "sign_up__position", "sign_up__shift__activity__host__territory", "sign_up__shift__activity__territory"
    )
    return get_object_or_404(rows.filter(sign_up__shift__activity__in=Activity.objects.filter(permissions.worked_on_by(person))), pk=pk)
