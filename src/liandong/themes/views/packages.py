"""Service packages: what is offered to each segment, and whether it still fits."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, form_answer, form_page, see_other
from liandong.core.decision import deny, require
from liandong.core.errors import Refused
from liandong.needs.models import Segment
from liandong.organizations.permissions import works
from liandong.themes import permissions, queries, services
from liandong.themes.forms import PackageForm
from liandong.themes.models import ServicePackage, Theme
from liandong.themes.queries.board import ground_of
from liandong.themes.views.board import reader


def staff(request: HttpRequest) -> Person:
    person = request.user.person
    if not works(person):
        require(deny(_("Service packages are read by staff."), who_can=_("A manager of your organisation")))
    return person


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The board of packages by segment, and what segments without one ask for."""
    person = reader(request)
    ground = ground_of(person)
    assert ground is not None
    offers = queries.packages_of(person, ground)
    groups: dict[str, list[queries.Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.package.segment, []).append(offer)
    covered = {offer.package.segment for offer in offers if offer.package.is_active}
    asked = queries.top_themes(ground)
    context = {
        "groups": [(Segment(segment).label, rows) for segment, rows in groups.items()],
        "without": [(Segment(segment), top) for segment, top in asked.items() if top and segment not in covered],
        "keeps": bool(permissions.can_keep_place(person, ground)),
        "ground": ground,
    }
    return render(request, "themes/packages.html", context)


@require_safe
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """One package, as those for whom it is read it."""
    person = staff(request)
    found = get_object_or_404(permissions.packages_visible_to(person).select_related("territory", "reviewed_by"), pk=pk)
    keeps = bool(permissions.can_keep_place(person, found.territory))
    context = {
        "package": found,
        "themes": [theme for theme in found.themes.all() if theme.is_active],
        "reads_themes": bool(permissions.can_read(person)),
        "keeps": keeps,
    }
    return render(request, "themes/package.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(permissions.packages_visible_to(reader(request)).select_related("territory"), pk=pk))


def _form(request: HttpRequest, package: ServicePackage | None) -> HttpResponse:
    person = reader(request)
    territory = package.territory if package is not None else ground_of(person)
    assert territory is not None
    require(permissions.can_keep_place(person, territory))
    themes = permissions.visible_to(person).filter(state=Theme.State.ACTIVE).order_by("label")
    segment = request.GET.get("segment", "")
    initial: dict[str, Any] = {"segment": segment if segment in Segment.values else Segment.SMALL_FIRM}
    if package is not None:
        initial = {
            "segment": package.segment,
            "title": package.title,
            "summary": package.summary,
            "lines": "\n".join(package.lines),
            "themes": list(package.themes.values_list("pk", flat=True)),
            "is_active": package.is_active,
        }
    elif segment in Segment.values:
        initial["themes"] = [theme.pk for theme, _people in queries.top_themes(territory).get(segment, [])]
    form = PackageForm(request.POST if request.method == "POST" else None, themes=themes, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.keep_package(package, territory=territory, **form.cleaned_data, by=person)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return see_other("themes:package", made.pk)
    return form_answer(request, "themes/package_form.html", form, package=package)


@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Looked at again: it fits what the segment asks for now."""
    person = reader(request)
    found = get_object_or_404(permissions.packages_visible_to(person).select_related("territory"), pk=pk)
    top = queries.top_themes(found.territory).get(found.segment, [])
    services.review_package(found, top=[theme.pk for theme, _people in top], by=person)
    messages.success(request, _("Noted. You hear of it when the most wanted themes change."))
    return see_other(reverse("themes:packages"))
