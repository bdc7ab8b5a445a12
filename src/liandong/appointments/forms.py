"""Forms of desks and appointments. Rules live in services; a form only reads what was typed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.appointments.models import Desk
from liandong.appointments.said import weekday
from liandong.organizations.models import Organization
from liandong.venues.hours import Stretch, read_stretches
from liandong.venues.models import Venue

RHYTHMS = [
    ("1", _("Every week")),
    ("2", _("Every 2 weeks")),
    ("3", _("Every 3 weeks")),
    ("4", _("Every 4 weeks")),
    ("n1", _("First of the month")),
    ("n2", _("Second of the month")),
    ("n3", _("Third of the month")),
    ("n4", _("Fourth of the month")),
    ("n5", _("Last of the month")),
]
UNTIL = [
    (0, _("until it begins")),
    (30, _("half an hour before")),
    (60, _("an hour before")),
    (120, _("two hours before")),
    (720, _("12 hours before")),
    (1440, _("a day before")),
    (2880, _("two days before")),
]
NOT_READ = _("Write it like this: 9:00-11:30, 14:00-17:00")


class AboutForm(forms.Form):
    about = forms.CharField(label=_("What is it about?"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TimesField(forms.CharField):
    """Stretches of a day, read as people write them; none past midnight."""

    def clean(self, value: Any) -> list[Stretch]:  # type: ignore[override]
        typed = super().clean(value)
        try:
            stretches = read_stretches(typed)
        except ValueError as error:
            raise forms.ValidationError(NOT_READ) from error
        if any(ends <= begins for begins, ends in stretches):
            raise forms.ValidationError(NOT_READ)
        return stretches


class VenueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Venue) -> str:  # type: ignore[override]
        return f"{obj.name}（{obj.address}）"


class PeopleField(forms.ModelMultipleChoiceField):
    """Colleagues by their name: they know each other."""

    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.name


class DeskForm(forms.Form):
    host = forms.ModelChoiceField(Organization.objects.none(), label=_("Which organisation offers it?"), empty_label=None)
    kind = forms.ChoiceField(label=_("Who receives"), choices=Desk.Kind.choices)
    title = forms.CharField(label=_("Its name"), max_length=60, error_messages={"required": _("Please enter a name.")})
    receiver = forms.CharField(
        label=_("Name of the person or office, for everybody to read"),
        max_length=60,
        error_messages={"required": _("Say who receives people.")},
    )
    words = forms.CharField(label=_("What one can come with"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    venue = VenueField(Venue.objects.none(), label=_("Venue"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")})
    spot = forms.CharField(label=_("Room or table"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone of the desk"), max_length=30, required=False)
    minutes = forms.IntegerField(label=_("Minutes for each"), min_value=5, max_value=240, initial=20)
    ahead_days = forms.IntegerField(label=_("How many days ahead"), min_value=1, max_value=90, initial=28)
    until_minutes = forms.TypedChoiceField(label=_("Booking and cancelling"), choices=UNTIL, coerce=int, initial=60)
    is_open_on_holidays = forms.BooleanField(label=_("Also on public holidays"), required=False)
    is_open = forms.BooleanField(label=_("It takes appointments"), required=False)

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization] | None, venues: QuerySet[Venue], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]
        if hosts is None:
            del self.fields["host"]
        else:
            self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
            del self.fields["is_open"]


def initial_of(desk: Desk) -> dict[str, Any]:
    names = (
        "kind", "title", "receiver", "words", "spot", "phone", "minutes", "ahead_days", "until_minutes", "is_open_on_holidays", "is_open",
    )  # fmt: skip
    return {name: getattr(desk, name) for name in names} | {"venue": desk.venue_id}


class HoursForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days?"), coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Please choose a day.")}
    )
    times = TimesField(label=_("From when to when?"), max_length=60, error_messages={"required": _("Please say from when to when.")})
    rhythm = forms.ChoiceField(label=_("In which weeks?"), choices=RHYTHMS)
    from_date = forms.DateField(label=_("For the first time"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["weekdays"].choices = [(number, weekday(number)) for number in range(7)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """As the verb takes them."""
        rhythm = self.cleaned_data["rhythm"]
        return {
            "weekdays": self.cleaned_data["weekdays"],
            "stretches": self.cleaned_data["times"],
            "from_date": self.cleaned_data["from_date"],
            "nth": int(rhythm[1:]) if rhythm.startswith("n") else None,
            "every_weeks": 1 if rhythm.startswith("n") else int(rhythm),
        }


class DayForm(forms.Form):
    date = forms.DateField(label=_("Day"), widget=forms.DateInput, error_messages={"required": _("Please choose a day.")})
    times = TimesField(label=_("Receives from when to when?"), max_length=30, required=False)
    words = forms.CharField(label=_("Why"), max_length=80, required=False)

    def clean_times(self) -> list[Stretch]:
        stretches: list[Stretch] = self.cleaned_data["times"]
        if len(stretches) > 1:
            raise forms.ValidationError(_("One stretch of time for such a day, please."))
        return stretches

    def values(self) -> dict[str, Any]:
        date: dt.date = self.cleaned_data["date"]
        return {"date": date, "stretch": next(iter(self.cleaned_data["times"]), None), "words": self.cleaned_data["words"]}


class ReceiversForm(forms.Form):
    people = PeopleField(Person.objects.none(), label=_("Who sits there?"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, staff: QuerySet[Person], now: Iterable[int] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["people"].queryset = staff | Person.objects.filter(pk__in=list(now))  # type: ignore[attr-defined]
