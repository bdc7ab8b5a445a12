"""Forms about visits, the shelf, recyclables and thanks. Rules live in services; a form only reads what was typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.core import clock
from liandong.stations.models import GreenRate, ShelfItem


class PaperForm(forms.Form):
    """The number on the list that lies at the door."""

    on = forms.DateField(label=_("Which day?"), widget=forms.DateInput(attrs={"type": "date"}), initial=clock.today)
    count = forms.IntegerField(label=_("How many stand on the list?"), min_value=0, max_value=2000)


class ItemForm(forms.Form):
    name = forms.CharField(label=_("What do you bring?"), max_length=40, error_messages={"required": _("Say what it is.")})
    kind = forms.ChoiceField(
        label=_("What may others do with it?"), choices=ShelfItem.Kind.choices, initial=ShelfItem.Kind.GIVE, widget=forms.RadioSelect
    )
    count = forms.IntegerField(label=_("How many?"), min_value=1, max_value=500, initial=1)
    words = forms.CharField(label=_("A few words"), max_length=120, required=False, help_text=_("Size, condition, for whom it is good"))
    is_food = forms.BooleanField(label=_("It is food or drink"), required=False)
    expires_on = forms.DateField(
        label=_("Until which day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Food needs its last day; it leaves the shelf by itself after it"),
    )
    loan_days = forms.IntegerField(
        label=_("Lent for how many days?"), min_value=1, max_value=90, initial=14, required=False, help_text=_("Only for what is lent")
    )

    def clean_loan_days(self) -> int:
        return self.cleaned_data.get("loan_days") or 14


class BroughtForm(forms.Form):
    brought = forms.CharField(label=_("What came in exchange?"), max_length=60, required=False)


class RateForm(forms.Form):
    """One line of the table: so much of this for so many of that."""

    material = forms.CharField(label=_("What is brought"), max_length=20, error_messages={"required": _("Say what is brought.")})
    per_amount = forms.IntegerField(label=_("How much of it"), min_value=1, max_value=1000)
    unit = forms.ChoiceField(label=_("Counted in"), choices=GreenRate.Unit.choices)
    gives = forms.CharField(label=_("What is given for it"), max_length=20, error_messages={"required": _("Say what is given for it.")})
    gives_count = forms.IntegerField(label=_("How many of that"), min_value=1, max_value=1000, initial=1)


class ExchangeForm(forms.Form):
    amount = forms.IntegerField(label=_("How much was brought?"), min_value=1, max_value=10_000)


class ThanksForm(forms.Form):
    words = forms.CharField(
        label=_("A few words"),
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a few words, or just tap “Thank you”.")},
    )
