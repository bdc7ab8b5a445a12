"""Whom a visit or a plan is for: the form's three shapes."""

from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.core.decision import require
from liandong.organizations.models import Organization
from liandong.organizations.permissions import people_visible_to
from liandong.ui.listing import Link
from liandong.visits import permissions, queries
from liandong.visits.forms import WhomForm

F = TypeVar("F", bound=WhomForm)
WHOM = ("organization", "person", "home")


def whom_of(request: HttpRequest) -> str:
    asked = request.GET.get("whom", "organization")
    return asked if asked in WHOM else "organization"


def whom_links(request: HttpRequest, name: str, whom: str) -> list[Link]:
    labels = {"organization": _("An organisation"), "person": _("Somebody registered"), "home": _("A home")}
    return [Link(label, f"{reverse(name)}?whom={key}", current=key == whom) for key, label in labels.items()]


def build(form_class: type[F], request: HttpRequest, *, whom: str, initial: dict[str, Any]) -> F:
    """The form for this reader: their bodies, what lies on their ground, their colleagues. Without a body to visit for there is no form."""
    person = request.user.person
    hosts = permissions.hosts_of(person)
    mine = list(hosts[:50])
    if not mine:
        require(permissions.can_plan(person, Organization(name=_("your organisation"))))
    own = mine[0]
    if slug := request.GET.get("organization"):
        initial["organization"] = Organization.objects.filter(slug=slug).first()
    asked = request.POST.get("host", "")
    host = next((each for each in mine if str(each.pk) == asked), own)
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial={"host": own, "handler": person, "territory": own.territory if own.kind == Organization.Kind.COMMUNITY else None, **initial},
        whom=whom,
        hosts=hosts,
        bodies=queries.bodies_near(mine),
        places=queries.communities_near(mine),
        staff=queries.staff_of(host),
    )
    if len(mine) == 1:
        form.fields["host"].widget = form.fields["host"].hidden_widget()
    return form


def chosen(form: WhomForm, person: Person) -> dict[str, Any] | None:
    """The form's values for the verb; None when nobody was found by the number that was typed."""
    values = dict(form.cleaned_data)
    if "number" in values:
        found = with_number(people_visible_to(person), values.pop("number"))
        if len(found) != 1:
            form.add_error(
                "number",
                _("Several people have this phone. Use the number on their card.")
                if found
                else _("Nobody of yours has this number. Register the person first, or visit a home by name."),
            )
            return None
        values["person"] = found[0]
    return values
