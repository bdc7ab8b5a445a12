"""The rule in words, its versions, a new one with what it would have given."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import add_refusal, form_answer, form_page, see_other, tried
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.needs.models import Category
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import holds_anywhere, places_with, works
from liandong.points import permissions, queries, services
from liandong.points.forms import RuleForm, initial_of
from liandong.points.models import PointsRule
from liandong.points.preview import Outcome, Served, outcome
from liandong.points.said import sentences
from liandong.recognition import queries as recognition
from liandong.ui.listing import Column

QUARTER_DAYS = 91


def _words(rule: PointsRule) -> list[str]:
    return list(sentences(rule, Territory.objects.in_bulk([int(key) for key in rule.by_place])))


def state_of(rule: PointsRule, today: dt.date, in_force: set[int]) -> tuple[str, str]:
    """(words, tone) for a version: what it is today; `in_force` are the versions that hold."""
    if rule.withdrawn_at is not None:
        return _("withdrawn"), "neutral"
    if rule.approved_at is None:
        return _("waits for a second person"), "warn"
    if rule.from_date > today:
        return _("agreed, not yet in force"), "info"
    return (_("in force"), "success") if rule.pk in in_force else (_("replaced"), "neutral")


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What service is worth where I live; staff see all versions."""
    person, today = request.user.person, clock.today()
    holds = queries.rule_of(person)
    context: dict[str, Any] = {"rule": holds, "sentences": _words(holds), "can_write": holds_anywhere(person, Right.APPROVE_PROJECTS)}
    if not works(person):
        coming = queries.in_use().filter(from_date__gt=today, territory=holds.territory).order_by("from_date").first()
        context |= {"coming": coming, "coming_sentences": _words(coming) if coming else []}
        return render(request, "points/rules.html", context)
    in_force = queries.in_force_on(today)
    context |= {
        "rows": [(each, *state_of(each, today, in_force)) for each in queries.versions()[:50]],
        "columns": [
            Column(_("Version")),
            Column(_("Where it applies")),
            Column(_("From which day")),
            Column(_("State")),
            Column(_("Points an hour"), number=True),
        ],
    }
    return render(request, "points/rules_desk.html", context)


def _served(territory: Territory | None, today: dt.date) -> list[Served]:
    rows = recognition.counted(territory=territory, start=today - dt.timedelta(days=QUARTER_DAYS), end=today)
    return [Served(*row) for row in rows.values_list("person", "service_date", "minutes", "category", "starts_at", "territory")]


def _compare(rule: PointsRule, today: dt.date) -> dict[str, Any]:
    """The last quarter under the version and under the one that holds."""
    served = _served(rule.territory, today)
    now, then = outcome(served, queries.rule_on(today, rule.territory)), outcome(served, rule)
    labels = dict(Category.choices)
    kinds = sorted({*now.by_category, *then.by_category}, key=lambda key: -then.by_category.get(key, 0))
    return {
        "now": now,
        "then": then,
        "change": _change(now, then),
        "service_count": len(served),
        "kinds": [(labels.get(key, key), now.by_category.get(key, 0), then.by_category.get(key, 0)) for key in kinds],
        "kind_columns": [Column(_("Kind")), Column(_("Rule in force"), number=True), Column(_("This version"), number=True)],
    }


def _change(now: Outcome, then: Outcome) -> str:
    if not now.points:
        return ""
    percent = round((then.points - now.points) * 100 / now.points)
    return f"{percent:+d}%".replace("-", "−")


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Write a version; look first at what it would have given."""
    person, today = request.user.person, clock.today()
    places = places_with(person, Right.APPROVE_PROJECTS).order_by("pinyin", "id")
    everywhere = bool(permissions.can_keep_rules(person, None))
    if not places.exists():
        require(permissions.can_keep_rules(person, None))
    holds = queries.rule_on(today)
    initial = initial_of(holds, from_date=clock.next_month(today))
    form = RuleForm(request.POST if request.method == "POST" else None, places=places, everywhere=everywhere, initial=initial)
    if request.method == "POST" and form.is_valid():
        territory, from_date = form.cleaned_data["territory"], form.cleaned_data["from_date"]
        if request.POST.get("step") == "look":
            drafted = PointsRule(version=0, territory=territory, from_date=from_date, **form.values())
            return render(request, "points/rule_new.html", {"form": form, "sentences": _words(drafted), **_compare(drafted, today)})
        try:
            made = services.propose_rule(territory=territory, from_date=from_date, values=form.values(), by=person)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Version %(n)s is written. It holds once a second person agrees.") % {"n": made.version})
            return see_other("points:rule", made.version)
    return form_answer(request, "points/rule_new.html", form)


@require_safe
def rule(request: HttpRequest, version: int) -> HttpResponse:
    person, today = request.user.person, clock.today()
    shown = get_object_or_404(queries.versions(), version=version)
    require(permissions.can_keep_rules(person, shown.territory))
    is_open = shown.approved_at is None and shown.withdrawn_at is None
    context = {
        "rule": shown,
        "sentences": _words(shown),
        "state_words": state_of(shown, today, queries.in_force_on(today))[0],
        "is_open": is_open,
        "approve": permissions.can_approve_rule(person, shown),
        **(_compare(shown, today) if is_open or shown.from_date > today else {}),
    }
    return render(request, "points/rule.html", context)


@require_POST
def decide(request: HttpRequest, version: int) -> HttpResponse:
    shown = get_object_or_404(queries.versions(), version=version)
    agree = request.POST.get("decision") == "agree"
    verb = services.approve_rule if agree else services.withdraw_rule
    tried(request, lambda: verb(shown, by=request.user.person), _("Agreed. It holds from its day on.") if agree else _("Withdrawn."))
    return see_other("points:rule", version)
