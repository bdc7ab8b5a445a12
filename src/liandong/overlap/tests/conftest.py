import pytest

from liandong.overlap.tests.factories import Street
from tests.support.chinese import all_chinese  # noqa: F401 - a fixture


@pytest.fixture
def street(clock, db) -> Street:
    """It is Wednesday 2026-06-10, 10:00."""
    return Street()
