"""The form of a place. It checks shape; the verb checks rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization
from liandong.venues.models import Venue


class VenueForm(forms.Form):
    name = forms.CharField(label=_("Its name"), max_length=80, error_messages={"required": _("Please enter a name.")})
    kind = forms.ChoiceField(label=_("Kind"), choices=Venue.Kind.choices)
    host = forms.ModelChoiceField(label=_("Lent by"), queryset=Organization.objects.none(), empty_label=None)
    address = forms.CharField(label=_("Address"), max_length=200, error_messages={"required": _("Please enter an address.")})
    directions = forms.CharField(label=_("How to find it"), max_length=200, required=False, help_text=_("Entrance, floor, bus stop"))
    capacity = forms.IntegerField(label=_("Room for how many people"), min_value=1, max_value=100_000, required=False)
    is_step_free = forms.BooleanField(label=_("Wheelchairs get in without steps"), required=False)
    is_open = forms.BooleanField(label=_("It can be used"), required=False)

    def __init__(self, *arguments: Any, hosts: QuerySet[Organization] | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if hosts is None:
            del self.fields["host"]
        else:
            self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
            del self.fields["is_open"]
