"""Jobs and what follows from an entry of the journal; one module per matter."""

from liandong.stations.reactions import keeping

__all__ = ["keeping"]
