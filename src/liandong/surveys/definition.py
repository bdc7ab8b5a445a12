"""The questions of a survey as plain data: pages with questions, in the order in which they are asked.

    {"pages": [{"name", "label", "label_en", "relevant", "questions": [
        {"name", "kind", "label", "label_en", "hint", "hint_en", "required", "relevant", "constraint", "message", "message_en",
         "choices": [{"name", "label", "label_en"}], "other": bool, "purpose": "" | need | segment | community | organization}]}]}

Empty values are left out. What people read may change at any time, everything else only while nobody has answered.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.core.text import fold
from liandong.needs.models import Segment
from liandong.surveys import expressions
from liandong.ui.words import english

Question = dict[str, Any]
Page = dict[str, Any]
Definition = dict[str, Any]

TEXT, LONG, INTEGER, DECIMAL, ONE, MANY, SCALE, DATE, NOTE = "text", "long", "integer", "decimal", "one", "many", "scale", "date", "note"
KINDS = {
    TEXT: _("Short text"),
    LONG: _("Long text"),
    ONE: _("Choose one"),
    MANY: _("Choose several"),
    SCALE: _("Scale from 1 to 5"),
    INTEGER: _("Whole number"),
    DECIMAL: _("Any number"),
    DATE: _("Date"),
    NOTE: pgettext_lazy("survey question", "Note, nothing to answer"),
}
CHOOSING = (ONE, MANY)
FREE = (TEXT, LONG)
NEED, SEGMENT, COMMUNITY, ORGANIZATION = "need", "segment", "community", "organization"
PURPOSES = {
    NEED: _("Asks for needs: each sentence may become a need"),
    SEGMENT: _("Says to which group somebody belongs"),
    COMMUNITY: _("Says in which community"),
    ORGANIZATION: _("Says which organisation answers"),
}
# Which kinds of question can serve a purpose.
SERVES = {NEED: FREE, SEGMENT: (ONE,), COMMUNITY: (ONE,), ORGANIZATION: (TEXT,)}
OTHER = "other"  # the choice behind which people write their own words
OTHER_WORDS = "_other"  # and the key under which these words stand
MOST_QUESTIONS = 200
MOST_CHOICES = 300
WORDING = ("label", "label_en", "hint", "hint_en", "message", "message_en")
NAME = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff.-]{0,59}")


def pages(definition: Definition) -> list[Page]:
    return list(definition.get("pages", []))


def questions(definition: Definition) -> list[Question]:
    return [question for page in pages(definition) for question in page["questions"]]


def asked(definition: Definition) -> list[Question]:
    """The questions that have an answer."""
    return [question for question in questions(definition) if question["kind"] != NOTE]


def question_of(definition: Definition, name: str) -> Question | None:
    return next((question for question in questions(definition) if question["name"] == name), None)


def serving(definition: Definition, purpose: str) -> list[Question]:
    return [question for question in questions(definition) if question.get("purpose") == purpose]


def words_of(thing: Mapping[str, Any], key: str = "label") -> str:
    """The wording in the reader's language, where there is one."""
    return str((english() and thing.get(f"{key}_en")) or thing.get(key) or thing.get(f"{key}_en") or "")


def choices_of(question: Question) -> list[dict[str, Any]]:
    """The choices with "other" at the end, where people may add their own."""
    found = list(question.get("choices", []))
    if question.get("other") and all(choice["name"] != OTHER for choice in found):
        found.append({"name": OTHER, "label": "其他", "label_en": "Other"})
    return found


def label_of_choice(question: Question, name: str) -> str:
    return next((words_of(choice) for choice in choices_of(question) if choice["name"] == name), name)


def numbered(definition: Definition) -> dict[str, int]:
    """Name -> the number under which people see the question. Notes have none."""
    return {question["name"]: number for number, question in enumerate(asked(definition), 1)}


def condition(thing: Mapping[str, Any], key: str = "relevant") -> expressions.Tree | None:
    """The condition as a tree. What is stored was read once without trouble; a broken one holds always."""
    try:
        return expressions.parse(str(thing.get(key) or ""))
    except expressions.Unknown:
        return None


