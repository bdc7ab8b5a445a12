"""What the base pages show around every page. Everything that costs a query is worked out only when a page shows it.

tabs        phone: four dicts {"label", "href", "icon", "current"}
nav_items   desk, left column (at most 8): dicts {"label", "href", "icon", "current", "count"}
workspace   the organisation worked in: {"label", "note", "href", "current"} or None
workspaces  all the person can switch to, same shape; empty hides the switcher
person_name, person_href, search_href, help_href, place, care_phone   texts; empty hides the part
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as cache_store
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.accounts.models import Person
from liandong.needs.models import Need
from liandong.organizations import permissions as rights
from liandong.organizations.models import Organization, Right, Territory
from liandong.portal import service
from liandong.portal.rows import number
from liandong.portal.workspaces import HUB, SESSION_KEY, Workspace, address, current_of, workspaces_of
from liandong.projects.models import Project

Item = dict[str, Any]


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)

    @cache
    def person() -> Person | None:
        return user.person if user is not None and user.is_authenticated else None

    @cache
    def spaces() -> list[Workspace]:
        return workspaces_of(person())

    @cache
    def current() -> Workspace | None:
        return current_of(spaces(), request.session.get(SESSION_KEY, "") if spaces() else "")

    def shown(space: Workspace) -> Item:
        return {"label": space.label, "note": space.note, "href": space.href, "current": space == current()}

    @cache
    def nav_items() -> list[Item]:
        space = current()
        return menu(request, space, person()) if space is not None else []

    return {
        "tabs": tabs(request),
        "nav_items": nav_items,
        "workspace": lambda: shown(space) if (space := current()) else None,
        "workspaces": cache(lambda: [shown(space) for space in spaces()]),
        "person_name": lambda: found.name if (found := person()) else "",
        "person_href": address("portal:me"),
        "search_href": address("portal:search"),
        "help_href": address("portal:help"),
        "place": place,
        "care_phone": care_phone,
    }


def place() -> str:
    """Whose Liandong this is: LIANDONG_PLACE, or the one street or district that the site holds."""
    given = getattr(settings, "SITE_PLACE", "")
    return given or cache_store.get_or_set("portal.place", place_of_the_site, 600)


def care_phone() -> str:
    """Somebody to call: LIANDONG_CARE_PHONE, or the number of the hub."""
    given = getattr(settings, "CARE_PHONE", "")
    return given or cache_store.get_or_set("portal.care_phone", phone_of_the_hub, 600)


def phone_of_the_hub() -> str:
    found = Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE).exclude(contact_phone="")
    return found.order_by("territory__path", "pk").values_list("contact_phone", flat=True).first() or ""


def place_of_the_site() -> str:
    for level in (Territory.Level.STREET, Territory.Level.DISTRICT, Territory.Level.CITY):
        names = list(Territory.objects.filter(level=level, to_date__isnull=True).values_list("name", flat=True)[:2])
        if len(names) == 1:
            return str(names[0])
    return ""


def tabs(request: HttpRequest) -> list[Item]:
    entries = [
        (_("Home"), address("portal:home"), "home"),
        (_("Activities"), address("activities:list"), "calendar"),
        (_("Stations"), address("stations:nearest"), "building-store"),
        (_("Me"), address("portal:me"), "user"),
    ]
    return marked(request, [{"label": label, "href": href, "icon": icon} for label, href, icon in entries if href])


def menu(request: HttpRequest, space: Workspace, person: Person | None) -> list[Item]:
    """The left column: never more than eight entries, only those whose door is open, the numbers in one query."""
    counts = counts_of(space)
    own = f"organization={space.organization.slug}" if space.organization else ""
    if space.key == HUB:
        entries = [
            (_("Overview"), space.href, "layout-dashboard", 0),
            (pgettext("hub menu", "Needs"), address("needs:inbox"), "link", counts["needs"]),
            (_("Projects"), address("projects:list"), "folder", counts["projects"]),
            (_("Activities"), address("activities:desk"), "calendar", 0),
            (_("Records and points"), address("portal:service"), "clipboard-check", 0),
            (_("Organisations"), address("organizations:list"), "building-community", counts["applied"]),
            (pgettext("hub menu", "Volunteers"), address("volunteers:list"), "users", 0),
            (_("Reports"), address("insight:index"), "report-analytics", 0),
        ]
    else:
        assert space.organization is not None
        slug = space.organization.slug
        people = {"enterprise": _("Employees"), "community": _("Residents and volunteers")}.get(space.organization.party, _("Members"))
        entries = [
            (_("Workbench"), space.href, "layout-dashboard", 0),
            (_("Needs"), address("needs:inbox"), "message", counts["needs"]),
            (_("Projects"), address("projects:list"), "folder", counts["projects"]),
            (_("Activities"), address("activities:desk", query=f"org={slug}"), "calendar", 0),
            (_("Records and points"), address("portal:service"), "clipboard-check", 0),
            (people, address("organizations:people", slug), "users", 0),
            (_("Reports"), address("insight:index", query=own), "report-analytics", 0),
            (_("Our organisation"), address("organizations:organization", slug), "settings", 0),
        ]
        closed = {
            address("organizations:people", slug): not rights.holds(person, Right.SEE_PEOPLE, organization=space.organization),
            address("insight:index", query=own): not rights.holds(person, Right.SEE_FIGURES, organization=space.organization),
        }
        entries = [entry for entry in entries if not closed.get(entry[1])]
    if person is None or not service.opens_for(person):
        entries = [entry for entry in entries if entry[1] != address("portal:service")]
    return marked(request, [{"label": label, "href": href, "icon": icon, "count": count} for label, href, icon, count in entries if href])


def counts_of(space: Workspace) -> dict[str, int]:
    """The numbers beside the menu, one query."""
    if space.organization is None:
        inside = Q(territory__path__startswith=space.territory.path)
        found = Territory.objects.filter(pk=space.territory.pk).annotate(
            needs=number(Need.objects.filter(inside, state__in=["submitted", "accepted", "claimed", "matched"])),
            projects=number(Project.objects.filter(inside, state="running")),
            applied=number(Organization.objects.filter(inside, state="applied")),
        )
        return found.values("needs", "projects", "applied").get()
    body = space.organization
    needs = Q(claimed_by=body)
    if body.party == Organization.Party.COMMUNITY:
        needs |= Q(territory__path__startswith=body.territory.path)
    found = Organization.objects.filter(pk=body.pk).annotate(
        needs=number(Need.objects.filter(needs, state__in=["submitted", "accepted", "claimed", "matched"])),
        projects=number(Project.objects.filter(lead=body, state="running")),
    )
    return found.values("needs", "projects").get()


def marked(request: HttpRequest, items: list[Item]) -> list[Item]:
    """Marks the entry whose address is the longest beginning of this page's address."""
    fits = [item["href"].split("?")[0] for item in items if is_current(request, item["href"].split("?")[0])]
    best = max(fits, key=len, default=None)
    return [{**item, "current": item["href"].split("?")[0] == best} for item in items]


# Pages that belong to an entry whose address they do not share.
BELONGS_TO = {
    "/recognition/": "/service/",
    "/points/": "/service/",
    "/rewards/": "/service/",
    "/honours/": "/service/",
    "/dossier/": "/service/",
    "/s/": "/stations/",
    "/themes/": "/needs/inbox/",
    "/visits/": "/needs/inbox/",
    "/surveys/": "/needs/inbox/",
    "/overlap/": "/activities/desk/",
    "/matching/": "/activities/desk/",
    "/matching/packages/": "/needs/inbox/",
    "/matching/resources/": "/needs/inbox/",
}


def is_current(request: HttpRequest, href: str) -> bool:
    belongs = max((page for page in BELONGS_TO if request.path.startswith(page)), key=len, default="")
    if belongs and href == BELONGS_TO[belongs]:
        return True
    return request.path == href or (href != "/" and request.path.startswith(href))
