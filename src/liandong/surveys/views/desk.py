"""Surveys at the desk: the list, three ways to make one, one survey with everything that can be done with it."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere
from liandong.surveys import definition as form
from liandong.surveys import permissions, queries, xlsform
from liandong.surveys.forms import SurveyForm, UploadForm
from liandong.surveys.models import Survey
from liandong.surveys.services import rounds
from liandong.surveys.starters import STARTERS
from liandong.surveys.tallies import groups_of
from liandong.surveys.views.load import survey_for_work, worker
from liandong.themes import permissions as theme_permissions
from liandong.ui import listing
from liandong.ui.listing import Column, Link

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {"draft": "draft", "open": "success", "closed": "neutral"}
LEVEL_TONES = {xlsform.ERROR: "danger", xlsform.UNSUPPORTED: "warn", xlsform.NOTED: "info"}


def attachment(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Surveys of my bodies and my ground."""
    person = worker(request)
    require(permissions.can_see_any(person))
    asked = request.GET
    rows = queries.desk_list(person, text=asked.get("q", ""), state=asked.get("state", ""), host=asked.get("host", ""))
    context = {
        "page": listing.page(request, rows),
        "views": _views_of_needs(person),
        "columns": [_("Survey"), _("State"), Column(_("Answers"), number=True), _("Asking body"), _("Place"), _("Closes on")],
        "states": listing.filter_links(request, "state", Survey.State.choices, any_label=_("All")),
        "tones": TONES,
        "narrowed": any(asked.get(name) for name in ("q", "state", "host")),
        "can_make": may_anywhere(person, Right.CLAIM_NEEDS),
        "clear_href": request.path,
    }
    return render(request, "surveys/desk.html", context)


def _views_of_needs(person: Person) -> list[Link]:
    """The switch of the desk of needs: single needs, common ones, and what they come from."""
    links = [Link(_("Needs list"), reverse("needs:inbox"))]
    if theme_permissions.can_read(person):
        links.append(Link(_("Themes"), reverse("themes:board")))
    if holds_anywhere(person, Right.CLAIM_NEEDS):
        links.append(Link(_("Visits"), reverse("visits:list")))
    return [*links, Link(_("Surveys"), reverse("surveys:desk"), current=True)]


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """From a template, from nothing, or from an earlier one; `?from=` says which template."""
    person = worker(request)
    require(may_anywhere(person, Right.CLAIM_NEEDS))
    hosts, key = queries.hosts_for(person), request.GET.get("from", "")
    starter = STARTERS.get(key)
    if starter is None and key != "blank":
        text = request.GET.get("q", "")
        earlier = queries.copyable(person)
        page = listing.page(request, earlier.filter(title__icontains=text) if text else earlier, size=10)
        links = {name: listing.with_query(request, **{"from": name, "q": ""}) for name in (*STARTERS, "blank")}
        starters = [(starter, links[starter.key]) for starter in STARTERS.values()]
        body = request.GET.get("organization", "")
        return render(request, "surveys/new.html", {"starters": starters, "blank_href": links["blank"], "page": page, "body": body})
    initial: dict[str, Any] = {"is_anonymous": True, "host": queries.first_host(hosts, person, request.GET.get("organization", ""))}
    initial["territory"] = initial["host"].territory if initial["host"] else None
    if starter is not None:
        initial |= {"title": starter.title, "intro": starter.intro, "is_anonymous": starter.is_anonymous}
    survey_form = SurveyForm(request.POST if request.method == "POST" else None, hosts=hosts, initial=initial)
    if request.method == "POST" and survey_form.is_valid():
        values = survey_form.cleaned_data
        try:
            made = rounds.create_survey(
                title=values["title"],
                intro=values["intro"],
                host=values["host"],
                territory=values["territory"],
                is_anonymous=values["is_anonymous"],
                opens_date=values["opens_date"],
                closes_date=values["closes_date"],
                targets=survey_form.targets(),
                definition=starter.definition if starter is not None else None,
                by=person,
            )
        except Refused as refused:
            add_refusal(survey_form, refused)
        else:
            messages.success(request, _("The draft is there. Look at the questions, then open it."))
            return see_other("surveys:manage" if starter is not None else "surveys:questions", made.number)
    segments = starter.segments if starter is not None else ()
    groups = {"groups": survey_form.groups(only=segments or None), "more_groups": survey_form.groups(but=segments) if segments else []}
    return form_answer(request, "surveys/edit.html", survey_form, starter=starter, **groups)


