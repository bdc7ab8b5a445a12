"""The form of a place. It checks shape; the verb checks rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization
from liandong.venues import hours
from liandong.venues.models import OpeningHours, Venue


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
