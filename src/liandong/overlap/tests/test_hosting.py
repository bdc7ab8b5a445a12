"""Hosting together: proposed, answered in time, counted once."""

import datetime as dt

import pytest

from liandong.activities.models import Activity
from liandong.activities.tests import factories as activities
from liandong.core import clock as core_clock
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.overlap import queries, reactions, services
from liandong.overlap.models import CoHosting, HostShare
from liandong.overlap.tests import factories as make


@pytest.fixture
def pair(street):
    """The community's activity and the clinic's that overlaps with it."""
    return make.activity(street.community), make.activity(street.clinic, **make.SUGAR)


def proposed(street, pair, **fields):
    joint, twin = pair
    values = {"partners": [(street.clinic, twin)], "by": street.manager, **fields}
    return services.propose_co_hosting(joint, **values)[0]


def parts(activity):
    return [(share.organization, share.hours_percent, share.people_percent) for share in queries.shares_of(activity)]


def test_a_proposal_shares_equally_waits_three_working_days_and_tells_the_other_side(street, pair, run_jobs):
    row = proposed(street, pair)
    assert (row.state, row.hours_percent, row.people_percent, row.invited) == ("proposed", 50, 50, street.clinic)
    assert core_clock.now() + dt.timedelta(days=3) < row.answer_due_at < core_clock.now() + dt.timedelta(days=6)
    run_jobs()
    assert {notice.person for notice in Notice.objects.filter(kind="co_hosting.proposed")} == {street.nurse}
    assert Entry.objects.filter(verb="co_hosting.proposed").count() == 1
    assert parts(pair[0]) == []


def test_agreed_shares_make_a_hundred_and_the_overlap_is_gone(street, pair, run_jobs):
    row = services.agree(proposed(street, pair, hours_percent=30, people_percent=60), words="护士我们出", by=street.nurse)
    assert parts(pair[0]) == [(street.community, 70, 40), (street.clinic, 30, 60)]
    run_jobs()
    assert {notice.person for notice in Notice.objects.filter(kind="co_hosting.agreed")} == {street.manager}
    assert queries.overlaps_of(pair[0], person=street.worker).all == []
    assert queries.alarms_for(street.hub_manager) == []
    assert services.agree(row, by=street.nurse).state == "agreed"
    assert broken() == {}


def test_three_bodies_share_in_thirds_and_one_that_declines_leaves_its_part_to_the_host(street, pair):
    joint, twin = pair
    clinic, elders = services.propose_co_hosting(joint, partners=[(street.clinic, twin), (street.agency_here, None)], by=street.manager)
    services.agree(elders, by=street.teacher)
    services.decline(clinic, words="人手不够", by=street.nurse)
    assert parts(joint) == [(street.community, 67, 67), (street.agency_here, 33, 33)]
    again = services.propose_co_hosting(joint, partners=[(street.clinic, twin)], by=street.manager)[0]
    services.agree(again, by=street.nurse)
    assert sum(hours for _body, hours, _people in parts(joint)) == 100
    assert broken() == {}


@pytest.mark.parametrize("who", ["hub_manager", "manager", "teacher", "resident"])
def test_only_the_asked_body_answers(street, pair, who):
    row = proposed(street, pair)
    for verb in (services.agree, services.decline):
        with pytest.raises(Denied):
            verb(row, words="好", by=getattr(street, who))


def test_only_who_sets_up_activities_of_a_body_proposes_for_it_and_the_hub_for_those_on_its_ground(street, pair):
    with pytest.raises(Denied):
        proposed(street, pair, by=street.teacher)
    assert proposed(street, pair, by=street.hub_manager).asked_by == street.community


def test_a_body_that_wants_to_join_in_asks_the_host(street, pair):
    joint, twin = pair
    row = services.propose_co_hosting(joint, partners=[(street.clinic, twin)], asked_by=street.clinic, by=street.nurse)[0]
    assert row.invited == street.community
    with pytest.raises(Denied):
        services.agree(row, by=street.nurse)
    services.agree(row, by=street.manager)
    assert [body for body, _hours, _people in parts(joint)] == [street.community, street.clinic]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"hours_percent": 101}, "hours_percent"), ({"people_percent": -1}, "hours_percent"), ({"partners": []}, "partners")],
)
def test_shares_over_a_hundred_and_nobody_to_ask_are_refused(street, pair, fields, field):
    with pytest.raises(Refused) as refused:
        proposed(street, pair, **fields)
    assert refused.value.field == field


def test_nobody_is_asked_twice_nor_itself_nor_with_somebody_elses_activity(street, pair):
    proposed(street, pair)
    for partners in ([(street.clinic, None)], [(street.community, None)], [(street.agency_here, pair[1])]):
        with pytest.raises(Refused):
            services.propose_co_hosting(pair[0], partners=partners, by=street.manager)


def test_what_is_over_is_not_shared_any_more(street, pair):
    row = proposed(street, pair)
    Activity.objects.filter(pk=pair[0].pk).update(state="finished")
    with pytest.raises(Refused):
        services.agree(row, by=street.nurse)
    assert HostShare.objects.count() == 0


def test_declining_needs_words_and_taking_back_ends_it(street, pair):
    row = proposed(street, pair)
    with pytest.raises(Refused):
        services.decline(row, words=" ", by=street.nurse)
    assert services.withdraw(row, by=street.manager).state == "withdrawn"
    with pytest.raises(Refused):
        services.agree(row, by=street.nurse)
    assert proposed(street, pair).state == "proposed"


def test_the_other_activity_is_called_off_and_everybody_is_told_where_to_go(street, pair, run_jobs):
    joint, twin = pair
    guest = activities.make_sign_up(twin.shifts.get().positions.get(), person=activities.make_person("赵奶奶"))
    row = proposed(street, pair)
    with pytest.raises(Refused):
        services.call_off_twin(row, by=street.nurse)
    row = services.agree(row, by=street.nurse)
    with pytest.raises(Denied):
        services.call_off_twin(row, by=street.teacher)
    services.call_off_twin(row, by=street.nurse)
    twin.refresh_from_db()
    assert (twin.state, f"/a/{joint.code}/" in twin.cancel_reason) == ("cancelled", True)
    assert Notice.objects.filter(person=guest.person, kind="activities.cancelled").count() == 1
    assert queries.joint_instead_of(twin).activity == joint


def test_who_does_not_answer_in_time_hears_of_it_once_and_so_does_the_hub(street, pair, clock):
    proposed(street, pair)
    assert reactions.remind() == 0
    clock.advance(days=7)
    assert (reactions.remind(), reactions.remind()) == (3, 0)


def test_two_proposals_to_one_body_cannot_stand_side_by_side(street, pair):
    from django.db import IntegrityError, transaction

    row = proposed(street, pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoHosting.objects.create(
            activity=row.activity,
            partner=row.partner,
            asked_by=row.asked_by,
            hours_percent=1,
            people_percent=1,
            proposed_at=core_clock.now(),
            answer_due_at=core_clock.now(),
        )


@pytest.mark.breaks_promises
def test_shares_with_a_gap_are_reported(street, pair):
    HostShare.objects.create(activity=pair[0], organization=street.community, hours_from=0, hours_to=60, people_from=0, people_to=100)
    assert set(broken()) == {"INV5.shares_hours"}
