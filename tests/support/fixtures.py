"""Fixtures for every test: a database that is already there, jobs that really run, a frozen clock."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client, TransactionTestCase, client, override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as examples

from liandong.core import workdays
from tests.support.browser import browser, page, served  # noqa: F401 - fixtures
from tests.support.database import database
from tests.support.town import demo_town  # noqa: F401 - a fixture

# How busy the machine is says nothing about what is tested.
examples.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment) -> None:
    """The run's database is cloned already (support/database.py); a test that commits gets a fresh clone behind it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def clone_again(case: TransactionTestCase) -> None:
        connections.close_all()
        database.renew()

    TransactionTestCase._fixture_teardown = clone_again  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def first_context_kept() -> None:
    """`answer.context` is that of the page itself: of the hundreds of small templates within it nothing is copied."""
    keep = client.store_rendered_templates

    def keep_first(store: dict, signal: object, sender: object, template: object, context: object, **named: object) -> None:
        if "context" not in store:
            keep(store, signal, sender, template, context, **named)

    client.store_rendered_templates = keep_first  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def source_texts() -> Iterator[None]:
    """Verbs called directly speak their source text, so no test depends on a translation. Pages choose their language as ever: Chinese unless asked."""
    with translation.override("en"):
        yield


@pytest.fixture
def chinese(source_texts: None) -> Iterator[None]:
    """The words of verbs called directly are read in Chinese. For all tests of an app: support/chinese.py."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def as_(client: Client) -> Callable[[Any], Client]:
    """The test's client, signed in as somebody: `as_(person).get(…)`"""

    def sign_in(person: Any) -> Client:
        client.force_login(person.account)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """No page kept and no wrong code counted by the test before. What a site asks once in ten minutes counts for no page: without it pages ask as in use."""
    cache.clear()
    cache.set_many({"portal.place": "", "portal.care_phone": ""}, timeout=None)


@pytest.fixture(autouse=True)
def figures_live() -> Iterator[None]:
    """Whether a figure is kept must not depend on how busy the machine is: in tests none is, unless a test sets FIGURE_LONG_SECONDS itself."""
    with override_settings(FIGURE_LONG_SECONDS=3600):
        yield


@pytest.fixture(autouse=True)
def plain_calendar() -> None:
    """No days entered by a hub, and no query for them in between, so that numbers of queries do not depend on the minute. A test holds days itself."""
    workdays.entered.hold({}, seconds=float("inf"))


@pytest.fixture(autouse=True)
def promises_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that really commits, no hour, point, seat or entry is lost, doubled or negative; unless it is marked `breaks_promises`."""
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits or request.node.get_closest_marker("breaks_promises"):
        yield
        return
    request.getfixturevalue("transactional_db")  # so that we look before the database is cloned again
    yield
    from liandong.core.invariants import all_invariants

    broken = {promise.key: rows[:5] for promise in all_invariants() if (rows := promise.find())}
    assert broken == {}


@pytest.fixture
def run_jobs(db) -> Callable[[], int]:
    """Run the jobs deferred so far, through procrastinate's own worker, until none is due. Returns how many ran; a failed job fails the test.

    The worker uses the test's connection, so it sees what the test has not committed. Periodic jobs do not start by themselves: a test defers them.
    """
    from tests.support.jobs import run_jobs

    return run_jobs


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self, coordinates: time_machine.Traveller) -> None:
        self._coordinates = coordinates

    def move_to(self, moment: dt.datetime) -> None:
        self._coordinates.move_to(moment, tick=False)

    def advance(self, **step: float) -> None:
        """`clock.advance(hours=2)`"""
        self._coordinates.shift(dt.timedelta(**step))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The clock stands at Wednesday 2026-06-10 10:00 in Shanghai."""
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC), tick=False) as coordinates:
        yield Clock(coordinates)
