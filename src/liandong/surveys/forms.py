"""Forms of surveys. What people answer is read by `answers.settle`; these forms only show it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from liandong.needs.models import Category, Segment
from liandong.organizations.models import Organization, Territory
from liandong.surveys import definition as form
from liandong.surveys import expressions, xlsform
from liandong.surveys.definition import DATE, DECIMAL, INTEGER, LONG, MANY, NOTE, ONE, OTHER_WORDS, SCALE, Definition, Question
from liandong.surveys.models import Survey

PREFIX = "a"
AS_A_LIST = 12  # more choices than this stand in a select
GROUPS = list(Segment.choices)


def raw_of(post: QueryDict, definition: Definition) -> dict[str, list[str]]:
    """What was typed, by question."""
    names = [name for question in form.asked(definition) for name in (question["name"], question["name"] + OTHER_WORDS)]
    return {name: values for name in names if (values := post.getlist(f"{PREFIX}-{name}"))}


class AnswerForm(forms.Form):
    """The questions of one page. Errors are given, not found."""

    use_required_attribute = False

    def __init__(
        self, questions: list[Question], *, data: QueryDict, wrong: Mapping[str, str] | None = None, numbers: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.wrong, self.questions, self.numbers = wrong or {}, questions, numbers or {}
        for question in questions:
            if question["kind"] == NOTE:
                continue
            self.fields[question["name"]] = field_of(question, self.numbers.get(question["name"]))
            if question.get("other"):
                self.fields[question["name"] + OTHER_WORDS] = forms.CharField(label=_("Other, please say"), required=False, max_length=300)

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data = {}
        for name, words in self.wrong.items():
            if name in self.fields:
                self._errors[name] = self.error_class([words])

    def rows(self) -> Iterator[dict[str, Any]]:
        for question in self.questions:
            name, kind = question["name"], question["kind"]
            if kind == NOTE:
                yield {"note": form.words_of(question)}
                continue
            many_choices = kind == ONE and len(form.choices_of(question)) > AS_A_LIST
            yield {
                "bound": self[name],
                "kind": {SCALE: "chips", ONE: "select" if many_choices else "radio", MANY: "checks", LONG: "textarea", DATE: "date"}.get(
                    kind, "text"
                ),
                "hint": form.words_of(question, "hint"),
                "optional": not question.get("required"),
                "other": self[name + OTHER_WORDS] if question.get("other") else None,
            }


def field_of(question: Question, number: int | None = None) -> forms.Field:
    """A field that shows the question; it refuses nothing."""
    kind, label = question["kind"], form.words_of(question)
    if number is not None:
        label = f"{number}. {label}"
    choices = [(choice["name"], form.words_of(choice)) for choice in form.choices_of(question)]
    if kind == ONE:
        widget = forms.Select if len(choices) > AS_A_LIST else forms.RadioSelect
        return forms.ChoiceField(
            label=label, required=False, choices=[("", _("Choose")), *choices] if widget is forms.Select else choices, widget=widget
        )
    if kind == MANY:
        return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple)
    if kind == SCALE:
        return forms.ChoiceField(label=label, required=False, choices=[(str(step), str(step)) for step in range(1, 6)], widget=forms.RadioSelect)
    if kind == LONG:
        return forms.CharField(label=label, required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": "4"}))
    if kind == DATE:
        return forms.CharField(label=label, required=False, widget=forms.DateInput)
    mode = {INTEGER: "numeric", DECIMAL: "decimal"}.get(kind)
    return forms.CharField(label=label, required=False, max_length=300, widget=forms.TextInput(attrs={"inputmode": mode} if mode else {}))


class KeyInForm(AnswerForm):
    """A sheet of paper, question by question; choices by the number that is printed beside them."""

    def __init__(self, questions: list[Question], *, data: QueryDict, wrong: Mapping[str, str] | None = None, numbers: Mapping[str, int]) -> None:
        super().__init__(questions, data=data, wrong=wrong, numbers=numbers)
        for question in questions:
            if question["kind"] in (*form.CHOOSING, SCALE):
                label = f"{numbers[question['name']]}. {form.words_of(question)}"
                mode = {"inputmode": "numeric", "autocomplete": "off"}
                self.fields[question["name"]] = forms.CharField(label=label, required=False, max_length=200, widget=forms.TextInput(attrs=mode))

    def rows(self) -> Iterator[dict[str, Any]]:
        for question, row in zip(self.questions, super().rows(), strict=True):
            kind = question["kind"]
            if kind in form.CHOOSING:
                words = [f"{place} {form.words_of(choice)}" for place, choice in enumerate(form.choices_of(question), 1)]
                yield row | {"kind": "text", "hint": "　".join(words), "width": "short"}
            elif kind == SCALE:
                yield row | {"kind": "text", "hint": "1 2 3 4 5", "width": "short"}
            else:
                yield row | {"hint": "", "width": "short" if kind in (INTEGER, DECIMAL, DATE) else ""}


def decoded(raw: Mapping[str, list[str]], definition: Definition) -> dict[str, list[str]]:
    """Numbers of choices, as keyed in ("1", "1 3", "1,3"), as the choices they stand for."""
    found = dict(raw)
    for question in form.asked(definition):
        if question["kind"] not in form.CHOOSING or question["name"] not in found:
            continue
        names = [choice["name"] for choice in form.choices_of(question)]
        parts = [part for text in found[question["name"]] for part in text.replace("，", " ").replace(",", " ").replace("、", " ").split()]
        found[question["name"]] = [
            names[int(part) - 1] if part.isascii() and part.isdigit() and 1 <= int(part) <= len(names) else part for part in parts
        ]
    return found


class PaperForm(forms.Form):
    paper_number = forms.IntegerField(
        label=_("Number of the sheet"),
        min_value=1,
        max_value=999_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Enter the number of the sheet."), "invalid": _("Enter a whole number.")},
    )


class ProxyForm(forms.Form):
    """Who was asked, and that they agreed."""

    use_required_attribute = False
    asked_name = forms.CharField(label=_("Who was asked?"), max_length=50, error_messages={"required": _("Say who was asked.")})
    consent = forms.BooleanField(
        label=_("They know what it is for and agree that I write it down"),
        error_messages={"required": _("Ask the person first, then tick that they agree.")},
    )

    def __init__(self, *arguments: Any, survey: Survey, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if survey.is_anonymous:
            del self.fields["asked_name"]


# Making a survey


class SurveyForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=80, error_messages={"required": _("Give it a title.")})
    intro = forms.CharField(
        label=_("A few words at the beginning"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("What it is for, how long it takes, what becomes of it"),
    )
    host = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Who asks?"), empty_label=None, error_messages={"required": _("Choose an organisation.")}
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Where?"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")}
    )
    is_anonymous = forms.BooleanField(
        label=_("Anonymous"), required=False, help_text=_("No name, no account, no address is kept. It cannot be changed once somebody has answered.")
    )
    opens_date = forms.DateField(label=_("Opens on"), required=False, widget=forms.DateInput)
    closes_date = forms.DateField(label=_("Closes on"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization], with_host: bool = True, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
        self.fields["territory"].queryset = places_of(hosts)  # type: ignore[attr-defined]
        if not with_host:
            del self.fields["host"]
        for segment, label in GROUPS:
            self.fields[f"wanted_{segment}"] = forms.IntegerField(
                label=_("%(group)s: answers wanted") % {"group": label}, required=False, min_value=0, max_value=1_000_000, widget=number_input(label)
            )
            self.fields[f"population_{segment}"] = forms.IntegerField(
                label=_("%(group)s: how many there are") % {"group": label},
                required=False,
                min_value=0,
                max_value=100_000_000,
                widget=number_input(label),
            )

    def groups(self, *, only: Collection[str] | None = None, but: Collection[str] = ()) -> list[tuple[Any, Any, Any]]:
        """Rows of (group, wanted, how many there are)."""
        return [
            (label, self[f"wanted_{segment}"], self[f"population_{segment}"])
            for segment, label in GROUPS
            if segment not in but and (only is None or segment in only)
        ]

    def targets(self) -> list[tuple[str, int, int | None]]:
        """The groups for which anything was entered."""
        values = self.cleaned_data
        return [
            (segment, values.get(f"wanted_{segment}") or 0, values.get(f"population_{segment}"))
            for segment, _label in GROUPS
            if values.get(f"wanted_{segment}") or values.get(f"population_{segment}")
        ]


def number_input(label: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "class": "input", "aria-label": label})


def places_of(hosts: QuerySet[Organization]) -> QuerySet[Territory]:
    """Where these bodies may ask: their places, what lies inside, the street around a community."""
    query = Q(pk__in=[])
    for path, level, parent in hosts.order_by().values_list("territory__path", "territory__level", "territory__parent__path").distinct():
        inner = level in (Territory.Level.COMMUNITY, Territory.Level.BUILDING)
        query |= Q(path__startswith=parent if inner and parent else path)
    return Territory.objects.filter(query, to_date__isnull=True).exclude(level=Territory.Level.BUILDING).order_by("path")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("XLSForm file"),
        help_text=_("xlsx or xls, as XLSForm wants it"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.ods,.et"}),
        error_messages={"required": _("Choose a file.")},
    )
    title = forms.CharField(label=_("Title"), max_length=80, required=False, help_text=_("Empty: the title in the file"))
    host = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Who asks?"), empty_label=None, error_messages={"required": _("Choose an organisation.")}
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Where?"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")}
    )
    is_anonymous = forms.BooleanField(label=_("Anonymous"), required=False, initial=True)
    lenient = forms.BooleanField(label=_("Leave out what is not supported"), required=False, help_text=_("You see first what that is."))

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
        self.fields["territory"].queryset = places_of(hosts)  # type: ignore[attr-defined]
        self.read: xlsform.Read | None = None


class PageForm(forms.Form):
    label = forms.CharField(label=_("Title of the page"), max_length=120, required=False)
    label_en = forms.CharField(label=_("English wording"), max_length=120, required=False)


class QuestionForm(forms.Form):
    """One question. `fixed`: there are answers, only the words may change."""

    label = forms.CharField(
        label=_("What do you ask?"), max_length=500, widget=forms.Textarea(attrs={"rows": "2"}), error_messages={"required": _("Write the question.")}
    )
    label_en = forms.CharField(label=_("English wording"), max_length=500, required=False)
    hint = forms.CharField(label=_("Hint below the question"), max_length=500, required=False)
    kind = forms.ChoiceField(label=_("Kind of question"), choices=[(key, label) for key, label in form.KINDS.items()])
    choices = forms.CharField(
        label=_("Choices, one a line"),
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": "6"}),
        help_text=_("English behind a bar “|”"),
    )
    other = forms.BooleanField(label=_("Also “other, please say”"), required=False)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    purpose = forms.ChoiceField(label=_("What is it for?"), required=False, choices=[("", _("Only to know")), *form.PURPOSES.items()])
    only_if = forms.ChoiceField(label=_("Ask only if"), required=False)
    relevant = forms.CharField(
        label=_("Another condition"),
        max_length=expressions.LONGEST,
        required=False,
        help_text=_("As in XLSForm, for example ${age} >= 60 and ${alone} = 'yes'"),
    )
    least = forms.DecimalField(label=_("At least"), required=False, max_digits=15, decimal_places=3)
    most = forms.DecimalField(label=_("At most"), required=False, max_digits=15, decimal_places=3)
    message = forms.CharField(label=_("What to say when the number is outside"), max_length=300, required=False)

    def __init__(self, *arguments: Any, earlier: list[Question], before: Question | None, fixed: bool, **named: Any) -> None:
        self.before, self.fixed = before or {}, fixed
        options = list(conditions_on(earlier))
        named.setdefault("initial", {})
        if before is not None:
            named["initial"] = self._initial(before, {value for value, _label in options}) | named["initial"]
        super().__init__(*arguments, **named)
        self.fields["only_if"].choices = [("", _("Always")), *options]  # type: ignore[attr-defined]
        if fixed:
            for name in ("kind", "other", "required", "purpose", "only_if", "relevant", "least", "most"):
                del self.fields[name]

    @staticmethod
    def _initial(before: Question, options: set[str]) -> dict[str, Any]:
        relevant = before.get("relevant", "")
        least, most = limits_of(before)
        return {
            **{name: before.get(name, "") for name in ("label", "label_en", "hint", "kind", "purpose", "message")},
            "choices": form.lines_from_choices(before.get("choices", [])),
            "other": before.get("other", False),
            "required": before.get("required", False),
            "only_if": relevant if relevant in options else "",
            "relevant": "" if relevant in options else relevant,
            "least": least,
            "most": most,
        }

    def question(self, name: str) -> Question:
        """The question as it was filled in; what the form does not show stays."""
        values = self.cleaned_data
        found: Question = {**self.before, "name": name}
        found |= {key: values[key].strip() for key in ("label", "label_en", "hint", "message")}
        kind = self.before.get("kind") if self.fixed else values["kind"]
        if kind in form.CHOOSING:
            found["choices"] = form.choices_from_lines(values["choices"], self.before.get("choices"))
        if self.fixed:
            return found
        found |= {"kind": kind, "other": values["other"] and kind in form.CHOOSING, "required": values["required"] and kind != NOTE}
        found |= {"purpose": values["purpose"], "relevant": values["relevant"].strip() or values["only_if"]}
        if kind not in form.CHOOSING:
            found.pop("choices", None)
        parts = [
            f". >= {values['least'].normalize():f}" if values["least"] is not None else "",
            f". <= {values['most'].normalize():f}" if values["most"] is not None else "",
        ]
        limits = " and ".join(part for part in parts if part)
        if kind not in (INTEGER, DECIMAL):
            found["constraint"] = self.before.get("constraint", "") if kind == DATE else ""
        elif limits or limits_of(self.before) != (None, None):
            found["constraint"] = limits
        return found


def conditions_on(earlier: list[Question]) -> Iterator[tuple[str, str]]:
    """(condition, words) for every choice of the questions before."""
    for question in earlier:
        if question["kind"] not in form.CHOOSING:
            continue
        for choice in form.choices_of(question):
            name, value = question["name"], choice["name"]
            condition = f"${{{name}}} = '{value}'" if question["kind"] == ONE else f"selected(${{{name}}}, '{value}')"
            yield condition, _now("“%(question)s” is “%(choice)s”") % {"question": form.words_of(question)[:24], "choice": form.words_of(choice)[:24]}


def limits_of(question: Mapping[str, Any]) -> tuple[Any, Any]:
    """At least and at most, when the constraint says nothing else."""
    tree = form.condition(question, "constraint")
    parts = [] if tree is None else list(tree[1:]) if tree[0] == "and" else [tree]
    found: dict[str, float] = {}
    for part in parts:
        if part[0] in (">=", "<=") and part[1] == ("self",) and part[2][0] == "number" and part[0] not in found:
            found[part[0]] = part[2][1]
        else:
            return None, None
    return tuple(f"{found[sign]:g}" if sign in found else None for sign in (">=", "<="))  # type: ignore[return-value]


# Needs out of answers


class SentenceForm(forms.Form):
    """What is to become of one sentence."""

    use_required_attribute = False
    take = forms.BooleanField(required=False)
    title = forms.CharField(label=_("Title"), max_length=80, required=False, widget=forms.TextInput(attrs={"class": "input"}))
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices, widget=forms.Select(attrs={"class": "input"}))
    segment = forms.ChoiceField(
        label=_("Whose need"), choices=[("", _("Not said")), *GROUPS], required=False, widget=forms.Select(attrs={"class": "input"})
    )
    join = forms.CharField(
        label=_("Join with"), max_length=12, required=False, widget=forms.TextInput(attrs={"class": "input", "placeholder": _("number of a need")})
    )
