"""Forms of those who keep a station: what is there, agreement, supplies, faults, rounds. They check shape; verbs check rules."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.organizations.models import Organization
from liandong.stations.forms.pins import PinForm
from liandong.stations.models import Fact, Kind, Station, Subject, Supply
from liandong.stations.models.station import AMENITIES
from liandong.stations.services.facts import Claim

YEAR = dt.timedelta(days=365)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WordsForm(forms.Form):
    words = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Say why, so that people understand.")})


class TodayForm(forms.Form):
    words = forms.CharField(label=_("Why (people read it)"), max_length=80, required=False)


class ClaimsForm(forms.Form):
    """What is there."""

    amenities = forms.MultipleChoiceField(label=_("What is there"), choices=AMENITIES, widget=forms.CheckboxSelectMultiple, required=False)
    seats = forms.IntegerField(label=_("How many seats"), min_value=1, max_value=500, required=False)

    def claims(self) -> list[Claim]:
        seats = self.cleaned_data["seats"]
        return [Claim(subject, seats if subject == Subject.SEAT else None) for subject in self.cleaned_data["amenities"]]


class StationForm(ClaimsForm):
    """What a station is, and what is there."""

    kinds = forms.MultipleChoiceField(
        label=_("Kind of station"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one kind.")},
    )
    entry = forms.ChoiceField(label=_("Who may come in"), choices=Station.Entry.choices, widget=forms.RadioSelect)
    entry_words = forms.CharField(label=_("In words"), max_length=120, required=False, help_text=_("For example: knock, no registration"))
    contact = forms.ModelChoiceField(label=_("Whom to call"), queryset=Person.objects.none(), required=False)
    field_order = ["kinds", "amenities", "seats", "entry", "entry_words", "contact"]

    def __init__(self, *arguments: Any, people: QuerySet[Person], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]


class NewStationForm(ClaimsForm, PinForm):
    """An application, or an invitation."""

    host = forms.ModelChoiceField(label=_("Host"), queryset=Organization.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name of the station"), max_length=80, error_messages={"required": _("Please enter a name.")})
    address = forms.CharField(label=_("Address"), max_length=200, error_messages={"required": _("Please enter an address.")})
    position = forms.CharField(
        label=_("On the map"), max_length=60, required=False, help_text=_("Latitude and longitude, as your map app copies them")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kind of station"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one kind.")},
    )
    entry = forms.ChoiceField(label=_("Who may come in"), choices=Station.Entry.choices, widget=forms.RadioSelect)
    gives = forms.CharField(
        label=_("What the host gives"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what the host gives.")},
    )
    words = forms.CharField(label=_("What else was agreed"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4}), required=False)
    review_date = forms.DateField(label=_("Look at it again by"), widget=DateInput())
    field_order = [
        "host",
        "name",
        "address",
        "position",
        "system",
        "is_sure",
        "kinds",
        "amenities",
        "seats",
        "entry",
        "gives",
        "words",
        "review_date",
    ]

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]


class AgreementForm(forms.Form):
    gives = forms.CharField(
        label=_("What the host gives"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what the host gives.")},
    )
    words = forms.CharField(label=_("What else was agreed"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4}), required=False)
    review_date = forms.DateField(label=_("Look at it again by"), widget=DateInput())


class MoveForm(PinForm):
    address = forms.CharField(label=_("New address"), max_length=200, error_messages={"required": _("Please enter an address.")})
    directions = forms.CharField(label=_("How to find it"), max_length=200, required=False)
    field_order = ["address", "directions", "position", "system", "is_sure"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["position"].required = True


class SupplyForm(forms.Form):
    name = forms.CharField(label=_("What it is"), max_length=40, error_messages={"required": _("Say what it is.")})
    subject = forms.ChoiceField(label=_("Belongs to"), choices=[("", _("Nothing in particular")), *AMENITIES], required=False)
    quantity = forms.IntegerField(label=_("How many"), min_value=0, max_value=100_000, initial=1)
    unit = forms.CharField(label=_("Unit"), max_length=8, required=False)
    expires_on = forms.DateField(label=_("Expires on"), widget=DateInput(), required=False)


class RestockForm(forms.Form):
    quantity = forms.IntegerField(label=_("How many"), min_value=0, max_value=100_000)
    expires_on = forms.DateField(label=_("Expires on"), widget=DateInput(), required=False)


class FaultForm(forms.Form):
    subject = forms.ChoiceField(label=_("What is broken"), choices=[("", _("Something else")), *AMENITIES], required=False)
    words = forms.CharField(label=_("In words"), max_length=200, required=False)


class RoundForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=60, error_messages={"required": _("Give it a title.")})
    inspector = forms.ModelChoiceField(label=_("Who goes"), queryset=Person.objects.none(), empty_label=None)
    due_date = forms.DateField(label=_("To finish by"), widget=DateInput())

    def __init__(self, *arguments: Any, people: QuerySet[Person], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["inspector"].queryset = people  # type: ignore[attr-defined]


class MoveRoundForm(RoundForm):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        del self.fields["title"]


class StopForm(forms.Form):
    """One word on each fact, the dates on the packages, and what else was seen."""

    WORKS, FAILS = "works", "fails"

    def __init__(self, *arguments: Any, facts: list[Fact], supplies: list[Supply], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.facts, self.supplies = facts, supplies
        for fact in facts:
            self.fields[f"fact_{fact.subject}"] = forms.ChoiceField(
                label=fact.label,
                choices=[(self.WORKS, _("In order")), (self.FAILS, _("Not in order"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Please look at this too.")},
            )
        for supply in supplies:
            self.fields[f"supply_{supply.pk}"] = forms.DateField(label=supply.name, widget=DateInput(), required=False, initial=supply.expires_on)
        self.fields["words"] = forms.CharField(label=_("What else you saw"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
        self.fields["file"] = forms.FileField(
            label=_("A picture"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
        )

    def fact_fields(self) -> list[Any]:
        return [self[f"fact_{fact.subject}"] for fact in self.facts]

    def supply_fields(self) -> list[Any]:
        return [self[f"supply_{supply.pk}"] for supply in self.supplies]

    def found(self) -> dict[str, bool]:
        return {fact.subject: self.cleaned_data[f"fact_{fact.subject}"] == self.WORKS for fact in self.facts}

    def expiry(self) -> dict[int, dt.date | None]:
        return {supply.pk: self.cleaned_data[f"supply_{supply.pk}"] for supply in self.supplies}
