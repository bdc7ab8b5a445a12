"""Two entries of one person with a history each become one: no hour, no point and no star is lost or counted twice, and what cannot be right is refused."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.activities import services as signing
from liandong.activities.models import SignUp, Suspension
from liandong.core import clock as now
from liandong.core.actors import SCHEDULER
from liandong.core.errors import Refused
from liandong.core.invariants import broken
from liandong.honours.models import StarGrant
from liandong.honours.services import stars
from liandong.journal.models import Entry
from liandong.organizations.models import Membership
from liandong.points import queries as points
from liandong.points import services as ledger
from liandong.points.models import PointsAccount, PointsEntry, PointsTransfer
from liandong.points.tests import factories as purses
from liandong.recognition import queries as records
from liandong.recognition import services as recording
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as make
from liandong.rewards.services import taking
from liandong.rewards.tests.factories import offer
from liandong.volunteers.models import VolunteerProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(town):
    """The same volunteer, entered by an import and with a record of its own a week ago: 149 minutes, 4 points."""
    person = make.person("李晓雯")
    record = make.record(person, of=on_day(town, 7), by=town.manager)
    return SimpleNamespace(person=person, record=record)


def on_day(town, days_ago, *, hour=14, minutes=150, title="小家电义诊"):
    day = now.day_bounds(now.today() - dt.timedelta(days=days_ago))[0]
    return make.shift(host=town.body, starts_at=day + dt.timedelta(hours=hour), minutes=minutes, title=title)


def join(town, person):
    accounts.merge_person(person, into=town.volunteer, by=town.hub)
    return Person.objects.get(pk=person.pk)


def refused(town, person):
    with translation.override("zh-hans"), pytest.raises(Refused) as found:
        join(town, person)
    assert Person.objects.get(pk=person.pk).merged_into is None
    return found.value.reason


def test_hours_points_and_certificates_of_both_are_the_one_persons(town, record, twin):
    paper = recording.issue_certificate(twin.person, by=twin.person)
    minutes = record.minutes + twin.record.minutes
    balance = points.balance_of(town.volunteer) + points.balance_of(twin.person)
    before = list(ServiceRecord.objects.order_by("pk").values("number", "minutes", "transfer", "sign_up", "starts_at"))
    join(town, twin.person)
    assert list(ServiceRecord.objects.order_by("pk").values("number", "minutes", "transfer", "sign_up", "starts_at")) == before
    assert records.hours_of(town.volunteer) == minutes
    assert set(records.records_of(town.volunteer)) == {record, twin.record}
    assert records.hours_of(twin.person) == 0
    assert points.balance_of(town.volunteer) == balance
    paper.refresh_from_db()
    assert (paper.state, paper.person, paper.minutes, paper.holder_number) == ("valid", town.volunteer, twin.record.minutes, twin.person.number)
    assert recording.issue_certificate(town.volunteer, by=town.volunteer).minutes == minutes
    carried = Entry.objects.get(verb="person.merged").after["carried"]
    assert (carried["recognition.ServiceRecord"], carried["activities.SignUp"], carried["points.PointsAccount"]) == (1, 1, 1)
    assert broken() == {}


def test_a_certificate_of_the_joined_entry_is_still_good_for_a_stranger_and_its_bearer(town, record, twin, client):
    paper = recording.issue_certificate(twin.person, by=twin.person)
    number = twin.person.number
    pages = {}
    for when in ("before", "after"):
        if when == "after":
            join(town, twin.person)
        pages[when] = client.get(reverse("portal:certificate", args=[paper.code])).content.decode()
    assert ("证明有效" in pages["before"], "证明有效" in pages["after"], number in pages["after"]) == (True, True, number in pages["before"])
    client.force_login(town.accounts[town.volunteer.pk])
    assert client.get(reverse("recognition:certificate_pdf", args=[paper.code])).content[:5] == b"%PDF-"


def test_the_balance_goes_over_in_the_ledger_and_sums_to_zero(town, record, twin):
    before = PointsEntry.objects.count()
    amount = points.balance_of(twin.person)
    join(town, twin.person)
    [moved] = PointsTransfer.objects.filter(kind="merge")
    assert sorted(moved.entries.values_list("amount", flat=True)) == [-amount, amount]
    assert (PointsEntry.objects.count(), points.balance_of(twin.person), moved.words) == (before + 2, 0, twin.person.number)
    assert points.sums_of(town.volunteer).earned == points.balance_of(town.volunteer)
    assert broken() == {}


def test_an_account_that_meets_no_other_changes_hands_as_it_is(town, twin):
    reward = offer(town.body, by=town.manager, kind="goods", title="大米", points=2, stock=5, where_words="前台", monthly_count=9)
    voucher = taking.redeem(reward, key=uuid.uuid4(), seen_points=2, by=twin.person)
    account = PointsAccount.objects.get(person=twin.person)
    join(town, twin.person)
    account.refresh_from_db()
    voucher.refresh_from_db()
    assert (account.person, account.pending, voucher.person, PointsTransfer.objects.filter(kind="merge").count()) == (
        town.volunteer, 2, town.volunteer, 0,
    )  # fmt: skip
    assert broken() == {}


def test_points_that_expire_keep_their_day(town, clock):
    twin, rule = make.person("李晓雯"), purses.rule(expiry_months=12)
    purses.purse(5, of=twin, rule=rule)
    clock.move_to(now.now() + dt.timedelta(days=40))
    purses.purse(3, of=twin, rule=rule)
    purses.purse(7, of=town.volunteer, rule=rule)
    purses.purse(2, of=twin)

    def lots(*people):
        days: dict[object, int] = {}
        for person in people:
            for lot in points.lots_of(person):
                days[lot.expires_on] = days.get(lot.expires_on, 0) + lot.left
        return days

    before = lots(twin, town.volunteer)
    clock.move_to(now.now() + dt.timedelta(days=40))
    join(town, twin)
    assert lots(town.volunteer) == before
    assert broken() == {}


def test_points_kept_back_for_a_voucher_wait_until_it_is_used(town, record, twin):
    reward = offer(town.other, by=town.other_manager, kind="goods", title="大米", points=2, stock=5, where_words="前台", monthly_count=9)
    voucher = taking.redeem(reward, key=uuid.uuid4(), seen_points=2, by=twin.person)
    assert "兑换券" in refused(town, twin.person)
    taking.use(voucher, by=town.other_manager)
    total = points.balance_of(town.volunteer) + points.balance_of(twin.person)
    join(town, twin.person)
    assert points.balance_of(town.volunteer) == total
    voucher.refresh_from_db()
    taking.refund(voucher, reason="没有货", by=town.other_manager)
    assert (points.balance_of(town.volunteer), points.balance_of(twin.person)) == (total + 2, 0)
    assert broken() == {}


def test_a_record_withdrawn_afterwards_takes_its_points_back_from_the_one_account(town, record, twin):
    own = points.balance_of(town.volunteer)
    join(town, twin.person)
    recording.withdraw_record(ServiceRecord.objects.get(pk=twin.record.pk), reason="人没有来", by=town.manager)
    assert (points.balance_of(town.volunteer), records.hours_of(town.volunteer)) == (own, record.minutes)
    assert broken() == {}


def test_services_at_one_time_are_named_and_not_added_up(town, record):
    twin = make.person("李晓雯")
    other = make.record(twin, of=on_day(town, 1, hour=15, title="读报"), by=town.manager)
    reason = refused(town, twin)
    assert (record.number in reason, other.number in reason, "读报" in reason) == (True, True, True)
    recording.withdraw_record(other, reason="同一时间两处", by=town.manager)
    join(town, twin)
    assert records.hours_of(town.volunteer) == record.minutes
    assert broken() == {}


def test_who_confirmed_the_others_service_is_not_joined_to_it(town):
    make.record(town.volunteer, of=on_day(town, 3), by=town.manager)
    reason = refused(town, town.manager)
    assert "确认" in reason


def test_a_record_follows_its_person_and_changes_in_nothing_else(town, record, twin):
    for values in ({"person": town.manager}, {"minutes": 1}, {"person": twin.person, "minutes": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ServiceRecord.objects.filter(pk=record.pk).update(**values)
    join(town, twin.person)
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceRecord.objects.filter(pk=record.pk).update(person=twin.person)


def test_a_star_that_both_have_counts_once_and_their_hours_together_reach_the_next(town, run_jobs):
    twin = make.person("李晓雯")
    for person, first in ((town.volunteer, 1), (twin, 60)):
        for day in range(20):
            make.record(person, of=on_day(town, first + day, hour=8, minutes=480), by=town.manager, late=0, stayed=480)
    stars.note_stars(by=SCHEDULER)
    assert list(StarGrant.objects.values_list("level", flat=True)) == [1, 1]
    run_jobs()
    told = town.accounts and Entry.objects.filter(verb="star.fell").count()
    join(town, twin)
    run_jobs()
    standing = StarGrant.objects.filter(withdraws__isnull=True, withdrawal__isnull=True)
    assert sorted(standing.values_list("person", "level")) == [(town.volunteer.pk, 1), (town.volunteer.pk, 2)]
    assert Entry.objects.filter(verb="star.fell").count() == told
    stars.note_stars(by=SCHEDULER)
    assert standing.count() == 2
    assert broken() == {}


def test_two_places_at_one_time_are_given_back_first(town):
    twin = make.person("李晓雯")
    one, other = on_day(town, -3, title="送餐"), on_day(town, -3, hour=15, title="读报")
    place = make.sign_up(twin, of=one)
    make.sign_up(town.volunteer, of=other)
    reason = refused(town, twin)
    assert ("送餐" in reason, "读报" in reason) == (True, True)
    signing.cancel_sign_up(place, reason="登记了两次", by=town.manager)
    join(town, twin)
    assert SignUp.objects.filter(person=town.volunteer).count() == 2
    assert broken() == {}


def test_where_they_came_under_one_entry_only_that_place_counts(town):
    twin, of = make.person("李晓雯"), on_day(town, 2)
    idle = make.sign_up(town.volunteer, of=of, state="absent")
    came = make.attended(twin, of=of)
    join(town, twin)
    idle.refresh_from_db()
    came.refresh_from_db()
    assert (idle.state, came.person, came.state) == ("cancelled", town.volunteer, "confirmed")
    recording.confirm_service(came, by=town.manager)
    assert broken() == {}


def test_suspensions_of_both_count_and_of_two_by_one_body_the_longer(town):
    twin = make.person("李晓雯")

    def suspend(person, body, days, by):
        return signing.suspend(person, organization=body, reason="三次没来", until_date=now.today() + dt.timedelta(days=days), by=by)

    suspend(town.volunteer, town.body, 10, town.manager)
    longer = suspend(twin, town.body, 20, town.manager)
    elsewhere = suspend(twin, town.other, 5, town.other_manager)
    place = make.sign_up(town.volunteer, of=on_day(SimpleNamespace(body=town.other), -3))
    join(town, twin)
    place.refresh_from_db()
    assert set(Suspension.objects.filter(person=town.volunteer)) == {longer, elsewhere}
    assert place.state == "cancelled"
    assert broken() == {}


def test_a_claim_that_waits_follows_and_the_same_service_claimed_twice_is_answered_first(town, twin):
    of = on_day(town, 2)
    make.sign_up(of=of)

    def claim(person):
        start = of.starts_at
        return recording.claim_service(of, person=person, starts_at=start, ends_at=of.ends_at, words="那天忘了扫码，一直在登记台。", by=person)

    waiting = claim(twin.person)
    mine = claim(town.volunteer)
    assert waiting.number in refused(town, twin.person)
    recording.withdraw_claim(mine, by=town.volunteer)
    join(town, twin.person)
    waiting.refresh_from_db()
    assert (waiting.person, waiting.state) == (town.volunteer, "open")
    assert broken() == {}


def test_welcome_points_and_hours_brought_along_count_once(town):
    twin = make.person("李晓雯")
    purses.rule(starter_points=5)
    for person, minutes in ((town.volunteer, 0), (twin, 600)):
        VolunteerProfile.objects.create(
            person=person, registered_on=now.today(), brought_minutes=minutes, brought_source="志愿北京" if minutes else ""
        )
        ledger.grant_starter(person, by=SCHEDULER)
    join(town, twin)
    assert points.balance_of(town.volunteer) == 5
    assert VolunteerProfile.objects.get(person=town.volunteer).brought_minutes == 600
    assert sum(VolunteerProfile.objects.values_list("brought_minutes", flat=True)) == 600
    assert broken() == {}


def test_nobody_agrees_to_what_they_proposed_under_another_entry(town):
    twin = make.person("李晓雯")
    rule = purses.rule(proposed_by=twin, proposed_at=now.now(), approved_at=None)
    join(town, twin)
    rule.refresh_from_db()
    assert rule.proposed_by == town.volunteer


def test_two_sums_brought_along_that_differ_are_put_right_first(town):
    twin = make.person("李晓雯")
    for person, minutes in ((town.volunteer, 300), (twin, 600)):
        VolunteerProfile.objects.create(person=person, registered_on=now.today(), brought_minutes=minutes, brought_source="志愿北京")
    assert "带来" in refused(town, twin)


def test_the_page_of_the_hub_names_each_thing_that_speaks_against_it_and_joins(town, record, client):
    twin = make.person("李晓雯")
    Membership.objects.create(person=twin, organization=town.body, kind="member", from_date=dt.date(2024, 1, 1))
    others = [make.record(twin, of=on_day(town, 1, hour=15, title="读报"), by=town.manager)]
    for days_ago in (4, 5):
        make.record(town.volunteer, of=on_day(town, days_ago), by=town.manager)
        others.append(make.record(twin, of=on_day(town, days_ago), by=town.manager))
    client.force_login(make.account(town.hub))
    at = f"/organizations/person/{twin.number}/merge/"
    looked = client.get(at, {"into": town.volunteer.number}, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert (looked.status_code, looked.content.decode().count("同一时间有两条已确认的服务")) == (200, 3)
    answer = client.post(at, {"into": town.volunteer.number}, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert (answer.status_code, answer.content.decode().count("同一时间有两条已确认的服务")) == (422, 3)
    for other in others:
        recording.withdraw_record(other, reason="同一时间两处", by=town.manager)
    assert client.post(at, {"into": town.volunteer.number}).status_code == 303
    assert Person.objects.get(pk=twin.pk).merged_into == town.volunteer
    assert broken() == {}


def test_of_one_shift_served_under_both_the_withdrawn_record_stays_where_it_was(town, record):
    twin = make.person("李晓雯")
    double = make.record(twin, of=record.shift, by=town.manager)
    paper = recording.issue_certificate(twin, by=twin)
    assert double.number in refused(town, twin)
    recording.withdraw_record(double, reason="登记了两次", by=town.manager)
    join(town, twin)
    paper.refresh_from_db()
    assert (records.hours_of(town.volunteer), records.hours_of(twin), points.balance_of(twin)) == (record.minutes, 0, 0)
    assert (paper.state != "valid", paper.person) == (True, twin)
    with pytest.raises(Refused):
        recording.correct_record(ServiceRecord.objects.get(corrects=double), minutes=60, reason="来过", by=town.manager)
    assert broken() == {}
