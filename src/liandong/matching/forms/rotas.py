"""Forms about rotas and turns."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.problems.rotas import MOST_DATES, dates_of
from liandong.matching.words import rotas as rota_words
from liandong.organizations.models import Territory
from liandong.ui import words as ui

DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
NTH = [
    (1, pgettext_lazy("weekday", "first")),
    (2, pgettext_lazy("weekday", "second")),
    (3, pgettext_lazy("weekday", "third")),
    (4, pgettext_lazy("weekday", "fourth")),
    (5, pgettext_lazy("weekday", "last")),
]


def dates_in(text: str) -> tuple[list[dt.date], list[str]]:
    """The dates in what somebody wrote, and the lines that hold none."""
    found, bad = [], []
    for line in text.splitlines():
        days = []
        for year, month, day in DATE.findall(line):
            try:
                days.append(dt.date(int(year), int(month), int(day)))
            except ValueError:
                bad.append(line.strip())
        if line.strip() and not days and line.strip() not in bad:
            bad.append(line.strip())
        found += days
    return sorted(set(found)), bad


def lines_of(days: Iterable[dt.date]) -> str:
    return "\n".join(day.isoformat() for day in days)


class DatesField(forms.CharField):
    """Dates, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4_000, widget=forms.Textarea(attrs={"rows": "8"}), **kwargs)

    def clean(self, value: Any) -> list[dt.date]:
        text = super().clean(value)
        days, bad = dates_in(text)
        if bad:
            raise forms.ValidationError(_("This is no date: %(line)s"), params={"line": bad[0][:40]})
        if len(days) > MOST_DATES:
            raise forms.ValidationError(_("At most %(n)s dates in one rota."), params={"n": MOST_DATES})
        return days


class AboutForm(forms.Form):
    """What a rota is about, and what every host should know."""

    name = forms.CharField(label=pgettext_lazy("rota", "Name"), max_length=60, error_messages={"required": _("Give the rota a name.")})
    words = forms.CharField(label=_("In a few words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": "2"}))
    place = forms.CharField(label=_("Usual place"), max_length=200, required=False)
    start_time = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("Takes"), min_value=15, max_value=1_440)
    needed_words = forms.CharField(label=_("What to have ready"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": "4"}))
    checklist = forms.CharField(label=_("Checklist"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": "4"}))

    TEXTS = ("name", "words", "place", "start_time", "minutes", "needed_words", "checklist")

    def about(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.TEXTS}


class RotaForm(AboutForm):
    """A new rota: a rhythm gives its dates, which may then be changed by hand."""

    territory = forms.ModelChoiceField(Territory.objects.none(), label=_("Ground"), empty_label=None)
    rhythm = forms.ChoiceField(label=_("How often"), choices=Rota.Rhythm.choices, widget=forms.RadioSelect)
    nth = forms.TypedChoiceField(label=_("Which one of the month"), choices=NTH, coerce=int)
    weekday = forms.TypedChoiceField(label=_("Weekday"), coerce=int)
    every_weeks = forms.IntegerField(label=_("Every so many weeks"), min_value=1, max_value=52)
    from_date = forms.DateField(label=_("From which day"), widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label=_("Until which day"), widget=forms.DateInput(attrs={"type": "date"}))
    dates = DatesField(label=_("Dates"), required=False)

    def __init__(self, *args: Any, grounds: list[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground: Any = self.fields["territory"]
        ground.queryset = Territory.objects.filter(pk__in=[place.pk for place in grounds])
        if len(grounds) == 1:
            ground.initial, ground.widget = grounds[0].pk, forms.HiddenInput()
        self.fields["weekday"].choices = [(number, rota_words.weekday(number)) for number in range(7)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("from_date"), given.get("to_date")
        if first and last and not first <= last <= first + dt.timedelta(days=3 * 366):
            self.add_error("to_date", _("The last day comes after the first, within three years."))
        return given

    def by_rhythm(self) -> list[dt.date]:
        names = ("rhythm", "nth", "weekday", "every_weeks", "from_date", "to_date")
        if not all(name in self.cleaned_data for name in names):
            return []
        return dates_of(**{name: self.cleaned_data[name] for name in names})

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return self.about() | {
            "territory": given["territory"], "rhythm": given["rhythm"], "nth": given["nth"], "weekday": given["weekday"],
            "every_weeks": given["every_weeks"], "dates": given["dates"] or self.by_rhythm(),
        }  # fmt: skip


class EditRotaForm(AboutForm):
    dates = DatesField(label=_("Dates"))


class HostForm(forms.Form):
    """How often, when not, whom to call."""

    size = forms.IntegerField(label=pgettext_lazy("turns", "Weight"), min_value=1, max_value=9)
    blocked_dates = forms.MultipleChoiceField(label=_("Dates it cannot"), required=False, widget=forms.CheckboxSelectMultiple)
    contact = forms.ModelChoiceField(Person.objects.none(), label=_("Contact person"), required=False)

    def __init__(self, *args: Any, host: RotaHost, days: Iterable[dt.date], people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [*days, *(day for day in map(dt.date.fromisoformat, host.blocked_dates) if day not in set(days))]
        self.fields["blocked_dates"].choices = [(day.isoformat(), ui.day_short(day)) for day in sorted(days)]  # type: ignore[attr-defined]
        contact: Any = self.fields["contact"]
        contact.queryset = people
        contact.label_from_instance = lambda person: person.masked_name

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"size": given["size"], "blocked_dates": [dt.date.fromisoformat(day) for day in given["blocked_dates"]], "contact": given["contact"]}


class PauseForm(forms.Form):
    from_date = forms.DateField(label=_("From which day"), widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label=_("Until which day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class EndHostForm(forms.Form):
    to_date = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class SwapForm(forms.Form):
    """With which turn of another host."""

    other = forms.ChoiceField(label=_("Exchange with"), widget=forms.RadioSelect, error_messages={"required": _("Choose the date you would take.")})
    words = forms.CharField(label=_("A few words"), max_length=200, required=False)

    def __init__(self, *args: Any, turns: Iterable[Turn], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turns = {str(turn.pk): turn for turn in turns}
        self.fields["other"].choices = [
            (key, f"{ui.day(turn.turn_date)} {turn.host.organization.label}") for key, turn in self.turns.items() if turn.host
        ]  # type: ignore[attr-defined]


class NotesForm(forms.Form):
    notes = forms.CharField(label=_("For the next host"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": "5"}))


class GiveForm(forms.Form):
    host = forms.ChoiceField(label=_("Give this date to"))

    def __init__(self, *args: Any, hosts: Iterable[RotaHost], day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = {str(host.pk): host for host in hosts}
        self.fields["host"].choices = [(key, rota_words.host_choice(host, day)) for key, host in self.hosts.items()]  # type: ignore[attr-defined]
