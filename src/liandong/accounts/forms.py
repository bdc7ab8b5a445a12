"""Forms of the account pages. They check shape; the verbs check rules."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import IdKind, IdRule, Sex
from liandong.core.text import fold, normalize_phone


class PhoneForm(forms.Form):
    phone = forms.CharField(label=_("Mobile number"), max_length=30, error_messages={"required": _("Please enter your mobile number.")})

    def clean_phone(self) -> str:
        phone = normalize_phone(self.cleaned_data["phone"])
        if not phone:
            raise forms.ValidationError(_("Please enter a mobile number of 11 digits."))
        return phone


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code from the message"), max_length=12, error_messages={"required": _("Please enter the code of 6 digits.")})
    name = forms.CharField(
        label=_("Your name"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Only at your first sign-in"),
    )

    def clean_name(self) -> str:
        return fold(self.cleaned_data["name"])


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please enter your name.")},
    )

    def clean_name(self) -> str:
        return fold(self.cleaned_data["name"])


class PasswordSignInForm(forms.Form):
    login = forms.CharField(
        label=_("User name or mobile number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("Please enter your user name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Please enter your password.")},
    )


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please enter your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}), help_text=_("For longer messages, if you like")
    )
    birth_date = forms.DateField(label=_("Day of birth"), required=False, widget=forms.DateInput(attrs={"autocomplete": "bday"}))
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("F", Sex.FEMALE.label), ("M", Sex.MALE.label)], widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of messages to you"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class IdNumberForm(forms.Form):
    rule = forms.ChoiceField(
        label=_("Which rule asks for it"),
        choices=IdRule.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the rule that asks. Without one, please keep your number to yourself.")},
    )
    kind = forms.ChoiceField(label=_("Document"), choices=IdKind.choices)
    number = forms.CharField(
        label=_("Number of the document"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Please enter the number.")},
    )
    consent = forms.BooleanField(
        label=_("I agree that my number is kept, encrypted, for this rule only"),
        error_messages={"required": _("Please tick that you agree: an ID number is kept with your consent only.")},
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Password now"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A sentence is easier than a riddle."),
    )

    def __init__(self, *arguments: Any, ask_old: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not ask_old:
            del self.fields["old"]
