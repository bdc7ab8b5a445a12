"""Forms of volunteers and teams. They check shape; the verbs check rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization, Territory
from liandong.organizations.queries import communities
from liandong.volunteers.models import Skill, Team, VolunteerProfile
from liandong.volunteers.queries import skills


class ProfileForm(forms.Form):
    residence = forms.ModelChoiceField(
        label=_("Where I live"), queryset=Territory.objects.none(), required=False, empty_label=_("I would rather not say")
    )
    skills = forms.ModelMultipleChoiceField(
        label=_("What I can do"), queryset=Skill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    availability = forms.MultipleChoiceField(
        label=_("When I usually can"), choices=VolunteerProfile.Slot.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    availability_note = forms.CharField(label=_("More about times"), max_length=100, required=False)
    intro = forms.CharField(label=_("A few words about me"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["residence"].queryset = communities()  # type: ignore[attr-defined]
        self.fields["skills"].queryset = skills()  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the team"), max_length=60, error_messages={"required": _("Please enter a name of at most 60 characters.")}
    )
    organization = forms.ModelChoiceField(label=_("Kept by"), queryset=Organization.objects.none(), empty_label=None)
    leader = forms.CharField(
        label=_("Team leader"), max_length=30, required=False, help_text=_("Volunteer number or mobile number; can be named later")
    )
    intro = forms.CharField(label=_("What the team does"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *arguments: Any, organizations: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class EditTeamForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the team"), max_length=60, error_messages={"required": _("Please enter a name of at most 60 characters.")}
    )
    intro = forms.CharField(label=_("What the team does"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    state = forms.ChoiceField(label=_("State"), choices=Team.State.choices, widget=forms.RadioSelect)
