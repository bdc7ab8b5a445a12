import pytest
from django.utils import translation

from liandong.appointments.tests.factories import Town


@pytest.fixture
def town(clock, db) -> Town:
    """It is Wednesday 2026-06-10, 10:00."""
    return Town()


@pytest.fixture(autouse=True)
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
