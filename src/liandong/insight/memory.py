"""Keeps a figure for a minute when working it out took long: a large town's console answers at once, a small town's is always live."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

from liandong.insight.filters import Filters

KEPT_SECONDS = 60
T = TypeVar("T")


def kept(name: str, filters: Filters, make: Callable[[], T]) -> T:
    """What `make` gives, or gave within the last minute for the same filters. Values must not hold words of one language."""
    key = f"figure:{name}:{filters.query()}:{filters.span.first}:{filters.span.last}"
    found = cache.get(key)
    if found is not None:
        return found[0]  # type: ignore[no-any-return]
    begun = time.perf_counter()
    value = make()
    if time.perf_counter() - begun > settings.FIGURE_LONG_SECONDS:
        cache.set(key, (value,), KEPT_SECONDS)
    return value
