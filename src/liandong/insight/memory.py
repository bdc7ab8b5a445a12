"""Figures that take long are kept for a minute (`core.memory`)."""

from collections.abc import Callable
from typing import TypeVar

from liandong.core import memory
from liandong.insight.filters import Filters

T = TypeVar("T")


def kept(name: str, filters: Filters, make: Callable[[], T]) -> T:
    """What `make` gives, or gave within the last minute for the same filters. Values must not hold words of one language."""
    return memory.kept(f"figure:{name}:{filters.query()}:{filters.span.first}:{filters.span.last}", make)
