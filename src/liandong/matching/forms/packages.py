"""What a body has to give, as it is typed: hours and yuan, kept as minutes and fen. Which fields there are hangs on the kind."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.matching.models import Resource
from liandong.needs.models import Category
from liandong.organizations.models import Territory
from liandong.projects.forms import YuanField
from liandong.ui.words import said
from liandong.volunteers.models import VolunteerProfile

Kind = Resource.Kind
WORK_ROWS = 3
OF_KIND = {
    Kind.PLAN: ("title", "words", "topics", "matters", "hours", "times", "capacity", "features", "fen", "slots", "from_date", "to_date", "territory"),
    Kind.HOURS: ("title", "words", "skill", "hours", "is_monthly", "slots", "from_date", "to_date", "territory"),
    Kind.MONEY: ("title", "words", "fen", "topics", "from_date", "to_date", "territory"),
}
REQUIRED = {Kind.PLAN: ("hours", "topics"), Kind.HOURS: ("hours",), Kind.MONEY: ("fen",)}


class HoursField(forms.DecimalField):
    """Hours with one decimal; cleans to minutes."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 10_000, "decimal_places": 1, "max_digits": 6, **named})

    def clean(self, value: Any) -> int:  # type: ignore[override]
        hours = super().clean(value)
        return int(hours * 60) if hours is not None else 0


class PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, place: Territory) -> Any:
        return said(place.name)


class ResourceForm(forms.Form):
    title = forms.CharField(
        label=pgettext_lazy("resource", "What is it?"), max_length=60, error_messages={"required": _("Say in a few words what it is.")}
    )
    words = forms.CharField(label=_("More about it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    topics = forms.MultipleChoiceField(label=_("For which needs?"), choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple)
    matters = forms.CharField(label=_("The need has to speak of"), max_length=120, required=False)
    skill = forms.ChoiceField(label=_("Which skill?"), required=False)
    hours = HoursField(label=_("How many hours?"), required=False)
    is_monthly = forms.ChoiceField(
        label=_("Every month?"), widget=forms.RadioSelect, choices=[("yes", _("So many every month")), ("no", _("So many in all"))]
    )
    times = forms.IntegerField(label=_("How often can it be done?"), min_value=1, max_value=999, required=False)
    capacity = forms.IntegerField(label=_("For how many people at most?"), min_value=1, max_value=10_000, required=False)
    features = forms.MultipleChoiceField(
        label=_("What the room has to have"), choices=Resource.Feature.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    fen = YuanField(label=pgettext_lazy("resource", "How much money?"))
    slots = forms.MultipleChoiceField(
        label=pgettext_lazy("resource", "When?"), choices=VolunteerProfile.Slot.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_date = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    territory = PlaceField(Territory.objects.none(), label=_("For which place?"), empty_label=None)

    def __init__(self, *arguments: Any, kind: str, skills: Sequence[Any], places: Iterable[Territory], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kind, self.skills = kind, {str(skill.pk): skill for skill in skills}
        for name in list(self.fields):
            if name not in OF_KIND[Kind(kind)]:
                del self.fields[name]
        choices = [("", _("Anybody's hands")), *((key, skill.name) for key, skill in self.skills.items())]
        self.fields["territory"].queryset = Territory.objects.filter(pk__in=[place.pk for place in places]).order_by("path")  # type: ignore[attr-defined]
        for name in REQUIRED[Kind(kind)]:
            self.fields[name].required = True
        if kind == Kind.HOURS:
            self.fields["skill"].choices = choices  # type: ignore[attr-defined]
        if kind == Kind.PLAN:
            self.fields["hours"].label = _("How many hours does it take?")
            self.fields["fen"].label = _("What does one time cost?")
            for number in range(WORK_ROWS):
                self.fields[f"work_skill_{number}"] = forms.ChoiceField(label=_("Who is needed"), required=False, choices=choices)
                self.fields[f"work_hours_{number}"] = HoursField(label=_("Hours in all"), required=False)

    def work_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"work_skill_{number}"], self[f"work_hours_{number}"]) for number in range(WORK_ROWS)] if self.kind == Kind.PLAN else []

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        given = dict(self.cleaned_data)
        if "hours" in given:
            given["minutes"] = given.pop("hours")
        if "matters" in given:
            given["matters"] = given["matters"].replace("，", ",").replace("、", ",").split(",")
        if "skill" in given:
            given["skill"] = self.skills.get(given["skill"])
        if "is_monthly" in given:
            given["is_monthly"] = given["is_monthly"] == "yes"
        if self.kind == Kind.PLAN:
            given["times"] = given["times"] or 1
            rows = [(given.pop(f"work_skill_{number}"), given.pop(f"work_hours_{number}")) for number in range(WORK_ROWS)]
            given["work"] = [{"skill": self.skills[key].name if key in self.skills else "", "minutes": minutes} for key, minutes in rows if minutes]
        return given


def resource_initial(resource: Resource, *, skills: Sequence[Any]) -> dict[str, Any]:
    """A resource as its form shows it."""
    keys = {skill.name: str(skill.pk) for skill in skills}
    found = {
        name: getattr(resource, name)
        for name in ("title", "words", "topics", "times", "capacity", "features", "slots", "from_date", "to_date", "territory")
    }
    found |= {
        "matters": ", ".join(resource.matters), "skill": str(resource.skill_id or ""), "hours": _hours(resource.minutes), "fen": Decimal(resource.fen) / 100,
        "is_monthly": "yes" if resource.is_monthly else "no",
    }  # fmt: skip
    for number, part in enumerate(resource.work[:WORK_ROWS]):
        found |= {f"work_skill_{number}": keys.get(part["skill"], ""), f"work_hours_{number}": _hours(part["minutes"])}
    return found


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))
