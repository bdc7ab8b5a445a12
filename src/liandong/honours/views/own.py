"""My honours: stars, medals, awards, thanks; one honour with its paper; what I show on the wall."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, see_other
from liandong.honours import paper, permissions, queries, rules
from liandong.honours.forms import PressureForm, ReasonForm, ShowForm
from liandong.honours.models import Honour, StarGrant
from liandong.honours.queries import awards as awards_read
from liandong.honours.queries import pressure as pressure_read
from liandong.honours.queries import stars as stars_read
from liandong.honours.queries import thanks as thanks_read
from liandong.honours.queries.wall import entry_of
from liandong.honours.services import wall
from liandong.honours.views.load import honour_or_404
from liandong.ui import listing


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return mine_page(request)


def mine_page(
    request: HttpRequest, *, pressure_form: PressureForm | None = None, show_form: ShowForm | None = None, status: int = 200
) -> HttpResponse:
    """What I have earned, what I was thanked for, what I was proposed for."""
    person = request.user.person
    minutes, services = stars_read.service_of(person)
    stars = queries.stars_of(minutes, person=person)
    rows = [(row, queries.level_name(row.grant.level, row.grant.rule), row.is_on_wall) for row in queries.grants_of(person)]
    context: dict[str, Any] = {
        "person": person,
        "stars": stars,
        "star_name": queries.star_name(stars),
        "star_line": queries.star_line(stars),
        "minutes": minutes,
        "highest": next((row for row in rows if row[0].stands), None),
        "grants": rows,
        "honours": list(queries.honours_of(person)[:20]),
        "page": listing.page(request, thanks_read.received(person), size=5),
        "nominations": [(row, row.person_id == person.pk) for row in awards_read.of_person(person)[:10]],
        "asks_pressure": bool(services) and not pressure_read.has_answered(person),
        "pressure_form": pressure_form or PressureForm(),
        "form": pressure_form or show_form,
        "show_form": show_form or ShowForm(person=person),
        "may_show": not rules.is_minor(person.birth_date, clock.today()),
    }
    return render(request, "honours/mine.html", context, status=status)


@require_safe
def honour(request: HttpRequest, code: str) -> HttpResponse:
    return honour_page(request, honour_or_404(request, code))


def honour_page(request: HttpRequest, shown: Honour, *, form: ShowForm | None = None, reason_form: Any = None, status: int = 200) -> HttpResponse:
    person = request.user.person
    speaks = permissions.speaks_for(person, shown)
    keeps = bool(permissions.can_keep_award(person, shown.award))
    context = {
        "honour": shown,
        "name": shown.own_name if speaks or keeps else shown.whom,
        "speaks": speaks,
        "keeps": keeps,
        "may_decide": bool(permissions.can_withdraw_honour(person, shown)) and shown.asked_at is not None,
        "entry": entry_of(shown) if speaks else None,
        "verify_path": paper.verify_path(shown.code),
        "language": paper.language_of(request.GET.get("language", "")),
        "show_form": form or ShowForm(person=shown.person),
        "reason_form": reason_form or ReasonForm(auto_id="id_reason_%s"),
        "form": form or reason_form,
        "is_minor": shown.person is not None and rules.is_minor(shown.person.birth_date, clock.today()),
    }
    return render(request, "honours/honour.html", context, status=status)


@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    shown = honour_or_404(request, code)
    name = _("certificate of honour") + f" {shown.code}.pdf"
    disposition = content_disposition_header(as_attachment="download" in request.GET, filename=name)
    content = paper.honour_pdf(shown, language=paper.language_of(request.GET.get("language", "")))
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition or ""})


@require_POST
def honour_wall(request: HttpRequest, code: str) -> HttpResponse:
    """On the wall, or off it."""
    shown = honour_or_404(request, code)
    form = ShowForm(request.POST, person=shown.person)
    if _is_done(request, shown, form):
        return see_other("honours:honour", shown.code)
    return honour_page(request, shown, form=form, status=422)


@require_POST
def star_wall(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    grant = get_object_or_404(StarGrant.objects.select_related("person", "rule"), pk=pk, person=person, withdraws__isnull=True)
    form = ShowForm(request.POST, person=person)
    if _is_done(request, grant, form):
        return see_other("honours:mine")
    return mine_page(request, show_form=form, status=422)


def _is_done(request: HttpRequest, thing: Honour | StarGrant, form: ShowForm) -> bool:
    person = request.user.person
    if request.POST.get("off"):
        wall.take_down(thing, by=person)
        messages.success(request, _("It is off the wall."))
        return True
    if not form.is_valid() or not carried_out(form, lambda: wall.show(thing, **form.cleaned_data, by=person)):
        return False
    messages.success(request, _("It stands on the wall now. You can take it down at any time."))
    return True
