"""Forms about projects. Money is typed in yuan and kept in fen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.needs.models import Category
from liandong.organizations.models import Organization
from liandong.projects.models import Pledge

MOST_YUAN = Decimal("100000000")


class YuanField(forms.DecimalField):
    """Yuan with two decimals; cleans to fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=MOST_YUAN, max_digits=12, decimal_places=2, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        yuan = super().clean(value)
        return int(yuan * 100) if yuan is not None else 0

    def prepare_value(self, value: Any) -> Any:
        """Fen from the database come as int; what was typed comes as text."""
        return f"{Decimal(value) / 100:.2f}".removesuffix(".00") if isinstance(value, int) else value


class ProjectForm(forms.Form):
    name = forms.CharField(label=_("Project name"), max_length=80, error_messages={"required": _("Give the project a name.")})
    goal = forms.CharField(label=_("What should be reached?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "4"}))
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    budget_fen = YuanField(label=_("Budget"))
    starts_date = forms.DateField(label=_("From"), required=False, widget=forms.DateInput)
    ends_date = forms.DateField(label=_("To"), required=False, widget=forms.DateInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("starts_date") and values.get("ends_date") and values["ends_date"] < values["starts_date"]:
            self.add_error("ends_date", _("The last day is before the first day."))
        return values


class NewForm(ProjectForm):
    lead = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Led by"), empty_label=None, error_messages={"required": _("Choose an organisation.")}
    )
    field_order = ("name", "lead", "goal", "category", "budget_fen", "starts_date", "ends_date")

    def __init__(self, *args: Any, leads: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]


class EditForm(ProjectForm):
    manager = forms.ModelChoiceField(Person.objects.none(), label=_("Run by"), required=False, empty_label=_("Nobody named"))
    spent_fen = YuanField(label=_("Spent"))
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("name", "goal", "category", "manager", "budget_fen", "spent_fen", "starts_date", "ends_date", "version")

    def __init__(self, *args: Any, managers: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = managers  # type: ignore[attr-defined]


class PledgeForm(forms.Form):
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Who is asked?"),
        empty_label=_("Choose an organisation"),
        error_messages={"required": _("Choose an organisation.")},
    )
    kind = forms.ChoiceField(label=_("For what?"), choices=Pledge.Kind.choices)
    words = forms.CharField(label=_("In words"), max_length=200, error_messages={"required": _("Say what is asked for in a few words.")})
    quantity = forms.IntegerField(label=_("How much?"), min_value=0, max_value=10_000_000, required=False)

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class SignForm(forms.Form):
    words = forms.CharField(label=_("Anything to add?"), max_length=200, required=False)


class DeclineForm(forms.Form):
    words = forms.CharField(
        label=_("Why?"), max_length=200, error_messages={"required": _("Write a few words: everybody who takes part reads them.")}
    )


class MilestoneForm(forms.Form):
    name = forms.CharField(label=_("What is done in this step?"), max_length=80, error_messages={"required": _("Give the step a name.")})
    due_date = forms.DateField(label=_("Due on"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})


class MilestoneDoneForm(forms.Form):
    done_date = forms.DateField(label=_("Finished on"), required=False, widget=forms.DateInput)
    proof = forms.CharField(label=_("What proves it?"), max_length=200, required=False)


class FinishForm(forms.Form):
    words = forms.CharField(
        label=_("What came of it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Write a few words: everybody who takes part reads them.")},
    )
    spent_fen = YuanField(label=_("Spent"))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "2"}),
        error_messages={"required": _("Write a few words: everybody who takes part reads them.")},
    )
