"""Reading: the public list, what became of a need, my needs, and the words of the person who asked."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core.answers import carried_out, form_answer, form_page
from liandong.core.decision import require
from liandong.evaluation import queries as evaluation
from liandong.needs import permissions, queries, services, wishes
from liandong.needs.forms import ConfirmForm, ObjectForm, ReopenForm
from liandong.needs.journey import Facts, is_over, journey_of
from liandong.needs.models import Category, Introduction, Need, Source
from liandong.needs.views.load import need_or_404, person_of, see_other
from liandong.organizations.models import Right
from liandong.organizations.permissions import organizations_with
from liandong.projects import permissions as project_permissions
from liandong.projects import queries as projects
from liandong.recognition import queries as recognition
from liandong.rewards import queries as rewards
from liandong.surveys import queries as surveys
from liandong.ui import listing
from liandong.visits import permissions as visit_permissions
from liandong.visits import queries as visits

TONES = {
    "submitted": "warn",
    "accepted": "info",
    "claimed": "primary",
    "matched": "primary",
    "planned": "primary",
    "active": "primary",
    "done": "success",
    "confirmed": "success",
    "declined": "neutral",
    "withdrawn": "neutral",
    "merged": "neutral",
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Public needs: search, category, how far they are."""
    asked = request.GET
    rows = queries.public_list(text=asked.get("q", ""), category=asked.get("category", ""), group=asked.get("state", ""))
    page = listing.page(request, rows, size=20)
    groups = [("waiting", _("Waiting for somebody")), ("in_hand", _("In hand")), ("done", pgettext("need", "Done"))]
    context = {
        "page": page,
        "told": _rows(page),
        "states": listing.filter_links(request, "state", groups, any_label=_("All")),
        "categories": listing.filter_links(request, "category", Category.choices, any_label=_("Everything")),
        "filtered": any(asked.get(name) for name in ("q", "category", "state")),
    }
    return render(request, "needs/list.html", context)