@form_page
def upload(request: HttpRequest) -> HttpResponse:
    """An XLSForm file: everything that is wrong with it at once, or a draft."""
    person = worker(request)
    require(may_anywhere(person, Right.CLAIM_NEEDS))
    hosts = queries.hosts_for(person)
    first = queries.first_host(hosts, person, request.GET.get("organization", ""))
    initial = {"host": first, "territory": first.territory if first else None, "is_anonymous": True}
    upload_form = UploadForm(request.POST if request.method == "POST" else None, request.FILES or None, hosts=hosts, initial=initial)
    issues: list[xlsform.Issue] = []
    if request.method == "POST" and upload_form.is_valid():
        values = upload_form.cleaned_data
        read = xlsform.read(values["file"].file)
        issues = read.issues
        if not read.is_usable(lenient=values["lenient"]):
            said = read.of(xlsform.ERROR)
            words = _("The file was not taken. What is wrong stands below; mend it and bring it again.") if said else _("Some of it is not supported. Tick that it may be left out, or change the file.")  # fmt: skip
            upload_form.add_error("file" if said else "lenient", words)
        else:
            try:
                made = rounds.create_survey(
                    title=values["title"] or read.title or values["file"].name.rsplit(".", 1)[0],
                    host=values["host"],
                    territory=values["territory"],
                    is_anonymous=values["is_anonymous"],
                    definition=read.definition,
                    by=person,
                )
            except Refused as refused:
                add_refusal(upload_form, refused)
            else:
                left_out = [issue for issue in issues if issue.level == xlsform.UNSUPPORTED]
                if left_out:
                    messages.warning(request, _("Left out: %(n)s places that are not supported.") % {"n": len(left_out)})
                messages.success(request, _("The draft is there. Look at the questions, then open it."))
                return see_other("surveys:manage", made.number)
    return form_answer(
        request,
        "surveys/upload.html",
        upload_form,
        issues=[(issue, LEVEL_TONES[issue.level]) for issue in issues],
        columns=[_("Sheet"), _("Row"), _("Column"), "", _("What is wrong")],
        levels={xlsform.ERROR: _("Mistake"), xlsform.UNSUPPORTED: _("Not supported"), xlsform.NOTED: _("For your information")},
    )


@require_safe
def manage(request: HttpRequest, number: str) -> HttpResponse:
    """One survey: how far it is, the link, paper, results, needs."""
    survey, person = survey_for_work(request, number), worker(request)
    progress = queries.progress_of(survey)
    context = {
        "survey": survey,
        "progress": progress,
        "groups": groups_of([(segment, {}) for segment in survey.responses.values_list("segment", flat=True)], queries.targets_of(survey)),
        "group_columns": [
            _("Group"),
            Column(_("Answers"), number=True),
            Column(_("Wanted"), number=True),
            Column(_("How many there are"), number=True),
        ],
        "tone": TONES[survey.state],
        "tabs": tabs_of(request, survey),
        "can_manage": permissions.can_manage(person, survey),
        "pages": [
            (form.words_of(page), [(form.numbered(survey.definition).get(q["name"]), form.words_of(q), q) for q in page["questions"]])
            for page in form.pages(survey.definition)
        ],
        "kinds": form.KINDS,
        "count": len(form.asked(survey.definition)),
        "has_need": bool(form.serving(survey.definition, form.NEED)),
        "has_segment": bool(form.serving(survey.definition, form.SEGMENT)),
        "unmapped": [
            choice["label"]
            for q in form.serving(survey.definition, form.SEGMENT)
            for choice in q.get("choices", [])
            if not form.segment_of_choice(choice)
        ],
        "url": request.build_absolute_uri(reverse("surveys:survey", args=[survey.number])),
        "takes_answers": survey.takes_answers,
    }
    context["share_text"] = _("%(title)s: %(url)s") % {"title": survey.title, "url": context["url"]}
    return render(request, "surveys/manage.html", context)


def tabs_of(request: HttpRequest, survey: Survey) -> list[Link]:
    names = [
        ("manage", _("Overview")),
        ("questions", pgettext("survey", "Questions")),
        ("key_in", _("Key in paper")),
        ("results", _("Results")),
        ("collect", _("Needs out of it")),
    ]
    if not permissions.can_enter(worker(request), survey):
        names.remove(names[2])
    return [Link(label, href := reverse(f"surveys:{name}", args=[survey.number]), current=request.path.startswith(href)) for name, label in names]


@require_POST
def state(request: HttpRequest, number: str) -> HttpResponse:
    """Open, close, open again."""
    survey, by = survey_for_work(request, number), worker(request)
    try:
        if request.POST.get("to") == Survey.State.OPEN:
            rounds.open_survey(survey, by=by)
            messages.success(request, _("It is open. Share the link, or print it."))
        elif request.POST.get("to") == Survey.State.CLOSED:
            rounds.close_survey(survey, by=by)
            messages.success(request, _("It is closed. Whoever is filling it in right now may still send."))
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return see_other("surveys:manage", survey.number)


@require_POST
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """A new draft with the same questions, for the first body of mine that can ask; the host is chosen by `organization`."""
    person = worker(request)
    require(may_anywhere(person, Right.CLAIM_NEEDS))
    survey = queries.survey_of(number, permissions.readable_by(person))
    if survey is None:
        raise Http404
    hosts = queries.hosts_for(person)
    host = hosts.filter(pk=survey.host_id).first() or queries.first_host(hosts, person, "")
    if host is None:
        raise Http404
    same_ground = host.pk == survey.host_id
    made = rounds.copy_survey(survey, host=host, territory=survey.territory if same_ground else host.territory, by=person)
    messages.success(request, _("Copied. Give it a title and dates, then open it."))
    return see_other("surveys:edit", made.number)


@require_safe
def xlsform_file(request: HttpRequest, number: str) -> HttpResponse:
    """The questions as an XLSForm, for Excel and for other programs."""
    survey = survey_for_work(request, number)
    return attachment(xlsform.write(survey.title, survey.number, survey.definition), f"{survey.title}-XLSForm.xlsx")
