"""Forms about rewards. They check shape; the verbs check rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.activities.models import Activity
from liandong.core import clock
from liandong.needs.models import Category, WantedTime
from liandong.organizations.models import Organization, Territory
from liandong.rewards.models import Reward
from liandong.venues.models import Venue

DAY = {"type": "date"}


class TakeForm(forms.Form):
    """The yes to a price that was seen. The key makes a second tap harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_points = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)


class ServiceForm(TakeForm):
    """The same, and what is to be done."""

    words = forms.CharField(
        label=_("What shall we do for you?"),
        max_length=1000,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Say what you would like."), "min_length": _("Say what you would like.")},
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Where?"), empty_label=_("Choose a place"), error_messages={"required": _("Choose a place.")}
    )
    place = forms.CharField(label=_("Building and door"), max_length=120, required=False)
    wanted_time = forms.MultipleChoiceField(
        label=_("When would it suit?"), choices=WantedTime.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, places: QuerySet[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the voucher"), max_length=40, error_messages={"required": _("Type the eight characters, or scan the code.")}
    )


class RefundForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it taken back?"), max_length=120, error_messages={"required": _("Say in a few words why: the person reads it.")}
    )
    piece_is_back = forms.BooleanField(label=_("The thing is back and can be given again"), required=False)


class RewardForm(forms.Form):
    """What a body offers."""

    host = forms.ModelChoiceField(Organization.objects.none(), label=_("Offered by"), empty_label=None)
    kind = forms.ChoiceField(label=_("What kind is it?"), choices=Reward.Kind.choices, widget=forms.RadioSelect, initial=Reward.Kind.GOODS)
    title = forms.CharField(label=_("What do you give?"), max_length=40, error_messages={"required": _("Say what it is.")})
    words = forms.CharField(label=_("More about it"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    category = forms.ChoiceField(
        label=_("What is it about?"), choices=Category.choices, required=False, help_text=_("For a service: its need is sorted by this")
    )
    activity = forms.ModelChoiceField(
        Activity.objects.none(), label=_("In which activity?"), required=False, empty_label=_("None"), help_text=_("For a place in an activity")
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10_000, error_messages={"required": _("Say how many points.")})
    stock = forms.IntegerField(
        label=_("How many are there?"), min_value=0, max_value=100_000, required=False, help_text=_("Empty: there is no end of it")
    )
    monthly_count = forms.IntegerField(
        label=_("How many can you give in a month?"), min_value=1, max_value=100_000, initial=10, help_text=_("The hub reckons with it")
    )
    per_person = forms.IntegerField(
        label=_("At most for each person"), min_value=0, max_value=1_000, initial=0, required=False, help_text=_("0: no limit")
    )
    valid_days = forms.IntegerField(label=_("A voucher holds for"), min_value=1, max_value=366)
    from_date = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=DAY), initial=clock.today)
    to_date = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=DAY), required=False)
    venue = forms.ModelChoiceField(Venue.objects.none(), label=_("At which place?"), required=False, empty_label=_("None"))
    where_words = forms.CharField(label=_("Where exactly?"), max_length=120, required=False, help_text=_("Counter, floor; for a service: at home"))
    when_words = forms.CharField(label=_("When can it be fetched?"), max_length=120, required=False)
    terms = forms.CharField(label=_("What else to know"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        hosts: QuerySet[Organization] | None,
        venues: QuerySet[Venue],
        activities: QuerySet[Activity],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if hosts is None:
            del self.fields["host"]
        else:
            self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]
        self.fields["activity"].queryset = activities  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["category"] = values.get("category") or Category.OTHER
        values["per_person"] = values.get("per_person") or 0
        return values


class DecideForm(forms.Form):
    words = forms.CharField(label=_("Why not?"), max_length=120, required=False)


class RuleForm(forms.Form):
    approve_from_points = forms.IntegerField(label=_("The hub looks at offers from so many points on"), min_value=1, max_value=10_000)
    approves_services = forms.BooleanField(label=_("The hub looks at every service first"), required=False)
    voucher_days = forms.IntegerField(label=_("A voucher usually holds for"), min_value=1, max_value=366)
    ask_after_days = forms.IntegerField(label=_("People who have spent nothing are asked after"), min_value=30, max_value=3_650)
    ask_from_points = forms.IntegerField(label=_("… when they have at least"), min_value=1, max_value=10_000)
    cover_floor_percent = forms.IntegerField(label=_("The shelf should cover at least"), min_value=0, max_value=500)
    source = forms.CharField(label=_("By which decision?"), max_length=200, required=False)


class AssumptionsForm(forms.Form):
    """What nobody knows; the hub tries values out. Everything in the address, nothing kept."""

    earning_growth = forms.FloatField(label=_("Earning grows a year by"), min_value=-50, max_value=100)
    shelf_growth = forms.FloatField(label=_("The shelf grows a year by"), min_value=-50, max_value=100)
    wish_young = forms.FloatField(label=_("Below 58, people wish to spend a year"), min_value=0, max_value=100)
    wish_old = forms.FloatField(label=_("From 72 on, people wish to spend a year"), min_value=0, max_value=100)
    expiry_years = forms.IntegerField(label=_("Points run out after"), min_value=0, max_value=11, help_text=_("0: never"))
    chance = forms.FloatField(label=_("How much a year may differ"), min_value=0, max_value=60)
