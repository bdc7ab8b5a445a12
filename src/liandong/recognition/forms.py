from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.organizations.models import Organization
from liandong.recognition import queries
from liandong.recognition.models import Certificate, new_certificate_code

IdShown = Certificate.IdShown


class CertificateForm(forms.Form):
    """Which service the certificate proves: all of it unless told otherwise."""

    span = forms.ChoiceField(
        label=_("Which time"),
        choices=[("all", _("All my service")), ("this_year", _("This year")), ("last_year", _("Last year")), ("days", _("From one day to another"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    from_date = forms.DateField(label=_("From"), required=False)
    to_date = forms.DateField(label=_("To"), required=False)
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
        for name in ("from_date", "to_date"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        year, span = clock.today().year, values.get("span")
        if span in {"this_year", "last_year"}:
            year -= span == "last_year"
            values["from_date"], values["to_date"] = (
                clock.today().replace(year=year, month=1, day=1),
                clock.today().replace(year=year, month=12, day=31),
            )
        elif span == "all":
            values["from_date"] = values["to_date"] = None
        elif not self.errors and not (values.get("from_date") or values.get("to_date")):
            self.add_error("from_date", _("Choose at least one day."))
        return values


class CorrectForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes that count"), min_value=0, max_value=1440)
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("What is not right?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words what is not right.")},
    )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Why the record stands"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the record stands.")},
    )


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


class ToConfirmForm(forms.Form):
    """The filter of the list."""

    organization = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organization.objects.none(), to_field_name="slug", required=False, empty_label=_("All organisations")
    )

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
