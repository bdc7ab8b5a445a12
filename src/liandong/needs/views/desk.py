"""The desk of those who answer for needs: the inbox, one need with everything that can be done about it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.accounts.queries import names_behind
from liandong.core.answers import carried_out
from liandong.core.decision import deny, require
from liandong.core.ids import clean_code
from liandong.core.text import whole_number
from liandong.journal import queries as journal
from liandong.matching import permissions as matching_permissions
from liandong.matching import queries as matching
from liandong.needs import permissions, queries, services, suggest, verbs, wishes
from liandong.needs.forms import AnswerForm, ClaimForm, FinishForm, MatchForm, MergeForm, ReasonForm, RevealForm, TriageForm
from liandong.needs.models import Category, Need
from liandong.needs.views.load import need_or_404, see_other
from liandong.needs.views.reading import TONES, short_state, wish_of
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, organizations_with
from liandong.projects import queries as projects
from liandong.rewards import queries as rewards
from liandong.surveys import queries as surveys
from liandong.themes import permissions as theme_permissions
from liandong.ui import listing
from liandong.ui.listing import Column, Link

State = Need.State


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Needs in the scope of my work; what waits longest for an answer on top."""
    person = request.user.person
    require_desk(person)
    asked = request.GET
    filters = queries.Filters(
        text=asked.get("q", ""),
        group=asked.get("state", ""),
        category=asked.get("category", "") if asked.get("category", "") in Category.values else "",
        clock=asked.get("clock", ""),
        assignee=asked.get("assignee", ""),
        community=asked.get("community", ""),
    )
    page = listing.page(request, queries.inbox(person, filters))
    counts = queries.counts(person)
    clocks = [
        ("overdue", _("Overdue"), counts["overdue"]),
        ("today", _("Due today")),
        ("waiting", _("Waiting for an answer"), counts["unanswered"]),
        ("objected", _("A step is not right")),
    ]
    groups = [
        ("waiting", _("Waiting for somebody"), counts["waiting"]),
        ("in_hand", _("In hand"), counts["in_hand"]),
        ("done", pgettext("need", "Done"), counts["done"]),
        ("ended", _("Ended")),
    ]
    assignees = [("me", _("Mine")), ("ours", _("My organisation's")), ("nobody", _("Nobody's"))]
    narrowed = [name for name in ("q", "state", "category", "clock", "assignee", "community") if asked.get(name)]
    context = {
        "page": page,
        "rows": [(need, TONES[need.state], short_state(need)) for need in page],
        "columns": [
            Column(_("Need")),
            Column(_("Answer")),
            Column(_("State")),
            Column(_("Taken by")),
            Column(_("Place")),
            Column(_("Category")),
            Column(_("Asked on")),
        ],
        "clocks": listing.filter_links(request, "clock", clocks, any_label=_("All")),
        "groups": listing.filter_links(request, "state", groups, any_label=_("All")),
        "assignees": listing.filter_links(request, "assignee", assignees, any_label=_("All")),
        "categories": listing.filter_links(request, "category", Category.choices, any_label=_("All")),
        "communities": listing.filter_links(request, "community", queries.communities_in(person), any_label=_("All")),
        "more_open": bool({"category", "community", "assignee"} & set(narrowed)),
        "narrowed": narrowed,
        "clear_href": request.path,
        "can_triage": holds_anywhere(person, Right.TRIAGE_NEEDS),
        "can_project": holds_anywhere(person, Right.MANAGE_PROJECTS),
        "counts": counts,
        "views": _views(request, person),
    }
    return render(request, "needs/inbox.html", context)


def _views(request: HttpRequest, person: Person) -> list[Link]:
    """What else there is to see of needs: common ones, and the visits and surveys they come from."""
    links = [Link(_("Needs list"), request.path, current=True)]
    if theme_permissions.can_read(person):
        links.append(Link(_("Themes"), reverse("themes:board")))
    if holds_anywhere(person, Right.CLAIM_NEEDS):
        links.append(Link(_("Visits"), reverse("visits:list")))
    links.append(Link(_("Surveys"), reverse("surveys:desk")))
    if matching_permissions.can_open_board(person):
        links.append(Link(_("Match board"), reverse("matching:packages")))
    return links


@require_POST
def selected(request: HttpRequest) -> HttpResponse:
    """What was ticked in the inbox: accept them all, or make one project of them."""
    person = request.user.person
    require_desk(person)
    ids = [key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None][:200]
    needs = list(queries.worked_on_by(person).filter(pk__in=ids).select_related("territory").order_by("pk"))
    if not needs:
        messages.warning(request, _("Tick at least one need first."))
        return see_other(reverse("needs:inbox"))
    if request.POST.get("what") == "project":
        return see_other(f"{reverse('projects:new')}?{urlencode([('need', need.number) for need in needs])}")
    if request.POST.get("what") == "packages":
        return see_other(f"{reverse('matching:packages')}?{urlencode([('need', need.number) for need in needs])}")
    done, left = services.accept_needs(needs, by=person)
    if done:
        messages.success(request, ngettext("%(n)s need accepted.", "%(n)s needs accepted.", done) % {"n": done})
    if left:
        messages.warning(request, _("Not accepted: %(needs)s.") % {"needs": _(", ").join(need.title for need, _reason in left[:5])})
    return see_other(reverse("needs:inbox"))


