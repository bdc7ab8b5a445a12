"""Forms about overlaps, hosting together, and lists of people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.activities.models import Activity
from liandong.imports.reading import LARGEST_FILE
from liandong.organizations.models import Organization
from liandong.overlap.models import OverlapDecision

SOURCES = [("paste", _("Paste a list")), ("file", _("From a file")), ("signed_up", _("Those who signed up")), ("members", _("Members of the body"))]


class DecideForm(forms.Form):
    """What an overlap means."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(OverlapDecision.Kind.DIFFERENT, _("Not the same thing")), (OverlapDecision.Kind.ACCEPTED, _("Known, both take place"))],
        widget=forms.RadioSelect,
        initial=OverlapDecision.Kind.DIFFERENT,
    )
    words = forms.CharField(label=_("A few words"), max_length=200, required=False)


class ProposeForm(forms.Form):
    """With whom, who counts what. The values of `partners` are "body" or "body:activity"."""

    partners = forms.MultipleChoiceField(
        label=_("With whom"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose with whom.")}
    )
    hours_percent = forms.IntegerField(label=_("Hours that each partner counts"), min_value=0, max_value=100)
    people_percent = forms.IntegerField(label=_("People served that each partner counts"), min_value=0, max_value=100)
    words = forms.CharField(label=_("A few words to them"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partners"].choices = list(choices)  # type: ignore[attr-defined]

    def partners_chosen(self) -> list[tuple[Organization, Activity | None]]:
        found: list[tuple[Organization, Activity | None]] = []
        for value in self.cleaned_data["partners"]:
            body, _colon, twin = value.partition(":")
            found.append((Organization.objects.get(pk=body), Activity.objects.select_related("host").filter(pk=twin).first() if twin else None))
        return found


class AnswerForm(forms.Form):
    words = forms.CharField(label=_("A few words"), max_length=300, required=False)


class ListForm(forms.Form):
    """Whom an activity is for. Nothing of it is kept but digests."""

    source = forms.ChoiceField(label=_("Where the list comes from"), choices=SOURCES, widget=forms.RadioSelect, initial="paste")
    text = forms.CharField(
        label=_("One person a line: name, phone or ID number"), required=False, max_length=2_000_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    file = forms.FileField(label=_("File (xlsx, xls or csv)"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("source") == "paste" and not values.get("text", "").strip():
            self.add_error("text", _("Paste the list here."))
        file = values.get("file")
        if values.get("source") == "file" and file is None:
            self.add_error("file", _("Choose a file."))
        if file is not None and file.size > LARGEST_FILE:
            self.add_error("file", _("The file is larger than 20 MB."))
        return values
