"""XLSForm files (xlsform.org), in which social workers write their questions: read with everything that is wrong named by sheet, row and column, and written.

What is not known here is said, never dropped in silence. The subset: text, integer, decimal, date, note, select_one, select_multiple (or_other), range 1 to 5,
begin_group and end_group (a group is a page), relevant, constraint, required, hints, two languages. A column of our own, `liandong`, says what a question is for.
"""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from liandong.core.text import clean_words, fold
from liandong.imports import problems, reading
from liandong.imports.results import SAFE
from liandong.surveys import definition as form
from liandong.surveys import expressions
from liandong.surveys.definition import (
    DATE,
    DECIMAL,
    INTEGER,
    LONG,
    MANY,
    MOST_CHOICES,
    MOST_QUESTIONS,
    NAME,
    NOTE,
    ONE,
    OTHER,
    SCALE,
    TEXT,
    Definition,
    Question,
)

ERROR, UNSUPPORTED, NOTED = "error", "unsupported", "note"
MOST_ISSUES = 200
KINDS = {"text": TEXT, "string": TEXT, "integer": INTEGER, "int": INTEGER, "decimal": DECIMAL, "date": DATE, "note": NOTE}
UNCOLLECTED = {"start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid", "email", "audit", "start-geopoint"}
HANDLED = {
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "relevance",
    "constraint",
    "constraint_message",
    "appearance",
    "liandong",
    "parameters",
}
CHOICE_HEADS = {"list_name", "list name", "name", "value", "label"}
YES, NO = {"yes", "true", "1", "true()", "是", "必填"}, {"", "no", "false", "0", "false()", "否"}
PURPOSE_WORDS = {
    "need": form.NEED, "needs": form.NEED, "需求": form.NEED, "segment": form.SEGMENT, "人群": form.SEGMENT, "企业规模": form.SEGMENT,
    "community": form.COMMUNITY, "社区": form.COMMUNITY, "organization": form.ORGANIZATION, "organisation": form.ORGANIZATION, "单位": form.ORGANIZATION,
}  # fmt: skip
CHINESE = "label::Chinese (zh)"
ENGLISH = "English (en)"


@dataclass(frozen=True)
class Issue:
    """`column` is the heading, with its letter. An error keeps the file out; `unsupported` may be left out if the person says so; a note only tells."""

    sheet: str
    row: int
    column: str
    text: str
    level: str = ERROR


@dataclass
class Read:
    definition: Definition = field(default_factory=lambda: {"pages": []})
    title: str = ""
    issues: list[Issue] = field(default_factory=list)

    def of(self, level: str) -> list[Issue]:
        return [issue for issue in self.issues if issue.level == level]

    def is_usable(self, *, lenient: bool) -> bool:
        return not self.of(ERROR) and (lenient or not self.of(UNSUPPORTED)) and bool(form.asked(self.definition))


@dataclass
class _Sheet:
    """Rows as {heading: cell}, with the letter of each heading's column."""

    name: str
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def column(self, heading: str) -> str:
        return f"{self.letters[heading]} ({heading})" if heading in self.letters else heading


def read(source: BinaryIO) -> Read:
    """What the file asks, and everything that is to be said about it. Never raises for a file's content."""
    found = Read()
    with tempfile.TemporaryDirectory(prefix="liandong-") as folder:
        brought, cells = Path(folder) / "brought", Path(folder) / "cells"
        with brought.open("wb") as out:
            out.write(source.read(reading.LARGEST_FILE + 1))
        try:
            sheets = {fold(sheet.name).lower(): sheet for sheet in reading.convert(brought, cells)}
        except reading.Unreadable as error:
            found.issues.append(Issue("", 0, "", problems.text_for(error.code, error.values_)))
            return found
        if "survey" not in sheets:
            found.issues.append(Issue("survey", 0, "", _("There is no sheet called “survey”. It holds the questions.")))
            return found
        tables: dict[str, _Sheet] = {name: _table(name, cells, sheets[name]) for name in ("survey", "choices", "settings") if name in sheets}
    for name in sheets:
        if name not in ("survey", "choices", "settings"):
            found.issues.append(Issue(name, 0, "", _("This sheet is not part of a form and was not read."), NOTED))
    _Reader(found, tables).run()
    found.issues = sorted(
        found.issues, key=lambda issue: ({ERROR: 0, UNSUPPORTED: 1, NOTED: 2}[issue.level], issue.sheet != "survey", issue.sheet, issue.row)
    )[:MOST_ISSUES]
    return found