@require_safe
def desk(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _need(request, number))


@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    form = _form(request, "accept", TriageForm)
    edit = need.state not in (State.SUBMITTED, State.DECLINED)
    verb = services.edit_triage if edit else services.accept_need
    return _answer(request, need, form, lambda v: verb(need, **v, by=by), _("Saved.") if edit else _("Accepted."))


@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    form = _form(request, "claim", ClaimForm, bodies=organizations_with(by, Right.CLAIM_NEEDS))
    return _answer(
        request,
        need,
        form,
        lambda v: services.claim_need(need, organization=v["organization"], by=by),
        _("Taken over. Now tell the person who asked."),
    )


@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    return _answer(
        request,
        need,
        _form(request, "release", ReasonForm),
        lambda v: services.release_need(need, reason=v["words"], by=by),
        _("Given back to the hub."),
    )


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    return _answer(
        request,
        need,
        _form(request, "answer", AnswerForm),
        lambda v: services.answer_need(need, **v, by=by),
        _("Answered. The person who asked gets a message."),
    )


@require_POST
def match(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    return _answer(request, need, _form(request, "match", MatchForm), lambda v: services.match_need(need, words=v["words"], by=by), _("Matched."))


@require_POST
def decline(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    return _answer(
        request,
        need,
        _form(request, "decline", ReasonForm),
        lambda v: services.decline_need(need, words=v["words"], by=by),
        _("Declined. The person who asked gets your words."),
    )


@require_POST
def merge(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    form = _form(request, "merge", MergeForm)
    if form.is_valid():
        into = queries.need_in_full(clean_code(form.cleaned_data["into"]), person=by)
        if into is None:
            form.add_error("into", _("There is no need with this number."))
        else:
            return _answer(
                request, need, form, lambda v: services.merge_need(need, into=into, by=by), _("Joined. The person who asked gets a message.")
            )
    return _page(request, need, form=form, status=422)


@require_POST
def done(request: HttpRequest, number: str) -> HttpResponse:
    need, by = _need(request, number), request.user.person
    return _answer(
        request,
        need,
        _form(request, "done", FinishForm),
        lambda v: services.finish_need(need, words=v["words"], by=by),
        _("Done. The person who asked is asked whether that is so."),
    )


@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The contact, once, on this answer only; kept by no cache and in no cookie."""
    need, by = _need(request, number), request.user.person
    form, found = RevealForm(request.POST), []
    if form.is_valid() and carried_out(form, lambda: found.extend(services.reveal_contact(need, reason=form.cleaned_data["reason"], by=by))):
        return _page(request, need, contact=found)
    return _page(request, need, form=form, status=422)


def require_desk(person: Person) -> None:
    if not holds_anywhere(person, Right.SEE_WORK):
        require(deny(_("The inbox is for staff."), who_can=_("A manager of your organisation")))


def _need(request: HttpRequest, number: str) -> Need:
    """The need, for staff who work on it or may take it over; for others it has no desk."""
    need, person = need_or_404(request, number), request.user.person
    if not permissions.works_on(person, need) and not queries.worked_on_by(person).filter(pk=need.pk).exists():
        raise Http404
    return need


def _form(request: HttpRequest, action: str, form_class: type[forms.Form], **extra: Any) -> Any:
    """The form of one action; several stand on the page, so each has its own ids and knows its name."""
    form = form_class(request.POST, auto_id=f"id_{action}_%s", **extra)
    form.action = action  # type: ignore[attr-defined]
    return form


def _answer(request: HttpRequest, need: Need, form: forms.Form, verb: Callable[[dict[str, Any]], Any], told: str) -> HttpResponse:
    if not form.is_valid() or not carried_out(form, lambda: verb(form.cleaned_data)):
        return _page(request, _need(request, need.number), form=form, status=422)
    messages.success(request, told)
    return see_other(reverse("needs:desk", args=[need.number]))


def _page(request: HttpRequest, need: Need, *, form: forms.Form | None = None, status: int = 200, contact: list[str] | None = None) -> HttpResponse:
    person = request.user.person
    knows = permissions.sees_in_full(person, need)
    entries = list(journal.history_of(need))
    found = list(projects.for_needs([need.pk]))
    open_objections = [objection for objection in queries.objections_of(need) if objection.answered_at is None]
    context = {
        "need": need,
        "giving_back": rewards.giving_back(need),
        "knows": knows,
        "asked_by": need.known_asker if knows else need.masked_asker,
        "wish": wish_of(need, person),
        "words": need.words if contact else suggest.without_phones(need.words) if knows else wishes.public_words(need),
        "tone": TONES[need.state],
        "state": short_state(need),
        "answers": queries.answers_of(need),
        "objections": open_objections,
        "origins": surveys.origins_of(need, person=person) if permissions.works_on(person, need) else [],
        "projects": found,
        "joined": list(queries.joined_with(need)),
        "alike": queries.alike(f"{need.title} {need.words}", leave_out=need, person=person) if need.is_open else [],
        "history": [(entry, verbs.said(entry)) for entry in reversed(entries)],
        "actors": _actors(entries, hidden=need.is_wish and not knows),
        "contact": contact,
        "form": form,
        "actions": _actions(need, person, form, is_due=need.answered_at is None or bool(open_objections)),
        "can_reveal": permissions.can_reveal(person, need),
        "reveal_form": form if isinstance(form, RevealForm) else RevealForm(),
        "packages_href": reverse("matching:need_packages", args=[need.number])
        if matching.is_to_match(need) and matching_permissions.can_open_board(person)
        else "",
        "project_href": f"{reverse('projects:new')}?need={need.number}" if _can_plan(need, person) else "",
    }
    return render(request, "needs/desk.html", context, status=status)


def _can_plan(need: Need, person: Person) -> bool:
    ready = need.state == State.SUBMITTED or State.PLANNED in Need.TRANSITIONS[need.state]
    return ready and holds_anywhere(person, Right.MANAGE_PROJECTS) and bool(permissions.can_plan(person, need))


def _actors(entries: list[Any], *, hidden: bool) -> dict[str, str]:
    """The names in the history; of a wish none for those who do not know who asks."""
    if hidden:
        return {entry.by: _("Somebody") for entry in entries if entry.by_person is not None}
    return names_behind(entries)


# In which order the actions stand, the first one open. An answer that is due comes before everything but looking at the need at all.
ORDER = {
    "new": ("accept", "claim", "answer", "match", "merge", "decline"),
    "due": ("answer", "claim", "match", "done", "merge", "accept", "release", "decline"),
    "answered": ("claim", "match", "answer", "done", "merge", "accept", "release", "decline"),
}


def _actions(need: Need, person: Person, form: forms.Form | None, *, is_due: bool) -> list[dict[str, Any]]:
    """What this person may do now, the likeliest first: {"name", "title", "label", "tone", "form", "open", "href"}. A form that came back with errors is open."""
    allowed, state = Need.TRANSITIONS[need.state], need.state
    handles, triages = bool(permissions.can_handle(person, need)), bool(permissions.can_triage(person, need))
    bodies = organizations_with(person, Right.CLAIM_NEEDS)
    may_claim = (
        State.CLAIMED in allowed and state != State.DONE and (handles if need.claimed_by else need.is_public or permissions.works_on(person, need))
    )
    can_accept = triages and state in (State.SUBMITTED, State.DECLINED)
    initial = {"category": need.category, "urgency": need.urgency, "is_public": need.is_public}
    possible: dict[str, tuple[bool, Any, Any, type[forms.Form], dict[str, Any]]] = {
        "answer": (handles and state not in (State.WITHDRAWN, State.MERGED), _("Answer"), _("Send the answer"), AnswerForm, {}),
        "accept": (
            can_accept or (handles and need.is_open and state != State.SUBMITTED),
            _("Accept") if can_accept else _("Category, urgency, visibility"),
            _("Accept") if can_accept else _("Save"),
            TriageForm,
            {"initial": initial},
        ),
        "claim": (
            may_claim and bodies.exists(),
            _("Take over"),
            _("Take over"),
            ClaimForm,
            {"bodies": bodies, "initial": {"organization": bodies.first()}},
        ),
        "match": (handles and State.MATCHED in allowed and state not in services.IN_A_PROJECT, _("Somebody found"), _("Note who"), MatchForm, {}),
        "done": (handles and state in (State.CLAIMED, State.MATCHED), _("Done without a project"), _("Note as done"), FinishForm, {}),
        "merge": (handles and State.MERGED in allowed, _("Join with another need"), _("Join"), MergeForm, {}),
        "release": (handles and state == State.CLAIMED, _("Give back"), _("Give back"), ReasonForm, {}),
        "decline": (handles and State.DECLINED in allowed, _("Say no"), _("Say no"), ReasonForm, {}),
    }
    actions: list[dict[str, Any]] = []
    for name in ORDER["new" if state == State.SUBMITTED else "due" if is_due else "answered"]:
        shown, title, label, form_class, extra = possible[name]
        if not shown:
            continue
        came_back = form is not None and getattr(form, "action", "") == name
        opened = came_back or (form is None and not actions)
        tone = "danger" if name in ("release", "decline") else "primary" if not actions else "plain"
        bound = form if came_back else form_class(auto_id=f"id_{name}_%s", **extra)
        actions.append(
            {
                "name": name,
                "title": title,
                "label": label,
                "tone": tone,
                "form": bound,
                "open": opened,
                "href": reverse(f"needs:{name}", args=[need.number]),
            }
        )
    return actions
