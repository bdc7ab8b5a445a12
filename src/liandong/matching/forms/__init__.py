from liandong.matching.forms.draws import HoldDrawForm, PlanDrawForm
from liandong.matching.forms.packages import ResourceForm, resource_initial
from liandong.matching.forms.rosters import DeclineForm, MakeForm, PlaceForm, TimesForm, WithdrawForm

__all__ = ["DeclineForm", "HoldDrawForm", "MakeForm", "PlaceForm", "PlanDrawForm", "ResourceForm", "TimesForm", "WithdrawForm", "resource_initial"]
