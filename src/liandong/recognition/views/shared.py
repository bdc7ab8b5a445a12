"""What the pages of recognition share."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from liandong.accounts.models import Person
from liandong.activities import permissions as activity_permissions
from liandong.activities.models import Activity
from liandong.core.errors import Refused
from liandong.recognition import permissions
from liandong.recognition.models import Certificate, ServiceRecord

LANGUAGES = {"en", "zh-hans"}


def at_its_field(refusal: Refused) -> Refused:
    """A refusal of a moment stands at the time that was typed."""
    names = {"starts_at": "starts", "ends_at": "ends", "file": "photo"}
    return Refused(refusal.reason, field=names.get(refusal.field, refusal.field))


def desk_activities(person: Person) -> QuerySet[Activity]:
    return Activity.objects.filter(activity_permissions.worked_on_by(person))


def record_or_404(request: HttpRequest, number: str) -> ServiceRecord:
    return get_object_or_404(
        permissions.records_visible_to(request.user.person).select_related(
            "person",
            "organization__territory",
            "activity__project",
            "shift",
            "sign_up__attendance",
            "rule",
            "corrects",
            "backfill__created_by",
            "backfill__decided_by",
            "confirmed_under",
        ),
        number=number,
    )


def certificate_or_404(request: HttpRequest, code: str) -> Certificate:
    return get_object_or_404(permissions.certificates_visible_to(request.user.person).select_related("person", "issuer__territory", "key"), code=code)


def language_of(request: HttpRequest) -> str:
    """The paper is Chinese unless English is asked for."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else "zh-hans"
