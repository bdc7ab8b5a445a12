"""The form of a place. It checks shape; the verb checks rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization
from liandong.venues import hours
from liandong.venues.models import OpeningHours, Room, Venue


class VenueForm(forms.Form):
    name = forms.CharField(label=_("Its name"), max_length=80, error_messages={"required": _("Please enter a name.")})
    kind = forms.ChoiceField(label=_("Kind"), choices=Venue.Kind.choices)
    host = forms.ModelChoiceField(label=_("Lent by"), queryset=Organization.objects.none(), empty_label=None)
    address = forms.CharField(label=_("Address"), max_length=200, error_messages={"required": _("Please enter an address.")})
    directions = forms.CharField(label=_("How to find it"), max_length=200, required=False, help_text=_("Entrance, floor, bus stop"))
    capacity = forms.IntegerField(label=_("Room for how many people"), min_value=1, max_value=100_000, required=False)
    is_step_free = forms.BooleanField(label=_("Wheelchairs get in without steps"), required=False)
    is_open = forms.BooleanField(label=_("It can be used"), required=False)

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization] | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if hosts is None:
            del self.fields["host"]
        else:
            self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
            del self.fields["is_open"]


class StretchesField(forms.CharField):
    """Times from and to, as people write them; cleaned to a list of stretches."""

    def __init__(self, **named: Any) -> None:
        super().__init__(max_length=100, required=False, **named)

    def clean(self, value: Any) -> Any:
        try:
            return hours.read_stretches(super().clean(value))
        except ValueError:
            raise forms.ValidationError(_("Please write times as 9:00-12:00, 13:30-17:30. Leave it empty when it is closed.")) from None


class HoursForm(forms.Form):
    """The ordinary week. `days` are the eight fields in order."""

    holidays = forms.ChoiceField(label=_("On public holidays"), choices=Venue.Holidays.choices, widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        names = [*WEEKDAYS.values(), _("Public holidays")]
        for weekday, name in enumerate(names):
            self.fields[f"day{weekday}"] = StretchesField(label=name)
        self.order_fields([f"day{weekday}" for weekday in range(7)] + ["holidays", f"day{OpeningHours.HOLIDAY}"])

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day{weekday}"] for weekday in range(7)]

    @property
    def holiday(self) -> forms.BoundField:
        return self[f"day{OpeningHours.HOLIDAY}"]

    def week(self) -> dict[int, list[hours.Stretch]]:
        return {weekday: stretches for weekday in range(8) if (stretches := self.cleaned_data[f"day{weekday}"])}


class SpecialDayForm(forms.Form):
    date = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    times = StretchesField(label=_("From, to"), help_text=_("Such as 9:00-12:00. Empty: closed all day."))
    words = forms.CharField(label=_("Why"), max_length=80, required=False, help_text=_("Everybody reads it."))

    def clean_times(self) -> hours.Stretch | None:
        found = self.cleaned_data["times"]
        if len(found) > 1:
            raise forms.ValidationError(_("One stretch only on a special day, please."))
        return found[0] if found else None


class SpaceForm(forms.Form):
    space = forms.ChoiceField(label=_("Kind of space"), choices=[("", _("None of these")), *Venue.Space.choices], required=False)
    offers = forms.CharField(label=_("What people find there"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    keep_minutes = forms.IntegerField(label=_("Minutes a booked room is kept without a check-in"), min_value=0, max_value=240)


class RoomForm(forms.Form):
    name = forms.CharField(label=_("Its name"), max_length=40, error_messages={"required": _("Please enter a name.")})
    space = forms.ChoiceField(label=_("Kind of space"), choices=[("", _("As its venue")), *Venue.Space.choices], required=False)
    spot = forms.CharField(label=_("Where in the house"), max_length=80, required=False)
    capacity = forms.IntegerField(label=_("Room for how many people"), min_value=1, max_value=100_000)
    square_metres = forms.IntegerField(label=_("Square metres"), min_value=1, max_value=1_000_000, required=False)
    features = forms.MultipleChoiceField(
        label=_("What stands in it"), choices=Room.Feature.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(label=_("In one sentence"), max_length=300, required=False)
    rules = forms.CharField(label=_("What holds in this room"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    price = forms.DecimalField(label=_("Price an hour, in yuan"), min_value=0, max_value=100_000, decimal_places=2, required=False)
    open_to = forms.ChoiceField(label=_("Who may book"), choices=Room.OpenTo.choices, initial=Room.OpenTo.EVERYBODY)
    agreed = forms.ChoiceField(label=_("How it is booked"), choices=Room.Agreed.choices, initial=Room.Agreed.AT_ONCE)
    answer_hours = forms.IntegerField(label=_("Hours to answer a request"), min_value=1, max_value=720, initial=48)
    longest_minutes = forms.IntegerField(label=_("Longest booking, in minutes"), min_value=30, max_value=1440, initial=240)
    buffer_minutes = forms.IntegerField(label=_("Minutes between two bookings"), min_value=0, max_value=240, initial=15)
    days_ahead = forms.IntegerField(label=_("How many days ahead"), min_value=1, max_value=400, initial=90)
    is_open = forms.BooleanField(label=_("It can be booked"), required=False, initial=True)

    def values(self) -> dict[str, Any]:
        """As the verbs take them: money in fen."""
        values = dict(self.cleaned_data)
        return values | {"price_fen": int((values.pop("price") or 0) * 100)}


class PhotoForm(forms.Form):
    file = forms.FileField(label=_("A picture"), help_text=_("JPEG or PNG, at most 8 MB"))
    words = forms.CharField(label=_("What it shows"), max_length=80, required=False)
