"""Surveys of the little town of the needs' tests."""

import uuid
from io import BytesIO
from typing import Any

import xlsxwriter

from liandong.needs.tests.factories import Town
from liandong.surveys.definition import LONG, MANY, ONE, Definition
from liandong.surveys.models import Survey, SurveyResponse
from liandong.surveys.services import answering, rounds


def definition() -> Definition:
    return {
        "pages": [
            {
                "name": "who",
                "label": "您是谁",
                "questions": [
                    {
                        "name": "group", "kind": ONE, "label": "您更接近哪一类？", "label_en": "Who are you?", "required": True, "purpose": "segment",
                        "choices": [{"name": "elders", "label": "老人"}, {"name": "parents", "label": "家长"}, {"name": "staff", "label": "职工"}],
                    },
                    {"name": "children", "kind": "integer", "label": "几个孩子？", "relevant": "${group} = 'parents'", "constraint": ". >= 0 and . <= 12", "message": "请填 0 到 12。"},
                    {"name": "where", "kind": ONE, "label": "住在哪个社区？", "purpose": "community"},
                ],
            },
            {
                "name": "wishes",
                "label": "您的想法",
                "questions": [
                    {
                        "name": "hard", "kind": MANY, "label": "哪些事为难？", "other": True,
                        "choices": [{"name": "meal", "label": "吃饭"}, {"name": "doctor", "label": "看病"}, {"name": "repair", "label": "修东西"}],
                    },
                    {"name": "happy", "kind": "scale", "label": "满意吗？"},
                    {"name": "wish", "kind": LONG, "label": "最该先办什么？", "purpose": "need"},
                ],
            },
        ]
    }  # fmt: skip


def survey(town: Town, *, opened: bool = True, by: Any = None, **fields: Any) -> Survey:
    made = rounds.create_survey(
        **{
            "title": "社区需求入户调查",
            "host": town.community,
            "territory": town.north,
            "definition": definition(),
            "by": by or town.worker,
            **fields,
        }
    )
    return rounds.open_survey(made, by=by or town.worker) if opened else made


def respond(survey: Survey, **answers: Any) -> SurveyResponse:
    """An answer by the link: names of questions with what was typed."""
    raw = {name: value if isinstance(value, list) else [str(value)] for name, value in {"group": "elders", **answers}.items()}
    return answering.send_response(survey, raw=raw, key=uuid.uuid4())


def workbook(sheets: dict[str, list[list[Any]]]) -> BytesIO:
    """An xlsx file with these cells."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell not in ("", None):
                    sheet.write(row, column, cell)
    book.close()
    target.seek(0)
    target.name = "form.xlsx"  # type: ignore[attr-defined]
    return target
