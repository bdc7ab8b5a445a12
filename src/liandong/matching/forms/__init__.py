from liandong.matching.forms.rosters import DeclineForm, MakeForm, PlaceForm, TimesForm, WithdrawForm

__all__ = ["DeclineForm", "MakeForm", "PlaceForm", "TimesForm", "WithdrawForm"]
