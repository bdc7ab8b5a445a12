"""What came of a survey: who answered, every question, the words of people, the file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.needs import suggest
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import files, permissions, queries
from liandong.surveys.tallies import SMALL, groups_of
from liandong.surveys.views.desk import attachment, tabs_of
from liandong.surveys.views.load import survey_for_work, worker
from liandong.ui import listing
from liandong.ui.listing import Column


@require_safe
def results(request: HttpRequest, number: str) -> HttpResponse:
    """Each question with its bars and its table; who is over- and under-represented beside it."""
    survey = survey_for_work(request, number)
    found = queries.results_of(survey)
    context = {
        "survey": survey,
        "found": found,
        "enough": found.total >= SMALL,
        "small": SMALL,
        "group_columns": [
            _("Group"),
            Column(_("Answers"), number=True),
            Column(_("Wanted"), number=True),
            Column(_("Reached"), number=True),
            Column(_("How many there are"), number=True),
            Column(_("Share of the answers"), number=True),
            Column(_("Share of the people"), number=True),
            Column(_("Weight"), number=True),
        ],
        "bar_columns": [_("Choice"), Column(_("Answers"), number=True), Column(_("Share in percent"), number=True)],
        "channels": [(label, found.by_channel.get(value, 0)) for value, label in survey.responses.model.Channel.choices],
        "tabs": tabs_of(request, survey),
        "can_export": permissions.can_export(worker(request), survey),
        "free": form.FREE,
    }
    return render(request, "surveys/results.html", context)


@require_safe
def words(request: HttpRequest, number: str, question: str) -> HttpResponse:
    """What people wrote to one question: search, groups, pages."""
    survey = survey_for_work(request, number)
    found = form.question_of(survey.definition, question)
    if found is None or (found["kind"] not in form.FREE and not found.get("other")):
        raise Http404
    key = question if found["kind"] in form.FREE else question + form.OTHER_WORDS
    groups = [
        group
        for group in groups_of([(segment, {}) for segment in survey.responses.values_list("segment", flat=True)], [])
        if group.count is not None and group.segment
    ]
    segment = request.GET.get("segment", "")
    segment = segment if segment in {group.segment for group in groups if (group.count or 0) >= SMALL} else ""
    page = listing.page(request, queries.free_answers(survey, key, text=request.GET.get("q", ""), segment=segment), size=30)
    shown_groups = {group.segment for group in groups}
    context = {
        "survey": survey,
        "question": found,
        "label": form.words_of(found),
        "page": page,
        "rows": [
            (
                suggest.without_phones(reading.plain(row.answers.get(key, ""))),
                row,
                row.get_segment_display() if row.segment in shown_groups else "",
            )
            for row in page
        ],
        "segments": listing.filter_links(request, "segment", [(group.segment, group.label, group.count) for group in groups], any_label=_("All"))
        if len(groups) > 1
        else [],
        "narrowed": bool(request.GET.get("q") or segment),
        "clear_href": request.path,
    }
    return render(request, "surveys/words.html", context)


@require_safe
def export(request: HttpRequest, number: str) -> HttpResponse:
    survey = survey_for_work(request, number, may=permissions.can_export)
    return attachment(files.results(survey), f"{survey.title}.xlsx")
