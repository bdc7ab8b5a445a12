"""Forms of bringing a file and of saying which column is which."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.core.text import fold
from liandong.imports import queries, reading
from liandong.imports.models import ImportRun
from liandong.imports.specs import importer_of, kinds
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import Actor


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file?"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(label=_("For whom do you bring it?"))
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("xlsx, xls or csv, at most 20 MB"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv,.txt,.tsv,.ods,.et"}),
    )
    pasted = forms.CharField(
        label=_("Or paste cells from Excel"),
        required=False,
        strip=False,
        widget=forms.Textarea,
        help_text=_("With the row of headings. Select the cells, copy, paste here."),
    )

    def __init__(self, *arguments: Any, by: Actor, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.places, self.bodies = queries.scopes_of(by)
        self.fields["kind"].choices = [(kind, importer_of(kind).label) for kind in kinds()]  # type: ignore[attr-defined]
        places = [(f"t{place.pk}", place.name) for place in self.places]
        bodies = [(f"o{body.pk}", body.name) for body in self.bodies]
        self.fields["scope"].choices = places + bodies  # type: ignore[attr-defined]
        if len(places + bodies) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["scope"].initial = (places + bodies)[0][0]

    def choose_body(self, slug: str) -> None:
        """The body whose page the person comes from."""
        body = next((body for body in self.bodies if body.slug == slug), None)
        if body is not None:
            self.initial["scope"] = f"o{body.pk}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, pasted = cleaned.get("file"), fold(cleaned.get("pasted") or "")
        if not file and not pasted and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste the cells."))
        if file and file.size > reading.LARGEST_FILE:
            self.add_error("file", _("The file is larger than 20 MB."))
        return cleaned

    def chosen(self) -> tuple[Territory, Organization | None]:
        """The place and the body the file is brought for."""
        kind, pk = self.cleaned_data["scope"][0], int(self.cleaned_data["scope"][1:])
        if kind == "t":
            return next(place for place in self.places if place.pk == pk), None
        body = next(body for body in self.bodies if body.pk == pk)
        return body.territory, body


class ColumnsForm(forms.Form):
    """One choice for every column of the sheet."""

    sheet = forms.CharField(required=False, widget=forms.HiddenInput)
    header_row = forms.IntegerField(min_value=0, max_value=1000, widget=forms.HiddenInput)
    header_height = forms.IntegerField(min_value=1, max_value=2, required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, run: ImportRun, heads: list[queries.Head], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.heads = heads
        choices = [("", _("Leave out")), *((column.key, column.label) for column in importer_of(run.kind).columns)]
        for head in heads:
            label = _("What column %(letter)s holds") % {"letter": head.letter}
            widget = forms.Select(attrs={"class": "input", "aria-label": label})
            self.fields[f"column_{head.index}"] = forms.ChoiceField(label=label, choices=choices, required=False, initial=head.key, widget=widget)

    def rows(self) -> list[tuple[queries.Head, Any]]:
        return [(head, self[f"column_{head.index}"]) for head in self.heads]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, int] = {}
        for head in self.heads:
            key = cleaned.get(f"column_{head.index}")
            if not key:
                continue
            if key in chosen:
                self.add_error(f"column_{head.index}", _("This was chosen for another column already."))
            chosen[key] = head.index
        cleaned["columns"] = chosen
        return cleaned


class TableForm(forms.Form):
    """Which sheet, and in which row the headings stand (0: there are none)."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(label=_("Row of the headings"), min_value=0, max_value=1000, help_text=_("0 when the list has no headings"))

    def __init__(self, *arguments: Any, run: ImportRun, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["sheet"].choices = [(sheet["name"], sheet["name"]) for sheet in run.sheets]  # type: ignore[attr-defined]
        if len(run.sheets) == 1:
            self.fields["sheet"].widget = forms.HiddenInput()
