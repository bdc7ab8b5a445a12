"""Forms about themes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.needs.models import Segment
from liandong.organizations.models import Territory
from liandong.themes.models import Theme

SPAN_LABELS = (("12w", _("Last 12 weeks")), ("26w", _("Last half year")), ("52w", _("Last 12 months")))
ORDER_LABELS = (
    ("urgent", _("Urgent first")),
    ("size", _("Most people first")),
    ("growth", _("Growing first")),
    ("age", _("Oldest first")),
)


class BoardForm(forms.Form):
    """The filters of the board, by GET; what is not known falls back."""

    span = forms.ChoiceField(label=_("Time"), choices=SPAN_LABELS, required=False)
    community = forms.ChoiceField(label=_("Community"), required=False)
    segment = forms.ChoiceField(label=pgettext_lazy("of people", "Group"), required=False)
    order = forms.ChoiceField(label=_("Order"), choices=ORDER_LABELS, required=False)

    def __init__(self, *args: Any, communities: Iterable[Territory], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="f_%s", **kwargs)
        self.fields["community"].choices = [("", _("All communities")), *((str(place.pk), place.name) for place in communities)]  # type: ignore[attr-defined]
        self.fields["segment"].choices = [("", _("All groups")), *Segment.choices]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs |= {"class": "input filter", "data-behaviour": "autosubmit", "aria-label": str(field.label)}


class RenameForm(forms.Form):
    label = forms.CharField(label=_("What is it called?"), max_length=80, error_messages={"required": _("Give the theme a name.")})


class SplitForm(forms.Form):
    label = forms.CharField(
        label=_("What is the new part called?"), max_length=80, required=False, help_text=_("Leave it empty and a name is taken from the needs.")
    )


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        Theme.objects.none(), to_field_name="number", widget=forms.RadioSelect, label=_("Into which theme?"), empty_label=None,
        error_messages={"required": _("Choose the theme it goes into."), "invalid_choice": _("Choose the theme it goes into.")},
    )  # fmt: skip

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Theme.objects.filter(pk__in=[theme.pk for theme in themes])  # type: ignore[attr-defined]


class PopulationForm(forms.Form):
    """One number per segment of one place."""

    source = forms.CharField(label=_("Where the figures are from"), max_length=80, required=False)

    def __init__(self, *args: Any, people: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for segment, label in Segment.choices:
            self.fields[segment] = forms.IntegerField(label=label, min_value=0, max_value=100_000_000, required=False, initial=people.get(segment))
        self.order_fields([*Segment.values, "source"])

    def people(self) -> dict[str, int | None]:
        return {segment: self.cleaned_data[segment] for segment in Segment.values}


class PackageForm(forms.Form):
    segment = forms.ChoiceField(label=_("For whom?"), choices=Segment.choices)
    title = forms.CharField(label=_("Name of the package"), max_length=60, error_messages={"required": _("Give the package a name.")})
    summary = forms.CharField(label=_("In a sentence"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": "2"}))
    lines = forms.CharField(
        label=_("What is in it"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "6"}), help_text=_("One line each.")
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label=_("Which themes it answers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("Offered now"), required=False, initial=True)

    def __init__(self, *args: Any, themes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = themes  # type: ignore[attr-defined]

    def clean_lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
