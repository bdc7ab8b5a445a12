import pytest

from liandong.honours.tests.factories import Town


@pytest.fixture
def town(clock, db) -> Town:
    """It is Wednesday 2026-06-10, 10:00."""
    return Town()
