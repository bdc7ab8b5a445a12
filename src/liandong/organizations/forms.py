"""Forms about bodies, places and people. They check shape; the verbs check rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person, Sex
from liandong.accounts.queries import with_number
from liandong.core.text import fold, normalize_phone
from liandong.organizations.models import Membership, Organization, Role, Territory
from liandong.organizations.queries import REVEALABLE


class PlaceField(forms.ModelChoiceField):
    """Places in the order of the tree, indented by depth."""

    def label_from_instance(self, place: Territory) -> str:
        return "　" * max(place.path.count("/") - 2, 0) + place.name


class OrganizationForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=100, error_messages={"required": _("Please enter a name.")})
    short_name = forms.CharField(label=_("Short name"), max_length=30, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organization.Kind.choices)
    territory = PlaceField(label=_("Territory"), queryset=Territory.objects.none(), empty_label=None)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=24, required=False, help_text=_("18 characters, if it has one"))
    staff_count = forms.IntegerField(
        label=_("Number of staff"), min_value=1, max_value=1_000_000, required=False, help_text=_("It says whether a firm is small, medium or large")
    )
    intro = forms.CharField(label=_("What it does"), max_length=4000, required=False, widget=forms.Textarea)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=50, required=False)
    contact_phone = forms.CharField(label=_("Contact phone"), max_length=30, required=False)

    def __init__(self, *arguments: Any, places: QuerySet[Territory], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]


class EditOrganizationForm(OrganizationForm):
    """A body changes what it says about itself; kind and place are the hub's to change."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, places=Territory.objects.none(), **named)
        del self.fields["kind"], self.fields["territory"]


class StateForm(forms.Form):
    state = forms.ChoiceField(choices=Organization.State.choices)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class RegisterForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=50, error_messages={"required": _("Please enter a name.")})
    phone = forms.CharField(label=_("Mobile number"), max_length=30, required=False, help_text=_("Their own one; leave it empty when there is none"))
    birth_date = forms.DateField(label=_("Day of birth"), required=False, widget=forms.DateInput)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("F", Sex.FEMALE.label), ("M", Sex.MALE.label)], widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Belongs here as"), choices=Membership.Kind.choices)
    consent = forms.BooleanField(
        label=_("I asked. They agree that we keep these details and act for them."),
        error_messages={"required": _("Please ask the person and tick that they agree.")},
    )

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and not normalize_phone(phone):
            raise forms.ValidationError(_("Please enter a mobile number of 11 digits."))
        return normalize_phone(phone)


class RevealForm(forms.Form):
    field = forms.ChoiceField(
        label=_("Which value?"),
        choices=list(REVEALABLE.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the answers.")},
    )
    reason = forms.CharField(
        label=_("What for?"), max_length=200, help_text=_("It is kept with your name."), error_messages={"required": _("Please say why you need it.")}
    )


class MembershipForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("Organisation"), queryset=Organization.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("As"), choices=Membership.Kind.choices)
    department = forms.CharField(label=_("Department"), max_length=60, required=False)

    def __init__(self, *arguments: Any, organizations: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    who = forms.CharField(
        label=_("Volunteer number or mobile number"),
        max_length=30,
        help_text=_("Of somebody who belongs here"),
        error_messages={"required": _("Please say who it is for.")},
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    to_date = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments: Any, roles: list[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["role"].choices = [(value, label) for value, label in Role.choices if value in roles]  # type: ignore[attr-defined]

    def clean_who(self) -> str:
        return normalize_phone(self.cleaned_data["who"]) or fold(self.cleaned_data["who"]).upper()


class PlaceForm(forms.Form):
    name = forms.CharField(label=_("Its name"), max_length=60, error_messages={"required": _("Please enter a name.")})
    level = forms.ChoiceField(label=_("Level"), choices=Territory.Level.choices)
    parent = PlaceField(label=_("Lies in"), queryset=Territory.objects.none(), empty_label=None)

    def __init__(self, *arguments: Any, places: QuerySet[Territory], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["parent"].queryset = places  # type: ignore[attr-defined]


class RenamePlaceForm(forms.Form):
    name = forms.CharField(label=_("Its name"), max_length=60, error_messages={"required": _("Please enter a name.")})


class MergeForm(forms.Form):
    """The entry that stays, by its number or its phone; `into` becomes the person."""

    into = forms.CharField(
        label=_("Volunteer number or mobile number of the entry that stays"),
        max_length=20,
        error_messages={"required": _("Please enter the number of the other entry.")},
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_into(self) -> Person:
        found = with_number(self.people, self.cleaned_data["into"])
        if not found:
            raise forms.ValidationError(gettext("There is no such entry among the people you see."))
        if len(found) > 1:
            raise forms.ValidationError(gettext("Several people have this phone. Use the volunteer number."))
        return found[0]
