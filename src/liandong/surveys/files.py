"""Results as an xlsx file: figures, and the answers one by one. Every text cell is text, so nothing in it can act as a formula."""

from collections import Counter
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.core import clock
from liandong.imports.results import SAFE
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import queries
from liandong.surveys.models import Survey
from liandong.surveys.tallies import SMALL

LESS = "<5"


def results(survey: Survey) -> bytes:
    """Three sheets: figures by question, the answers one by one, and what is to be known about them."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, SAFE)
    head = book.add_format({"bold": True, "bg_color": "#E7F1EC", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    percent = book.add_format({"num_format": "0.0%"})
    found = queries.results_of(survey)

    sheet = book.add_worksheet(_("Tallies"))
    heads = [
        _("Question"),
        _("Choice"),
        _("Answers"),
        _("Share in percent"),
        _("Weighted share"),
        *(str(group.label) for group in found.shown_groups),
    ]
    _heads(sheet, heads, head)
    line = 1
    for tally in found.tallies:
        title = f"{tally.number}. {form.words_of(tally.question)}"
        if not tally.bars:
            sheet.write_string(line, 0, title, text)
            sheet.write_string(line, 1, _("Fewer than five answers") if tally.is_hidden else _("In people's own words"), text)
            _number(sheet, line, 2, None if tally.is_hidden else tally.answered, text)
            line += 1
        for bar in tally.bars:
            sheet.write_string(line, 0, title, text)
            sheet.write_string(line, 1, bar.label, text)
            _number(sheet, line, 2, bar.count, text)
            if bar.share is not None:
                sheet.write_number(line, 3, bar.share, percent)
            if bar.weighted is not None:
                sheet.write_number(line, 4, bar.weighted, percent)
            for place, count in enumerate(bar.by_group, 5):
                _number(sheet, line, place, count, text)
            line += 1

    sheet = book.add_worksheet(_("Who answered"))
    _heads(
        sheet,
        [_("Group"), _("Answers"), _("Wanted"), _("How many there are"), _("Share of the answers"), _("Share of the people"), _("Weight")],
        head,
    )
    for line, group in enumerate(found.groups, 1):
        sheet.write_string(line, 0, str(group.label or _("Not said")), text)
        _number(sheet, line, 1, group.count, text)
        _number(sheet, line, 2, group.wanted, text)
        if group.population is not None:
            sheet.write_number(line, 3, group.population)
        for place, share in ((4, group.share), (5, group.population_share)):
            if share is not None:
                sheet.write_number(line, place, share, percent)
        if group.weight is not None:
            sheet.write_number(line, 6, round(group.weight, 3))

    _answers(book, survey, head, text)
    sheet = book.add_worksheet(_("Explanation"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    notes = [
        (_("Survey"), f"{survey.title} ({survey.number})"),
        (_("Asking body"), survey.host.name),
        (_("Answers"), str(found.total)),
        (_("Anonymous"), _("Yes") if survey.is_anonymous else _("No")),
        (_("Groups under five"), _("Hidden, and as many others that they cannot be worked out.")),
        (_("Weighted share"), _("Each group counts as much as its share of the people. Only when the size of every group is known.")),
        (_("As of"), f"{timezone.localtime(clock.now()):%Y-%m-%d %H:%M}"),
    ]
    for line, (label, words) in enumerate(notes):
        sheet.write_string(line, 0, label, head)
        sheet.write_string(line, 1, words, text)
    book.close()
    return target.getvalue()


def _answers(book: Any, survey: Survey, head: Any, text: Any) -> None:
    sheet = book.add_worksheet(_("Answers"))
    questions = form.asked(survey.definition)
    rows = list(survey.responses.select_related("territory").order_by("id"))
    groups, places = Counter(row.segment for row in rows), Counter(row.territory_id for row in rows)
    telling = {question["name"] for purpose in (form.SEGMENT, form.COMMUNITY) for question in form.serving(survey.definition, purpose)}
    _heads(
        sheet,
        [
            _("No."),
            _("Answered on"),
            _("How it came"),
            pgettext("survey answer", "Late"),
            pgettext("paper", "Sheet"),
            _("Group"),
            _("Place"),
            *(form.words_of(question) for question in questions),
        ],
        head,
    )
    for line, row in enumerate(rows, 1):
        small_group, small_place = groups[row.segment] < SMALL, places[row.territory_id] < SMALL
        hide = survey.is_anonymous
        cells = [
            str(line),
            f"{timezone.localtime(row.answered_at):%Y-%m-%d}",
            str(row.get_channel_display()),
            pgettext("survey answer", "late") if row.is_late else "",
            str(row.paper_number or ""),
            LESS if hide and small_group else str(row.get_segment_display()),
            LESS if hide and small_place else (row.territory.name if row.territory else ""),
        ]
        for question in questions:
            is_small = hide and question["name"] in telling and (small_group if question.get("purpose") == form.SEGMENT else small_place)
            cells.append(LESS if is_small else reading.shown(question, row.answers))
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(line, place, cell, text)


def _heads(sheet: Any, heads: list[str], head: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, words in enumerate(heads):
        sheet.set_column(place, place, 30 if place < 2 else 14)
        sheet.write_string(0, place, words, head)


def _number(sheet: Any, line: int, place: int, count: int | None, text: Any) -> None:
    if count is None:
        sheet.write_string(line, place, LESS, text)
    else:
        sheet.write_number(line, place, count)