def _table(name: str, cells: Path, sheet: reading.Sheet) -> _Sheet:
    table, heads = _Sheet(name), list[str]()
    for number, row in reading.rows(cells, sheet, stop=5000):
        texts = [_text(cell) for cell in row]
        if not heads:
            if any(texts):
                heads = [_heading(text) for text in texts]
                table.letters = {head: _letter(index) for index, head in reversed(list(enumerate(heads))) if head}
            continue
        if any(texts):
            table.rows.append((number, {head: text for head, text in zip(heads, texts, strict=False) if head and text}))
    return table


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean_words(str(cell))


def _letter(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def _heading(text: str) -> str:
    """`Label :: English (en)` -> `label::en`; the first language of a form is the one without a name, or Chinese."""
    head, sign, language = fold(text).partition("::")
    if not sign and ":" in head and head.split(":")[0].strip().lower() in ("label", "hint", "constraint_message"):
        head, _sign, language = head.partition(":")
    head, language = head.strip().lower().replace(" ", "_"), language.strip().lower()
    if not language or re.search(r"chinese|中文|汉|zh", language):
        return head
    return f"{head}::en" if re.search(r"english|英|\ben\b", language) else f"{head}::{language}"


class _Reader:
    def __init__(self, found: Read, tables: dict[str, _Sheet]) -> None:
        self.found, self.tables = found, tables
        self.survey = tables["survey"]
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.names: dict[str, int] = {}
        self.kinds: dict[str, Question] = {}
        self.pages: list[dict[str, Any]] = []
        self.open: list[tuple[int, str, str]] = []  # groups that have begun: (row, name, condition of an inner group)

    def say(self, row: int, heading: str, text: str, level: str = ERROR, sheet: _Sheet | None = None) -> None:
        sheet = sheet or self.survey
        self.found.issues.append(Issue(sheet.name, row, sheet.column(heading) if heading else "", text, level))

    def run(self) -> None:
        self.read_choices()
        self.read_settings()
        for heading in ("type", "name"):
            if heading not in self.survey.letters:
                self.say(1, "", _("The column “%(column)s” is missing.") % {"column": heading})
        if "type" not in self.survey.letters or "name" not in self.survey.letters:
            return
        self.foreign_languages(self.survey, ("label", "hint", "constraint_message"))
        for number, row in self.survey.rows:
            self.read_row(number, row)
        for row_number, name, _condition in self.open:
            self.say(row_number, "type", _("The group “%(name)s” is begun here and never ended.") % {"name": name})
        self.found.definition = form.tidy({"pages": [page for page in self.pages if page["questions"]]})
        asked = form.asked(self.found.definition)
        if not asked and not self.found.of(ERROR):
            self.say(0, "", _("The sheet holds no question."))
        if len(asked) > MOST_QUESTIONS:
            self.say(
                0, "", _("%(n)s questions are more than anybody answers; at most %(most)s can be read.") % {"n": len(asked), "most": MOST_QUESTIONS}
            )

    # Choices and settings

    def read_choices(self) -> None:
        sheet = self.tables.get("choices")
        if sheet is None:
            return
        list_head = "list_name"
        name_head = "name" if "name" in sheet.letters else "value"
        for heading in (list_head, name_head):
            if heading not in sheet.letters:
                self.say(1, "", _("The column “%(column)s” is missing.") % {"column": heading}, sheet=sheet)
        self.foreign_languages(sheet, ("label",))
        for heading in sheet.letters:
            if heading.partition("::")[0] not in CHOICE_HEADS:
                self.say(1, heading, _("This column is not supported: what stands in it would be left out."), UNSUPPORTED, sheet)
        seen: dict[tuple[str, str], int] = {}
        for number, row in sheet.rows:
            group, name = row.get(list_head, ""), row.get(name_head, "")
            label = row.get("label", "") or row.get("label::en", "")
            for heading, value in ((list_head, group), (name_head, name), ("label", label)):
                if not value:
                    self.say(number, heading, _("This cell is empty."), sheet=sheet)
            if not (group and name and label):
                continue
            if re.search(r"\s", name) or len(name) > 60:
                self.say(number, name_head, _("“%(value)s” cannot be a name: no spaces, at most 60 characters.") % {"value": name[:40]}, sheet=sheet)
            elif (group, name) in seen:
                self.say(number, name_head, _("“%(value)s” stands in row %(row)s already.") % {"value": name, "row": seen[group, name]}, sheet=sheet)
            else:
                seen[group, name] = number
                self.lists.setdefault(group, []).append(
                    {"name": name, "label": label[:200], "label_en": row.get("label::en", "")[:200] if row.get("label") else ""}
                )

    def read_settings(self) -> None:
        sheet = self.tables.get("settings")
        if sheet is None or not sheet.rows:
            return
        number, row = sheet.rows[0]
        self.found.title = row.get("form_title", "")[:80]
        for heading in row:
            if heading not in ("form_title", "form_id", "version", "default_language"):
                self.say(number, heading, _("This setting is not supported."), NOTED, sheet)

    def foreign_languages(self, sheet: _Sheet, heads: Iterable[str]) -> None:
        for heading in sheet.letters:
            head, _sign, language = heading.partition("::")
            if head in heads and language not in ("", "en"):
                self.say(1, heading, _("Only Chinese and English are kept; this language would be left out."), UNSUPPORTED, sheet)

    # Questions

    def read_row(self, number: int, row: dict[str, str]) -> None:
        words = fold(row.get("type", "")).lower().replace("begin group", "begin_group").replace("end group", "end_group")
        words = (
            words.replace("begin repeat", "begin_repeat")
            .replace("end repeat", "end_repeat")
            .replace("select one", "select_one")
            .replace("select multiple", "select_multiple")
        )
        kind, *rest = words.split() or [""]
        if not kind:
            return self.say(number, "type", _("The type is missing."))
        if kind == "end_group":
            if not self.open:
                return self.say(number, "type", _("No group is open here."))
            self.open.pop()
            if not self.open:
                self.pages.append({"name": "", "questions": []})
            return None
        if kind == "begin_repeat":
            return self.say(number, "type", _("Questions that repeat are not supported."))
        if kind == "end_repeat":
            return None
        if kind in UNCOLLECTED:
            return self.say(
                number, "type", _("“%(type)s” is not collected: nothing is noted about devices and places of people.") % {"type": kind}, NOTED
            )
        name = self.name_of(number, row)
        if kind == "begin_group":
            return self.begin_group(number, row, name)
        question = self.question(number, row, kind, rest, name)
        if question is not None:
            self.kinds[name] = question
            if not self.pages:
                self.pages.append({"name": "", "questions": []})
            self.pages[-1]["questions"].append(question)
        return None

    def name_of(self, number: int, row: dict[str, str]) -> str:
        name = row.get("name", "")
        if not name:
            self.say(number, "name", _("The name of the question is missing."))
        elif not NAME.fullmatch(name) or name.endswith(form.OTHER_WORDS):
            self.say(
                number,
                "name",
                _("“%(value)s” cannot be a name: it begins with a letter and holds letters, digits, _ - and . only.") % {"value": name[:40]},
            )
        elif name in self.names:
            self.say(number, "name", _("“%(value)s” stands in row %(row)s already.") % {"value": name, "row": self.names[name]})
        else:
            self.names[name] = number
        return name

    def begin_group(self, number: int, row: dict[str, str], name: str) -> None:
        condition = self.condition(number, row)
        if self.open:
            self.say(number, "type", _("A group inside a group: its questions stand on the page of the outer one."), NOTED)
            if label := row.get("label"):
                self.pages[-1]["questions"].append(
                    {"name": name, "kind": NOTE, "label": label, "label_en": row.get("label::en", ""), "relevant": condition}
                )
            self.open.append((number, name, condition))
        else:
            self.pages.append(
                {
                    "name": name,
                    "label": row.get("label", "") or row.get("label::en", ""),
                    "label_en": row.get("label::en", ""),
                    "relevant": condition,
                    "questions": [],
                }
            )
            self.open.append((number, name, ""))
        self.left_over(number, row, {"type", "name", "label", "relevant", "relevance", "appearance"})

    def question(self, number: int, row: dict[str, str], kind: str, rest: list[str], name: str) -> Question | None:
        label = row.get("label", "") or row.get("label::en", "")
        if not label:
            self.say(number, "label", _("The words of the question are missing."))
        question: Question = {"name": name, "label": label[:500], "label_en": row.get("label::en", "")[:500] if row.get("label") else ""}
        question |= {"hint": row.get("hint", "")[:500], "hint_en": row.get("hint::en", "")[:500]}
        if "${" in label + row.get("hint", ""):
            self.say(number, "label", _("Answers inside the words of a question are not supported."), UNSUPPORTED)
        if kind in ("select_one", "select_multiple"):
            question["kind"] = ONE if kind == "select_one" else MANY
            self.choices(number, row, rest, question)
        elif kind == "range":
            ends = dict(part.split("=", 1) for part in row.get("parameters", "").split() if "=" in part)
            if (ends.get("start", "1"), ends.get("end", "10")) != ("1", "5"):
                self.say(number, "parameters", _("Only a range from 1 to 5 is supported: start=1 end=5."), UNSUPPORTED)
            question["kind"] = SCALE
        elif kind in KINDS:
            question["kind"] = LONG if KINDS[kind] == TEXT and "multiline" in row.get("appearance", "") else KINDS[kind]
        elif kind in ("calculate", "hidden", "geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode", "time", "datetime", "rank", "acknowledge", "trigger", "xml-external") or kind.startswith("select_"):  # fmt: skip
            self.say(number, "type", _("The type “%(type)s” is not supported.") % {"type": kind}, UNSUPPORTED)
            return None
        else:
            self.say(number, "type", _("The type “%(type)s” is not known.") % {"type": row.get("type", "")[:40]})
            return None
        conditions = [part for part in (self.condition(number, row), *(inner for _row, _name, inner in self.open)) if part]
        question["relevant"] = conditions[0] if len(conditions) == 1 else " and ".join(f"({part})" for part in conditions)
        self.required(number, row, question)
        self.constraint(number, row, question)
        self.purpose(number, row, question)
        if (appearance := row.get("appearance", "")) and appearance != "multiline":
            self.say(number, "appearance", _("Questions are shown in our own way; “%(value)s” changes nothing.") % {"value": appearance[:40]}, NOTED)
        self.left_over(number, row, HANDLED if kind == "range" else HANDLED - {"parameters"})
        return question

    def choices(self, number: int, row: dict[str, str], rest: list[str], question: Question) -> None:
        original = fold(row.get("type", "")).split()
        if rest[-1:] == ["or_other"]:
            question["other"] = True
            rest, original = rest[:-1], original[:-1]
        elif rest[-2:] == ["or", "other"]:
            question["other"] = True
            rest, original = rest[:-2], original[:-2]
        if not rest:
            return self.say(number, "type", _("Say which list of choices: select_one LIST."))
        name = original[-1]
        if name not in self.lists:
            return self.say(number, "type", _("The sheet “choices” holds no list “%(name)s”.") % {"name": name[:40]})
        question["choices"] = self.lists[name]
        if len(self.lists[name]) > MOST_CHOICES:
            self.say(number, "type", _("The list “%(name)s” has more than %(most)s choices.") % {"name": name, "most": MOST_CHOICES})
        return None

    def condition(self, number: int, row: dict[str, str]) -> str:
        heading = "relevant" if "relevant" in row else "relevance"
        text = row.get(heading, "")
        tree = self.tree(number, heading, text)
        if tree is None:
            return ""
        if expressions.asks_itself(tree):
            self.say(number, heading, _("“.” stands for the answer itself, which is not given yet."))
        self.known_names(number, heading, tree)
        return text

    def tree(self, number: int, heading: str, text: str) -> expressions.Tree | None:
        try:
            return expressions.parse(text)
        except expressions.Unknown as unknown:
            self.say(
                number,
                heading,
                _("The condition cannot be read at “%(part)s”. Known are ${question}, =, !=, <, >, selected(), and, or, not().")
                % {"part": unknown.part or text[-20:]},
            )
            return None

    def known_names(self, number: int, heading: str, tree: expressions.Tree) -> None:
        for name in sorted(expressions.names_in(tree)):
            if name not in self.kinds:
                self.say(number, heading, _("There is no question “%(name)s” before this row.") % {"name": name[:40]})
        for name, value in _compared(tree):
            question = self.kinds.get(name)
            if question is None or question["kind"] not in form.CHOOSING or value == "":
                continue
            if value not in {choice["name"] for choice in form.choices_of(question)}:
                self.say(number, heading, _("“%(value)s” is no choice of “%(name)s”.") % {"value": value[:40], "name": name})

    def required(self, number: int, row: dict[str, str], question: Question) -> None:
        value = fold(row.get("required", "")).lower()
        if value in YES:
            question["required"] = question["kind"] != NOTE
        elif value not in NO:
            self.say(number, "required", _("“%(value)s” is neither yes nor no.") % {"value": value[:40]})

    def constraint(self, number: int, row: dict[str, str], question: Question) -> None:
        text = row.get("constraint", "")
        if not text:
            return None
        if question["kind"] not in (INTEGER, DECIMAL, DATE):
            return self.say(number, "constraint", _("Constraints are supported for numbers and dates."), UNSUPPORTED)
        tree = self.tree(number, "constraint", text)
        if tree is None:
            return None
        self.known_names(number, "constraint", tree)
        question |= {
            "constraint": text,
            "message": row.get("constraint_message", "")[:300],
            "message_en": row.get("constraint_message::en", "")[:300],
        }
        return None

    def purpose(self, number: int, row: dict[str, str], question: Question) -> None:
        value = fold(row.get("liandong", "")).lower()
        if not value:
            return
        purpose = PURPOSE_WORDS.get(value)
        if purpose is None:
            self.say(number, "liandong", _("“%(value)s” is not known here: need, segment, community or organization.") % {"value": value[:40]})
        elif question["kind"] not in form.SERVES[purpose]:
            self.say(number, "liandong", _("A question of this type cannot serve for “%(value)s”.") % {"value": value})
        else:
            question["purpose"] = purpose

    def left_over(self, number: int, row: dict[str, str], handled: set[str]) -> None:
        for heading, value in row.items():
            if heading.partition("::")[0] not in handled and value:
                self.say(
                    number,
                    heading,
                    _("“%(column)s” is not supported: “%(value)s” would be left out.") % {"column": heading, "value": value[:40]},
                    UNSUPPORTED,
                )


def _compared(tree: expressions.Tree) -> list[tuple[str, str]]:
    """(question, text it is compared with)."""
    if tree[0] == "selected":
        return [(tree[1][1], tree[2])] if tree[1][0] == "name" else []
    if tree[0] in ("=", "!="):
        left, right = tree[1], tree[2]
        if left[0] == "text":
            left, right = right, left
        return [(left[1], right[1])] if left[0] == "name" and right[0] == "text" else []
    return [pair for part in tree[1:] if isinstance(part, tuple) for pair in _compared(part)]


# Writing

COLUMNS = ("type", "name", "label", "label::en", "hint", "hint::en", "required", "relevant", "constraint", "constraint_message", "constraint_message::en", "appearance", "parameters", "liandong")  # fmt: skip


def write(title: str, number: str, definition: Definition) -> bytes:
    """The survey as an XLSForm that other programs read too. Every cell is text, so nothing in it can act as a formula."""
    import xlsxwriter

    target = BytesIO()
    book = xlsxwriter.Workbook(target, SAFE)
    head, plain = book.add_format({"bold": True, "bg_color": "#E7F1EC"}), book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})

    def put(name: str, heads: Iterable[str], rows: list[list[str]]) -> None:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(heads):
            sheet.set_column(column, column, 34 if text.startswith(("label", "hint")) else 18)
            sheet.write_string(0, column, text, head)
        for line, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(line, column, text, plain)

    put("survey", [_head(column) for column in COLUMNS], [[row.get(column, "") for column in COLUMNS] for row in _rows(definition)])
    lists = [
        [question["name"], choice["name"], choice["label"], choice.get("label_en", "")]
        for question in form.questions(definition)
        if question["kind"] in form.CHOOSING
        for choice in question.get("choices", [])
        if not (choice["name"] == OTHER and question.get("other"))
    ]
    put("choices", ["list_name", "name", CHINESE, f"label::{ENGLISH}"], lists)
    put("settings", ["form_title", "form_id", "default_language"], [[title, number, "Chinese (zh)"]])
    book.close()
    return target.getvalue()