def _rows(page: Page[Need]) -> list[tuple[Need, str]]:
    return [(need, TONES[need.state]) for need in page]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I asked, for myself or for others, with the chain of each; and the wishes I offered to fulfil."""
    page = listing.page(request, queries.mine(request.user.person), size=10)
    offers = queries.offers_of(request.user.person)[:20] if page.number == 1 else []
    return render(
        request, "needs/mine.html", {"page": page, "offers": offers, "told": [(item, TONES[item.need.state]) for item in queries.told(list(page))]}
    )


@login_not_required
@require_safe
def need(request: HttpRequest, number: str) -> HttpResponse:
    """What became of a need, for its asker and for anybody who may read it."""
    return _page(request, need_or_404(request, number))


@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    need = need_or_404(request, number)
    form = ConfirmForm(request.POST)
    if not form.is_valid() or not carried_out(form, lambda: services.confirm_need(need, words=form.cleaned_data["words"], by=request.user.person)):
        return _page(request, need_or_404(request, number), status=422, confirm_form=form)
    messages.success(request, _("Thank you. Noted as done."))
    return see_other(reverse("needs:need", args=[need.number]))


@form_page
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """还没有: what is still missing."""
    need = need_or_404(request, number)
    require(permissions.can_confirm(request.user.person, need))
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(form, lambda: services.reopen_need(need, words=form.cleaned_data["words"], by=request.user.person))
    ):
        messages.success(request, _("It goes back to those who take care of it. You hear from them within 3 working days."))
        return see_other(reverse("needs:need", args=[need.number]))
    return form_answer(request, "needs/reopen.html", form, need=need)


@form_page
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """有一步不对: which step, and what is wrong with it."""
    need = need_or_404(request, number)
    require(permissions.can_object(request.user.person, need))
    form = ObjectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values, made = form.cleaned_data, []
        if carried_out(form, lambda: made.append(services.object_to_step(need, step=values["step"], words=values["words"], by=request.user.person))):
            messages.success(request, _("Noted. You get an answer within 3 working days."))
            return see_other(reverse("needs:need", args=[need.number]))
    return form_answer(request, "needs/object.html", form, need=need)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    need = need_or_404(request, number)
    services.withdraw_need(need, words=request.POST.get("words", ""), by=request.user.person)
    messages.success(request, _("You have taken this need back."))
    return see_other(reverse("needs:need", args=[need.number]))


def _page(request: HttpRequest, need: Need, *, status: int = 200, confirm_form: ConfirmForm | None = None) -> HttpResponse:
    person = person_of(request)
    facts = facts_of(need, person)
    works = permissions.works_on(person, need)
    context: dict[str, Any] = {
        "need": need,
        "facts": facts,
        "journey": journey_of(facts),
        "tone": TONES[need.state],
        "state": short_state(need),
        "from_survey": surveys.title_of_origin(need) if need.source == Source.SURVEY else "",
        "is_asker": facts.is_asker,
        "works_on": works
        or (need.state in queries.WAITING_FOR_A_BODY and organizations_with(person, Right.CLAIM_NEEDS).exists() if person is not None else False),
        "can_confirm": need.state == Need.State.DONE and facts.is_asker,
        "can_object": facts.is_asker and need.state not in (Need.State.WITHDRAWN, Need.State.MERGED),
        "can_withdraw": facts.is_asker and Need.State.WITHDRAWN in Need.TRANSITIONS[need.state],
        "wish": wish_of(need, person),
        "visit": visit_of(need, person, facts.sees_all),
        "giving_back": rewards.giving_back(need),
        "confirm_form": confirm_form or ConfirmForm(),
        "form": confirm_form,
        "alike": [other for other in (*facts.joined, *facts.same) if other.is_public or permissions.sees_in_full(person, other)][:20],
        "open_objections": [objection for objection in facts.objections if objection.answered_at is None] if facts.sees_all else [],
    }
    return render(request, "needs/need.html", context, status=status)


@dataclass(frozen=True)
class Wish:
    """What a reader may know and do about the offers to fulfil a wish. `other` is (name, phone) of the other side when both have agreed."""

    introduction: Introduction | None
    is_giver: bool
    speaks_for_asker: bool
    in_line: int
    place: int
    can_offer: bool
    can_withdraw: bool
    other: tuple[str, str] | None

    @property
    def has_answered(self) -> bool:
        if self.introduction is None:
            return False
        return (self.introduction.giver_agreed_at if self.is_giver else self.introduction.asker_agreed_at) is not None


def wish_of(need: Need, person: Person | None) -> Wish | None:
    """The giver sees their own offer, the asking side and the ground the one under way; everybody else only whether there is one."""
    if not need.is_wish:
        return None
    rows = queries.introductions_of(need)
    under_way = next((row for row in rows if row.is_under_way), None)
    waiting = [row for row in rows if not row.is_under_way]
    speaks = permissions.speaks_for_asker(person, need)
    mine = next((row for row in rows if permissions.is_giver(person, row)), None) if not speaks else None
    shown = mine or (under_way if speaks or permissions.sees_in_full(person, need) else None)
    met = shown is not None and shown.state == Introduction.State.MET
    open_now = need.state in wishes.OPEN_TO_OFFERS and need.is_public
    return Wish(
        introduction=shown,
        is_giver=mine is not None,
        speaks_for_asker=speaks,
        in_line=len(waiting),
        place=waiting.index(mine) + 1 if mine in waiting else 0,
        can_offer=open_now and mine is None and (person is None or bool(permissions.can_offer(person, need))),
        can_withdraw=shown is not None and need.is_open and person is not None and bool(permissions.can_withdraw_offer(person, shown)),
        other=(services.contact_of(need) if mine is not None else (shown.giver.name, shown.giver.phone))
        if met and shown and (mine or speaks)
        else None,
    )


def visit_of(need: Need, person: Person | None, sees_all: bool) -> dict[str, Any] | None:
    """The visit at which the need came up: who visited and when; its address for those who may read it. Of a wish nothing for others."""
    if need.source != Source.VISIT or (need.is_wish and not sees_all):
        return None
    sentence = visits.sentence_of(need.pk)
    if sentence is None:
        return None
    visit = sentence.note.visit
    href = reverse("visits:visit", args=[visit.number]) + "#notes" if visit_permissions.reads_notes(person, visit) else ""
    return {"host": visit.host.label, "day": visit.visited_on, "href": href}


def short_state(need: Need) -> str:
    """The state in words for the tag."""
    if need.is_overdue:
        return pgettext("need", "Answer overdue")
    return str(need.get_state_display())


def facts_of(need: Need, person: Person | None) -> Facts:
    """Everything the page of a need shows, from the apps above."""
    is_asker = permissions.is_asking_side(person, need)
    sees_all = permissions.sees_in_full(person, need)
    found = list(projects.for_needs([need.pk]))
    keys = [project.pk for project in found]
    readable = {project.pk for project in found if project.state in project_permissions.PUBLIC_STATES}
    if len(readable) < len(found):
        readable |= set(project_permissions.readable_by(person).filter(pk__in=keys).values_list("pk", flat=True))
    alike = list(projects.said_alike(need, keys))
    done = [activity for activity in activities.for_projects(keys) if activity.is_shown] if keys else []
    service: dict[str, Any] = {}
    if any(is_over(activity) for activity in done):
        service = recognition.counted().filter(activity__in=done).aggregate(minutes=Sum("minutes"), people=Count("person", distinct=True))
    return Facts(
        need=need,
        is_asker=is_asker,
        sees_all=sees_all,
        quote=need.words if sees_all else wishes.public_words(need),
        answers=queries.answers_of(need),
        objections=queries.objections_of(need) if sees_all else [],
        joined=[other for other in alike if other.merged_into_id == need.pk],
        same=[other for other in alike if other.merged_into_id != need.pk],
        projects=found,
        open_projects=frozenset(readable),
        activities=done,
        satisfaction=evaluation.satisfaction_with(done) if service else None,
        service_minutes=service.get("minutes") or 0,
        service_people=service.get("people") or 0,
    )
