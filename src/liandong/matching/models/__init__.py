from liandong.matching.models.roster import SILENT_FOR, Roster, RosterCandidate, RosterLine

__all__ = ["SILENT_FOR", "Roster", "RosterCandidate", "RosterLine"]
