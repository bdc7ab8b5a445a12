import pytest

from liandong.needs.tests.factories import Town
from tests.support.chinese import all_chinese  # noqa: F401 - a fixture


@pytest.fixture
def town(clock, db) -> Town:
    """It is Wednesday 2026-06-10, 10:00."""
    return Town()
