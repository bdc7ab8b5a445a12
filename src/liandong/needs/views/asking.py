"""Asking: the form of four fields, the page to check it, and what it became. What was typed stays in the session, also through the sign-in."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.core.answers import carried_out, form_answer, form_page
from liandong.needs import queries, services, suggest
from liandong.needs.forms import CheckForm, SubmitForm
from liandong.needs.models import WantedTime
from liandong.needs.views.load import need_or_404, person_of, see_other
from liandong.organizations import queries as organizations
from liandong.organizations.models import Membership, Organization, Right, Territory
from liandong.organizations.permissions import holds_anywhere
from liandong.ui.listing import Link

DRAFT = "need_draft"
WHOM = ("self", "person", "organization")


@login_not_required
@form_page
def submit(request: HttpRequest) -> HttpResponse:
    """The form. A stranger may fill it in; the sign-in comes after, and the words stay."""
    person, draft = person_of(request), request.session.get(DRAFT, {})
    whom = _whom(request, person, draft)
    if request.method == "POST":
        form = _form(request.POST, person=person, whom=whom)
        if form.is_valid():
            request.session[DRAFT] = {**_kept(request.POST), "whom": whom, "key": str(uuid.uuid4())}
            return see_other(reverse("needs:check"))
    elif draft and draft.get("whom") == whom:
        form = _form(None, person=person, whom=whom, initial=draft)
    else:
        form = _form(
            None,
            person=person,
            whom=whom,
            initial={
                "is_wish": bool(request.GET.get("wish")),
                "territory": _usual_place(person),
                "words": draft.get("words", ""),
                "wanted_time": draft.get("wanted_time", []),
            },
        )
    return form_answer(request, "needs/submit.html", form, whom=whom, whom_links=_whom_links(person, whom))


@form_page
def check(request: HttpRequest) -> HttpResponse:
    """Everything once more, with the title and category that the words suggest, and needs that say the same."""
    person, draft = request.user.person, request.session.get(DRAFT)
    if not draft:
        made = request.session.get("need_sent", "")
        return see_other(reverse("needs:submitted", args=[made]) if made and request.method == "POST" else reverse("needs:submit"))
    typed = _form(_as_post(draft), person=person, whom=draft["whom"])
    if not typed.is_valid():
        return see_other(f"{reverse('needs:submit')}?whom={draft['whom']}")
    values = typed.cleaned_data
    suggested = {"title": suggest.title_from(values["words"]), "category": suggest.category_from(values["words"]), "is_public": True}
    form = CheckForm(request.POST if request.method == "POST" else None, initial=suggested)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {}
        if carried_out(form, lambda: sent.update(need=_send(values, form.cleaned_data, draft, person))):
            del request.session[DRAFT]
            request.session["need_sent"] = sent["need"].number
            return see_other(reverse("needs:submitted", args=[sent["need"].number]))
    return form_answer(
        request,
        "needs/check.html",
        form,
        values=values,
        when=[WantedTime(value).label for value in values["wanted_time"]],
        whom=draft["whom"],
        change=f"{reverse('needs:submit')}?whom={draft['whom']}",
        danger=suggest.sounds_dangerous(values["words"]),
        alike=queries.alike(values["words"], person=person),
    )


@require_safe
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    need = need_or_404(request, number)
    return render(request, "needs/submitted.html", {"need": need, "told": queries.told([need])[0]})


def _send(values: dict[str, Any], checked: dict[str, Any], draft: dict[str, Any], person: Person) -> Any:
    asker = None
    if draft["whom"] == "person" and holds_anywhere(person, Right.SEE_WORK):
        asker = accounts.register_person(name=values["asker_name"], phone=values["asker_phone"], by=person)
    return services.submit_need(
        words=values["words"],
        title=checked["title"],
        territory=values["territory"],
        category=checked["category"],
        people_count=values["people_count"],
        wanted_time=",".join(values["wanted_time"]),
        asker=asker,
        asker_organization=values.get("asker_organization"),
        asker_name=values.get("asker_name", ""),
        contact_name=values.get("asker_name", ""),
        contact_phone=values.get("asker_phone", ""),
        consent=values.get("consent", False),
        is_public=checked["is_public"],
        is_wish=values.get("is_wish", False),
        key=uuid.UUID(draft["key"]),
        by=person,
    )


def _whom(request: HttpRequest, person: Person | None, draft: dict[str, Any]) -> str:
    asked = request.GET.get("whom") or draft.get("whom", "self")
    if asked not in WHOM or person is None:
        return "self"
    if asked == "organization" and not _bodies(person).exists():
        return "self"
    return asked


def _whom_links(person: Person | None, whom: str) -> list[Link]:
    if person is None:
        return []
    labels = {"self": _("For myself"), "person": _("For somebody else")}
    if _bodies(person).exists():
        labels["organization"] = _("For an organisation")
    return [Link(label, f"{reverse('needs:submit')}?whom={key}", current=key == whom) for key, label in labels.items()]


def _bodies(person: Person | None) -> Any:
    return organizations.workplaces_of(person, Right.SEE_WORK) if person is not None else Organization.objects.none()


def _form(data: Any, *, person: Person | None, whom: str, initial: dict[str, Any] | None = None) -> SubmitForm:
    return SubmitForm(data, initial=initial, places=organizations.communities(), bodies=_bodies(person), whom=whom)


def _kept(post: QueryDict) -> dict[str, Any]:
    """What was typed, as JSON for the session."""
    names = ("words", "territory", "people_count", "asker_name", "asker_phone", "consent", "asker_organization", "is_wish")
    return {name: post.get(name, "") for name in names} | {"wanted_time": post.getlist("wanted_time")}


def _as_post(draft: dict[str, Any]) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, value in draft.items():
        post.setlist(name, value if isinstance(value, list) else [str(value)])
    return post


def _usual_place(person: Person | None) -> Territory | None:
    """Where the person asked last, else where they belong."""
    if person is None:
        return None
    last = queries.mine(person).filter(submitted_by=person).first()
    if last is not None:
        return last.territory
    belonging = (
        Membership.objects.filter(person=person, to_date__isnull=True, organization__territory__level="community")
        .select_related("organization__territory")
        .first()
    )
    return belonging.organization.territory if belonging is not None else None
