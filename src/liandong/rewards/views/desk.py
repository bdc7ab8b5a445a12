"""The desk of those who offer, and of the hub that looks at offers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.answers import carried_out, form_page, see_other, tried
from liandong.core.decision import require
from liandong.organizations.models import Right
from liandong.organizations.permissions import organizations_with
from liandong.rewards import permissions, queries
from liandong.rewards.forms import DecideForm, RewardForm
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.services import offering
from liandong.rewards.views.load import ICONS, REWARD_TONES, TONES, reward_or_404
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.venues import photos
from liandong.venues import queries as venues
from liandong.venues.forms import PhotoForm


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Offers of my bodies, what waits for the hub, the way to the counter."""
    person = request.user.person
    require(permissions.can_offer_anywhere(person))
    rows = queries.offers_of(person)
    if (state := request.GET.get("state", "")) in Reward.State.values:
        rows = rows.filter(state=state)
    if words := request.GET.get("q", "").strip()[:40]:
        rows = rows.filter(title__icontains=words)
    page = listing.page(request, rows, size=30)
    context = {
        "page": page,
        "rows": [(row, ICONS[Reward.Kind(row.kind)], REWARD_TONES[row.state]) for row in page],
        "waiting": list(queries.waiting_for(person)[:20]) if permissions.can_decide_anywhere(person) else [],
        "states": listing.filter_links(request, "state", Reward.State.choices, any_label=_("All")),
        "columns": [
            Column(_("Reward")),
            Column(_("State")),
            Column(_("Points"), number=True),
            Column(_("Left"), number=True),
            Column(_("A month"), number=True),
            Column(pgettext("voucher", "To be used"), number=True),
            Column(_("Given out"), number=True),
        ],
        "narrowed": bool(state or words),
        "sees_board": bool(permissions.can_see_board(person)),
    }
    return render(request, "rewards/desk.html", context)


@require_safe
def taken(request: HttpRequest) -> HttpResponse:
    """Every voucher of my bodies: who (masked), what, when, in which state."""
    person = request.user.person
    require(permissions.can_offer_anywhere(person))
    rows = queries.taken_of(person)
    if (state := request.GET.get("state", "")) in Redemption.State.values:
        rows = rows.filter(state=state)
    page = listing.page(request, rows, size=50)
    context = {
        "page": page,
        "rows": [(row, TONES[Redemption.State(row.state)], permissions.serves_at(person, row.reward.host)) for row in page],
        "states": listing.filter_links(request, "state", Redemption.State.choices, any_label=_("All")),
        "columns": [
            Column(_("Reward")),
            Column(_("Person")),
            Column(_("State")),
            Column(_("Points"), number=True),
            Column(_("Exchanged on")),
            Column(_("Used")),
            Column(""),
        ],
        "narrowed": bool(state),
    }
    return render(request, "rewards/taken.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    require(permissions.can_offer_anywhere(request.user.person))
    return _form(request, None)


@form_page
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The offer, its picture beside it."""
    found = reward_or_404(request, number)
    require(permissions.can_offer(request.user.person, found.host))
    if request.method == "POST" and "picture" in request.POST:
        return _add_photo(request, found)
    return _form(request, found)


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    """One step of an offer: let in or not, paused, resumed, ended."""
    found, person = reward_or_404(request, number), request.user.person
    what = request.POST.get("what", "")
    form = DecideForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    steps: dict[str, Any] = {
        "let_in": (lambda: offering.decide(found, let_in=True, by=person), _("It is in the catalogue.")),
        "decline": (lambda: offering.decide(found, let_in=False, words=words, by=person), _("Not taken in. Those who offered it read why.")),
        "pause": (lambda: offering.pause(found, by=person), _("Paused. Vouchers that people hold are still good.")),
        "resume": (lambda: offering.resume(found, by=person), _("On offer again.")),
        "end": (lambda: offering.end(found, by=person), _("Ended. Vouchers that people hold are still good.")),
    }
    if what not in steps:
        return see_other("rewards:reward", number=found.number)
    tried(request, *steps[what])
    return see_other("rewards:reward", number=found.number)


def _form(request: HttpRequest, found: Reward | None, *, photo_form: PhotoForm | None = None) -> HttpResponse:
    person: Person = request.user.person
    hosts = organizations_with(person, Right.KEEP_VENUES)
    host = found.host if found is not None else hosts.first()
    places = venues.venues_for(host) if host is not None else venues.venues(person)
    if found is None:  # the places and activities of every body that may be chosen
        places = venues.venues(person).filter(host__in=hosts)
    coming = Activity.objects.filter(
        host__in=[found.host] if found is not None else hosts, state=Activity.State.PUBLISHED, last_ends_at__gt=clock.now()
    ).order_by("first_starts_at", "id")
    posted = request.POST if request.method == "POST" and photo_form is None else None
    form = RewardForm(posted, initial=_initial(found), hosts=None if found is not None else hosts, venues=places, activities=coming)
    if posted is not None and form.is_valid():
        values, made = form.values(), []
        host = found.host if found is not None else values.pop("host")
        if carried_out(form, lambda: made.append(offering.edit(found, **values, by=person) if found else offering.offer(host, **values, by=person))):
            messages.success(request, _("Sent to the hub: somebody has a look.") if made[0].state == Reward.State.WAITING else _("Saved."))
            return see_other("rewards:reward", number=made[0].number) if found else see_other("rewards:edit", number=made[0].number)
    context = {"form": form, "reward": found, "photo_form": photo_form or PhotoForm(auto_id="id_photo_%s"), "rule": queries.rule_on(clock.today())}
    status = 422 if form.errors or (photo_form is not None and photo_form.errors) else 200
    return render(request, "rewards/edit.html", context, status=status)


def _initial(found: Reward | None) -> dict[str, Any]:
    if found is None:
        return {"valid_days": queries.rule_on(clock.today()).voucher_days}
    names = (
        "kind", "title", "words", "category", "activity", "points", "monthly_count", "per_person", "valid_days", "from_date", "to_date", "venue",
        "where_words", "when_words", "terms",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names} | {"stock": found.left_count}


def _add_photo(request: HttpRequest, found: Reward) -> HttpResponse:
    """Its size is asked before a byte of it is read."""
    form = PhotoForm(request.POST, request.FILES, auto_id="id_photo_%s")
    if form.is_valid():
        file, words = form.cleaned_data["file"], form.cleaned_data["words"]
        small = carried_out(form, lambda: photos.refuse_size(file.size))
        if small and carried_out(form, lambda: offering.set_photo(found, content=file.read(), words=words, by=request.user.person)):
            messages.success(request, _("The picture is there."))
            return see_other("rewards:edit", number=found.number)
    return _form(request, found, photo_form=form)
