"""What took long to work out is kept for a minute: a large town's pages answer at once, a small town's are always live."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

KEPT_SECONDS = 60
T = TypeVar("T")


def kept(key: str, make: Callable[[], T]) -> T:
    """What `make` gives, or gave within the last minute under this key when it took longer than `settings.FIGURE_LONG_SECONDS`."""
    found = cache.get(key)
    if found is not None:
        return found[0]  # type: ignore[no-any-return]
    begun = time.perf_counter()
    value = make()
    if time.perf_counter() - begun > settings.FIGURE_LONG_SECONDS:
        cache.set(key, (value,), KEPT_SECONDS)
    return value


def for_a_minute(key: str, make: Callable[[], T]) -> T:
    """What `make` gives, or gave within the last minute under this key, however quick it was: for what asks many questions of the database."""
    found = cache.get(key)
    if found is None:
        cache.set(key, found := (make(),), KEPT_SECONDS)
    return found[0]  # type: ignore[no-any-return]
