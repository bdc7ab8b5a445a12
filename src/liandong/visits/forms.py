"""Forms about visits. Rules live in services; a form only reads what was typed."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.needs.models import Category, Segment
from liandong.organizations.models import Organization, Territory
from liandong.visits.models import VisitNote

RHYTHMS = [
    (1, _("Every week")),
    (2, _("Every 2 weeks")),
    (4, _("Every 4 weeks")),
    (8, _("Every 8 weeks")),
    (13, _("Every quarter")),
    (26, _("Every half year")),
    (52, _("Every year")),
]
NOBODY = _("Nobody in particular")


class StaffField(forms.ModelChoiceField):
    """Colleagues by their name: they know each other."""

    def label_from_instance(self, person: Person) -> str:
        return person.name


class StaffChecks(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person: Person) -> str:
        return person.name


class WhomForm(forms.Form):
    """Whom: a body, somebody registered, or a home by name and place; `whom` says which fields stand there."""

    host = forms.ModelChoiceField(Organization.objects.none(), label=_("In whose name?"), empty_label=None)
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Which organisation?"),
        empty_label=_("Choose an organisation"),
        error_messages={"required": _("Choose an organisation.")},
    )
    number = forms.CharField(
        label=_("Number or mobile number"),
        max_length=30,
        help_text=_("Of somebody who is registered with you"),
        error_messages={"required": _("Please say who it is.")},
    )
    name = forms.CharField(label=_("Name"), max_length=50, error_messages={"required": _("Please enter a name.")})
    place = forms.CharField(
        label=_("Their home"), max_length=120, error_messages={"required": _("Say where they live, so that somebody finds the door.")}
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Community"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")}
    )
    handler = StaffField(Person.objects.none(), label=_("In charge"), required=False, empty_label=NOBODY)

    def __init__(
        self,
        *args: Any,
        whom: str,
        hosts: QuerySet[Organization],
        bodies: QuerySet[Organization],
        places: QuerySet[Territory],
        staff: QuerySet[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = {"host": hosts, "organization": bodies, "territory": places, "handler": staff}
        for name, queryset in chosen.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        unused = {
            "organization": ("number", "name", "place", "territory"),
            "person": ("organization", "name", "place"),
            "home": ("organization", "number"),
        }
        for name in unused[whom]:
            del self.fields[name]


class NewVisitForm(WhomForm):
    planned_date = forms.DateField(label=_("When?"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})


class NewPlanForm(WhomForm):
    every_weeks = forms.TypedChoiceField(label=_("How often?"), choices=RHYTHMS, coerce=int, initial=13)
    from_date = forms.DateField(label=_("Starting on"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})


class EditPlanForm(forms.Form):
    every_weeks = forms.IntegerField(label=_("Every how many weeks?"), min_value=1, max_value=104)
    handler = StaffField(Person.objects.none(), label=_("In charge"), required=False, empty_label=NOBODY)
    from_date = forms.DateField(label=_("Starting on"), widget=forms.DateInput)
    to_date = forms.DateField(label=_("Until"), widget=forms.DateInput, required=False)

    def __init__(self, *args: Any, staff: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = staff  # type: ignore[attr-defined]


class SeveralForm(forms.Form):
    """A plan for several bodies at once."""

    every_weeks = forms.TypedChoiceField(label=_("How often?"), choices=RHYTHMS, coerce=int, initial=52)
    from_date = forms.DateField(
        label=_("Starting on"), widget=forms.DateInput, help_text=_("Five a week begin, so that they do not all fall due at once")
    )
    handler = StaffField(Person.objects.none(), label=_("In charge"), required=False, empty_label=NOBODY)

    def __init__(self, *args: Any, staff: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = staff  # type: ignore[attr-defined]


class NotesForm(forms.Form):
    notes = forms.CharField(
        label=_("What was seen and said"),
        max_length=VisitNote.LONGEST,
        widget=forms.Textarea(attrs={"rows": "10"}),
        error_messages={"required": _("Write a few words about the visit.")},
    )
    present = forms.CharField(label=_("Who was there of theirs"), max_length=200, required=False)


class FinishForm(NotesForm):
    """At the door: what was said, who went, which day."""

    visited_on = forms.DateField(label=_("Day of the visit"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})
    visitors = StaffChecks(Person.objects.none(), label=_("Who went"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, staff: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visitors"].queryset = staff  # type: ignore[attr-defined]


class PromiseForm(forms.Form):
    words = forms.CharField(label=_("What was promised"), max_length=300, error_messages={"required": _("Say what was promised.")})
    due_date = forms.DateField(label=_("By when"), required=False, widget=forms.DateInput)
    handler = StaffField(Person.objects.none(), label=_("Who takes care of it"), required=False, empty_label=NOBODY)

    def __init__(self, *args: Any, staff: QuerySet[Person], needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = staff  # type: ignore[attr-defined]
        self.fields["words"].required = needed


class MoveForm(forms.Form):
    planned_date = forms.DateField(label=_("When?"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})
    handler = StaffField(Person.objects.none(), label=_("In charge"), required=False, empty_label=NOBODY)

    def __init__(self, *args: Any, staff: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = staff  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=200, error_messages={"required": _("Say why it is called off.")})


class KeptForm(forms.Form):
    result = forms.CharField(label=_("What came of it"), max_length=300, required=False)


class SentenceForm(forms.Form):
    """One sentence that may become a need; everything the machine guessed can be put right."""

    pick = forms.BooleanField(required=False)
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    segment = forms.ChoiceField(label=_("Whose need"), choices=[("", _("Nobody in particular")), *Segment.choices], required=False)
    territory = forms.ModelChoiceField(Territory.objects.none(), label=_("Community"), required=False, empty_label=None)

    def __init__(self, *args: Any, places: QuerySet[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]


class ConsentForm(forms.Form):
    consent = forms.BooleanField(
        label=_("They know and agree that we pass it on"), error_messages={"required": _("Ask them first, then tick that they agree.")}
    )
    is_public = forms.BooleanField(label=_("On the public list, without names and phone"), required=False)


def weekday_from(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    return day + dt.timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
