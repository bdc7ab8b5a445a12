"""What is done together is counted once: the parts of the bodies add up to the whole."""

import datetime as dt

import pytest

from liandong.activities.models import Activity
from liandong.activities.tests import factories as activities
from liandong.core import clock as core_clock
from liandong.core.invariants import broken
from liandong.insight import queries as insight
from liandong.insight.filters import Filters
from liandong.insight.indicators import INDICATORS, grain_for
from liandong.insight.spans import TWELVE_MONTHS, span_of
from liandong.organizations.models import Organization
from liandong.overlap import services
from liandong.overlap.models import CoHosting
from liandong.overlap.services.hosting import write_shares
from liandong.overlap.tests import factories as make
from liandong.recognition.models import ServiceRecord
from liandong.recognition.services import confirm_shift


@pytest.fixture
def served(street, clock):
    """A joint activity that was held, 101 minutes by one volunteer and 44 by another, 45 people served; and one of the community alone."""
    joint = make.activity(street.community, day=1)
    row = services.propose_co_hosting(joint, partners=[(street.clinic, None)], hours_percent=33, people_percent=50, by=street.manager)[0]
    services.agree(row, by=street.nurse)
    alone = make.activity(street.community, day=1, hour=15, title="义务理发", summary="")
    for activity, minutes in ((joint, (101, 44)), (alone, (60,))):
        shift = activity.shifts.get()
        position = activities.make_position(shift, name="登记")
        rows = [activities.make_sign_up(position, person=activities.make_person(f"志愿者{n}")) for n in minutes]
        for sign_up, length in zip(rows, minutes, strict=True):
            activities.make_attendance(sign_up, in_at=shift.starts_at, out_at=shift.starts_at + dt.timedelta(minutes=length))
    clock.advance(days=3)
    for activity in (joint, alone):
        shift = activity.shifts.get()
        confirm_shift(shift, sign_ups=list(shift.sign_ups.filter(position__kind="volunteer")), by=street.hub_manager)
    Activity.objects.filter(pk=joint.pk).update(state="finished", served_count=45)
    Activity.objects.filter(pk=alone.pk).update(state="finished", served_count=10)
    return joint


def of(body=None, territory=None):
    if body is not None:
        body = Organization.objects.get(pk=body.pk)
    return Filters(span_of(TWELVE_MONTHS), territory, body)


def test_the_minutes_of_the_bodies_add_up_to_the_minutes_of_the_street(street, served):
    total = insight.minutes(of(territory=street.street))
    assert total == sum(ServiceRecord.objects.values_list("minutes", flat=True))
    parts = [insight.minutes(of(body)) for body in (street.community, street.clinic)]
    assert sum(parts) == total
    assert parts[1] == (101 * 100 // 100 - 101 * 67 // 100) + (44 - 44 * 67 // 100)
    ranked = insight.top_organizations(of(territory=street.street))
    assert [(row["organization_id"], row["minutes"]) for row in ranked] == [(street.community.pk, parts[0]), (street.clinic.pk, parts[1])]
    assert broken() == {}


def test_people_served_are_split_by_their_own_shares(street, served):
    assert [insight.served_sum(of(body)) for body in (street.community, street.clinic)] == [10 + 22, 23]
    assert insight.served_sum(of(territory=street.street)) == 55


def test_a_figure_of_a_partner_is_still_the_sum_of_its_rows(street, served):
    for body in (street.community, street.clinic):
        for key in ("service-hours", "served", "volunteers"):
            filters, indicator = of(body), INDICATORS[key]
            grain = grain_for(indicator, filters)
            assert grain.of_rows(list(grain.rows(filters))) == pytest.approx(indicator.total(filters))
        for key, (now, _before) in insight.pairs(of(body)).items():
            assert now == pytest.approx(INDICATORS[key].total(of(body))), key


@pytest.mark.parametrize("parts", [(33, 33), (1, 99), (0, 0), (50, 50), (17, 29)])
def test_any_shares_of_any_minutes_add_up(street, served, parts):
    CoHosting.objects.filter(activity=served).delete()
    for body, part in zip((street.clinic, street.agency_here), parts, strict=True):
        CoHosting.objects.create(
            activity=served, partner=body, asked_by=street.community, state="agreed", hours_percent=part, people_percent=part,
            proposed_at=core_clock.now(), answer_due_at=core_clock.now(), answered_at=core_clock.now(),
        )  # fmt: skip
    write_shares(served)
    bodies = (street.community, street.clinic, street.agency_here)
    assert sum(insight.minutes(of(body)) for body in bodies) == insight.minutes(of(territory=street.street))
    assert sum(insight.served_sum(of(body)) for body in bodies) == 55
    assert broken() == {}
