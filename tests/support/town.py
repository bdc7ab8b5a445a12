"""The demo town for tests."""

import pickle
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from liandong.core import clock
from tests.support.database import database

if TYPE_CHECKING:
    from liandong.demo.build import Town


@pytest.fixture(scope="module")
def demo_town(django_db_setup, django_db_blocker) -> "Iterator[Town]":
    """A street with a year of life for the tests of a file: built once in a run, a copy for each file. What a test writes there ends with its transaction."""

    def built() -> bytes:
        from liandong.demo.build import build

        town = build("street", say=str)
        connections.close_all()
        return pickle.dumps(town)

    with django_db_blocker.unblock():
        connections.close_all()
        town = pickle.loads(database.fill(f"town_{clock.today():%Y%m%d}", built))
    yield town
    connections.close_all()
    database.clone()
