"""Are the points covered? The board for the hub, its short public form, the rule."""

from dataclasses import asdict, dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.memory import kept
from liandong.core.text import whole_number
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of
from liandong.points import queries as points
from liandong.rewards import covering, permissions, queries
from liandong.rewards.forms import AssumptionsForm, RuleForm
from liandong.rewards.services import caring
from liandong.rewards.services.caring import RULE_FIELDS
from liandong.rewards.solvency import Assumptions, Course, Start, simulate
from liandong.rewards.views.load import viewer
from liandong.ui import listing
from liandong.ui.listing import Column

ASKED = ("earning_growth", "shelf_growth", "wish_young", "wish_old", "expiry_years", "chance")


@login_not_required
@require_safe
def covered(request: HttpRequest) -> HttpResponse:
    """For everybody: how much is promised, how much of it a year on the shelf could serve, how many have spent."""
    found = covering.figures(None)
    person = viewer(request)
    context = {
        "figures": found,
        "years": found.by_year,
        "most": max((value for _year, value in found.by_year), default=1),
        "spenders": covering.spenders(),
        "cover_words": cover_words(found.cover),
        "sees_board": bool(permissions.can_see_board(person)),
    }
    return render(request, "rewards/covered.html", context)


def cover_words(cover: int | None) -> str:
    """One sentence anybody understands."""
    if cover is None:
        return _("Nothing is promised yet.")
    if cover >= 100:
        return _("What is on offer in a year would serve all points there are.")
    if cover >= 1:
        return _("What is on offer in a year would serve %(n)s of 100 points there are.") % {"n": cover}
    return _("There is almost nothing on offer for points yet.")


@dataclass(frozen=True)
class WhatIf:
    """One question to the model, with the answer."""

    label: str
    course: Course
    floor: float
    is_base: bool = False

    @property
    def short_from(self) -> int | None:
        """The calendar year in which promises stop being covered."""
        first = self.course.short_from(self.floor)
        return clock.today().year + first if first is not None else None

    @property
    def promised(self) -> int:
        return round(self.course.promised[-1])

    @property
    def cover(self) -> int:
        return min(round(self.course.cover[-1]), 999)

    @property
    def span(self) -> str:
        return f"{min(round(self.course.low[-1]), 999)}–{min(round(self.course.high[-1]), 999)}%"


def what_ifs(start: Start, base: Assumptions) -> list[WhatIf]:
    """As it is, then one thing changed at a time."""
    other_expiry = 0 if base.expiry_years else 5
    asked = [
        (_("As assumed"), base),
        (_("People earn a quarter more"), replace(base, earning=base.earning * 1.25)),
        (_("The shelf grows 10 points faster a year"), replace(base, shelf_growth=base.shelf_growth + 10)),
        (_("Points run out after 5 years") if other_expiry else _("Points never run out"), replace(base, expiry_years=other_expiry)),
    ]
    return [WhatIf(label, simulate(start, assumptions), base.floor, n == 0) for n, (label, assumptions) in enumerate(asked)]


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Promises by age against the shelf, now and ten years forward, with assumptions anybody of the hub can change."""
    person = request.user.person
    require(permissions.can_see_board(person))
    grounds = _grounds(person)
    asked = whole_number(request.GET.get("in", ""))
    ground = next((row for row in grounds if row.pk == asked), grounds[0] if grounds else None)
    rule = queries.rule_on(clock.today())
    form, base = _assumptions(request, floor=rule.cover_floor_percent)
    found = covering.figures(ground)
    answers = what_ifs(found.start(), base)
    course, year = answers[0].course, clock.today().year
    years = [str(year + n) for n in range(1, 11)]
    months = covering.history()
    return form_answer(
        request,
        "rewards/board.html",
        form,
        ground=ground,
        grounds=listing.filter_links(request, "in", [(row.pk, row.name) for row in grounds]) if len(grounds) > 1 else [],
        figures=found,
        cover_words=cover_words(found.cover),
        rule=rule,
        years=found.by_year,
        most=max((value for _year, value in found.by_year), default=1),
        places=covering.by_place(found, ground)[:30],
        place_columns=[
            Column(_("Place")),
            Column(_("Points outstanding"), number=True),
            Column(_("Shelf a month"), number=True),
            Column(_("Covered by a year"), number=True),
        ],
        answers=answers,
        answer_columns=[
            Column(_("What if")),
            Column(_("Covered until")),
            Column(_("Cover after 10 years"), number=True),
            Column(_("Eight of ten runs"), number=True),
            Column(_("Outstanding then"), number=True),
        ],
        labels=years,
        covers=[min(round(value), 400) for value in course.cover],
        lows=[min(round(value), 400) for value in course.low],
        wished=[round(value) for value in course.wished],
        shelves=[round(value) for value in course.shelf],
        month_labels=[f"{row.first.month}" for row in months],
        promises=[row.promised for row in months],
        spendings=[row.spent for row in months],
        spenders=covering.spenders(),
        never_spent=kept("rewards.never_spent", lambda: queries.never_spent().count()),
        can_keep_rule=bool(permissions.can_keep_rule(person)),
    )


def _grounds(person: Person) -> list[Territory]:
    return [grant.territory for grant in grants_of(person) if grant.territory is not None and Right.SEE_FIGURES in RIGHTS_OF[grant.role]]


def _assumptions(request: HttpRequest, *, floor: float) -> tuple[AssumptionsForm, Assumptions]:
    """What the address says, else what is usual. Nothing is kept."""
    months = points.rule_on(clock.today()).expiry_months
    usual = asdict(Assumptions(floor=floor, expiry_years=min(-(-months // 12), 11) if months else 0))
    initial = {name: round(usual[name]) for name in ASKED}
    if not any(name in request.GET for name in ASKED):
        return AssumptionsForm(initial=initial), Assumptions(**usual)
    form = AssumptionsForm({name: request.GET.get(name, initial[name]) for name in ASKED})
    if not form.is_valid():
        return form, Assumptions(**usual)
    return form, Assumptions(**(usual | form.cleaned_data))


@form_page
def rule(request: HttpRequest) -> HttpResponse:
    """The rule that holds, and a new version of it."""
    person = request.user.person
    require(permissions.can_keep_rule(person))
    now = queries.rule_on(clock.today())
    initial = {name: getattr(now, name) for name in RULE_FIELDS}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: caring.write_rule(**form.cleaned_data, by=person)):
        messages.success(request, _("Saved as a new version. It holds from today."))
        return see_other("rewards:rule")
    versions = queries.rule_versions()[:10]
    return form_answer(request, "rewards/rule.html", form, rule=now, versions=versions)
