"""What people decide about themes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liandong.core.answers import carried_out, form_answer, form_page, safe_next, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.needs.models import Need
from liandong.themes import permissions, queries, services
from liandong.themes.forms import MergeForm, RenameForm, SplitForm
from liandong.themes.models import Theme, ThemeStep
from liandong.themes.views.board import DECIDED, reader
from liandong.themes.views.theme import theme_or_404
from liandong.ui.listing import Column

MOST_MERGE_TARGETS = 30


def decided(request: HttpRequest) -> None:
    request.session[DECIDED] = True


def keys_in(request: HttpRequest, name: str) -> list[int]:
    return [key for value in request.POST.getlist(name) if (key := whole_number(value)) is not None][:2000]


@form_page
def rename(request: HttpRequest, number: str) -> HttpResponse:
    found = theme_or_404(request, number)
    require(permissions.can_decide(request.user.person, found))
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"label": found.label})
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.rename_theme(found, label=form.cleaned_data["label"], by=request.user.person)):
            decided(request)
            messages.success(request, _("Renamed. Later calculations keep this name."))
            return see_other("themes:theme", found.number)
    return form_answer(request, "themes/rename.html", form, theme=found)


@require_POST
def lock(request: HttpRequest, number: str) -> HttpResponse:
    found = theme_or_404(request, number)
    if request.POST.get("locked") == "no":
        services.unlock_theme(found, by=request.user.person)
        decided(request)
        messages.success(request, _("Unlocked."))
    else:
        services.lock_theme(found, by=request.user.person)
        decided(request)
        messages.success(request, _("Locked. Nobody leaves any more, new needs may still join."))
    return see_other("themes:theme", found.number)


@form_page
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Which theme it goes into; those most like it on top."""
    person = reader(request)
    found = theme_or_404(request, number)
    require(permissions.can_decide(person, found))
    others = queries.themes_to_merge_into(found, person, text=request.GET.get("q", ""))[:MOST_MERGE_TARGETS]
    form = MergeForm(request.POST if request.method == "POST" else None, themes=others)
    made: list[Theme] = []
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: made.append(services.merge_theme(found, into=form.cleaned_data["into"], by=person))):
            decided(request)
            messages.success(request, _("Joined. They stay one, also after later calculations."))
            return see_other("themes:theme", made[0].number)
    return form_answer(request, "themes/merge.html", form, theme=found, others=others, chosen=request.POST.get("into", ""))


@form_page
def split(request: HttpRequest, number: str) -> HttpResponse:
    """Tick the needs that become a theme of their own; `propose` lets the calculation tick them."""
    person = reader(request)
    found = theme_or_404(request, number)
    require(permissions.can_decide(person, found))
    members = list(queries.members_of(found, person))
    ticked = set(keys_in(request, "ids")) if request.method == "POST" else set(services.propose_halves(found)) if "propose" in request.GET else set()
    form = SplitForm(request.POST if request.method == "POST" else None)
    made: list[Theme] = []
    if request.method == "POST" and form.is_valid():
        needs = [member.need for member in members if member.need_id in ticked]
        if carried_out(form, lambda: made.append(services.split_theme(found, needs=needs, label=form.cleaned_data["label"], by=person))):
            decided(request)
            messages.success(request, _("Split. The two stay apart, also after later calculations."))
            return see_other("themes:theme", made[0].number)
    return form_answer(
        request,
        "themes/split.html",
        form,
        theme=found,
        rows=[
            (member, member.need_id in ticked, round(100 * member.degree)) for member in sorted(members, key=lambda each: each.need_id not in ticked)
        ],
        ticked=len(ticked),
        proposed="propose" in request.GET,
        columns=[Column(_("What was said")), Column(_("Fits"), number=True), Column(_("Place"))],
    )


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Ticked needs go into another theme, into a new one, or into none."""
    person = reader(request)
    keys = keys_in(request, "ids")
    back = safe_next(request, request.POST.get("next"), default=reverse("themes:board"))
    visible = Need.objects.filter(permissions.on_ground(person, path="territory__path"))
    needs = list(visible.filter(pk__in=keys).select_related("territory"))
    to = request.POST.get("to", "")
    target = None
    if to not in ("new", "loose"):
        target = permissions.visible_to(person).filter(number=to.upper(), state=Theme.State.ACTIVE).first()
        if target is None:
            messages.warning(request, _("Choose where they go."))
            return see_other(back)
    try:
        made = services.move_needs(needs, to=target, as_new=to == "new", by=person)
    except Refused as refused:
        messages.warning(request, str(refused.reason))
        return see_other(back)
    n = len(needs)
    told = ngettext("%(n)s need moved. It stays there.", "%(n)s needs moved. They stay there.", n) % {"n": n}
    decided(request)
    messages.success(request, told)
    return see_other(reverse("themes:theme", args=[made.number]) if made is not None and to == "new" else back)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's last decision."""
    person = reader(request)
    step = get_object_or_404(ThemeStep.objects.filter(decided_by=person), pk=pk)
    try:
        found = services.undo_step(step, by=person)
    except Refused as refused:
        messages.warning(request, str(refused.reason))
        return see_other("themes:board")
    decided(request)
    messages.success(request, _("Undone. Everything is as it was before."))
    return see_other("themes:theme", found.number) if found.is_active else see_other("themes:board")
