from liandong.matching.models.draw import Draw, DrawList
from liandong.matching.models.packages import MatchRun, PieceCall, Resource, ResourceUse
from liandong.matching.models.roster import SILENT_FOR, Roster, RosterCandidate, RosterLine
from liandong.matching.models.rota import Rota, RotaHost, Turn, TurnSwap
from liandong.matching.models.suggestions import Invitation, SuggestionChoice, SuggestionRefusal

__all__ = [
    "SILENT_FOR",
    "Draw",
    "DrawList",
    "Invitation",
    "MatchRun",
    "PieceCall",
    "Resource",
    "ResourceUse",
    "Roster",
    "RosterCandidate",
    "RosterLine",
    "Rota",
    "RotaHost",
    "SuggestionChoice",
    "SuggestionRefusal",
    "Turn",
    "TurnSwap",
]
