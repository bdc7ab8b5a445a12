"""The dossier and the yearly report on paper, set by typst from data."""

from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.core import clock, paper
from liandong.dossier.queries import Dossier
from liandong.dossier.queries.report import Report
from liandong.ui import words

TEMPLATE = Path(__file__).with_name("tables.typ")
MOST_LINES = 2000


def _section(title: str, head: list[str], rows: list[list[str]], note: str = "") -> dict[str, Any]:
    return {"title": title, "head": head, "rows": rows, "note": note, "empty": _("None.")}


def dossier_pdf(dossier: Dossier, *, language: str) -> bytes:
    """All five groups of Order 67, in full: it is the person's own paper. An ID number stands on it masked."""
    with translation.override(language):
        person = dossier.person
        facts = [
            (_("Name"), person.name),
            (_("Volunteer number"), person.number),
            (_("Sex"), str(person.get_sex_display())),
            (_("Day of birth"), str(person.birth_date or "")),
            (str(person.get_id_kind_display()), person.masked_id_number if person.has_id_number else ""),
            (pgettext("dossier", "Area of living"), dossier.profile.residence.name if dossier.profile and dossier.profile.residence else ""),
            (_("How to be reached"), person.phone or person.email),
            (_("Skills"), "、".join(dossier.skills)),
            (_("Kinds of service"), "、".join(dossier.categories)),
        ]
        hours = _("h")
        if dossier.profile and dossier.profile.brought_minutes:
            facts.append((_("Brought from elsewhere"), f"{words.hours(dossier.profile.brought_minutes)} {hours} ({dossier.profile.brought_source})"))
        sections = [
            _section(
                _("Service"),
                [_("Day"), _("Activity"), _("Place"), _("Hours"), _("Recorded by")],
                [
                    [str(row.service_date), row.activity_name, row.place, f"{words.hours(row.minutes)} {hours}", row.organization.name]
                    for row in dossier.service[:MOST_LINES]
                ],
                _("%(hours)s hours in %(count)s services") % {"hours": words.hours(dossier.minutes), "count": dossier.service_count},
            ),
            _section(
                pgettext("dossier", "Training"),
                [_("Days"), _("Name"), _("What was learned"), _("Hours"), _("Held by")],
                [
                    [f"{row.from_date} – {row.to_date}", row.name, row.content, f"{words.hours(row.minutes)} {hours}", row.organizer_name]
                    for row in dossier.training
                ],
            ),
            _section(
                _("Honours"),
                [_("Day"), _("Name"), _("Granting body")],
                [[str(row.honoured_on), row.name, row.granted_by_name] for row in dossier.honours],
            ),
            _section(
                _("Evaluations"),
                [_("Day"), _("Activity"), _("Quality of the service"), _("In a few words")],
                [[str(row.evaluated_on), row.activity_name, str(row.get_grade_display()), row.words] for row in dossier.evaluations],
            ),
            _section(
                _("Recorded elsewhere"),
                [_("Day"), _("Activity"), _("Hours"), _("Source")],
                [[str(row.service_date), row.activity_name, f"{words.hours(row.minutes)} {hours}", row.source] for row in dossier.outside],
                _("As that place wrote it. Not certified here."),
            ),
        ]
        return _set(_("Volunteer service dossier"), facts, sections, _("Printed %(day)s. This is no certificate.") % {"day": clock.today()})


def report_pdf(report: Report, name: str, *, language: str) -> bytes:
    with translation.override(language):
        rows = [[str(figure.label), f"{figure.value} {figure.unit}".strip(), str(figure.definition)] for figure in report.figures()]
        title = _("Recording and certifying of volunteer service, %(year)s") % {"year": report.year}
        facts = [(_("For"), name), (_("Rule"), _("Order 67 of the Ministry of Civil Affairs, article 18"))]
        return _set(
            title, facts, [_section(_("Figures"), [_("Figure"), _("Value"), _("What it counts")], rows)], _("As of %(day)s") % {"day": clock.today()}
        )


def _set(title: str, facts: list[tuple[str, str]], sections: list[dict[str, Any]], footer: str) -> bytes:
    is_english = words.english()
    return paper.pdf(
        TEMPLATE,
        {
            "title": title,
            "facts": [[label, value or "–"] for label, value in facts],
            "sections": sections,
            "footer": footer,
            "lang": "en" if is_english else "zh",
            "region": "us" if is_english else "cn",
        },
    )
