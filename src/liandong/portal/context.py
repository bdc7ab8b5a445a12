"""What the base pages show around every page.

tabs        phone: four dicts {"label", "href", "icon", "current"}
nav_items   desk, left column (at most 8): dicts {"label", "href", "icon", "current", "count"}
workspace   the organisation worked in: {"label", "note", "href", "current"} or None
workspaces  all the person can switch to, same shape; empty hides the switcher
person_name, person_href, search_href, help_href, place, care_phone   texts; empty hides the part
"""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _


def address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    entries = [
        (_("Home"), "portal:home", "home"),
        (_("Activities"), "activities:list", "calendar"),
        (_("Needs"), "needs:mine", "message"),
        (_("Me"), "portal:me", "user"),
    ]
    found = [(label, address(name), icon) for label, name, icon in entries]
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "tabs": [{"label": label, "href": href, "icon": icon, "current": is_current(request, href)} for label, href, icon in found if href],
        "nav_items": [],
        "workspace": None,
        "workspaces": [],
        "person_name": str(user) if signed_in else "",
        "person_href": address("portal:me"),
        "search_href": "",
        "help_href": "",
        "place": "",
        "care_phone": "",
    }


def is_current(request: HttpRequest, href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href))
