"""Draws: one page for everybody, with what is needed to compute it again; one for those who hold it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from liandong.activities import permissions as activity_permissions
from liandong.activities.models import Activity
from liandong.activities.views.load import reader
from liandong.core import clock
from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.matching import permissions, queries, services
from liandong.matching.forms import HoldDrawForm, PlanDrawForm
from liandong.matching.models import Draw, DrawList
from liandong.matching.queries.draws import Pot
from liandong.matching.solver import draw as lots
from liandong.ui import listing, words

TONES = {"open": "primary", "closed": "warn", "drawn": "success"}
PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """A number on a list, and what came of it."""

    slip: str
    tickets: int
    rank: int = 0
    result: str = ""
    tone: str = "neutral"
    is_own: bool = False


def _find(request: HttpRequest, code: str) -> Draw:
    rows = Draw.objects.select_related("activity__host__territory", "activity__territory", "activity__venue").prefetch_related("lists")
    seen = Activity.objects.filter(activity_permissions.visible_to(reader(request)))
    return get_object_or_404(rows.filter(activity__in=seen), activity__code=code.upper())


@login_not_required
@require_safe
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """For everybody: the rule, the digest, the list, the order drawn. Numbers only, never a name."""
    row = _find(request, code)
    person = reader(request)
    pots = queries.pots_of(row)
    own = queries.slips_of(row, person)
    pot = _chosen(request, pots, {one.position_id for one in own})
    found = _lines(row, pot, {one.slip for one in own}) if pot is not None else []
    text = "".join(letter for letter in request.GET.get("q", "") if letter.isdecimal())[:6]
    shown = [line for line in found if text in line.slip] if text else found
    example = next((line.slip for line in found if line.is_own), found[0].slip if found else "")
    tickets = {one.slip: _tickets(pots, one.position_id, one.slip) for one in own}
    if own and row.state == Draw.State.OPEN and person is not None:
        tickets = dict.fromkeys(tickets, queries.tickets_of([queries.one_person(person)])[queries.one_person(person)])
    for one in own:
        one.words = _own_words(row, one, tickets[one.slip])
    context = {
        "row": row,
        "activity": row.activity,
        "pots": pots,
        "pot": pot,
        "several": [
            listing.Link(_pot_words(each), listing.with_query(request, list=each.position.pk), current=each == pot) for each in pots if each.list is not None
        ]
        if len([each for each in pots if each.list is not None]) > 1
        else [],
        "own": own,
        "entered": sum(each.entered for each in pots),
        "places": sum(each.places for each in pots),
        "page": listing.page(request, shown, size=PAGE_SIZE),
        "q": text,
        "columns": _columns(row),
        "example": f"{row.seed}/{row.public_number}/{pot.list.digest}/{example}/1" if pot is not None and pot.list is not None and row.seed else "",
        "is_late": row.state == Draw.State.OPEN and row.closes_at <= clock.now(),
        "staff": person is not None and bool(activity_permissions.can_see_work(person, row.activity)),
    }  # fmt: skip
    return render(request, "matching/draw.html", context)


def _chosen(request: HttpRequest, pots: list[Pot], own: set[int]) -> Pot | None:
    """The list asked for, else the person's own, else the first."""
    there = [pot for pot in pots if pot.list is not None]
    asked = [pot for pot in there if str(pot.position.pk) == request.GET.get("list")]
    return next(iter([*asked, *[pot for pot in there if pot.position.pk in own], *there]), None)


def _pot_words(pot: Pot) -> str:
    return f"{pot.position.name} {words.day_short(pot.position.shift.starts_at)} {words.clock(pot.position.shift.starts_at)}"


def _columns(row: Draw) -> list[Any]:
    number, tickets = pgettext("draw", "Number"), listing.Column(_("Tickets"), number=True)
    return (
        [listing.Column(pgettext("draw", "Order"), number=True), number, tickets, _("Result")] if row.state == Draw.State.DRAWN else [number, tickets]
    )


def _lines(row: Draw, pot: Pot, own: set[str]) -> list[Line]:
    if pot.list is None:
        return []
    entries = {slip: tickets for slip, tickets, _seats in lots.read(pot.list.published)}
    if row.state != Draw.State.DRAWN:
        return [Line(slip, tickets, is_own=slip in own) for slip, tickets in entries.items()]
    won, passed = set(pot.list.winners), set(pot.list.passed)
    lines = []
    for rank, slip in enumerate(pot.list.order, 1):
        if slip in won:
            result, tone = pgettext("draw", "Has a place"), "success"
        elif slip in passed:
            result, tone = pgettext("draw", "Withdrawn"), "neutral"
        else:
            result, tone = pgettext("draw", "Waiting"), "warn"
        lines.append(Line(slip, entries[slip], rank, result, tone, slip in own))
    return lines


