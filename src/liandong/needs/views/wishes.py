"""Wishes: the wall, the offer to fulfil one, and the answers of the two sides."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page
from liandong.core.decision import require
from liandong.needs import permissions, queries, wishes
from liandong.needs.forms import AnswerOfferForm, OfferForm
from liandong.needs.models import Category, Introduction, Need
from liandong.needs.views.load import need_or_404, see_other
from liandong.organizations.models import Right
from liandong.organizations.queries import workplaces_of
from liandong.ui import listing


@login_not_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """What people wish for, without who they are."""
    asked = request.GET
    category = asked.get("category", "") if asked.get("category", "") in Category.values else ""
    page = listing.page(request, queries.wishes(category=category, group=asked.get("state", ""), community=asked.get("community", "")), size=20)
    groups = [("free", _("Waiting for somebody")), ("taken", _("Somebody is at it")), ("done", _("Came true"))]
    context = {
        "page": page,
        "rows": [(need, *_state_of(need)) for need in page],
        "states": listing.filter_links(request, "state", groups, any_label=_("All")),
        "categories": listing.filter_links(request, "category", Category.choices, any_label=_("Everything")),
        "communities": listing.filter_links(request, "community", queries.wish_communities(), any_label=_("All")),
        "filtered": any(asked.get(name) for name in ("category", "state", "community")),
    }
    return render(request, "needs/wishes.html", context)


def _state_of(need: Any) -> tuple[str, str]:
    if need.state in queries.DONE:
        return _("Came true"), "success"
    return (_("Somebody is at it"), "primary") if need.has_giver else (_("Waiting for somebody"), "warn")


@form_page
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """I would like to fulfil this wish: a few words, in whose name, and whether to meet."""
    need, by = need_or_404(request, number), request.user.person
    if not need.is_wish:
        raise Http404
    require(permissions.can_offer(by, need))
    bodies = workplaces_of(by, Right.CLAIM_NEEDS)
    form = OfferForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        made: list[Introduction] = []
        if carried_out(form, lambda: made.append(wishes.offer_wish(need, **form.cleaned_data, by=by))):
            waits = made[0].state == Introduction.State.WAITING
            messages.success(
                request,
                _("Thank you. Somebody is before you; you hear from us when it is your turn.")
                if waits
                else _("Thank you. The person who wished for it is told now."),
            )
            return see_other(reverse("needs:need", args=[need.number]) + "#wish")
    return form_answer(
        request,
        "needs/offer.html",
        form,
        need=need,
        words=wishes.public_words(need),
        is_taken=any(row.is_under_way for row in queries.introductions_of(need)),
    )


@form_page
def answer_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Meet, or rather not: each side for itself."""
    introduction, by = _introduction(pk), request.user.person
    if not permissions.can_answer_offer(by, introduction):
        raise Http404
    need, is_giver = introduction.need, permissions.is_giver(by, introduction)
    form = AnswerOfferForm(request.POST if request.method == "POST" else None, by_proxy=not is_giver and not permissions.asks_themselves(by, need))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        agrees = request.POST.get("answer") == "agree"

        def verb() -> Any:
            if agrees:
                return wishes.agree_to_meet(introduction, **values, by=by)
            return wishes.decline_meeting(introduction, words=values["words"], by=by)

        if carried_out(form, verb):
            messages.success(
                request, _("The other side is told.") if agrees else _("Understood. The wish can still come true: the community hands it over.")
            )
            return _back(need, by)
    return form_answer(request, "needs/answer_offer.html", form, need=need, introduction=introduction, is_giver=is_giver)


@require_POST
def withdraw_offer(request: HttpRequest, pk: int) -> HttpResponse:
    introduction, by = _introduction(pk), request.user.person
    if not permissions.can_withdraw_offer(by, introduction):
        raise Http404
    wishes.withdraw_offer(introduction, by=by)
    messages.success(request, _("The offer is taken back. Thank you for the thought."))
    return _back(introduction.need, by)


def _introduction(pk: int) -> Introduction:
    introduction = queries.introduction(pk)
    if introduction is None:
        raise Http404
    return introduction


def _back(need: Need, by: Any) -> HttpResponse:
    """The page of the wish; their own page for who cannot open it any more."""
    if permissions.readable_by(by).filter(pk=need.pk).exists():
        return see_other(reverse("needs:need", args=[need.number]) + "#wish")
    return see_other(reverse("needs:mine"))
