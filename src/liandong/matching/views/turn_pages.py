"""For the hosts: my turns, one turn with everything about it, swaps, and the hand-over pack."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities import permissions as activity_permissions
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.evaluation import queries as evaluation
from liandong.matching import permissions
from liandong.matching.forms.rotas import GiveForm, NotesForm, PauseForm, SwapForm
from liandong.matching.models import Rota, RotaHost, Turn, TurnSwap
from liandong.matching.problems.rotas import circle_of, is_made
from liandong.matching.queries import rotas as queries
from liandong.matching.services import rotas as keeping
from liandong.matching.services import turns as hosting
from liandong.matching.views.load import reader
from liandong.matching.words import rotas as rota_words
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds
from liandong.ui import listing

SHOWN = 20


def find_turn(request: HttpRequest, pk: int) -> Turn:
    return get_object_or_404(permissions.turns_visible_to(reader(request)), pk=pk)


@require_safe
def turns(request: HttpRequest) -> HttpResponse:
    """What the bodies one works for host next, are asked, and still have to write."""
    person = reader(request)
    require(permissions.can_open_turns(person))
    page = listing.page(request, queries.next_turns(person), size=SHOWN)
    past = list(queries.past_turns(person)[:6])
    tell = list(queries.turns_to_tell(person)[:6])
    for turn in [*page.object_list, *past, *tell]:
        turn.tone = rota_words.TURN_TONES[turn.state]
    context = {
        "page": page, "past": past, "tell": tell, "swaps": list(queries.swaps_to_answer(person)[:10]), "pausable": queries.hosts_to_pause(person),
        "columns": [listing.Column(_("When")), listing.Column(_("Rota")), listing.Column(pgettext("turns", "Host")), listing.Column(_("State"))],
        "keeps": bool(queries.grounds_of(person)),
    }  # fmt: skip
    return render(request, "matching/turns.html", context)


@require_safe
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn_page(request, find_turn(request, pk))


def _turn_page(request: HttpRequest, row: Turn, *, swap: SwapForm | None = None, give: GiveForm | None = None) -> HttpResponse:
    person, today = reader(request), clock.today()
    rota = row.rota
    running = rota.state == Rota.State.RUNNING
    made_href = _address_of(row, person)
    circle = circle_of(rota)
    row = next(one for one in circle.turns if one.pk == row.pk)
    can_host = permissions.can_host(person, row.host)
    mine = bool(can_host) and running
    keeps = bool(permissions.can_keep(person, rota)) and rota.is_open
    ahead = row.is_waiting and row.turn_date >= today
    swaps = queries.swaps_of(row)
    waiting = next((one for one in swaps if one.turn_id == row.pk and one.state == TurnSwap.State.ASKED), None)
    wanted = [one for one in swaps if one.other_id == row.pk and one.state == TurnSwap.State.ASKED]
    others = [one for one in circle.turns if ahead and mine and one.pk != row.pk and hosting.why_no_swap(row, one) == ""]
    last = queries.last_turns(row)
    movable = keeps and row.is_waiting and row.turn_date >= today and not is_made(row)
    for one in swaps:
        one.tone = rota_words.SWAP_TONES[one.state]
    context = {
        "row": row,
        "rota": rota,
        "tone": rota_words.TURN_TONES[row.state],
        "mine": mine,
        "can_agree": mine and ahead and row.state == Turn.State.PLANNED,
        "can_make": mine and ahead and not is_made(row),
        "made": row.activity if row.activity is not None and is_made(row) else None,
        "made_href": made_href,
        "can_swap": mine and ahead and not is_made(row) and waiting is None,
        "swap_form": swap or SwapForm(turns=others, auto_id="id_swap_%s"),
        "others": others,
        "waiting": waiting,
        "asks_us": waiting is not None and bool(permissions.can_host(person, waiting.asked)),
        "wanted": wanted if mine else [],
        "swaps": [one for one in swaps if one.state != TurnSwap.State.ASKED][:5],
        "can_tell": mine and row.turn_date <= today and row.state != Turn.State.MISSED,
        "notes_form": NotesForm(initial={"notes": row.notes}),
        "can_miss": keeps and running and row.turn_date <= today and row.is_waiting,
        "give_form": (give or GiveForm(hosts=_takers(circle, row), day=row.turn_date)) if movable else None,
        "last_notes": next((one for one in last if one.notes), None),
        "who_can": "" if mine else can_host.who_can,
    }  # fmt: skip
    wrong = any(form is not None and form.errors for form in (swap, give))
    return render(request, "matching/turn.html", context, status=422 if wrong else 200)


def _address_of(row: Turn, person: Person | None) -> str:
    """Where the reader finds the activity of a turn: the others of the circle do not see a draft."""
    made = row.activity
    if made is None:
        return ""
    if activity_permissions.can_see_work(person, made):
        return reverse("activities:manage", args=[made.code])
    return "" if made.state == Activity.State.DRAFT else reverse("activities:activity", args=[made.code])


def _takers(circle: Any, row: Turn) -> list[RotaHost]:
    """Who could first, then the others that take part."""
    could = circle.could(row.turn_date)
    rest = [host for host in circle.in_force if host.is_in(row.turn_date) and host not in could]
    return [host for host in [*could, *rest] if host.pk != row.host_id]


def _done(request: HttpRequest, row: Turn, verb: Any, said: str) -> HttpResponse:
    try:
        verb()
    except Refused as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(request, said)
    return see_other("matching:turn", row.pk)


@require_POST
def turn_agree(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_turn(request, pk)
    return _done(request, row, lambda: hosting.agree_turn(row, by=reader(request)), _("Thank you. The others see that you host on this day."))


@require_POST
def turn_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask another host to exchange dates."""
    row = find_turn(request, pk)
    require(permissions.can_host(reader(request), row.host))
    turns_there = list(row.rota.turns.filter(host__isnull=False).exclude(pk=row.pk).select_related("host__organization"))
    form = SwapForm(request.POST, turns=turns_there, auto_id="id_swap_%s")
    if form.is_valid():
        if carried_out(
            form,
            lambda: hosting.propose_swap(row, other=form.turns[form.cleaned_data["other"]], words=form.cleaned_data["words"], by=reader(request)),
        ):
            messages.success(request, _("They have been asked. Until they agree, nothing changes."))
            return see_other("matching:turn", row.pk)
    return _turn_page(request, row, swap=form)


