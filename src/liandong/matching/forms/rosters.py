"""Forms of the roster board."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.ui.words import said
from liandong.volunteers.models import Team


class MakeForm(forms.Form):
    """A new plan: whom it may place, and what each position asks for."""

    name = forms.CharField(label=_("Name of the plan"), max_length=20)
    teams = forms.MultipleChoiceField(label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple)
    earlier = forms.BooleanField(label=_("Those who served with us before"), required=False, initial=True)
    skilled = forms.BooleanField(label=_("Volunteers around here who have a skill asked for"), required=False)
    weekly_hours = forms.DecimalField(label=_("At most so many hours a person and week"), min_value=0.5, decimal_places=1, max_digits=4)

    def __init__(self, *args: Any, teams: Iterable[Team], positions: Sequence[str], skills: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        self.fields["teams"].choices = [(key, f"{team.name} {team.n}") for key, team in self.teams.items()]  # type: ignore[attr-defined]
        if not self.teams:
            del self.fields["teams"]
        self.positions = list(positions)
        for number, name in enumerate(self.positions):
            guess = next((skill for skill in skills if skill[:2] in name), "")
            self.fields[f"skill_{number}"] = forms.ChoiceField(
                label=said(name), required=False, choices=[("", _("Anybody")), *((skill, skill) for skill in skills)], initial=guess
            )

    def skill_fields(self) -> list[Any]:
        return [self[f"skill_{number}"] for number in range(len(self.positions))]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        asked = {name: [given[f"skill_{number}"]] for number, name in enumerate(self.positions) if given[f"skill_{number}"]}
        return {
            "name": given["name"], "teams": [self.teams[key] for key in given.get("teams", ())], "earlier": given["earlier"], "skilled": given["skilled"],
            "skills": asked, "weekly_minutes": int(given["weekly_hours"] * 60),
        }  # fmt: skip


class PlaceForm(forms.Form):
    """One cell of the board."""

    position = forms.ChoiceField(label=_("Position"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].choices = list(choices)  # type: ignore[attr-defined]


class TimesForm(forms.Form):
    says = forms.ChoiceField(
        label=_("What they said about this shift"), required=False, widget=forms.RadioSelect,
        choices=[("none", _("Nothing")), ("wish", _("Would like it")), ("away", _("Cannot come"))],
    )  # fmt: skip


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