def _head(column: str) -> str:
    head, _sign, language = column.partition("::")
    if language:
        return f"{head}::{ENGLISH}"
    return f"{head}::Chinese (zh)" if head in ("label", "hint", "constraint_message") else head


def _rows(definition: Definition) -> list[dict[str, str]]:
    rows = []
    for place, page in enumerate(form.pages(definition), 1):
        grouped = len(form.pages(definition)) > 1 or bool(page.get("label") or page.get("name"))
        if grouped:
            name = page.get("name") or f"page{place}"
            rows.append(
                {
                    "type": "begin_group",
                    "name": name,
                    "label": page.get("label", ""),
                    "label::en": page.get("label_en", ""),
                    "relevant": page.get("relevant", ""),
                }
            )
        rows += [_row(question) for question in page["questions"]]
        if grouped:
            rows.append({"type": "end_group"})
    return rows


def _row(question: Question) -> dict[str, str]:
    kind = question["kind"]
    words = {TEXT: "text", LONG: "text", INTEGER: "integer", DECIMAL: "decimal", DATE: "date", NOTE: "note", SCALE: "range"}
    if kind in form.CHOOSING:
        type_ = f"{'select_one' if kind == ONE else 'select_multiple'} {question['name']}{' or_other' if question.get('other') else ''}"
    else:
        type_ = words[kind]
    return {
        "type": type_,
        "name": question["name"],
        "label": question.get("label", ""),
        "label::en": question.get("label_en", ""),
        "hint": question.get("hint", ""),
        "hint::en": question.get("hint_en", ""),
        "required": "yes" if question.get("required") else "",
        "relevant": question.get("relevant", ""),
        "constraint": question.get("constraint", ""),
        "constraint_message": question.get("message", ""),
        "constraint_message::en": question.get("message_en", ""),
        "appearance": "multiline" if kind == LONG else "",
        "parameters": "start=1 end=5 step=1" if kind == SCALE else "",
        "liandong": question.get("purpose", ""),
    }
