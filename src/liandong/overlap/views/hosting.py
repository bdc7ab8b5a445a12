"""Hosting together: propose, answer, what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.activities import permissions as activity_permissions
from liandong.activities import queries as activities
from liandong.activities.models import Activity
from liandong.core.answers import add_refusal, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Organization
from liandong.overlap import permissions, queries, services
from liandong.overlap.forms import AnswerForm, ProposeForm
from liandong.overlap.models import CoHosting
from liandong.overlap.views.load import find_hosting, reader
from liandong.ui import listing, words

TONES = {"proposed": "warn", "agreed": "success", "declined": "neutral", "withdrawn": "neutral"}


@form_page
def propose(request: HttpRequest) -> HttpResponse:
    """One page, one button: with whom is ticked already, shares are equal, words are optional.

    `?activity=` is the joint one. Somebody who does not run it, but an activity that overlaps with it, asks its host to be let in.
    """
    person = reader(request)
    joint = _joint(request)
    mine = bool(permissions.can_propose(person, joint.host))
    partners = _possible(request, joint, mine)
    if not partners:
        if not mine:
            require(permissions.can_propose(person, joint.host))
        return render(request, "overlap/propose.html", {"activity": joint, "form": None})
    asked_by = joint.host if mine else partners[0][0]
    standing = queries.co_hostings_of(joint)
    left = [100 - sum(getattr(row, name) for row in standing) for name in ("hours_percent", "people_percent")]
    equal = [part // (len(partners) + 1) for part in left]
    choices = [(_value(body, twin), _label(body, twin)) for body, twin in partners]
    ticked = [value for value, _text in choices if not request.GET.get("with") or value.endswith(f":{request.GET['with']}")] or [choices[0][0]]
    initial = {"partners": ticked, "hours_percent": equal[0], "people_percent": equal[1]}
    form = ProposeForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data, partners=form.partners_chosen())
        try:
            made = services.propose_co_hosting(joint, **values, asked_by=asked_by, by=person)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Proposed. They answer within three working days; you get a message."))
            return see_other("overlap:hosting", made[0].pk) if len(made) == 1 else see_other("overlap:hostings")
    return form_answer(request, "overlap/propose.html", form, activity=joint, asked_by=asked_by, standing=standing, left=left[0], count=len(choices))


def _joint(request: HttpRequest) -> Activity:
    rows = activities.activities_visible_to(reader(request)).filter(code=request.GET.get("activity", "").upper())
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _possible(request: HttpRequest, joint: Activity, mine: bool) -> list[tuple[Organization, Activity | None]]:
    """Those whose plans overlap and who have not been asked; for somebody else's activity, the own ones that overlap with it."""
    person = reader(request)
    found: dict[int, tuple[Organization, Activity | None]] = {}
    asked = {row.partner_id for row in queries.co_hostings_of(joint)}
    for each in queries.overlaps_of(joint, person=person).all:
        thing = each.thing
        if not isinstance(thing, Activity) or each.is_over or thing.host_id in asked:
            continue
        if mine or permissions.can_propose(person, thing.host):
            found.setdefault(thing.host_id, (thing.host, thing))
    return list(found.values())


def _value(body: Organization, twin: Activity | None) -> str:
    return f"{body.pk}:{twin.pk}" if twin else str(body.pk)


def _label(body: Organization, twin: Activity | None) -> str:
    return (
        _("%(body)s: “%(title)s”, %(when)s") % {"body": body.label, "title": twin.title, "when": words.day(twin.first_starts_at)}
        if twin
        else body.label
    )


@require_safe
def hostings(request: HttpRequest) -> HttpResponse:
    """All proposals of and to one's bodies, or on the hub's ground."""
    person = reader(request)
    require(permissions.can_open(person))
    rows = queries.proposals_for(person)
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    if state in CoHosting.State.values:
        rows = rows.filter(state=state)
    if text:
        rows = (
            rows.filter(activity__title__icontains=text)
            | rows.filter(partner__name__icontains=text)
            | rows.filter(activity__host__name__icontains=text)
        )
    context = {
        "page": listing.page(request, rows),
        "tones": TONES,
        "columns": [
            listing.Column(_("Activity")),
            listing.Column(_("Who with whom")),
            listing.Column(_("State")),
            listing.Column(_("Shares"), number=True),
            listing.Column(_("Answer by")),
        ],
        "chips": listing.filter_links(request, "state", CoHosting.State.choices, any_label=_("All")),
        "narrowed": bool(state or text),
    }
    for row in context["page"].object_list:
        row.tone = TONES[row.state]
    return render(request, "overlap/hostings.html", context)


@require_safe
def hosting(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, find_hosting(request, pk))


def _page(request: HttpRequest, row: CoHosting, *, form: Any = None, status: int = 200) -> HttpResponse:
    person = reader(request)
    is_open = row.state == CoHosting.State.PROPOSED
    counted = activities.with_counts(Activity.objects.filter(pk=row.activity_id)).first()
    twin_open = row.twin is not None and row.twin.state in (Activity.State.DRAFT, Activity.State.PUBLISHED)
    told = activities.people_to_notify(row.twin).count() if row.state == CoHosting.State.AGREED and twin_open else 0
    context = {
        "row": row,
        "tone": TONES[row.state],
        "host_hours": 100 - row.hours_percent,
        "host_people": 100 - row.people_percent,
        "shares": queries.shares_of(row.activity),
        "can_answer": is_open and bool(permissions.can_answer(person, row)),
        "answer_denied": permissions.can_answer(person, row).who_can if is_open else "",
        "can_withdraw": is_open and bool(permissions.can_withdraw(person, row)),
        "can_call_off": row.state == CoHosting.State.AGREED and twin_open and bool(activity_permissions.can_manage(person, row.twin)),
        "told_note": ngettext(
            "%(n)s person is told and gets the way to the joint one.", "%(n)s people are told and get the way to the joint one.", told
        )
        % {"n": told},
        "counted": counted,
        "form": form or AnswerForm(),
        "declining": form is not None,
    }
    return render(request, "overlap/hosting.html", context, status=status)


@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_hosting(request, pk)
    services.agree(row, words=request.POST.get("words", ""), by=reader(request))
    messages.success(request, _("Agreed. Both of you stand on the page of the activity."))
    return see_other("overlap:hosting", pk)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = find_hosting(request, pk), AnswerForm(request.POST)
    try:
        services.decline(row, words=request.POST.get("words", ""), by=reader(request))
    except Refused as refused:
        if refused.field != "words" or not form.is_valid():
            raise
        form.add_error("words", ValidationError(str(refused.reason)))
        return _page(request, row, form=form, status=422)
    messages.success(request, _("Declined. They get your words."))
    return see_other("overlap:hosting", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    services.withdraw(find_hosting(request, pk), by=reader(request))
    messages.success(request, _("Taken back."))
    return see_other("overlap:hosting", pk)


@require_POST
def call_off_twin(request: HttpRequest, pk: int) -> HttpResponse:
    services.call_off_twin(find_hosting(request, pk), by=reader(request))
    messages.success(request, _("Called off. Everybody who signed up has been told where to go."))
    return see_other("overlap:hosting", pk)
