"""Forms of bookings. They check shape; the verbs check rules."""

import datetime as dt
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liandong.bookings.models import BookingSeries
from liandong.organizations.models import Organization
from liandong.venues import queries as venues
from liandong.venues.models import Room, Venue

_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_BETWEEN = re.compile(r"[\s,，;；、和]*")


class RoomField(forms.ModelChoiceField):
    """Rooms under their venues."""

    def __init__(self, **named: Any) -> None:
        super().__init__(queryset=Room.objects.none(), **named)

    def offer(self, rooms: Iterable[Room], *, empty: Any = "") -> None:
        rows = list(rooms)
        self.queryset = Room.objects.filter(pk__in=[row.pk for row in rows]).select_related("venue__host__territory", "venue__territory")
        groups = [(venue.name, [(row.pk, row.name) for row in found]) for venue, found in groupby(rows, key=lambda row: row.venue)]
        self.choices = [("", empty or _("Choose a room")), *groups]


class TimesForm(forms.Form):
    """A room, a day, from and to. An end at or before the beginning lies on the next day where the venue is open then."""

    room = RoomField(label=_("Room"))
    date = forms.DateField(label=_("Day"), widget=forms.DateInput)
    start = forms.TimeField(label=_("From"), widget=forms.TimeInput)
    end = forms.TimeField(label=_("To"), widget=forms.TimeInput)

    def __init__(self, *arguments: Any, rooms: Iterable[Room], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["room"].offer(rooms)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("date") and not 2000 <= values["date"].year <= 2199:
            self.add_error("date", _("Please check the day."))
        if all(values.get(name) is not None for name in ("date", "start", "end")) and not self.errors:
            start, end = (timezone.make_aware(dt.datetime.combine(values["date"], values[name])) for name in ("start", "end"))
            if end <= start:
                night = end + dt.timedelta(days=1)
                room = values.get("room")
                hours = venues.hours_of([room.venue])[room.venue_id] if room else None
                if hours is None or not (hours.known or hours.special) or not hours.covers(start, night):
                    self.add_error("end", _("The end lies before the beginning."))
                end = night
            values["starts_at"], values["ends_at"] = start, end
        return values


class BookForm(TimesForm):
    title = forms.CharField(label=_("What it is for"), max_length=80)
    organization = forms.ModelChoiceField(label=_("Booked for"), queryset=Organization.objects.none(), required=False, empty_label=_("Myself"))
    people_count = forms.IntegerField(label=_("How many people"), min_value=1, max_value=100_000, required=False)
    note = forms.CharField(label=_("A word to those who keep the room"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    rhythm = forms.ChoiceField(label=_("Repeat"), choices=[("", _("Only once")), *BookingSeries.Rhythm.choices], required=False)
    every = forms.IntegerField(label=_("Every how many weeks or months"), min_value=1, max_value=12, required=False, initial=1)
    until = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput)
    left_out = forms.CharField(label=_("Days left out"), max_length=300, required=False)

    def __init__(self, *arguments: Any, bodies: QuerySet[Organization], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("rhythm") and not values.get("until") and "until" not in self.errors:
            self.add_error("until", _("Until which day does it repeat?"))
        if values.get("left_out") and values.get("date"):
            try:
                values["left_out"] = read_days(values["left_out"], values["date"])
            except ValueError:
                self.add_error("left_out", _("Write days like 10-1, 10-8 or 2026-10-01."))
        else:
            values["left_out"] = []
        return values

    def for_one(self) -> dict[str, Any]:
        """The values as `book` takes them."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at", "title", "organization", "people_count", "note")}

    def for_series(self) -> dict[str, Any]:
        more = {name: self.cleaned_data[name] for name in ("rhythm", "until", "left_out")}
        return self.for_one() | more | {"every": self.cleaned_data["every"] or 1}


def read_days(text: str, first: dt.date) -> list[dt.date]:
    """'10-1, 10月8日, 2027/1/1': days, without a year the next ones after `first`. Raises ValueError for anything else."""
    found, at = [], 0
    for match in _DAY.finditer(text):
        if not _BETWEEN.fullmatch(text[at : match.start()]):
            raise ValueError(text)
        at = match.end()
        year, month, day = (int(part) if part else 0 for part in match.groups())
        made = dt.date(year or first.year, month, day)
        found.append(made if year or made >= first else dt.date(first.year + 1, month, day))
    if not _BETWEEN.fullmatch(text[at:]):
        raise ValueError(text)
    return found


class MoveForm(TimesForm):
    whole = forms.ChoiceField(
        label=_("Which"), choices=[("", _("Only this one")), ("following", _("This and all following"))], required=False, widget=forms.RadioSelect
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    whole = forms.BooleanField(label=_("All dates of the series"), required=False)


class CloseForm(forms.Form):
    date = forms.DateField(label=_("From day"), widget=forms.DateInput)
    until = forms.DateField(label=_("To day, that day included"), widget=forms.DateInput)
    start = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput)
    end = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput)
    title = forms.CharField(label=_("Why"), max_length=80)
    cancel_others = forms.BooleanField(label=_("Cancel the bookings in this time; whoever booked is told why"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("date", "until"):
            if values.get(name) and not 2000 <= values[name].year <= 2199:
                self.add_error(name, _("Please check the day."))
        if values.get("date") and values.get("until") and not self.errors:
            start = timezone.make_aware(dt.datetime.combine(values["date"], values.get("start") or dt.time.min))
            last = (
                dt.datetime.combine(values["until"], values["end"])
                if values.get("end")
                else dt.datetime.combine(values["until"] + dt.timedelta(days=1), dt.time.min)
            )
            values["starts_at"], values["ends_at"] = start, timezone.make_aware(last)
        return values


class LimitForm(forms.Form):
    room = forms.ModelChoiceField(label=_("Where"), queryset=Room.objects.none(), required=False, empty_label=_("All rooms together"))
    organization = forms.CharField(
        label=_("Organisation"), max_length=80, required=False, help_text=_("Its name; empty for each that has no limit of its own")
    )
    hours = forms.IntegerField(label=_("Hours a month"), min_value=0, max_value=744)

    def __init__(self, *arguments: Any, venue: Venue, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["room"].queryset = venue.rooms.order_by("name")  # type: ignore[attr-defined]

    def clean_organization(self) -> Organization | None:
        name = self.cleaned_data["organization"].strip()
        if not name:
            return None
        found = list(Organization.objects.filter(state=Organization.State.ACTIVE, name=name)[:2]) or list(
            Organization.objects.filter(state=Organization.State.ACTIVE, short_name=name)[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(_("No single organisation has exactly this name."))
        return found[0]
