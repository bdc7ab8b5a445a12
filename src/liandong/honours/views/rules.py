"""Star rule sets at the hub: which hold, who would have which star under a new one, the second person's word."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.honours import permissions, queries
from liandong.honours.forms import DecideForm, RuleForm
from liandong.honours.models import StarRule
from liandong.honours.rules import TEMPLATES
from liandong.honours.services import stars
from liandong.honours.views.load import require_hub, tabs
from liandong.honours.words import level_name
from liandong.ui.listing import Column, Link

TONES = {"proposed": "warn", "agreed": "success", "refused": "neutral"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require_hub(person)
    rows = list(queries.rules_for(permissions.places_kept(person))[:100])
    context = {
        "tabs_inside": tabs("rules", person),
        "rows": [(rule, TONES[rule.state], bool(permissions.can_decide_rule(person, rule)) and rule.state == "proposed") for rule in rows],
        "columns": [
            Column(_("Rule set")),
            Column(_("Holds for")),
            Column(_("Hours")),
            Column(_("Holds from")),
            Column(_("State")),
            Column(_("Source")),
        ],
    }
    return render(request, "honours/rules.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A proposal, begun from a rule set as some place has published it. “Look first” shows who would have which star."""
    person = request.user.person
    require_hub(person)
    template = TEMPLATES.get(request.GET.get("like", "common")) or TEMPLATES["common"]
    places = permissions.places_kept(person)
    initial: dict[str, Any] = {
        "name": template.name,
        "star_hours": ", ".join(map(str, template.star_hours)),
        "medal_hours": ", ".join(map(str, template.medal_hours)),
        "medal_names": "、".join(template.medal_names),
        "source": template.source,
        "from_date": clock.today(),
        "territory": places.first(),
    }
    form = RuleForm(request.POST if request.method == "POST" else None, places=places, initial=initial)
    preview = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if request.POST.get("look"):
            draft = StarRule(**{name: values[name] for name in ("territory", "name", "star_hours", "medal_hours", "star_names", "medal_names")})
            preview = preview_of(draft)
        else:
            made: list[StarRule] = []
            if carried_out(form, lambda: made.append(stars.propose_rule(**values, by=person))):
                messages.success(request, _("Proposed. It holds once a second person has agreed."))
                return see_other("honours:rule", made[0].pk)
    return form_answer(
        request,
        "honours/rule_new.html",
        form,
        preview=preview,
        templates=[Link(one.name, f"?like={one.key}", current=one is template) for one in TEMPLATES.values()],
        columns=preview_columns(),
    )


def preview_columns() -> list[Column]:
    return [Column(_("Level")), Column(_("From hours"), number=True), Column(_("Would have it"), number=True), Column(_("Have it now"), number=True)]


def preview_of(rule: StarRule) -> dict[str, Any]:
    rows, people = queries.would_have(rule)
    longest = max((row.would for row in rows[1:]), default=0)
    return {"rows": [(row, level_name(row.level, rule)) for row in rows], "people": people, "longest": longest}


@require_safe
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _rule(request, pk)


def _rule(request: HttpRequest, pk: int, *, form: DecideForm | None = None) -> HttpResponse:
    person = request.user.person
    require_hub(person)
    shown = get_object_or_404(queries.rules_for(permissions.places_kept(person)), pk=pk)
    context = {
        "rule": shown,
        "tone": TONES[shown.state],
        "preview": preview_of(shown),
        "columns": preview_columns(),
        "decision": permissions.can_decide_rule(person, shown),
        "decide_form": form or DecideForm(),
        "form": form,
    }
    return render(request, "honours/rule.html", context, status=422 if form is not None else 200)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person."""
    person = request.user.person
    require_hub(person)
    shown = get_object_or_404(queries.rules_for(permissions.places_kept(person)), pk=pk)
    require(permissions.can_decide_rule(person, shown))
    form = DecideForm(request.POST)
    agree = request.POST.get("answer") == "agree"
    if form.is_valid() and carried_out(form, lambda: stars.decide_rule(shown, agree=agree, reason=form.cleaned_data["reason"], by=person)):
        messages.success(
            request, _("Agreed. It holds from its day; stars already reached stay.") if agree else _("Not agreed. The one who proposed it reads why.")
        )
        return see_other("honours:rule", pk)
    return _rule(request, pk, form=form)
