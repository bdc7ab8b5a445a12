from liandong.matching.forms.draws import HoldDrawForm, PlanDrawForm
from liandong.matching.forms.packages import ResourceForm, resource_initial
from liandong.matching.forms.rosters import MakeForm, PlaceForm, TimesForm, WithdrawForm

__all__ = ["HoldDrawForm", "MakeForm", "PlaceForm", "PlanDrawForm", "ResourceForm", "TimesForm", "WithdrawForm", "resource_initial"]