@require_POST
def swap_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The side asked agrees or declines; the side that asked withdraws."""
    person = reader(request)
    seen = permissions.turns_visible_to(person).order_by().values("pk")
    rows = TurnSwap.objects.filter(turn__in=seen).select_related("turn__rota", "asked__organization__territory", "asking__organization__territory")
    swap = get_object_or_404(rows, pk=pk)
    do, words = request.POST.get("do", ""), request.POST.get("words", "")[:200]
    withdraws = do == "withdraw"
    require(permissions.can_host(person, swap.asking if withdraws else swap.asked))
    try:
        if withdraws:
            hosting.withdraw_swap(swap, by=person)
            said = _("Withdrawn. Your date stays.")
        else:
            hosting.answer_swap(swap, agrees=do == "agree", words=words, by=person)
            said = _("Exchanged. Both of you are down for the new dates.") if do == "agree" else _("They have been told. Your date stays.")
    except Refused as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(request, said)
    return see_other("matching:turn", swap.turn_id if withdraws or do == "agree" else swap.other_id)


@require_POST
def turn_held(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_turn(request, pk)
    notes = request.POST.get("notes", "")
    return _done(request, row, lambda: hosting.hold_turn(row, notes=notes, by=reader(request)), _("Written down. The next host reads it."))


@require_POST
def turn_missed(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_turn(request, pk)
    reason = request.POST.get("reason", "")
    return _done(
        request, row, lambda: hosting.miss_turn(row, reason=reason, by=reader(request)), _("Written down. Their next share makes up for it.")
    )


@require_POST
def turn_give(request: HttpRequest, pk: int) -> HttpResponse:
    """By hand, after a call."""
    row = find_turn(request, pk)
    require(permissions.can_keep(reader(request), row.rota))
    hosts = list(row.rota.hosts.select_related("organization__territory"))
    form = GiveForm(request.POST, hosts=hosts, day=row.turn_date)
    if form.is_valid():
        if carried_out(form, lambda: keeping.give_turn(row, host=form.hosts[form.cleaned_data["host"]], by=reader(request))):
            messages.success(request, _("Given. They have been told."))
            return see_other("matching:rota", row.rota_id)
    return _turn_page(request, row, give=form)


@require_POST
def turn_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of the activity, opened to be finished."""
    row = find_turn(request, pk)
    try:
        made = hosting.make_turn_activity(row, by=reader(request))
    except Refused as error:
        messages.error(request, str(error.reason))
        return see_other("matching:turn", row.pk)
    messages.success(request, _("A draft with title, day and place is here. Add positions, then publish it."))
    return see_other("activities:edit", made.code)


