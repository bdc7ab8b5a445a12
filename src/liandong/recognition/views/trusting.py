"""The desk: what a person should look at, and the rules by which hours are confirmed by themselves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import may_anywhere, organizations_with, places_with
from liandong.recognition import forms_hours, permissions, queries, services
from liandong.recognition.models import ConfirmationRule, Outlier
from liandong.ui import listing
from liandong.ui.listing import Column


@require_GET
def outliers(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    mine = permissions.outliers_visible_to(person)
    rows = queries.outliers_to_look_at(mine, state=request.GET.get("state", ""), kind=request.GET.get("kind", ""))
    page = listing.page(request, rows, size=25)
    return render(
        request,
        "recognition/outliers.html",
        {
            "page": page,
            "rows": [(row, queries.words_of(row)) for row in page],
            "states": listing.filter_links(request, "state", [("decided", _("Decided"))], any_label=_("To look at")),
            "kinds": listing.filter_links(request, "kind", Outlier.Kind.choices, any_label=_("All")),
            "columns": [_("What"), Column(_("Weight"), number=True), _("Why"), _("Organisation"), Column(_("Hours"), number=True), _("State")],
        },
    )


@form_page
def outlier(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    rows = permissions.outliers_visible_to(person).select_related("organization__territory", "person", "other", "shift__activity", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    may_accept = permissions.can_decide_outlier(person, found)
    states = [state for state in Outlier.TRANSITIONS[found.state] if state != Outlier.State.ACCEPTED or may_accept]
    form = forms_hours.OutlierForm(request.POST if request.method == "POST" else None, states=states)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.decide_outlier(found, **form.cleaned_data, by=person)):
            messages.success(request, _("Decided. The reason is kept."))
            return see_other("recognition:outliers")
    page = listing.page(request, queries.lines_about(found, seen_by=person), size=25)
    records = queries.records_by_sign_up([line.sign_up_id for line in page])
    return form_answer(
        request,
        "recognition/outlier.html",
        form,
        outlier=found,
        words=queries.words_of(found),
        page=page,
        rows=[(line, getattr(line.sign_up, "attendance", None), records.get(line.sign_up_id)) for line in page],
        states=states,
        may_accept=may_accept,
        columns=[_("Volunteer"), _("Activity"), _("Came and left"), _("How known"), Column(_("Minutes"), number=True), _("Record")],
    )


@require_GET
def trust_rules(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    versions = ConfirmationRule.objects.select_related("organization", "territory", "made_by").order_by("-version")
    in_force = {rule.pk for rule in queries.rules_in_force().rules}
    return render(
        request,
        "recognition/trust_rules.html",
        {
            "page": listing.page(request, versions),
            "in_force": in_force,
            "may_set": bool(may_anywhere(person, Right.VET_ORGANIZATIONS)),
            "columns": [
                Column(_("Version"), number=True),
                _("Where it applies"),
                Column(_("How sure at least"), number=True),
                Column(_("Minutes at most"), number=True),
                Column(_("Records before"), number=True),
                _("Why"),
                _("State"),
            ],
        },
    )


@form_page
def trust_rule_new(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(may_anywhere(person, Right.VET_ORGANIZATIONS))
    form = forms_hours.RuleForm(request.POST if request.method == "POST" else None, places=_places(person))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            rule = services.set_rule(**_where(values.pop("where")), **values, by=person)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Version %(version)s holds from now on.") % {"version": rule.version})
            return see_other("recognition:trust_rules")
    return form_answer(request, "recognition/trust_rule_new.html", form)


def _places(person: Person) -> list[tuple[str, Any]]:
    """The places and bodies that the person may trust."""
    places = [(f"t{place.pk}", place.name) for place in places_with(person, Right.VET_ORGANIZATIONS).exclude(level="building").order_by("path")[:200]]
    bodies = [(f"o{body.pk}", body.label) for body in organizations_with(person, Right.VET_ORGANIZATIONS)[:1000]]
    return places + bodies


def _where(key: str) -> dict[str, Any]:
    """What was chosen among `_places`; the form has checked that it is one of them."""
    if key.startswith("t"):
        return {"territory": Territory.objects.get(pk=int(key[1:]))}
    return {"organization": Organization.objects.select_related("territory").get(pk=int(key[1:]))}
