"""Forms of certificates: what they show, who may read them, seals, keys, whole bodies at once, and the stranger's check."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.organizations.models import Organization
from liandong.recognition import queries
from liandong.recognition.models import Certificate, CertificateShare, new_certificate_code

IdShown = Certificate.IdShown


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class CertificateForm(forms.Form):
    """Which service the certificate proves: all of it unless told otherwise."""

    span = forms.ChoiceField(
        label=_("Which time"),
        choices=[("all", _("All my service")), ("this_year", _("This year")), ("last_year", _("Last year")), ("days", _("From one day to another"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    from_date = day_field(_("From"))
    to_date = day_field(_("To"))
    organization = forms.ModelChoiceField(label=_("Recorded by"), queryset=Organization.objects.none(), required=False, empty_label=_("All bodies"))
    id_shown = forms.ChoiceField(
        label=_("Identity document"), choices=IdShown.choices, required=False, widget=forms.RadioSelect, initial=IdShown.NONE
    )

    def __init__(self, *args: Any, person: Person, bodies: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = queries.organizations_of(person)
        if bodies is not None or not person.has_id_number:  # the bearer's choice alone
            self.fields["id_shown"].widget = forms.HiddenInput()
        self.fields["organization"].queryset = served if bodies is None else served.filter(pk__in=bodies)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        year, span = clock.today().year, values.get("span")
        if span in {"this_year", "last_year"}:
            year -= span == "last_year"
            values["from_date"], values["to_date"] = dt.date(year, 1, 1), dt.date(year, 12, 31)
        elif span == "all":
            values["from_date"] = values["to_date"] = None
        elif not self.errors and not (values.get("from_date") or values.get("to_date")):
            self.add_error("from_date", _("Choose at least one day."))
        return values


class ShowForm(forms.Form):
    """What somebody else gets to see."""

    shows = forms.ChoiceField(label=_("What others see"), choices=CertificateShare.Shows.choices, widget=forms.RadioSelect, initial="hours")
    shows_name = forms.BooleanField(label=_("My full name and volunteer number"), required=False)
    days = forms.TypedChoiceField(
        label=_("How long the link works"),
        choices=[(7, _("A week")), (30, _("A month")), (90, _("Three months")), (365, _("A year"))],
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("A note: who gets the link"), max_length=60, required=False)


class FileForm(forms.Form):
    """What a credential holds."""

    shows = forms.ChoiceField(label=_("What others see"), choices=CertificateShare.Shows.choices, widget=forms.RadioSelect, initial="hours")
    name = forms.BooleanField(label=_("My full name and volunteer number"), required=False)


class AskRevokeForm(forms.Form):
    reason = forms.CharField(label=_("Why it is revoked"), max_length=200)


class BatchForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("Recorded by"), queryset=Organization.objects.none(), to_field_name="slug", empty_label=None)
    from_date = day_field(_("From"))
    to_date = day_field(_("To"))

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class SealForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("Whose seal"), queryset=Organization.objects.none(), to_field_name="slug", empty_label=None)
    name = forms.CharField(label=_("Name of the seal"), max_length=60)
    number = forms.CharField(label=_("Registration number"), max_length=60)
    authority = forms.CharField(label=_("Registered with"), max_length=100)
    expires_on = day_field(_("Valid until"))
    picture = forms.FileField(label=_("Picture of the seal (PNG)"), widget=forms.FileInput(attrs={"accept": "image/png"}))
    chain = forms.CharField(label=_("Certificate chain (PEM)"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    reason = forms.CharField(label=_("Why a new key is needed"), max_length=200)


class VerifyForm(forms.Form):
    code = forms.CharField(
        label=_("Number on the certificate"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the number printed under the title.")},
    )

    def clean_code(self) -> str:
        code = ids.clean_code(self.cleaned_data["code"])
        if len(code) != len(new_certificate_code()):
            raise forms.ValidationError(_("The number has 12 letters and digits. Please compare it with the paper."))
        return code


class CheckForm(forms.Form):
    """A file, or what is in it, pasted."""

    LARGEST = 5 * 1024 * 1024

    file = forms.FileField(label=_("File"), required=False)
    pasted = forms.CharField(
        label=_("Or paste the address, the number or the credential"), required=False, max_length=300_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        file, pasted = values.get("file"), (values.get("pasted") or "").strip()
        if not file and not pasted and not self.errors:
            self.add_error("file", _("Choose a file, or paste something."))
        if file and file.size > self.LARGEST:
            self.add_error("file", _("The file is larger than 5 MB."))
        return values

    def content(self) -> bytes:
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["pasted"].strip().encode()
