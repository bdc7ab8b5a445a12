"""Awards: what members see and do, and the hub's desk for each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.text import whole_number
from liandong.honours import permissions
from liandong.honours.forms import AwardForm, ReasonForm, WordsForm
from liandong.honours.models import Award, AwardObjection, Nomination
from liandong.honours.queries import awards as queries
from liandong.honours.services import awards, nominations
from liandong.honours.views.load import AWARD_TONES, NOMINATION_TONES, require_hub, tabs
from liandong.organizations.models import Organization
from liandong.ui import listing
from liandong.ui.listing import Column


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Members see what can be proposed and what is on notice; the hub all of its own."""
    person = request.user.person
    hub = permissions.keeps_anywhere(person)
    page = listing.page(request, queries.awards_for(person, state=request.GET.get("state", "")), size=20)
    states = [
        ("open", _("Open for nominations")),
        ("review", pgettext("award", "Being reviewed")),
        ("notice", _("On public notice")),
        ("granted", pgettext("award", "Granted")),
    ]
    context = {
        "page": page,
        "rows": [(row, AWARD_TONES[row.state]) for row in page],
        "tabs_inside": tabs("awards", person) if hub else [],
        "states": listing.filter_links(request, "state", states, any_label=_("All")),
        "columns": [
            Column(_("Award")),
            Column(_("Meant for")),
            Column(_("Where")),
            Column(_("State")),
            Column(_("Nominations"), number=True),
            Column(_("Places to give"), number=True),
        ],
        "to_endorse": queries.to_endorse(person).count(),
    }
    return render(request, "honours/awards_desk.html" if hub else "honours/awards.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A new award; ?like= begins from an earlier one."""
    person = request.user.person
    require_hub(person)
    places = permissions.places_kept(person)
    issuers = Organization.objects.filter(
        kind=Organization.Kind.HUB, state=Organization.State.ACTIVE, territory__in=places.order_by().values("pk")
    ).order_by("pinyin")
    year = clock.today().year
    initial: dict[str, Any] = {
        "whom_for": "person",
        "territory": places.first(),
        "places": 10,
        "from_date": clock.today().replace(month=1, day=1),
        "to_date": clock.today().replace(month=12, day=31),
        "notice_days": Award.NOTICE_DAYS,
    }
    like = permissions.awards_visible_to(person).filter(pk=whole_number(request.GET.get("like", "")) or 0).first()
    if like is not None:
        initial |= {name: getattr(like, name) for name in ("whom_for", "territory", "issuer", "places", "criteria", "notice_days")}
        initial["title"] = like.title.replace(str(like.from_date.year), str(year))
    form = AwardForm(request.POST if request.method == "POST" else None, places=places, issuers=issuers, initial=initial)
    if request.method == "POST" and form.is_valid():
        made: list[Award] = []
        if carried_out(form, lambda: made.append(awards.create_award(**form.cleaned_data, by=person))):
            messages.success(request, _("Set. People can propose now."))
            return see_other("honours:award", made[0].pk)
    return form_answer(request, "honours/award_new.html", form)


def award_or_404(request: HttpRequest, pk: int) -> Award:
    return get_object_or_404(
        permissions.awards_visible_to(request.user.person).select_related("territory", "issuer", "asked_by", "decided_by"), pk=pk
    )


@require_safe
def award(request: HttpRequest, pk: int) -> HttpResponse:
    return award_page(request, award_or_404(request, pk))


def award_page(request: HttpRequest, shown: Award, *, form: Any = None, answering: int = 0, status: int = 200) -> HttpResponse:
    person = request.user.person
    keeps = bool(permissions.can_keep_award(person, shown))
    is_over = queries.is_over(shown)
    context: dict[str, Any] = {
        "award": shown,
        "tone": AWARD_TONES[shown.state],
        "keeps": keeps,
        "can_nominate": shown.state == Award.State.OPEN and shown.nominate_until_date >= clock.today(),
        "is_over": is_over,
        "criteria": [line for line in shown.criteria.splitlines() if line.strip()],
        "steps": chain_of(shown),
        "form": form,
    }
    if not keeps:
        # The notice is for members: the list, and a way to object to each.
        listed = list(queries.on_notice(shown)) if shown.state in (Award.State.NOTICE, Award.State.GRANTED) else []
        raised = {row.nomination_id: row for row in AwardObjection.objects.filter(nomination__award=shown, raised_by=person)} if listed else {}
        context |= {
            "listed": [(row, raised.get(row.pk), form if answering == row.pk else WordsForm(auto_id=f"id_{row.pk}_%s")) for row in listed],
            "may_object": shown.state == Award.State.NOTICE and not is_over,
            "mine": list(queries.of_person(person).filter(award=shown)[:5]),
        }
        return render(request, "honours/award.html", context, status=status)
    page = listing.page(request, queries.nominations_of(shown, state=request.GET.get("state", "")))
    objections = list(queries.objections_to(shown))
    context |= {
        "page": page,
        "rows": [(row, NOMINATION_TONES[row.state]) for row in page],
        "states": listing.filter_links(request, "state", [(value, label) for value, label in Nomination.State.choices], any_label=_("All")),
        "columns": [
            Column(_("Who")),
            Column(_("State")),
            Column(_("Hours"), number=True),
            Column(_("Services"), number=True),
            Column(_("Endorsed by")),
            Column(_("Score"), number=True),
        ],
        "picks": shown.state == Award.State.REVIEW,
        "objections": [
            (row, form if answering == row.pk else WordsForm(auto_id=f"id_o{row.pk}_%s"), bool(permissions.can_review(person, row.nomination)))
            for row in objections
        ],
        "open_objections": sum(row.state == "open" for row in objections),
        "grant_decision": permissions.can_grant(person, shown),
        "reason_form": form if isinstance(form, ReasonForm) else ReasonForm(auto_id="id_cancel_%s"),
    }
    return render(request, "honours/award_desk.html", context, status=status)


def chain_of(award: Award) -> list[tuple[str, str]]:
    """The way of an award, for everybody."""
    labels = [pgettext("award", "Nominations"), pgettext("award", "Review"), pgettext("award", "Notice"), pgettext("award", "Granted")]
    now = {"open": 0, "review": 1, "notice": 2, "granted": 4, "cancelled": -1}[award.state]
    return [(label, "done" if place < now else "now" if place == now else "next") for place, label in enumerate(labels)]


@require_POST
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of an award at the hub."""
    person, shown = request.user.person, award_or_404(request, pk)
    require(permissions.can_keep_award(person, shown))
    form: forms.Form = ReasonForm(request.POST, auto_id="id_cancel_%s") if step == "cancel" else forms.Form(request.POST)
    chosen = [key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None]
    verbs: dict[str, tuple[Callable[[], Any], str]] = {
        "close": (lambda: awards.close_nominations(shown, by=person), _("Nominations are closed. Now the scores.")),
        "notice": (
            lambda: awards.begin_notice(shown, chosen=list(shown.nominations.filter(pk__in=chosen)), by=person),
            _("The list is before the members now."),
        ),
        "back": (lambda: awards.back_to_review(shown, by=person), _("Back to the review. A new list stands its full days again.")),
        "ask": (lambda: awards.ask_to_grant(shown, by=person), _("A second person was asked to grant it.")),
        "grant": (lambda: awards.grant(shown, by=person), _("Granted. The certificates are ready.")),
        "cancel": (lambda: awards.cancel_award(shown, reason=form.cleaned_data["reason"], by=person), _("Called off.")),
    }
    if step not in verbs:
        raise Http404
    verb, told = verbs[step]
    if form.is_valid() and carried_out(form, verb):
        messages.success(request, told)
        return see_other("honours:award", pk)
    return award_page(request, award_or_404(request, pk), form=form, status=422)


@require_POST
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    require_hub(person)
    objection = get_object_or_404(
        AwardObjection.objects.select_related("nomination__award").filter(nomination__in=permissions.nominations_visible_to(person)), pk=pk
    )
    award = award_or_404(request, objection.nomination.award_id)
    require(permissions.can_keep_award(person, award))
    form = WordsForm(request.POST, auto_id=f"id_o{pk}_%s")
    uphold = request.POST.get("answer") == "uphold"
    if form.is_valid() and carried_out(
        form, lambda: nominations.answer_objection(objection, uphold=uphold, answer=form.cleaned_data["words"], by=person)
    ):
        messages.success(request, _("Answered. They are off the list.") if uphold else _("Answered. They stay on the list."))
        return see_other("honours:award", award.pk)
    return award_page(request, award, form=form, answering=pk, status=422)
