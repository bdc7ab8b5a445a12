"""Jobs and what follows from an entry of the journal; one module per matter."""

from liandong.stations.reactions import keeping, visitors

__all__ = ["keeping", "visitors"]