@form_page
def pause_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Please leave us out for a while."""
    person = reader(request)
    rows = permissions.own_hosts(person).select_related("rota__territory", "organization__territory")
    host = get_object_or_404(rows, pk=pk)
    require(permissions.can_host(person, host))
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if carried_out(
            form, lambda: hosting.ask_pause(host, from_date=given["from_date"], to_date=given["to_date"], words=given["reason"], by=person)
        ):
            messages.success(request, _("Asked. The hub answers; until then your turns stay."))
            return see_other("matching:turns")
    return form_answer(request, "matching/pause_ask.html", form, host=host)


@require_safe
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """For paper: what the host of this date needs to know."""
    person, row = reader(request), find_turn(request, pk)
    last = queries.last_turns(row)
    before = row.rota.turns.filter(turn_date__lt=row.turn_date, host__isnull=False).select_related(
        "host__organization__territory", "host__contact", "agreed_by", "notes_by"
    )
    after = row.rota.turns.filter(turn_date__gt=row.turn_date, host__isnull=False).select_related(
        "host__organization__territory", "host__contact", "agreed_by", "notes_by"
    )
    neighbours = [
        (_("This time"), row), (_("Last time"), before.order_by("-turn_date").first()), (_("Next time"), after.order_by("turn_date").first()),
    ]  # fmt: skip
    known = queries.counted_activities([*(one.activity_id for one in last), row.activity_id])
    context = {
        "row": row,
        "rota": row.rota,
        "contacts": [_contact(label, one, person) for label, one in neighbours if one is not None and one.host is not None],
        "needed": [line for line in row.rota.needed_words.splitlines() if line.strip()],
        "checklist": [line for line in row.rota.checklist.splitlines() if line.strip()],
        "last": [_time(one, known) for one in last],
        "activity": known.get(row.activity_id or 0),
        "hub": queries.hub_of(row.rota),
    }
    return render(request, "matching/pack.html", context)


def _contact(label: str, row: Turn, person: Person) -> dict[str, Any]:
    """Names and phones in full only for those who see the people of that body."""
    assert row.host is not None
    body = row.host.organization
    who = row.host.contact or row.notes_by or row.agreed_by
    return {
        "label": label, "turn": row, "body": body, "name": who.name if who else body.contact_name,
        "phone": who.phone if who else body.contact_phone, "in_full": holds(person, Right.REVEAL_PERSONAL, organization=body),
    }  # fmt: skip


def _time(row: Turn, known: dict[int, Any]) -> dict[str, Any]:
    """One of the last times: the activity, how many came, how they liked it."""
    activity = known.get(row.activity_id or 0)
    liked = evaluation.satisfaction_with([activity]) if activity is not None else None
    came = max(activity.came_count, activity.served_count) if activity is not None else 0
    return {
        "turn": row,
        "activity": activity,
        "came": rota_words.hidden_count(came) if came else "",
        "liked": liked if liked is not None and liked.is_shown else None,
    }
