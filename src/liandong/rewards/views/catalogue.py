"""The catalogue: what is on offer, one offer, taking it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, form_page, see_other, shown_file
from liandong.core.errors import Conflict, Refused
from liandong.core.text import fold, whole_number
from liandong.needs import queries as needs
from liandong.organizations import queries as organizations
from liandong.organizations.models import Territory
from liandong.points import queries as points
from liandong.rewards import permissions, queries
from liandong.rewards.forms import ServiceForm, TakeForm
from liandong.rewards.models import Reward
from liandong.rewards.services import taking
from liandong.rewards.services.taking import Asked
from liandong.rewards.views.load import ICONS, REWARD_TONES, reward_or_404, viewer
from liandong.ui import listing
from liandong.ui.listing import Link, with_query
from liandong.venues import geo

MOST_PLACES = 8


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What points can be spent on: the nearest first when the phone says where it is, else the cheapest."""
    person, asked = viewer(request), request.GET
    available = points.available_of(person) if person is not None else None
    start = geo.read(asked["at"]) if asked.get("at") else None
    place = _place(asked.get("in", ""))
    affordable = available is not None and asked.get("mine") == "1"
    found = queries.catalogue(
        text=asked.get("q", ""), kind=asked.get("kind", ""), territory=place, at_most=available if affordable else None, start=start
    )
    page = listing.page(request, found, size=20)
    places = list(queries.places()[: MOST_PLACES + 1])
    context = {
        "page": page,
        "rows": [(seen, ICONS[Reward.Kind(seen.reward.kind)], _note(seen, available)) for seen in page],
        "available": available,
        "kinds": _chips(request, affordable=affordable, knows_balance=available is not None),
        "places": listing.filter_links(request, "in", [(row.pk, row.name) for row in places], any_label=_("Everywhere"))
        if 1 < len(places) <= MOST_PLACES
        else [],
        "narrowed": any(asked.get(name) for name in ("q", "kind", "in", "mine")),
        "is_near": start is not None,
        "here_href": with_query(request, at=""),
        "open_vouchers": queries.open_count(person) if person is not None else 0,
        "offers": bool(permissions.can_take_in_anywhere(person)),
    }
    return render(request, "rewards/list.html", context)


def _place(value: str) -> Territory | None:
    pk = whole_number(value)
    return queries.places().filter(pk=pk).first() if pk is not None else None


def _chips(request: HttpRequest, *, affordable: bool, knows_balance: bool) -> list[Link]:
    """What one can afford, then the kinds."""
    links = listing.filter_links(request, "kind", Reward.Kind.choices, any_label=_("Everything"))
    if knows_balance:
        links.insert(1, Link(_("What I can afford"), with_query(request, mine="" if affordable else "1"), current=affordable))
    return links


def _note(seen: queries.Seen, available: int | None) -> dict[str, Any]:
    reward = seen.reward
    missing = reward.points - available if available is not None and available < reward.points else 0
    return {"missing": missing, "gone": reward.left_count == 0, "few": reward.left_count is not None and 0 < reward.left_count <= 5}


@login_not_required
@require_safe
def reward(request: HttpRequest, number: str) -> HttpResponse:
    """One offer: what it costs, where and when it is had, how far one's own points reach."""
    found, person = reward_or_404(request, number), viewer(request)
    available = points.available_of(person) if person is not None else None
    taken = queries.taken_by(person, found) if person is not None else 0
    is_full = bool(found.per_person and taken >= found.per_person)
    missing = max(0, found.points - available) if available is not None else 0
    rate = points.rule_of(person).points_per_hour if person is not None else 1
    context = {
        "reward": found,
        "icon": ICONS[Reward.Kind(found.kind)],
        "tone": REWARD_TONES[found.state],
        "available": available,
        "missing": missing,
        "missing_hours": -(-missing // max(rate, 1)),
        "taken": taken,
        "is_full": is_full,
        "can_take": found.is_there and not missing and not is_full,
        "can_offer": bool(permissions.can_offer(person, found.host)),
        "can_decide": found.state == Reward.State.WAITING and person is not None and bool(permissions.can_decide(person, found)),
    }
    return render(request, "rewards/reward.html", context)


@login_not_required
@require_safe
def photo(request: HttpRequest, number: str) -> FileResponse:
    return shown_file(reward_or_404(request, number).photo, public=True)


@form_page
def redeem(request: HttpRequest, number: str) -> HttpResponse:
    """The price once more, what is left after it, and yes. Whatever changed in between is shown first, and nothing is taken."""
    found, person = reward_or_404(request, number), request.user.person
    form = _form(request, found, person)
    if request.method != "POST" or not form.is_valid():
        return _confirm(request, found, person, form, status=422 if form.errors else 200)
    try:
        voucher = taking.redeem(found, key=form.cleaned_data["key"], seen_points=form.cleaned_data["seen_points"], asked=_asked(form), by=person)
    except Conflict as changed:
        found.refresh_from_db()
        renewed = _form(request, found, person, again=True)
        return _confirm(request, found, person, renewed, changed=str(changed.reason), status=409)
    except Refused as refused:
        add_refusal(form, refused)
        return _confirm(request, found, person, form, status=422)
    if voucher.need is not None:
        messages.success(request, _("Asked. Somebody answers you within 3 working days."))
    else:
        messages.success(request, _("It is yours. Show the code when you fetch it."))
    return see_other("rewards:voucher", pk=voucher.pk)


def _form(request: HttpRequest, found: Reward, person: Person, *, again: bool = False) -> TakeForm:
    """As sent; `again`: the words of the person with the price and a key of now."""
    initial: dict[str, Any] = {"key": uuid.uuid4(), "seen_points": found.points}
    posted: Any = request.POST if request.method == "POST" else None
    if again:
        posted = request.POST.copy()
        for name, value in initial.items():
            posted[name] = str(value)
    if not found.is_service:
        return TakeForm(posted, initial=initial)
    if posted is None:
        last = needs.mine(person).filter(submitted_by=person).first()
        initial["territory"] = last.territory if last is not None else None
    return ServiceForm(posted, initial=initial, places=organizations.communities())


def _asked(form: forms.Form) -> Asked | None:
    values = form.cleaned_data
    if "words" not in values:
        return None
    return Asked(words=values["words"], territory=values["territory"], place=fold(values["place"]), wanted_time=",".join(values["wanted_time"]))


def _confirm(request: HttpRequest, found: Reward, person: Person, form: TakeForm, *, changed: str = "", status: int = 200) -> HttpResponse:
    available = points.available_of(person)
    context = {
        "reward": found,
        "form": form,
        "available": available,
        "after": available - found.points,
        "changed": changed,
        "can_take": found.is_there and available >= found.points,
    }
    return render(request, "rewards/redeem.html", context, status=status)
