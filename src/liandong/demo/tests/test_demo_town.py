"""The demo town is made by rule, is whole, and is the same for the same seed."""

from collections import Counter

import pytest

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Shift, SignUp
from liandong.core.invariants import broken
from liandong.demo.build import NotEmpty, build
from liandong.demo.queries import ROLES, personas
from liandong.matching import queries as suggestions
from liandong.matching.models import MatchRun
from liandong.matching.problems.rosters import slot_of
from liandong.matching.queries.suggestions import YEAR
from liandong.matching.tests.package_truth import Truth
from liandong.matching.views.packages import group_of
from liandong.needs.models import Need
from liandong.projects.models import Project
from liandong.recognition.models import Outlier, ServiceRecord
from liandong.volunteers.models import TeamMembership, VolunteerProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(demo_town, db, settings):
    settings.DEMO = True
    return demo_town


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


def is_true(reason, shift, profile, now) -> bool:
    """Proved from the rows it is about."""
    activity = shift.activity
    came = SignUp.objects.filter(person=profile.person_id, attendance__isnull=False, position__kind="volunteer")
    match reason.code:
        case "skill":
            return profile.skills.filter(name=reason.values["skill"]).exists()
        case "community":
            return profile.residence == activity.territory
        case "street":
            return profile.residence != activity.territory and profile.residence.parent == activity.territory.parent
        case "time":
            return reason.values["slot"] in profile.availability and reason.values["slot"] == slot_of(shift)
        case "team":
            teams = TeamMembership.objects.filter(person=profile.person_id, to_date__isnull=True).values("team")
            mates = TeamMembership.objects.filter(team__in=teams, to_date__isnull=True).exclude(person=profile.person_id).values("person")
            return SignUp.objects.filter(person__in=mates, shift__activity=activity, state="confirmed").exists()
        case "first":
            return activity.is_good_first_time and came.count() < 3
        case "theme":
            return reason.values["times"] == came.filter(shift__activity__category=activity.category, shift__starts_at__gt=now - YEAR).count()
    return False


def test_every_reason_of_a_suggestion_is_true(town):
    """For the volunteer of the demo and some others."""
    volunteer, told = town.cast["volunteer"], Counter()
    for person in [volunteer, *town.volunteers[5:15]]:
        profile = VolunteerProfile.objects.get(person=person)
        for one in suggestions.suggestions_for(person)[0]:
            shift = Shift.objects.select_related("activity__territory").get(pk=one.place.shift)
            assert [reason.code for reason in one.reasons if not is_true(reason, shift, profile, town.now)] == []
            busy = SignUp.objects.filter(person=person, state="confirmed", shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at)
            assert not busy.exists()
            told.update(reason.code for reason in one.reasons)
    assert set(told) >= {"skill", "community", "street", "time", "team", "theme"}
    assert len(suggestions.suggestions_for(volunteer)[0]) >= 5
    assert suggestions.refusals_of(volunteer).count() == suggestions.open_invitations(volunteer).count() == 1


def test_the_forged_hours_stand_above_the_genuine_ones(town, record_property):
    """The fraud week: every forged attendance is found, ranks above all genuine ones, and little else is found at all."""
    found = Outlier.objects.prefetch_related("lines")
    doubt: dict[int, float] = {}
    for outlier in found:
        for line in outlier.lines.all():
            doubt[line.sign_up_id] = doubt.get(line.sign_up_id, 1.0) * (1 - outlier.weight / 100)
    genuine = {sign_up: left for sign_up, left in doubt.items() if sign_up not in town.forged}
    precision = len(town.forged) / len(doubt)
    record_property("outliers", f"{len(town.forged)} forged, {len(genuine)} genuine among {found.count()} findings, precision {precision:.0%}")
    assert len(town.forged) > 100
    assert town.forged <= doubt.keys()
    assert max(doubt[sign_up] for sign_up in town.forged) < min(genuine.values(), default=1.0)
    assert precision >= 0.9
    assert set(found.values_list("kind", flat=True)) >= {"same_phone", "same_second", "ghost_crowd", "night_wave", "travel"}
