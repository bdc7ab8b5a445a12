"""What the pages of recognition share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from liandong.core.errors import Refused
from liandong.recognition import permissions
from liandong.recognition.models import ServiceRecord


def see_other(name: str, *arguments: Any) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(f"recognition:{name}", args=arguments)})


def add_refusal(form: Any, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.reason))


def record_or_404(request: HttpRequest, number: str) -> ServiceRecord:
    return get_object_or_404(
        permissions.records_visible_to(request.user.person).select_related(
            "person", "organization__territory", "activity__project", "shift", "sign_up__attendance", "rule", "corrects"
        ),
        number=number,
    )
