from collections.abc import Iterator

import pytest
from django.db import connections

from liandong.demo.build import build
from tests.support.database import database


@pytest.fixture(scope="module")
def demo_town(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A street with a year of life, built once for the tests of a file; they only read it."""
    with django_db_blocker.unblock():
        build("street")
    yield
    connections.close_all()
    database.clone()
