"""The demo town is made by rule, is whole, and is the same for the same seed."""

import pytest
from django.db import transaction

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core.invariants import broken
from liandong.demo.build import NotEmpty, build
from liandong.demo.queries import ROLES, personas
from liandong.matching.models import MatchRun
from liandong.matching.tests.package_truth import Truth
from liandong.matching.views.packages import group_of
from liandong.needs.models import Need
from liandong.projects.models import Project
from liandong.recognition.models import ServiceRecord

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One town for all tests of this file, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build("street")
        transaction.set_rollback(True)


@pytest.fixture
def town(built, db, settings):
    settings.DEMO = True
    return built


def test_the_street_holds_a_year_of_work_and_keeps_every_promise(town):
    assert broken() == {}
    assert len(town.volunteers) == 1_000
    hours = sum(ServiceRecord.objects.values_list("minutes", flat=True)) / 60
    assert 2_700 <= hours <= 4_000
    assert set(Need.objects.values_list("state", flat=True)) >= {
        "submitted",
        "accepted",
        "claimed",
        "matched",
        "active",
        "done",
        "confirmed",
        "declined",
    }
    assert Project.objects.filter(state="running").exists()
    assert Project.objects.filter(state="done").exists()
    assert Activity.objects.filter(state="published", first_starts_at__gt=town.now).count() > 15


def test_every_role_has_somebody_to_be(town):
    assert [persona.key for persona in personas()] == list(ROLES)


def test_outside_the_demo_nobody_can_be_somebody_else(town, settings):
    settings.DEMO = False
    assert personas() == []


def test_the_story_is_told_to_its_end(town):
    need = town.story_need
    need.refresh_from_db()
    assert need.state == "done"
    assert [need.submitted_at, need.claimed_at, need.matched_at, need.planned_at, need.active_at, need.done_at] == sorted(
        [need.submitted_at, need.claimed_at, need.matched_at, need.planned_at, need.active_at, need.done_at]
    )


def test_a_town_is_never_built_on_top_of_people(db):
    Person.objects.get_or_create(name="张小明")
    with pytest.raises(NotEmpty):
        build("street")


def test_every_reason_on_the_match_board_is_true(town):
    run = MatchRun.objects.get()
    truth = Truth()
    assert truth.wrong(run.result) == []
    assert truth.counted > 300
    groups = [group_of(row) for row in run.result]
    assert groups.count("met") == run.met_count >= 10
    assert groups.count("one") >= 2
