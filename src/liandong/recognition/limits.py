"""How often somebody may be wrong. Kept by each server process for itself: enough against guessing among 5 * 10**17 codes, and nobody's address is stored."""

from django.core.cache import cache
from django.http import HttpRequest

WRONG_CODES = 20
WINDOW_SECONDS = 600


def _key(request: HttpRequest) -> str:
    return f"wrong-certificate-code:{request.META.get('REMOTE_ADDR', '')}"


def is_guessing(request: HttpRequest) -> bool:
    """Too many wrong codes from this address: then right ones get no answer either."""
    return cache.get(_key(request), 0) >= WRONG_CODES


def count_wrong(request: HttpRequest) -> None:
    if not cache.add(_key(request), 1, WINDOW_SECONDS):
        cache.incr(_key(request))
