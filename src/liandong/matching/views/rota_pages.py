"""For those who keep a rota: the list, a new one, its page, its hosts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.queries import names_behind
from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions
from liandong.matching.forms.rotas import EditRotaForm, EndHostForm, HostForm, PauseForm, RotaForm, lines_of
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.problems.rotas import Circle, changes_if, circle_of, dates_of
from liandong.matching.queries import rotas as queries
from liandong.matching.services import rotas as keeping
from liandong.matching.views.load import reader, version_of
from liandong.matching.views.rota_grid import grid_of
from liandong.matching.words import rotas as rota_words
from liandong.organizations.models import Organization, Right
from liandong.organizations.queries import people_with
from liandong.ui import listing
from liandong.ui import words as ui


def find_rota(request: HttpRequest, pk: int) -> Rota:
    return get_object_or_404(permissions.rotas_visible_to(reader(request)), pk=pk)


def find_kept(request: HttpRequest, pk: int) -> Rota:
    row = find_rota(request, pk)
    require(permissions.can_keep(reader(request), row))
    return row


def find_host(request: HttpRequest, pk: int) -> RotaHost:
    """A host of a rota one keeps."""
    rows = RotaHost.objects.filter(rota__in=permissions.rotas_visible_to(reader(request)).order_by().values("pk"))
    found = get_object_or_404(rows.select_related("rota__territory", "organization__territory", "contact", "pause_asked_by"), pk=pk)
    require(permissions.can_keep(reader(request), found.rota))
    return found


def moved_words(n: int) -> str:
    if not n:
        return _("No date changes hands.")
    return ngettext("%(n)s date changed hands.", "%(n)s dates changed hands.", n) % {"n": n}


@require_safe
def rotas(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    require(permissions.can_open_turns(person))
    page = listing.page(request, queries.rotas_for(person, state=request.GET.get("state", "")))
    for row in page.object_list:
        row.tone, row.rhythm_words = rota_words.TONES[row.state], rota_words.rhythm(row)
    context = {
        "page": page,
        "can_make": bool(queries.grounds_of(person)),
        "chips": listing.filter_links(request, "state", Rota.State.choices, any_label=_("All")),
        "columns": [
            listing.Column(_("Rota")), listing.Column(_("How often")), listing.Column(_("State")), listing.Column(_("Hosts"), number=True),
            listing.Column(_("Next date")), listing.Column(_("Dates nobody has"), number=True),
        ],
        "narrowed": bool(request.GET.get("state")),
    }  # fmt: skip
    return render(request, "matching/rotas.html", context)


@form_page
def rota_new(request: HttpRequest) -> HttpResponse:
    """What it is about, a rhythm, and the dates it gives, to be looked at and changed. ?from= carries hosts and balance over."""
    person = reader(request)
    grounds = queries.grounds_of(person)
    require(permissions.can_keep_some_rota(person))
    earlier = permissions.rotas_visible_to(person).filter(pk=whole_number(request.GET.get("from", "")) or 0).first()
    if earlier is not None:
        require(permissions.can_keep(person, earlier))
    form = RotaForm(request.POST if request.method == "POST" else None, grounds=grounds, initial=_start(earlier))
    previewed = "preview" in request.POST
    if request.method == "POST" and form.is_valid():
        if previewed:
            data = request.POST.copy()
            data["dates"] = lines_of(form.by_rhythm())
            form = RotaForm(data, grounds=grounds)
            form.is_valid()
        else:
            try:
                made = keeping.make_rota(**form.values(), made_from=earlier, by=person)
            except Refused as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("The rota is here as a draft. Nobody has been told yet."))
                return see_other("matching:rota", made.pk) if earlier else see_other("matching:rota_hosts", made.pk)
    days = form.cleaned_data.get("dates") or form.by_rhythm() if form.is_bound and hasattr(form, "cleaned_data") else form.initial["days"]
    return form_answer(request, "matching/rota_new.html", form, earlier=earlier, months=months_of(days), count=len(days))


def _start(earlier: Rota | None) -> dict[str, Any]:
    """The next twelve months, the second Saturday; or as the earlier one went on."""
    first = (clock.today().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    values: dict[str, Any] = {
        "rhythm": Rota.Rhythm.MONTHLY, "nth": 2, "weekday": 5, "every_weeks": 4, "start_time": dt.time(14), "minutes": 120, "from_date": first,
    }  # fmt: skip
    if earlier is not None:
        names = (*values.keys() - {"from_date"}, "name", "words", "place", "needed_words", "checklist")
        values |= {name: getattr(earlier, name) for name in names}
        values |= {"territory": earlier.territory_id, "from_date": max(first, earlier.to_date + dt.timedelta(days=1))}
    values["to_date"] = values["from_date"] + dt.timedelta(days=364)
    days = dates_of(**{name: values[name] for name in ("rhythm", "nth", "weekday", "every_weeks", "from_date", "to_date")})
    return values | {"dates": lines_of(days), "days": days}


def months_of(days: list[dt.date]) -> list[tuple[str, str]]:
    """(month, its days in words), for a look at the dates."""
    found: dict[tuple[int, int], list[dt.date]] = {}
    for day in days:
        found.setdefault((day.year, day.month), []).append(day)
    return [
        (rota_words.month(own[0], year=place == 0 or month == 1), _(", ").join(rota_words.day_of_month(day) for day in own))
        for place, ((_year, month), own) in enumerate(found.items())
    ]


@require_safe
def rota(request: HttpRequest, pk: int) -> HttpResponse:
    """The year: who hosts when, what each carries, what is open."""
    person, row = reader(request), find_rota(request, pk)
    can_keep = permissions.can_keep(person, row)
    keeps = bool(can_keep) and row.is_open
    circle = circle_of(row)
    loads = circle.loads()
    better = circle.changes(circle.best()) if keeps and circle.hosts and circle.counted else []
    swaps = queries.open_swaps(row)
    context = {
        "row": row,
        "from_key": str(row.pk),
        "tone": rota_words.TONES[row.state],
        "lead": rota_words.rhythm(row),
        "grid": grid_of(circle, loads),
        "has_hosts": bool(circle.hosts),
        "fair": rota_words.fair(circle, loads),
        "lines": [_line(circle, host, loads[host.pk], keeps) for host in circle.hosts],
        "columns": [
            listing.Column(pgettext("turns", "Host")), listing.Column(pgettext("turns", "Weight"), number=True), listing.Column(pgettext("turns", "Share"), number=True),
            listing.Column(_("Turns"), number=True), listing.Column(_("Held"), number=True), listing.Column(_("Balance")),
            listing.Column(_("Between two turns")),
        ],
        "open": [_open(circle, turn) for turn in circle.open_turns[:6]] if circle.hosts else [],
        "open_count": len(circle.open_turns) if circle.hosts else 0,
        "better": len(better),
        "asked": [host for host in circle.hosts if host.pause_asked_at is not None] if keeps else [],
        "swaps": swaps,
        "keeps": keeps,
        "can_keep": bool(can_keep),
        "who_can": can_keep.who_can,
        "can_start": keeps and row.state == Rota.State.DRAFT and len(circle.in_force) > 1,
        "history": history_of(row, circle),
        "followed_by": permissions.rotas_visible_to(person).filter(made_from=row).order_by("-pk").first() if row.state != Rota.State.DRAFT else None,
    }  # fmt: skip
    return render(request, "matching/rota.html", context)


def _line(circle: Circle, host: RotaHost, load: Any, keeps: bool) -> dict[str, Any]:
    held = sum(turn.host_id == host.pk and turn.state == Turn.State.HELD for turn in circle.turns)
    state = ""
    if host.has_ended:
        state = _("until %(day)s") % {"day": ui.day_short(host.to_date)}
    elif host.paused_to_date is not None and host.paused_to_date >= circle.today:
        state = _("paused %(from)s to %(to)s") % {"from": ui.day_short(host.paused_from_date), "to": ui.day_short(host.paused_to_date)}
    elif host.from_date > circle.rota.from_date:
        state = _("since %(day)s") % {"day": ui.day_short(host.from_date)}
    return {
        "host": host, "state": state, "share": rota_words.turns(load.share), "turns": load.turns, "held": held, "balance": rota_words.balance(load.owed),
        "gaps": rota_words.gaps(load), "can_open": keeps, "owed": rota_words.balance(host.owed) if host.owed else "",
    }  # fmt: skip


def _open(circle: Circle, turn: Turn) -> dict[str, Any]:
    could = circle.could(turn.turn_date)
    others = [host for host in circle.in_force if host not in could]
    return {
        "turn": turn,
        "could": could,
        "away": [_("%(who)s: %(why)s") % {"who": host.organization.label, "why": rota_words.why_not(host, turn.turn_date)} for host in others[:8]],
    }


def history_of(row: Rota, circle: Circle) -> list[dict[str, Any]]:
    entries = queries.history(row, turns=circle.turns, hosts=circle.hosts)
    about = {f"matching.turn:{turn.pk}": ui.day_short(turn.turn_date) for turn in circle.turns}
    about |= {f"matching.rotahost:{host.pk}": host.organization.label for host in circle.hosts}
    names = names_behind(entries)
    return [{"entry": entry, "words": rota_words.entry_words(entry, about=about), "who": names.get(entry.by, _("Liandong"))} for entry in entries]


@form_page
def rota_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_kept(request, pk)
    dates = list(row.turns.order_by("turn_date").values_list("turn_date", flat=True))
    initial = {name: getattr(row, name) for name in EditRotaForm.TEXTS} | {"dates": lines_of(dates)}
    form = EditRotaForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if carried_out(
            form, lambda: keeping.edit_rota(row, **form.about(), dates=form.cleaned_data["dates"], version=version_of(request), by=reader(request))
        ):
            messages.success(request, _("Saved."))
            return see_other("matching:rota", row.pk)
    return form_answer(request, "matching/rota_edit.html", form, row=row)


@form_page
def rota_hosts(request: HttpRequest, pk: int) -> HttpResponse:
    """Search bodies, tick, add."""
    person, row = reader(request), find_kept(request, pk)
    text, kind = request.GET.get("q", "")[:40], request.GET.get("kind", "")
    rows = queries.bodies_to_add(row, by=person, text=text, kind=kind)
    if request.method == "POST":
        ids = [key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None]
        chosen = list(Organization.objects.filter(pk__in=ids))
        try:
            n = keeping.add_hosts(row, organizations=chosen, by=person)
        except Refused as error:
            messages.error(request, str(error.reason))
            return see_other(request.get_full_path())
        messages.success(
            request, ngettext("%(n)s host added; the dates are shared out.", "%(n)s hosts added; the dates are shared out.", n) % {"n": n}
        )
        return see_other("matching:rota", row.pk)
    kinds = [(key, label) for key, label in Organization.Party.choices if key != Organization.Party.HUB]
    context = {
        "row": row,
        "page": listing.page(request, rows),
        "chips": listing.filter_links(request, "kind", kinds, any_label=_("All")),
        "columns": [
            listing.Column(_("Organisation")),
            listing.Column(_("Kind")),
            listing.Column(_("Ground")),
            listing.Column(_("Number of staff"), number=True),
        ],
        "narrowed": bool(text or kind),
    }
    return render(request, "matching/rota_hosts.html", context)


@form_page
def rota_host(request: HttpRequest, pk: int) -> HttpResponse:
    """One host: weight, dates it cannot, contact; pause and end below. What a running rota would change is shown first."""
    host = find_host(request, pk)
    row = host.rota
    form = host_form(host, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        # What was looked at: these values on this state of the rota.
        seen = " ".join([str(row.version), str(values["size"]), *(day.isoformat() for day in values["blocked_dates"])])
        if row.state == Rota.State.RUNNING and request.POST.get("seen") != seen:
            moves = changes_if(host, size=values["size"], blocked_dates=values["blocked_dates"])
            if moves:
                return _host_page(request, host, form=form, moves=moves, seen=seen)
        try:
            moved = keeping.edit_host(host, **values, by=reader(request))
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved.") + " " + moved_words(moved))
            return see_other("matching:rota", row.pk)
    return _host_page(request, host, form=form)


def host_form(host: RotaHost, data: Any = None) -> HostForm:
    days = list(host.rota.turns.filter(turn_date__gte=clock.today()).order_by("turn_date").values_list("turn_date", flat=True))
    people = people_with(host.organization, Right.MANAGE_ACTIVITIES)
    initial = {"size": host.size, "blocked_dates": host.blocked_dates, "contact": host.contact_id}
    return HostForm(data, host=host, days=days, people=people, initial=initial)


def _host_page(
    request: HttpRequest,
    host: RotaHost,
    *,
    form: Form | None = None,
    pause: Form | None = None,
    end: Form | None = None,
    moves: Sequence[tuple[Turn, RotaHost | None]] = (),
    seen: str = "",
) -> HttpResponse:
    row, today = host.rota, clock.today()
    form = form or host_form(host)
    asked = {"from_date": host.pause_asked_from_date, "to_date": host.pause_asked_to_date, "reason": host.pause_asked_words}
    context = {
        "row": row,
        "host": host,
        "form": form,
        "pause_form": pause or PauseForm(auto_id="id_pause_%s", initial=asked if host.pause_asked_at else {}),
        "end_form": end or EndHostForm(auto_id="id_end_%s", initial={"to_date": today}),
        "turns": list(host.turns.order_by("turn_date")),
        "is_paused": host.paused_to_date is not None and host.paused_to_date >= today,
        "moves": [rota_words.move_words(turn, to) for turn, to in moves],
        "seen": seen,
    }
    for turn in context["turns"]:
        turn.tone = rota_words.TURN_TONES[turn.state]
    wrong = any(one is not None and one.errors for one in (form, pause, end))
    return render(request, "matching/rota_host.html", context, status=422 if wrong else 200)


@require_POST
def host_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, end the pause, or decline the request for one."""
    host, person = find_host(request, pk), reader(request)
    form = PauseForm(request.POST, auto_id="id_pause_%s")
    do = request.POST.get("do", "")
    pauses = do not in ("resume", "decline")
    if pauses and not form.is_valid():
        return _host_page(request, host, pause=form)
    try:
        if do == "resume":
            said = moved_words(keeping.end_pause(host, by=person))
        elif do == "decline":
            keeping.decline_pause(host, reason=request.POST.get("reason", ""), by=person)
            said = _("They have been told.")
        else:
            said = moved_words(keeping.pause_host(host, **form.cleaned_data, by=person))
    except Refused as error:
        if not pauses:
            messages.error(request, str(error.reason))
            return see_other("matching:rota_host", host.pk)
        add_refusal(form, error)
        return _host_page(request, host, pause=form)
    messages.success(request, said)
    return see_other("matching:rota", host.rota_id)


@require_POST
def host_end(request: HttpRequest, pk: int) -> HttpResponse:
    host = find_host(request, pk)
    form = EndHostForm(request.POST, auto_id="id_end_%s")
    if form.is_valid():
        try:
            moved = keeping.end_host(host, **form.cleaned_data, by=reader(request))
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, moved_words(moved))
            return see_other("matching:rota", host.rota_id)
    return _host_page(request, host, end=form)


def _done(request: HttpRequest, row: Rota, verb: Any, said: Any) -> HttpResponse:
    try:
        result = verb()
    except Refused as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(request, said(result) if callable(said) else said)
    return see_other("matching:rota", row.pk)


@require_POST
def rota_start(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_kept(request, pk)
    return _done(request, row, lambda: keeping.start_rota(row, by=reader(request)), _("It runs. The hosts have been told."))


@require_POST
def rota_recalculate(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_kept(request, pk)
    return _done(request, row, lambda: keeping.recalculate(row, version=version_of(request), by=reader(request)), moved_words)


@require_POST
def rota_end(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_kept(request, pk)
    return _done(request, row, lambda: keeping.end_rota(row, reason=request.POST.get("reason", ""), by=reader(request)), _("Ended."))
