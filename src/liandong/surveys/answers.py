"""From what somebody typed to answers: one place where it is read, checked and skipped, for the page, the paper and the verb."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from liandong.core.text import clean_words, fold
from liandong.surveys import definition as form
from liandong.surveys import expressions
from liandong.surveys.definition import DATE, FREE, INTEGER, LONG, MANY, NOTE, ONE, OTHER, OTHER_WORDS, SCALE, Definition, Question

LONGEST = {form.TEXT: 300, LONG: 3000}
Raw = Mapping[str, Sequence[str]]


@dataclass
class Settled:
    """`answers` that count, `errors` by question, `dropped`: answered, but skipped by what was answered before."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def settle(definition: Definition, raw: Raw, *, needs_all: bool = True) -> Settled:
    """Read everything in the order in which it is asked. A question whose condition does not hold is skipped, its answer dropped. `needs_all=False`: a paper
    may have gaps."""
    found = Settled()
    for _page, question, condition in form.with_conditions(definition):
        name = question["name"]
        given = any(value.strip() for value in raw.get(name, ()))
        if not expressions.holds(condition, found.answers):
            if given:
                found.dropped.append(name)
            continue
        found.asked.append(name)
        if question["kind"] == NOTE:
            continue
        value, words, error = read(question, raw.get(name, ()), raw.get(name + OTHER_WORDS, ()))
        if not error and value is None and question.get("required") and needs_all:
            error = _("Please choose.") if question["kind"] in (ONE, MANY, SCALE) else _("Please answer this question.")
        if not error and value is not None:
            error = broken_rule(question, value, found.answers)
        if error:
            found.errors[name] = error
        if value is not None:
            found.answers[name] = value
            if words:
                found.answers[name + OTHER_WORDS] = words
    return found


def read(question: Question, given: Sequence[str], other: Sequence[str] = ()) -> tuple[Any, str, str]:
    """(value or None, words behind "other", what is wrong)."""
    kind = question["kind"]
    texts = [clean_words(value) for value in given if clean_words(value)]
    words = clean_words(other[0])[:300] if other else ""
    if kind in (ONE, MANY):
        names = [choice["name"] for choice in form.choices_of(question)]
        if words and question.get("other") and OTHER not in texts and (kind == MANY or not texts):
            texts.append(OTHER)
        if any(text not in names for text in texts):
            return None, words, _("Choose one of these.")
        if not texts:
            return None, "", ""
        if OTHER in texts and question.get("other") and not words:
            return (texts[0] if kind == ONE else texts), "", _("Please say what, behind “other”.")
        words = words if OTHER in texts else ""
        return (texts[0] if kind == ONE else [name for name in names if name in texts]), words, ""
    if not texts:
        return None, "", ""
    text = texts[0]
    if kind in FREE:
        if len(text) > LONGEST[kind]:
            return text[: LONGEST[kind]], "", _("At most %(n)s characters.") % {"n": LONGEST[kind]}
        return text, "", ""
    if kind == DATE:
        try:
            return dt.date.fromisoformat(fold(text)).isoformat(), "", ""
        except ValueError:
            return None, "", _("Enter a day, like 2026-05-01.")
    return _number(kind, fold(text))


def _number(kind: str, text: str) -> tuple[Any, str, str]:
    if kind in (INTEGER, SCALE):
        if not re.fullmatch(r"-?\d{1,9}", text):
            return None, "", _("Enter a whole number.")
        if kind == SCALE and not 1 <= int(text) <= 5:
            return None, "", _("Choose from 1 to 5.")
        return int(text), "", ""
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text) or not math.isfinite(float(text)):
        return None, "", _("Enter a number.")
    return float(text), "", ""


def broken_rule(question: Question, value: Any, answers: Mapping[str, Any]) -> str:
    """What the question's constraint says against the answer, "" for nothing."""
    rule = form.condition(question, "constraint")
    if rule is None or expressions.holds(rule, answers, value):
        return ""
    return form.words_of(question, "message") or _("This answer is outside of what is possible.")


def page_of(definition: Definition, name: str) -> int:
    return next((place for place, page in enumerate(form.pages(definition)) if any(q["name"] == name for q in page["questions"])), 0)


def names_on(definition: Definition, place: int) -> list[str]:
    return [question["name"] for question in form.pages(definition)[place]["questions"]]


def steers(definition: Definition, place: int) -> set[str]:
    """The questions of a page on which another question of the same page depends."""
    here = set(names_on(definition, place))
    page = form.pages(definition)[place]
    return {name for question in page["questions"] for name in expressions.names_in(form.condition(question))} & here


def as_raw(answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Answers back as they would be typed."""
    return {name: [str(part) for part in value] if isinstance(value, list) else [plain(value)] for name, value in answers.items()}


def plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def shown(question: Question, answers: Mapping[str, Any]) -> str:
    """An answer as people read it."""
    value = answers.get(question["name"])
    if value in (None, "", []):
        return ""
    if question["kind"] in (ONE, MANY):
        parts = [form.label_of_choice(question, name) for name in (value if isinstance(value, list) else [value])]
        if words := answers.get(question["name"] + OTHER_WORDS):
            parts[-1] = f"{parts[-1]}：{words}"
        return "；".join(parts)
    return plain(value)


def in_words(tree: expressions.Tree | None, definition: Definition) -> str:
    """A condition for people: "only if 3 is “Yes”"."""
    if tree is None:
        return ""
    numbers = form.numbered(definition)

    def number(part: expressions.Tree) -> str:
        return str(numbers.get(part[1], part[1])) if part[0] == "name" else "."

    def value(part: expressions.Tree, against: expressions.Tree) -> str:
        question = form.question_of(definition, against[1]) if against[0] == "name" else None
        if part[0] == "text":
            return f"“{form.label_of_choice(question, part[1]) if question else part[1]}”"
        return f"{part[1]:g}" if part[0] == "number" else number(part)

    def said(part: expressions.Tree) -> str:
        sign = part[0]
        if sign == "and":
            return _(" and ").join(said(each) for each in part[1:])
        if sign == "or":
            return _(" or ").join(said(each) for each in part[1:])
        if sign == "not":
            return _("not (%(condition)s)") % {"condition": said(part[1])}
        if sign == "selected":
            return _("%(number)s includes %(value)s") % {"number": number(part[1]), "value": value(("text", part[2]), part[1])}
        words = {"=": _("%(number)s is %(value)s"), "!=": _("%(number)s is not %(value)s"), "<": _("%(number)s is below %(value)s"), ">": _("%(number)s is above %(value)s"), "<=": _("%(number)s is at most %(value)s"), ">=": _("%(number)s is at least %(value)s")}  # fmt: skip
        return words[sign] % {"number": number(part[1]) if part[1][0] == "name" else value(part[1], part[2]), "value": value(part[2], part[1])}

    return said(tree)
