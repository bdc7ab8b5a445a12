"""Vouchers: my own, and taking them in at the counter."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused, TooMany
from liandong.core.ids import clean_code
from liandong.points import queries as points
from liandong.rewards import permissions, queries
from liandong.rewards.forms import CodeForm, RefundForm
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.services import caring, taking
from liandong.rewards.views.load import ICONS, TONES
from liandong.ui import listing

State = Redemption.State


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have taken; what would suit me when I never took anything; whether I want to be asked."""
    person = request.user.person
    page = listing.page(request, queries.mine(person), size=20)
    available, care = points.available_of(person), queries.care_of(person)
    context = {
        "page": page,
        "rows": [(row, ICONS[Reward.Kind(row.reward.kind)], TONES[State(row.state)]) for row in page],
        "available": available,
        "three": queries.three_for(person, available=available) if page.number == 1 else [],
        "wants_none": care.wants_none if care is not None else False,
        "takes_in": bool(permissions.can_take_in_anywhere(person)),
    }
    return render(request, "rewards/mine.html", context)


@require_POST
def asking(request: HttpRequest) -> HttpResponse:
    wants_none = request.POST.get("asking") == "off"
    caring.choose_asking(request.user.person, wants_none=wants_none, by=request.user.person)
    messages.success(request, _("We do not ask you any more.") if wants_none else _("We ask you from time to time, at most twice a year."))
    return see_other("rewards:mine")


@require_safe
def voucher(request: HttpRequest, pk: int) -> HttpResponse:
    return _voucher(request, _own(request, pk))


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    try:
        taking.give_back(found, by=request.user.person)
    except Refused as refused:
        return _voucher(request, _own(request, pk), refusal=str(refused.reason), status=422)
    messages.success(request, _("Given back. The points are yours again."))
    return see_other("rewards:mine")


def _own(request: HttpRequest, pk: int) -> Redemption:
    return get_object_or_404(queries.redemptions().filter(person=request.user.person), pk=pk)


def _voucher(request: HttpRequest, found: Redemption, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "voucher": found,
        "reward": found.reward,
        "tone": TONES[State(found.state)],
        "scan_url": f"{settings.SITE_URL}{reverse('rewards:take_in')}?code={found.code}",
        "refusal": refusal,
    }
    return render(request, "rewards/voucher.html", context, status=status)


# At the counter


@require_http_methods(["GET", "HEAD"])
def take_in(request: HttpRequest) -> HttpResponse:
    """The phone at the counter: type the code, or let the phone's camera open it; then one tap. Other bodies' vouchers do not exist here."""
    person = request.user.person
    require(permissions.can_take_in_anywhere(person))
    asked = "code" in request.GET
    form = CodeForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return _counter(request, form=form, status=422 if form.errors else 200)
    try:
        found = taking.find(form.cleaned_data["code"], by=person)
    except TooMany as many:
        form.add_error("code", str(many.reason))
        answer = _counter(request, form=form, status=429)
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    if found is None:
        return _counter(request, form=form, wrong=clean_code(form.cleaned_data["code"])[:12], status=404)
    return _counter(request, form=CodeForm(), found=found)


@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    found = _served(request, pk)
    try:
        taking.use(found, by=request.user.person)
    except Conflict:
        return _counter(request, form=CodeForm(), found=_served(request, pk), status=409)
    except Refused as refused:
        return _counter(request, form=CodeForm(), found=_served(request, pk), refusal=str(refused.reason), status=422)
    messages.success(request, _("Taken in: %(title)s, %(points)s points. Hand it over.") % {"title": found.reward.title, "points": found.points})
    return see_other("rewards:take_in")


@form_page
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Taken back over the counter, with a reason the person reads."""
    found, person = _served(request, pk), request.user.person
    require(permissions.can_use(person, found))
    form = RefundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: taking.refund(found, **form.cleaned_data, by=person)):
        messages.success(request, _("Taken back. The points are with the person again."))
        return see_other("rewards:taken")
    return form_answer(request, "rewards/refund.html", form, voucher=found)


def _served(request: HttpRequest, pk: int) -> Redemption:
    """A voucher of the body one works at. Others do not exist."""
    found = get_object_or_404(queries.redemptions(), pk=pk)
    if not permissions.serves_at(request.user.person, found.reward.host):
        raise Http404
    return found


def _counter(
    request: HttpRequest,
    *,
    form: CodeForm,
    found: Redemption | None = None,
    wrong: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    keeps = bool(permissions.can_offer_anywhere(request.user.person))
    context: dict[str, Any] = {"form": form, "keeps": keeps, "voucher": found, "wrong": wrong, "refusal": refusal}
    if found is not None:
        context["reward"] = found.reward
        context["may_use"] = permissions.can_use(request.user.person, found)
    return render(request, "rewards/take_in.html", context, status=status)
