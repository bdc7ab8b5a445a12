"""Forms of certificates: what they show, who may read them, seals, keys, whole bodies at once, and the stranger's check."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization
from liandong.recognition.models import CertificateShare


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
    from_date = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class SealForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("Whose seal"), queryset=Organization.objects.none(), to_field_name="slug", empty_label=None)
    name = forms.CharField(label=_("Name of the seal"), max_length=60)
    number = forms.CharField(label=_("Registration number"), max_length=60)
    authority = forms.CharField(label=_("Registered with"), max_length=100)
    expires_on = forms.DateField(label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    picture = forms.FileField(label=_("Picture of the seal (PNG)"), widget=forms.FileInput(attrs={"accept": "image/png"}))
    chain = forms.CharField(label=_("Certificate chain (PEM)"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    reason = forms.CharField(label=_("Why a new key is needed"), max_length=200)


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
