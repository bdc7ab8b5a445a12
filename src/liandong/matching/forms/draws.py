"""Forms of draws."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PlanDrawForm(forms.Form):
    """When the list closes, and what will be added."""

    closes_at = forms.DateTimeField(label=_("The list closes"), widget=forms.DateTimeInput)
    public_rule = forms.CharField(label=_("Public number that will be added"), max_length=120, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class HoldDrawForm(forms.Form):
    public_number = forms.CharField(label=_("Public number"), max_length=120, required=False)

    def __init__(self, *args: object, needed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not needed:
            del self.fields["public_number"]
