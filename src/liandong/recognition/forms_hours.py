"""Forms for hours: to confirm, claims, appeals, back-fill, rules, outliers."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liandong.activities.models import Shift
from liandong.organizations.models import Organization
from liandong.recognition.models import ServiceRecord
from liandong.venues import photos


class _Times(forms.Form):
    """From and to as times of the day of a shift; an end before the start lies on the next day."""

    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, shift: Shift, starts_at: dt.datetime | None = None, ends_at: dt.datetime | None = None, **kwargs: Any) -> None:
        self.shift = shift
        times = {
            "starts": timezone.localtime(starts_at or shift.starts_at).time(),
            "ends": timezone.localtime(ends_at or shift.ends_at).time(),
        }
        kwargs["initial"] = times | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def times(self) -> dict[str, dt.datetime]:
        """`starts_at` and `ends_at`. What is typed in whole minutes and lies within a minute of the shift's own start or end means just that."""
        first, last = timezone.localtime(self.shift.starts_at), timezone.localtime(self.shift.ends_at)
        start = self._moment(first, self.cleaned_data["starts"])
        end = self._moment(start, self.cleaned_data["ends"])
        if start < first - dt.timedelta(minutes=1) and start.date() < last.date():
            start, end = start + dt.timedelta(days=1), end + dt.timedelta(days=1)
        if end <= start:
            end += dt.timedelta(days=1)
        return {"starts_at": _snap(start, first), "ends_at": _snap(end, last)}

    def _moment(self, day: dt.datetime, time: dt.time) -> dt.datetime:
        return day.replace(hour=time.hour, minute=time.minute, second=0, microsecond=0)


def _snap(moment: dt.datetime, to: dt.datetime) -> dt.datetime:
    return to if abs(moment - to) < dt.timedelta(minutes=1) else moment


def _words(label: Any, *, most: int = 300, required: bool = True, missing: Any = "") -> forms.CharField:
    messages = {"required": missing} if missing else None
    return forms.CharField(label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": 3}), error_messages=messages)


class _Photo(forms.Form):
    photo = forms.FileField(
        label=_("A photo"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"})
    )

    def content(self) -> bytes:
        """The bytes of the picture, at most a little more than is taken."""
        upload = self.cleaned_data.get("photo")
        return upload.read(photos.LARGEST + 1) if upload else b""


class ClaimForm(_Times, _Photo):
    words = _words(_("What happened?"), missing=_("Say in a few words what happened."))
    evidence = _words(_("Who saw you, or what proves it?"), required=False)
    number = forms.CharField(label=_("Number of the volunteer, when you claim for somebody else"), max_length=12, required=False)
    relation = forms.CharField(label=_("How you know this person"), max_length=40, required=False)

    field_order = ["starts", "ends", "words", "evidence", "photo", "number", "relation"]


class AcceptForm(_Times):
    evidence = _words(_("What proves it"), missing=_("Say what proves it: a list, a photo, who saw it."))
    words = _words(_("A word to the volunteer"), required=False)

    field_order = ["starts", "ends", "evidence", "words"]


class RefuseForm(forms.Form):
    words = _words(_("Why it is not accepted"), missing=_("Say why; the volunteer will read it."))


class AppealForm(forms.Form):
    words = _words(_("What is not right?"), missing=_("Say in a few words what is not right."))


class AnswerForm(forms.Form):
    words = _words(_("Why the record stands"), missing=_("Say why the record stands."))


class BackfillForm(_Times, _Photo):
    person = forms.CharField(label=_("Volunteer number or mobile number"), max_length=20)
    reason = _words(_("Why"), most=200, missing=_("Say why; the volunteer will read it."))
    evidence = _words(_("What proves it"), missing=_("Say what proves it: a list, a photo, who saw it."))

    field_order = ["person", "starts", "ends", "reason", "evidence", "photo"]


class DecideForm(forms.Form):
    words = _words(_("A word about it"), required=False)


class CorrectForm(forms.Form):
    """More than the check-in shows needs evidence; less does not."""

    minutes = forms.IntegerField(label=_("Minutes that count"), min_value=0, max_value=1440)
    reason = _words(_("Why"), most=200)
    evidence = _words(_("What proves it, when it becomes more"), required=False)


class WithdrawForm(forms.Form):
    reason = _words(_("Why"), most=200, missing=_("Say why; the volunteer will read it."))


class RuleForm(forms.Form):
    where = forms.ChoiceField(label=_("Where it applies"))
    is_on = forms.BooleanField(label=_("Confirm by itself what lies inside these bounds"), required=False, initial=True)
    min_confidence = forms.IntegerField(label=_("How sure at least"), min_value=50, max_value=99, initial=80)
    max_minutes = forms.IntegerField(label=_("How long at most"), min_value=30, max_value=720, initial=240)
    min_records = forms.IntegerField(label=_("Records with this body before"), min_value=0, max_value=50, initial=1)
    reason = _words(_("Why this can be trusted"), most=200)

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"].choices = [("", _("Please choose")), *places]  # type: ignore[attr-defined]


class OutlierForm(forms.Form):
    state = forms.ChoiceField(label=_("What it comes to"), widget=forms.RadioSelect)
    reason = _words(_("Why"), missing=_("Say why; it stands beside the hours."))

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "accepted": _("The hours are right"),
            "recheck": _("Ask the body to check again"),
            "backfill": _("Only with evidence and a second person"),
            "withdrawn": _("Take the hours back"),
        }
        self.fields["state"].choices = [(state, labels[state]) for state in labels if state in states]  # type: ignore[attr-defined]


class ToConfirmForm(forms.Form):
    """The filter of the hours to confirm."""

    organization = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organization.objects.none(), to_field_name="slug", required=False, empty_label=_("All organisations")
    )

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class RecordFilterForm(forms.Form):
    """One's own records: by year, body, kind and words."""

    year = forms.ChoiceField(label=_("Which year"), required=False)
    body = forms.ChoiceField(label=_("Organised by"), required=False)
    kind = forms.ChoiceField(label=_("Kind of service"), required=False)
    q = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, years: list[int], bodies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = ServiceRecord._meta.get_field("category").choices or []
        for name, choices in (("year", [(str(year), str(year)) for year in years]), ("body", bodies), ("kind", [(str(a), b) for a, b in kinds])):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