def with_conditions(definition: Definition) -> Iterator[tuple[Page, Question, expressions.Tree | None]]:
    """Every question with the condition under which it is asked: its own and its page's."""
    for page in pages(definition):
        outer = condition(page)
        for question in page["questions"]:
            inner = condition(question)
            yield page, question, ("and", outer, inner) if outer and inner else outer or inner


def segment_of_choice(choice: Mapping[str, Any]) -> str:
    """The group that a choice of the segment question stands for: by its name, or by a group's name at the beginning of its words; "" for none."""
    if choice["name"] in Segment.values:
        return str(choice["name"])
    for key in ("label", "label_en"):
        words = fold(str(choice.get(key) or "")).lower()
        for segment, names in SEGMENT_NAMES.items():
            if any(words.startswith(name) for name in names):
                return segment
    return ""


SEGMENT_NAMES: dict[str, tuple[str, ...]] = {
    Segment.ELDERS: ("老人", "老年", "长者", "older", "elder"),
    Segment.STAFF: ("职工", "员工", "上班", "employee"),
    Segment.PARENTS: ("家长", "父母", "parent"),
    Segment.OUTDOOR: ("户外", "骑手", "环卫", "快递", "外卖", "outdoor"),
    Segment.SHOPS: ("商户", "店", "小店", "shop"),
    Segment.YOUTH: ("青年", "年轻", "young", "youth"),
    Segment.DISABLED: ("残疾", "残障", "people with dis", "disab"),
    Segment.SMALL_FIRM: ("小型", "小微", "小企业", "small"),
    Segment.MEDIUM_FIRM: ("中型", "中企业", "medium"),
    Segment.LARGE_FIRM: ("大型", "大企业", "large"),
}


def shape(definition: Definition) -> list[Any]:
    """Everything but the words people read: equal shapes ask the same."""

    def bare(thing: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in thing.items() if key not in WORDING and value not in ("", None, [], False)}
        if "choices" in kept:
            kept["choices"] = [choice["name"] for choice in kept["choices"]]
        if "questions" in kept:
            kept["questions"] = [bare(question) for question in kept["questions"]]
        return kept

    return [bare(page) for page in pages(definition)]


def tidy(definition: Definition) -> Definition:
    """The same without empty values, so that equal surveys are equal data."""

    def bare(thing: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in thing.items() if key == "questions" or value not in ("", None, [], False)}

    return {
        "pages": [
            {
                **bare(page),
                "questions": [{**bare(q), **({"choices": [bare(c) for c in q["choices"]]} if q.get("choices") else {})} for q in page["questions"]],
            }
            for page in pages(definition)
        ]
    }


def free_name(definition: Definition, beginning: str = "q") -> str:
    used = {question["name"] for question in questions(definition)}
    number = 1
    while f"{beginning}{number}" in used:
        number += 1
    return f"{beginning}{number}"


def choices_from_lines(lines: str, before: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """One choice a line, "中文 | English". A line that stood there before keeps its name, so that answers keep their meaning."""
    known = {choice["label"]: choice for choice in before or []}
    kept_in_place = list(before or [])
    rows = [line.strip() for line in lines.splitlines() if line.strip()][:MOST_CHOICES]
    found: list[dict[str, Any]] = []
    used = {choice["name"] for choice in before or []}
    for index, line in enumerate(rows):
        label, _sign, label_en = (part.strip() for part in line.partition("|"))
        choice: dict[str, Any] = {"label": label[:200]}
        if label_en:
            choice["label_en"] = label_en[:200]
        if label in known:
            choice["name"] = known[label]["name"]
        elif len(rows) == len(kept_in_place):  # the same number of lines: somebody mended the words of this one
            choice["name"] = kept_in_place[index]["name"]
        else:
            number = 1
            while f"c{number}" in used:
                number += 1
            choice["name"] = f"c{number}"
        used.add(choice["name"])
        if choice["name"] not in {other["name"] for other in found}:
            found.append(choice)
    return found


def lines_from_choices(choices: list[dict[str, Any]]) -> str:
    return "\n".join(choice["label"] + (f" | {choice['label_en']}" if choice.get("label_en") else "") for choice in choices)
