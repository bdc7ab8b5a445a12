import pytest
from django.utils import translation

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


@pytest.fixture
def chinese():
    """Words of refusals are read in Chinese."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person.account)
        return client

    return sign_in
