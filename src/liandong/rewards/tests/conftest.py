import pytest
from django.utils import translation

from liandong.rewards.tests.factories import Town


@pytest.fixture
def town(clock, db) -> Town:
    """It is Wednesday 2026-06-10, 10:00."""
    return Town()


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield
