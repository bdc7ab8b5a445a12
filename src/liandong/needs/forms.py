"""Forms about needs. Rules live in services; a form only reads what was typed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.needs.models import Category, Need, Objection, WantedTime
from liandong.organizations.models import Organization, Territory


class SubmitForm(forms.Form):
    """At most four fields; two more and a tick when somebody asks for another person."""

    words = forms.CharField(
        label=_("What do you need?"),
        max_length=1000,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": _("Say what you need in a few words."), "min_length": _("Say what you need in a few words.")},
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Where?"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")}
    )
    wanted_time = forms.MultipleChoiceField(
        label=_("When would it suit?"), choices=WantedTime.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    people_count = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=100_000, required=False)
    is_wish = forms.BooleanField(label=_("A wish: nobody learns who I am until I agree"), required=False)
    asker_name = forms.CharField(label=_("Name of the person you ask for"), max_length=50, error_messages={"required": _("Please enter the name.")})
    asker_phone = forms.CharField(label=_("Their phone"), max_length=20, required=False)
    consent = forms.BooleanField(
        label=_("They know and agree that I ask for them"), error_messages={"required": _("Ask the person first, then tick that they agree.")}
    )
    asker_organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Which organisation asks?"),
        empty_label=_("Choose an organisation"),
        error_messages={"required": _("Choose an organisation.")},
    )

    def __init__(self, *args: Any, places: QuerySet[Territory], bodies: QuerySet[Organization], whom: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]
        self.fields["asker_organization"].queryset = bodies  # type: ignore[attr-defined]
        unused = {
            "self": ("asker_name", "asker_phone", "consent", "asker_organization"),
            "person": ("asker_organization",),
            "organization": ("asker_name", "asker_phone", "consent"),
        }
        for name in unused[whom]:
            del self.fields[name]


class CheckForm(forms.Form):
    """What the words suggest, to be put right before it is sent."""

    title = forms.CharField(label=_("Title"), max_length=80)
    category = forms.ChoiceField(label=_("What is it about?"), choices=Category.choices)
    is_public = forms.BooleanField(label=_("Show it on the public list, without names and phone"), required=False)


class ConfirmForm(forms.Form):
    words = forms.CharField(label=_("Anything to add?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": "2"}))


class ReopenForm(forms.Form):
    words = forms.CharField(
        label=_("What is still missing?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Say what is still missing.")},
    )


class ObjectForm(forms.Form):
    step = forms.ChoiceField(
        label=_("Which step is not right?"),
        choices=Objection.Step.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a step.")},
    )
    words = forms.CharField(
        label=_("What is wrong?"), max_length=1000, widget=forms.Textarea(attrs={"rows": "4"}), error_messages={"required": _("Write a few words.")}
    )


class TriageForm(forms.Form):
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=Need.Urgency.choices, coerce=int)
    is_public = forms.BooleanField(label=_("On the public list"), required=False)


class ClaimForm(forms.Form):
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=_("For which organisation?"), empty_label=None, error_messages={"required": _("Choose an organisation.")}
    )

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("What do you tell them?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Write a few words: the person who asked reads them.")},
    )
    promised_date = forms.DateField(label=_("Promised for"), required=False, widget=forms.DateInput)


class MatchForm(forms.Form):
    words = forms.CharField(label=_("Who can do it?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "2"}))


class ReasonForm(forms.Form):
    words = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "2"}),
        error_messages={"required": _("Write a few words: the person who asked reads them.")},
    )


class FinishForm(forms.Form):
    words = forms.CharField(
        label=_("What was done?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Tell the person who asked what was done.")},
    )


class MergeForm(forms.Form):
    into = forms.CharField(label=_("Number of the other need"), max_length=12, error_messages={"required": _("Enter the number of the other need.")})


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("What for?"), max_length=100, error_messages={"required": _("Say why you need the full details.")})


class OfferForm(forms.Form):
    """One line, one tick; a body only for those who work for one."""

    words = forms.CharField(
        label=_("A few words to them"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Without your name and phone, please"),
    )
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("In whose name?"), empty_label=_("In my own"), required=False)
    meets = forms.BooleanField(label=_("I would like to meet: show them my name and phone when they agree too"), required=False)

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]
        if not bodies:
            del self.fields["organization"]


class AnswerOfferForm(forms.Form):
    """Yes or rather not, with words the other side reads."""

    words = forms.CharField(label=_("A few words to them"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": "2"}))
    consent = forms.CharField(
        label=_("How they agreed"), max_length=200, required=False, help_text=_("For example: asked at the door on 3 June, said yes")
    )

    def __init__(self, *args: Any, by_proxy: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_proxy:
            del self.fields["consent"]
