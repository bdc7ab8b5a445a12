"""Thanks: written by those who were served, looked at where a rule speaks up, reported where they are none."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.activities.models import Activity
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.honours import leaks, permissions
from liandong.honours.forms import PassOnForm, ThanksForForm, ThanksForm
from liandong.honours.queries import thanks as queries
from liandong.honours.services import thanks
from liandong.honours.views.load import tabs
from liandong.needs.models import Need
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere
from liandong.ui import listing


def said(flag: str) -> str:
    """A flag in words."""
    return {
        leaks.PHONE: _("a phone number"),
        leaks.NUMBER: _("an ID number"),
        leaks.REACH: _("a way to reach somebody"),
        leaks.NAME: _("the name of the writer"),
        leaks.PLACE: _("an address"),
        leaks.SIGNED: _("a signature"),
        "reported": _("reported by whom it reached"),
    }.get(flag, flag)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Whom can I thank?"""
    activities, needs = queries.to_thank_for(request.user.person)
    return render(request, "honours/thanks.html", {"activities": activities, "needs": needs})


@form_page
def thank(request: HttpRequest, code: str) -> HttpResponse:
    activity = get_object_or_404(permissions.served_at(request.user.person).select_related("host"), code=code)
    return _write(request, title=activity.title, activity=activity)


@form_page
def thank_need(request: HttpRequest, number: str) -> HttpResponse:
    need = get_object_or_404(permissions.needs_served(request.user.person), number=number)
    return _write(request, title=need.title, need=need)


def _write(request: HttpRequest, *, title: str, activity: Activity | None = None, need: Need | None = None) -> HttpResponse:
    person = request.user.person
    form = ThanksForm(request.POST if request.method == "POST" else None)
    flags: list[str] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def write() -> None:
            try:
                thanks.write_thanks(activity=activity, need=need, **values, by=person)
            except thanks.Telling as telling:
                flags.extend(telling.flags)
                raise

        if carried_out(form, write):
            messages.success(request, _("Thank you. Your words go on without your name, a few days from now."))
            return see_other("honours:thanks")
    return form_answer(request, "honours/thank.html", form, title=title, flags=[said(flag) for flag in flags])


@form_page
def thank_for(request: HttpRequest, code: str) -> HttpResponse:
    """Staff write down what somebody without a phone said."""
    person = request.user.person
    require(may_anywhere(person, Right.CHECK_PEOPLE))
    activity = get_object_or_404(Activity.objects.select_related("host__territory"), code=code)
    require(permissions.can_thank_for(person, activity))
    served = queries.sign_ups_served(activity)
    form = ThanksForForm(request.POST if request.method == "POST" else None, served=served)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if carried_out(form, lambda: thanks.write_for(values["sign_up"], words=values["words"], is_for_wall=values["is_for_wall"], by=person)):
            messages.success(request, _("Kept. The words go on without a name, a few days from now."))
            return see_other("honours:thank_for", activity.code)
    return form_answer(request, "honours/thank_for.html", form, activity=activity, served=served.exists())


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return _desk(request)


def _desk(request: HttpRequest, *, came_back: dict[uuid.UUID, PassOnForm] | None = None, status: int = 200) -> HttpResponse:
    """What has to be read first; never with a writer."""
    person = request.user.person
    require(may_anywhere(person, permissions.RIGHT))
    page = listing.page(request, queries.to_read(person), size=20)
    hub = permissions.keeps_anywhere(person)
    forms = {note.pk: PassOnForm(initial={"words": note.words}, auto_id=_ids(note.pk)) for note in page} | (came_back or {})
    context = {
        "tabs_inside": tabs("thanks_desk", person) if hub else [],
        "page": page,
        "rows": [(note, [said(flag) for flag in note.flags], forms[note.pk]) for note in page],
        "counts": queries.thanks_counts(person),
        "form": next(iter((came_back or {}).values()), None),
        "recent": list(queries.recently_served(person)) if holds_anywhere(person, Right.CHECK_PEOPLE) else [],
    }
    return render(request, "honours/thanks_desk.html", context, status=status)


def _ids(pk: uuid.UUID) -> str:
    return f"id_{pk.hex[:8]}_%s"


@require_POST
def decide(request: HttpRequest, pk: str) -> HttpResponse:
    person = request.user.person
    require(may_anywhere(person, permissions.RIGHT))
    try:
        note = get_object_or_404(permissions.thanks_to_read(person), pk=uuid.UUID(pk))
    except ValueError as error:
        raise Http404 from error
    form = PassOnForm(request.POST, auto_id=_ids(note.pk))
    on = request.POST.get("answer") == "on"
    if form.is_valid() and carried_out(form, lambda: thanks.decide_thanks(note, pass_on=on, words=form.cleaned_data["words"], by=person)):
        messages.success(request, _("It goes on with the next round.") if on else _("It stays here."))
        return see_other("honours:thanks_desk")
    return _desk(request, came_back={note.pk: form}, status=422)


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    receipt = get_object_or_404(permissions.receipts_of(request.user.person), pk=pk)
    thanks.report_thanks(receipt, by=request.user.person)
    messages.success(request, _("Hidden. A colleague looks at it."))
    return see_other("honours:mine")
