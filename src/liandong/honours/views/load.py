"""What every view of honours starts and ends with."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.accounts.models import Person
from liandong.core.decision import require
from liandong.honours import permissions
from liandong.honours.models import Honour
from liandong.ui.listing import Link

AWARD_TONES = {"open": "info", "review": "warn", "notice": "primary", "granted": "success", "cancelled": "neutral"}
NOMINATION_TONES = {
    "proposed": "info",
    "endorsed": "primary",
    "chosen": "primary",
    "honoured": "success",
    "not_chosen": "neutral",
    "declined": "neutral",
    "withdrawn": "neutral",
}


def require_hub(person: Person) -> None:
    require(permissions.can_keep_rules(person, None))


def honour_or_404(request: HttpRequest, code: str) -> Honour:
    rows = permissions.honours_visible_to(request.user.person).select_related(
        "person", "team__leader", "team__organization__territory", "organization", "issuer", "award__territory", "nomination"
    )
    return get_object_or_404(rows, code=code.upper())


def tabs(current: str, person: Person) -> list[Link]:
    """The pages of recognition at a hub's desk."""
    pages = [
        ("awards", pgettext("pages of honours", "Awards")),
        ("register", _("Register of honours")),
        ("rules", _("Star rule sets")),
        ("thanks_desk", pgettext("pages of honours", "Thanks")),
        ("pressure", _("Free will")),
    ]
    return [Link(label, reverse(f"honours:{name}"), current=name == current) for name, label in pages]
