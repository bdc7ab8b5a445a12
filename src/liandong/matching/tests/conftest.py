import pytest

from liandong.matching.tests.factories import Fair
from liandong.matching.tests.package_factories import Street


@pytest.fixture
def fair(clock, db) -> Fair:
    """It is Wednesday 2026-06-10, 10:00."""
    return Fair()


@pytest.fixture
def street(clock, db) -> Street:
    """It is Wednesday 2026-06-10, 10:00."""
    return Street()
