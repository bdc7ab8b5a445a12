"""Jobs and what follows from an entry of the journal."""

from liandong.matching.reactions import draws, packages, rosters, rotas

__all__ = ["draws", "packages", "rosters", "rotas"]
