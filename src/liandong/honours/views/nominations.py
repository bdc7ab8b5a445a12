"""Nominations: made by anybody, read by those they concern, endorsed, scored, declined."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page, see_other, shown_file
from liandong.honours import permissions
from liandong.honours.files import LARGEST
from liandong.honours.forms import EvidenceForm, NominateForm, ReviewForm, WordsForm
from liandong.honours.models import Award, Nomination, NominationEvidence
from liandong.honours.queries import awards as queries
from liandong.honours.services import nominations
from liandong.honours.views.awards import award_or_404, award_page
from liandong.honours.views.load import NOMINATION_TONES
from liandong.organizations.permissions import works
from liandong.ui import listing


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for my community's word, and what I have proposed myself."""
    person = request.user.person
    rows = [(row, NOMINATION_TONES[row.state]) for row in queries.of_person(person)[:50]]
    context = {
        "base": "ui/desk.html" if works(person) else "ui/phone.html",
        "page": listing.page(request, queries.to_endorse(person), size=20),
        "rows": rows,
        "endorses": bool(permissions.communities_of(person)),
    }
    return render(request, "honours/nominations.html", context)


@form_page
def nominate(request: HttpRequest, pk: int) -> HttpResponse:
    person, award = request.user.person, award_or_404(request, pk)
    bodies = permissions.bodies_to_propose_for(person)
    form = NominateForm(request.POST if request.method == "POST" else None, award=award, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        given: dict[str, Any] = {name: values.get(name) for name in ("team", "organization")}
        if "whom" in form.fields:
            given["person"] = queries.volunteer_by(values["whom"]) if values["whom"].strip() else person
            if given["person"] is None:
                form.add_error("whom", _("No volunteer has this number. Ask them for it: it stands in their volunteer profile."))
        made: list[Nomination] = []
        if not form.errors and carried_out(
            form,
            lambda: made.append(nominations.nominate(award, **given, words=values["words"], proposed_for=values.get("proposed_for"), by=person)),
        ):
            messages.success(request, _("Proposed. Add what shows it: a need they served, a picture, a paper."))
            return see_other("honours:nomination", made[0].number)
    return form_answer(request, "honours/nominate.html", form, award=award)


def nomination_or_404(request: HttpRequest, number: str) -> Nomination:
    found = queries.nomination_in_full(number.upper(), person=request.user.person)
    if found is None:
        raise Http404
    return found


@require_safe
def nomination(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, nomination_or_404(request, number))


def _page(request: HttpRequest, found: Nomination, *, status: int = 200, **came_back: forms.Form) -> HttpResponse:
    person = request.user.person
    award = found.award
    keeps = bool(permissions.can_keep_award(person, award))
    own = permissions.speaks_for(person, found)
    open_for_more = found.state in (Nomination.State.PROPOSED, Nomination.State.ENDORSED) and award.state in (Award.State.OPEN, Award.State.REVIEW)
    adds = open_for_more and (own or person.pk == found.proposed_by_id)
    reviews = list(found.reviews.all()) if keeps else []
    my_review = next((row for row in reviews if row.reviewed_by_id == person.pk), None)
    too_close = keeps and permissions.is_too_close(person, found)
    context = {
        "base": "ui/desk.html" if works(person) else "ui/phone.html",
        "is_desk": works(person),
        "nomination": found,
        "award": award,
        "tone": NOMINATION_TONES[found.state],
        "name": found.own_name if own or keeps or person.pk == found.proposed_by_id else found.whom,
        "own": own,
        "keeps": keeps,
        "proposed": person.pk == found.proposed_by_id,
        "may_endorse": found.state == Nomination.State.PROPOSED
        and award.state in (Award.State.OPEN, Award.State.REVIEW)
        and bool(permissions.can_endorse(person, found)),
        "may_decline": own and found.state in Nomination.STANDING,
        "may_withdraw": person.pk == found.proposed_by_id and not own and found.state in (Nomination.State.PROPOSED, Nomination.State.ENDORSED),
        "thanks_count": queries.thanks_behind(found).count(),
        "reviews": reviews,
        "my_review": my_review,
        "too_close": too_close,
        "may_review": keeps and award.state == Award.State.REVIEW and found.state in Nomination.STANDING,
        "review_form": ReviewForm(auto_id="id_review_%s", initial={"score": my_review.score, "words": my_review.words} if my_review else {}),
        "endorse_form": WordsForm(auto_id="id_endorse_%s"),
        "evidence_form": EvidenceForm(needs=queries.needs_behind(found), auto_id="id_evidence_%s") if adds else None,
        "form": next(iter(came_back.values()), None),
        **came_back,
    }
    return render(request, "honours/nomination.html", context, status=status)


@require_POST
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step of a nomination, by whoever it is for."""
    if step == "object":
        return _object(request, number)
    person, found = request.user.person, nomination_or_404(request, number)
    name, form, verb, told = _verb(request, found, step)
    if form.is_valid() and carried_out(form, lambda: verb(form.cleaned_data)):
        messages.success(request, told)
        # Whoever takes their name off may not see the nomination any more.
        visible = permissions.nominations_visible_to(person).filter(pk=found.pk).exists()
        return see_other(reverse("honours:nomination", args=[found.number]) if visible else reverse("honours:mine"))
    return _page(request, nomination_or_404(request, number), status=422, **({name: form} if name else {}))


Verb = Callable[[dict[str, Any]], Any]


def _verb(request: HttpRequest, found: Nomination, step: str) -> tuple[str, forms.Form, Verb, str]:
    """The form's name on the page, the form, what is done with its values, and what is said then."""
    person, post = request.user.person, request.POST
    if step == "endorse":
        form: forms.Form = WordsForm(post, auto_id="id_endorse_%s")
        return "endorse_form", form, lambda v: nominations.endorse(found, words=v["words"], by=person), _("Endorsed. Thank you.")
    if step == "review":
        form = ReviewForm(post, auto_id="id_review_%s")
        told = _("Your score is kept. You can change it until the notice begins.")
        return "review_form", form, lambda v: nominations.review(found, **v, by=person), told
    if step == "evidence":
        form = EvidenceForm(post, request.FILES, needs=queries.needs_behind(found), auto_id="id_evidence_%s")
        return "evidence_form", form, lambda v: _add(found, v, by=person), _("Added.")
    plain: dict[str, tuple[Verb, str]] = {
        "decline": (lambda _v: nominations.decline(found, by=person), _("You are off the list. Nobody asks why.")),
        "withdraw": (lambda _v: nominations.withdraw_nomination(found, by=person), _("Taken back.")),
        "too-close": (lambda _v: nominations.review(found, is_too_close=True, by=person), _("Noted: your colleagues review it.")),
    }
    if step not in plain:
        raise Http404
    return "step_form", forms.Form(post), *plain[step]


def _add(found: Nomination, values: dict[str, Any], *, by: Any) -> None:
    file = values.get("file")
    content = file.read(LARGEST + 1) if file is not None else b""
    nominations.add_evidence(found, words=values["words"], need=values.get("need"), content=content, by=by)


def _object(request: HttpRequest, number: str) -> HttpResponse:
    """During the notice every member may object; they see the list, not the nomination."""
    found = get_object_or_404(
        Nomination.objects.select_related("award").filter(
            award__in=permissions.awards_visible_to(request.user.person), state=Nomination.State.CHOSEN
        ),
        number=number.upper(),
    )
    form = WordsForm(request.POST, auto_id=f"id_{found.pk}_%s")
    if form.is_valid() and carried_out(form, lambda: nominations.object_to(found, words=form.cleaned_data["words"], by=request.user.person)):
        messages.success(request, _("Your objection is with the hub. You get an answer; nobody on the list learns who you are."))
        return see_other("honours:award", found.award_id)
    return award_page(request, award_or_404(request, found.award_id), form=form, answering=found.pk, status=422)


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    piece = get_object_or_404(
        NominationEvidence.objects.filter(nomination__in=permissions.nominations_visible_to(request.user.person)).exclude(file=""), pk=pk
    )
    return shown_file(piece.file)
