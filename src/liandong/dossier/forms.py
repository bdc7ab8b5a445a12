"""Forms of the dossier's pages. They check shape; the verbs check rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.dossier.models import DossierClaim, ServiceEvaluation
from liandong.organizations.models import Membership, Organization


class PeopleField(forms.ModelMultipleChoiceField):
    """People by masked name and number."""

    def label_from_instance(self, person: Person) -> str:  # type: ignore[override]
        return f"{person.masked_name} {person.number}"


class HoursField(forms.DecimalField):
    """Typed in hours, kept in minutes."""

    def __init__(self, **named: Any) -> None:
        super().__init__(min_value=0, max_digits=7, decimal_places=2, **named)

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else round(hours * 60)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 60:g}" if isinstance(value, int) else value


class TrainingForm(forms.Form):
    name = forms.CharField(label=_("Name of the training"), max_length=80)
    content = forms.CharField(label=_("What was learned"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = HoursField(label=_("Hours of study"))
    organizer_name = forms.CharField(label=_("Held by"), max_length=100)
    from_date = forms.DateField(label=_("First day"))
    to_date = forms.DateField(label=_("Last day"), required=False)


class GiveTrainingForm(TrainingForm):
    organization = forms.ModelChoiceField(label=_("Written by"), queryset=Organization.objects.none(), empty_label=None)
    people = PeopleField(
        label=_("Who took part"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )
    field_order = ("organization", "name", "content", "minutes", "organizer_name", "from_date", "to_date", "people")

    def __init__(self, *arguments: Any, organizations: QuerySet[Organization], people: QuerySet[Person], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["organizer_name"].required = False


class HonourForm(forms.Form):
    name = forms.CharField(label=_("Name of the honour"), max_length=80)
    granted_by_name = forms.CharField(label=_("Granting body"), max_length=100)
    honoured_on = forms.DateField(label=_("Day"))
    is_government = forms.BooleanField(label=_("Granted by a party or government office"), required=False)


class EvaluationForm(forms.Form):
    grade = forms.ChoiceField(label=_("Quality of the service"), choices=ServiceEvaluation.Grade.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In a few words"), max_length=200, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Please say why.")})


class ClaimForm(forms.Form):
    """Both kinds of claim; `kind` decides which fields it holds."""

    organization = forms.ModelChoiceField(label=_("Who shall check it"), queryset=Organization.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name of the training"), max_length=80)
    content = forms.CharField(label=_("What was learned"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = HoursField(label=_("Hours of study"))
    giver_name = forms.CharField(label=_("Held by"), max_length=100)
    from_date = forms.DateField(label=_("First day"))
    to_date = forms.DateField(label=_("Last day"), required=False)
    is_government = forms.BooleanField(label=_("Granted by a party or government office"), required=False)
    proof = forms.FileField(label=_("Picture of the proof"), required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}))

    def __init__(self, *arguments: Any, kind: str, organizations: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
        if kind == DossierClaim.Kind.HONOUR:
            for name in ("content", "minutes", "to_date"):
                del self.fields[name]
            self.fields["name"].label = _("Name of the honour")
            self.fields["giver_name"].label = _("Granting body")
            self.fields["from_date"].label = _("Day")
        else:
            del self.fields["is_government"]


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Words to the person"), max_length=300, required=False)


class AskTransferForm(forms.Form):
    from_organization = forms.ModelChoiceField(label=_("Old body"), queryset=Organization.objects.none(), empty_label=None)
    to_organization = forms.ModelChoiceField(label=_("New body"), queryset=Organization.objects.none(), empty_label=_("Please choose"))
    people = PeopleField(
        label=_("Who moves"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )
    words = forms.CharField(label=_("Words to them"), max_length=200, required=False)

    def __init__(
        self, *arguments: Any, sources: QuerySet[Organization], targets: QuerySet[Organization], people: QuerySet[Person], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.fields["from_organization"].queryset = sources  # type: ignore[attr-defined]
        self.fields["to_organization"].queryset = targets  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class OwnTransferForm(forms.Form):
    membership = forms.ModelChoiceField(label=_("Old body"), queryset=Membership.objects.none(), empty_label=None)
    to_organization = forms.ModelChoiceField(label=_("New body"), queryset=Organization.objects.none(), empty_label=_("Please choose"))
    words = forms.CharField(label=_("Words to them"), max_length=200, required=False)

    def __init__(self, *arguments: Any, memberships: QuerySet[Membership], targets: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["membership"].queryset = memberships  # type: ignore[attr-defined]
        self.fields["membership"].label_from_instance = lambda row: row.organization.name  # type: ignore[attr-defined]
        self.fields["to_organization"].queryset = targets  # type: ignore[attr-defined]


class ExportForm(forms.Form):
    organization = forms.ModelChoiceField(label=pgettext_lazy("dossier", "Whose people"), queryset=Organization.objects.none(), empty_label=None)
    purpose = forms.CharField(label=_("What for"), max_length=200, error_messages={"required": _("Please say what the file is for.")})
    full = forms.BooleanField(label=_("Names and numbers in full"), required=False)

    def __init__(self, *arguments: Any, organizations: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class BringForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("For which body"), queryset=Organization.objects.none(), empty_label=None)
    file = forms.FileField(label=_("Exchange file (zip)"), error_messages={"required": _("Please choose a file.")})
    consent = forms.BooleanField(
        label=_("The people agreed, or a rule allows it"),
        error_messages={"required": _("Please confirm that the people agreed, or a rule allows it.")},
    )

    def __init__(self, *arguments: Any, organizations: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class EraseForm(forms.Form):
    number = forms.CharField(label=_("Your volunteer number"), max_length=20, error_messages={"required": _("Please enter your volunteer number.")})


def initial_of(entry: Any, form: type[forms.Form]) -> dict[str, Any]:
    """The entry's own values for its form."""
    return {name: getattr(entry, name) for name in form.base_fields if hasattr(entry, name)}