def _tickets(pots: list[Pot], position: int, slip: str) -> int:
    """On the closed list; 0 for somebody who entered later."""
    for pot in pots:
        if pot.position.pk == position and pot.list is not None:
            return next((tickets for key, tickets, _seats in lots.read(pot.list.published) if key == slip), 0)
    return 0


def _own_words(row: Draw, one: Any, tickets: int) -> str:
    if row.state != Draw.State.OPEN and not tickets:
        return _("Entered after the list was closed; you stand behind those who are on it.")
    in_it = ngettext("It is in the draw with %(n)s ticket.", "It is in the draw with %(n)s tickets, because of draws you lost before.", tickets) % {
        "n": tickets
    }
    if row.state != Draw.State.DRAWN:
        return in_it
    if one.state == one.State.WAITING:
        return _("Not drawn this time. When somebody cancels, you move up in the order drawn.")
    return _("Drawn, you have a place.")


@login_not_required
@require_safe
def draw_list(request: HttpRequest, code: str, listed: int) -> HttpResponse:
    """The list of one position to the letter, as its digest was made."""
    row = _find(request, code)
    found = get_object_or_404(DrawList, draw=row, pk=listed)
    answer = HttpResponse(found.published.encode(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.activity.code}-{found.pk}.txt"'
    return answer


@login_not_required
@require_safe
def draw_file(request: HttpRequest, code: str) -> HttpResponse:
    """All of it, for `liandong solve draw`; once the list is closed."""
    row = _find(request, code)
    if row.state == Draw.State.OPEN:
        raise Http404
    answer = JsonResponse(queries.document_of(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{row.activity.code}-draw.json"'
    return answer


@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """Draws one works on."""
    person = reader(request)
    assert person is not None
    require(activity_permissions.can_open_desk(person))
    page = listing.page(request, queries.draws_for(person, state=request.GET.get("state", "")))
    for row in page.object_list:
        row.tone = TONES[row.state]
    context = {
        "page": page,
        "columns": [
            listing.Column(_("Activity")), listing.Column(_("The list closes")), listing.Column(_("State")), listing.Column(_("Entered"), number=True),
            listing.Column(_("Places to give"), number=True), listing.Column(_("Drawn")),
        ],
        "chips": listing.filter_links(request, "state", Draw.State.choices, any_label=_("All")),
        "narrowed": bool(request.GET.get("state")),
    }  # fmt: skip
    return render(request, "matching/draws.html", context)


@form_page
def run_draw(request: HttpRequest, code: str) -> HttpResponse:
    """For those who run the activity: plan it, then draw, once."""
    person = reader(request)
    assert person is not None
    row = get_object_or_404(permissions.draws_visible_to(person).prefetch_related("lists"), activity__code=code.upper())
    require(permissions.can_plan(person, row.activity))
    holds = request.method == "POST" and request.POST.get("act") == "draw"
    plans = request.method == "POST" and not holds
    initial = {"closes_at": row.closes_at, "public_rule": row.public_rule, "version": row.version}
    plan_form = PlanDrawForm(request.POST if plans else None, initial=initial)
    hold_form = HoldDrawForm(request.POST if holds else None, needed=bool(row.public_rule))
    form = plan_form if plans else hold_form
    if request.method == "POST" and form.is_valid():
        try:
            if plans:
                services.plan_draw(row, **plan_form.cleaned_data, by=person)
                messages.success(request, _("Announced. Everybody can read it on the page of the draw."))
            else:
                services.hold_draw(row, **hold_form.cleaned_data, by=person)
                messages.success(request, _("Drawn. Everybody who entered gets a message."))
        except Refused as refused:
            add_refusal(form, refused)
        else:
            return see_other("matching:run_draw", row.activity.code)
    pots = queries.pots_of(row)
    activity = row.activity
    context = {
        "row": row,
        "activity": activity,
        "tone": TONES[row.state],
        "plan_form": plan_form,
        "hold_form": hold_form,
        "pots": [(pot, _pot_words(pot)) for pot in pots],
        "entered": sum(pot.entered for pot in pots),
        "places": sum(pot.places for pot in pots),
        "may_plan": row.state == Draw.State.OPEN and row.closes_at > clock.now() and activity.state == Activity.State.PUBLISHED,
        "may_draw": row.state != Draw.State.DRAWN and (row.state == Draw.State.CLOSED or row.closes_at <= clock.now()) and activity.state == Activity.State.PUBLISHED,
        "columns": [listing.Column(_("Position")), listing.Column(_("Entered"), number=True), listing.Column(_("Places to give"), number=True)],
        "page_href": reverse("matching:draw", args=[activity.code]),
    }  # fmt: skip
    return render(request, "matching/run_draw.html", context, status=422 if form.errors else 200)
