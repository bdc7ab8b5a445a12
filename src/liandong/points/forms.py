"""Forms of the ledger. Rules live in services; a form only reads what was typed."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.needs.models import Category
from liandong.organizations.models import Organization, Territory
from liandong.points.models import PointsRule

AMOUNT = {"required": _("How many points?"), "min_value": _("At least one point."), "invalid": _("A whole number of points.")}
MOST = 1_000_000


def amount_field() -> forms.IntegerField:
    return forms.IntegerField(label=_("How many points"), min_value=1, max_value=MOST, error_messages=AMOUNT)


def number_field() -> forms.CharField:
    missing = {"required": _("Enter a mobile or volunteer number.")}
    return forms.CharField(label=_("Their mobile or volunteer number"), max_length=30, error_messages=missing)


class GiveForm(forms.Form):
    """To family or into a pool. `key` is the number of the gift: sent twice, given once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=_("Who gets them"), widget=forms.RadioSelect, error_messages={"required": _("Choose who gets them.")})
    amount = amount_field()
    words = forms.CharField(label=_("A few words"), max_length=100, required=False)

    def __init__(self, *args: Any, family: Iterable[Person], pools: Iterable[Organization], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid.uuid4())
        super().__init__(*args, **kwargs)
        self.targets: dict[str, Person | Organization] = {f"p{each.pk}": each for each in family}
        self.targets |= {f"b{each.pk}": each for each in pools}
        names = [
            (key, each.name if isinstance(each, Person) else _("Caring pool of %(body)s") % {"body": each.label})
            for key, each in self.targets.items()
        ]
        self.fields["to"].choices = names  # type: ignore[attr-defined]

    @property
    def target(self) -> Person | Organization:
        return self.targets[self.cleaned_data["to"]]


class FamilyForm(forms.Form):
    number = number_field()


class GrantForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    number = number_field()
    amount = amount_field()
    reason = forms.CharField(label=_("What for"), max_length=200, error_messages={"required": _("Say in a few words what it is for.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid.uuid4())
        super().__init__(*args, **kwargs)


# Fields of the form that are fields of the rule as they are.
AS_THEY_ARE = (
    "points_per_hour",
    "night_percent",
    "day_cap_points",
    "month_cap_points",
    "expiry_months",
    "gift_month_limit",
    "pool_alone_limit",
    "pair_limit",
)


class RuleForm(forms.Form):
    """A version of the rule. What is left empty does not limit."""

    territory = forms.ModelChoiceField(Territory.objects.none(), label=_("Holds in"), required=False, empty_label=_("Everywhere"))
    from_date = forms.DateField(label=_("From"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})
    points_per_hour = forms.IntegerField(label=_("Points an hour"), min_value=1, max_value=100)
    activity_cap_hours = forms.IntegerField(label=_("Hours of one activity that count"), min_value=1, max_value=24)
    night_percent = forms.IntegerField(label=_("At night, from 20:00 until 6:00"), min_value=100, max_value=500)
    places = forms.ModelMultipleChoiceField(
        Territory.objects.none(), label=_("Communities where help is scarce"), required=False, widget=forms.CheckboxSelectMultiple
    )
    place_percent = forms.IntegerField(label=_("Worth there"), min_value=100, max_value=500, required=False)
    day_cap_points = forms.IntegerField(label=_("Most points a day"), min_value=1, max_value=MOST, required=False)
    month_cap_points = forms.IntegerField(label=_("Most points a month"), min_value=1, max_value=MOST, required=False)
    expiry_months = forms.IntegerField(label=_("Points are kept for"), min_value=6, max_value=240, required=False)
    starter_points = forms.IntegerField(label=_("Welcome points"), min_value=0, max_value=1000, required=False)
    gift_month_limit = forms.IntegerField(label=_("Most points a month to family"), min_value=0, max_value=MOST, required=False)
    pool_alone_limit = forms.IntegerField(label=_("One person alone gives from a pool up to"), min_value=0, max_value=MOST)
    pair_limit = forms.IntegerField(label=_("Most that is due between two bodies a month"), min_value=1, max_value=MOST, required=False)
    source = forms.CharField(label=_("Where this was decided"), max_length=200, required=False)

    def __init__(self, *args: Any, places: QuerySet[Territory], everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in Category.choices:
            self.fields[f"category_{key}"] = forms.IntegerField(label=label, min_value=0, max_value=500, required=False)
        field: Any = self.fields["territory"]
        field.queryset = places.filter(level__in=("district", "street", "community"))
        if not everywhere:
            field.required, field.empty_label = True, None
        self.fields["places"].queryset = places.filter(level="community")[:60]  # type: ignore[attr-defined]

    @property
    def category_fields(self) -> list[forms.BoundField]:
        return [self[f"category_{key}"] for key in Category.values]

    def values(self) -> dict[str, Any]:
        """For the verb and for a preview."""
        given = self.cleaned_data
        values = {name: given[name] for name in (*AS_THEY_ARE, "source")}
        shares = {key: given[f"category_{key}"] for key in Category.values}
        percent = given["place_percent"] or 100
        return values | {
            "activity_cap_minutes": given["activity_cap_hours"] * 60,
            "starter_points": given["starter_points"] or 0,
            "by_category": {key: share for key, share in shares.items() if share not in (None, 100)},
            "by_place": {str(place.pk): percent for place in given["places"]} if percent != 100 else {},
        }


def initial_of(rule: PointsRule, *, from_date: dt.date) -> dict[str, Any]:
    """A form that begins with the rule as it is."""
    return {name: getattr(rule, name) for name in (*AS_THEY_ARE, "territory", "starter_points")} | {
        "from_date": from_date,
        "activity_cap_hours": rule.activity_cap_minutes // 60,
        "places": [int(key) for key in rule.by_place],
        "place_percent": max(rule.by_place.values(), default=100),
        **{f"category_{key}": rule.by_category.get(key, 100) for key in Category.values},
    }
