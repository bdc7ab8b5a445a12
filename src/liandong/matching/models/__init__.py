from liandong.matching.models.packages import MatchRun, PieceCall, Resource, ResourceUse
from liandong.matching.models.rota import Rota, RotaHost, Turn, TurnSwap
from liandong.matching.models.roster import SILENT_FOR, Roster, RosterCandidate, RosterLine

__all__ = ["MatchRun", "PieceCall", "Resource", "ResourceUse", "Roster", "RosterCandidate", "RosterLine", "Rota", "RotaHost", "SILENT_FOR", "Turn", "TurnSwap"]
