"""Stars by rule sets, awards with their nominations, thanks, the wall, and whether anybody was pressed."""

from liandong.honours.models.awards import Award, AwardObjection, Nomination, NominationEvidence, NominationReview
from liandong.honours.models.honours import Honour
from liandong.honours.models.pressure import PressureAnswer, PressureTicket
from liandong.honours.models.stars import StarGrant, StarRule
from liandong.honours.models.thanks import ThanksNote, ThanksReceipt
from liandong.honours.models.wall import WallEntry

__all__ = [
    "Award",
    "AwardObjection",
    "Honour",
    "Nomination",
    "NominationEvidence",
    "NominationReview",
    "PressureAnswer",
    "PressureTicket",
    "StarGrant",
    "StarRule",
    "ThanksNote",
    "ThanksReceipt",
    "WallEntry",
]
