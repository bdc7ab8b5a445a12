import csv
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.core.actors import DEMO
from liandong.points import queries
from liandong.points import services as ledger
from liandong.points.models import PointsReservation, PointsRule, PoolGrant
from liandong.points.tests import factories as make
from liandong.points.tests.factories import balances, purse
from liandong.recognition.tests import factories as records


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(Account.objects.filter(person=person).first() or make.account(person))
        client.cookies["lang"] = "en"
        return client

    return sign_in


def spend(account, amount, words="理发一次"):
    ledger.transfer(
        uuid.uuid4(), source=account, target=ledger.till_of(make.organization()), amount=amount, kind="spend", words=words, by=account.person
    )


@pytest.mark.django_db
class TestStatement:
    def test_it_says_what_came_what_went_and_what_was_left(self, as_, clock):
        record = records.record(late=0, stayed=150)
        account = ledger.account_of(record.person)
        clock.advance(hours=1)
        spend(account, 2)
        page = as_(record.person).get(reverse("points:mine"))
        assert page.status_code == 200
        shown = [(entry.amount, entry.running, title, note) for entry, title, _said, note, _href in page.context["lines"]]
        assert [(amount, running, title) for amount, running, title, _note in shown] == [(-2, 3, "理发一次"), (5, 5, record.activity_name)]
        assert page.context["sums"].used == 2

    def test_filters_and_search_keep_the_running_balance(self, as_, clock):
        record = records.record(late=0, stayed=150)
        clock.advance(hours=1)
        spend(ledger.account_of(record.person), 2)
        client = as_(record.person)
        for query, expected in (("kind=spent", [-2]), ("kind=earned", [5]), ("q=理发", [-2]), (f"q={record.activity_name}", [5]), ("q=别的", [])):
            page = client.get(f"{reverse('points:mine')}?{query}")
            assert [entry.amount for entry in page.context["page"]] == expected
        assert client.get(f"{reverse('points:mine')}?kind=spent").context["page"][0].running == 3

    def test_the_file_opens_in_spreadsheets_and_runs_nothing(self, as_):
        own = purse(10)
        spend(own, 3, words="=cmd()")
        text = as_(own.person).get(reverse("points:export")).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1][1][:2] == "'="
        assert [row[3:5] for row in rows[1:]] == [["-3", "7"], ["10", "10"]]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, as_, count, django_assert_max_num_queries):
        own = purse(50)
        for _ in range(count):
            spend(own, 1)
            ledger.reserve(uuid.uuid4(), source=own, target=ledger.till_of(make.organization()), amount=1, by=own.person)
        client = as_(own.person)
        client.get(reverse("points:rules"))  # what a process reads once
        with django_assert_max_num_queries(12):
            assert client.get(reverse("points:mine")).status_code == 200


@pytest.mark.django_db
class TestGiving:
    def test_a_gift_sent_twice_is_given_once_and_can_be_taken_back(self, as_, clock):
        home = make.organization(kind="community")
        own = purse(30, of=make.resident(home))
        client, key = as_(own.person), uuid.uuid4()
        form = {"key": key, "to": f"b{home.pk}", "amount": 12, "words": ""}
        assert [client.post(reverse("points:give"), form).status_code for _ in range(2)] == [303, 303]
        assert (PointsReservation.objects.count(), queries.available_of(own.person)) == (1, 18)
        assert client.post(reverse("points:give"), form | {"amount": 13}).status_code == 409
        assert client.post(reverse("points:give"), form | {"key": uuid.uuid4(), "amount": 19}).status_code == 422
        assert client.post(reverse("points:give"), form | {"key": uuid.uuid4(), "amount": 0}).status_code == 422
        assert client.post(reverse("points:take_back", args=[key])).status_code == 303
        assert queries.available_of(own.person) == 30
        assert as_(make.person()).post(reverse("points:take_back", args=[key])).status_code == 404

    def test_family_is_asked_and_answers(self, as_):
        one, two = make.person(), make.person()
        assert as_(one).post(reverse("points:family"), {"number": two.number}).status_code == 303
        assert as_(one).post(reverse("points:family"), {"number": "x"}).status_code == 422
        tie = queries.family_of(one).get()
        address = reverse("points:answer_family", args=[tie.pk])
        assert as_(make.person()).post(address, {"answer": "yes"}).status_code == 404
        assert as_(one).post(address, {"answer": "yes"}).status_code == 403
        assert as_(two).post(address, {"answer": "yes"}).status_code == 303
        assert as_(two).get(reverse("points:give")).status_code == 200


@pytest.mark.django_db
class TestDesk:
    def test_the_pool_is_given_by_two_when_it_is_much(self, as_):
        body = make.organization(kind="community")
        ledger.transfer(uuid.uuid4(), source=purse(200), target=ledger.pool_of(body), amount=150, by=DEMO)
        old, one, two = make.resident(body, phone="13800003333"), make.manager(body), make.manager(body)
        address = reverse("points:pool", args=[body.slug])
        form = {"key": uuid.uuid4(), "number": "13800003333", "amount": 90, "reason": "独居"}
        assert as_(one).get(reverse("points:pools")).status_code == 303
        assert as_(one).post(address, form).status_code == 303
        assert as_(one).post(address, form | {"number": "13800009999"}).status_code == 422
        decide = reverse("points:grant_decide", args=[PoolGrant.objects.get().pk])
        assert as_(one).post(decide, {"decision": "agree"}).status_code == 403
        assert as_(two).get(address).status_code == 200
        assert as_(two).post(decide, {"decision": "agree"}).status_code == 303
        assert queries.balance_of(old) == 90
        assert as_(make.manager(make.organization())).get(address).status_code == 403

    def test_a_rule_is_looked_at_proposed_and_agreed_to_by_another(self, as_, clock):
        street = make.territory(level="street")
        one, two = make.hub_manager(street), make.hub_manager(street)
        form = {
            "territory": street.pk,
            "from_date": "2026-07-01",
            "points_per_hour": 3,
            "activity_cap_hours": 8,
            "night_percent": 150,
            "category_elders": 200,
        }
        form |= {"pool_alone_limit": 50, "step": "look"}
        looked = as_(one).post(reverse("points:rule_new"), form)
        assert (looked.status_code, PointsRule.objects.count()) == (200, 1)
        assert as_(one).post(reverse("points:rule_new"), form | {"step": "propose", "from_date": "2026-06-01"}).status_code == 422
        assert as_(one).post(reverse("points:rule_new"), form | {"step": "propose"}).status_code == 303
        rule = PointsRule.objects.latest("version")
        assert (rule.by_category, rule.by_place, rule.approved_at) == ({"elders": 200}, {}, None)
        address = reverse("points:rule_decide", args=[rule.version])
        assert as_(one).post(address, {"decision": "agree"}).status_code == 403
        assert as_(two).get(reverse("points:rule", args=[rule.version])).status_code == 200
        assert as_(two).post(address, {"decision": "agree"}).status_code == 303
        assert PointsRule.objects.latest("version").approved_by == two
        for person in (make.person(), two):
            assert as_(person).get(reverse("points:rules")).status_code == 200

    def test_each_place_has_its_version_in_force_asked_for_once(self, as_, clock, django_assert_num_queries):
        street = make.territory("街道", level="street")
        body = make.organization(kind="community", at=make.territory(parent=street))
        old, new, later = make.rule(territory=street), make.rule(territory=street), make.rule(territory=street, from_date=make.dt.date(2026, 7, 1))
        client = as_(make.manager(body))
        client.get(reverse("points:rules"))  # what a process reads once
        with CaptureQueriesContext(connection) as before:
            rows = client.get(reverse("points:rules")).context["rows"]
        words = {rule.version: said for rule, said, _tone in rows}
        assert words == {1: "in force", old.version: "replaced", new.version: "in force", later.version: "agreed, not yet in force"}
        make.rule(territory=body.territory)
        make.rule(territory=make.territory())
        with django_assert_num_queries(len(before)):
            client.get(reverse("points:rules"))

    def test_every_figure_of_the_ledger_opens(self, as_, django_assert_max_num_queries):
        street = make.territory(level="street")
        body = make.organization(kind="community", at=make.territory(parent=street))
        own = purse(10, of=make.resident(body), from_body=body)
        hub = as_(make.hub_manager(street))
        page = hub.get(reverse("points:ledger"))
        assert (page.context["issued"], page.context["sums"]["person"].balance) == (10, 10)
        with django_assert_max_num_queries(20):
            assert [each.pk for each in hub.get(reverse("points:ledger") + "?kind=person").context["page"]] == [own.pk]
        account = hub.get(reverse("points:account", args=[own.pk]))
        assert [(entry.amount, entry.running, other.organization) for entry, other in account.context["rows"]] == [(10, 10, body)]
        assert hub.get(reverse("points:account", args=[purse(3).pk])).status_code == 404
        assert [each.pk for each in hub.get(f"{reverse('points:ledger')}?q={own.person.number}").context["page"]] == [own.pk]
        assert as_(own.person).get(reverse("points:ledger")).status_code == 403

    def test_what_bodies_owe_and_the_digests_are_for_everybody(self, client, as_, clock):
        one, two = make.organization(), make.organization()
        own = purse(40, from_body=one)
        ledger.transfer(uuid.uuid4(), source=own, target=ledger.till_of(two), amount=40, kind="spend", by=own.person)
        run = ledger.clear(make.dt.date(2026, 5, 1), by=DEMO)
        clock.advance(days=30)
        ledger.publish_digests(today=make.dt.date(2026, 7, 10))
        for name in ("between", "digest"):
            assert client.get(reverse(f"points:{name}")).status_code == 200
        address = reverse("points:settled", args=[run.lines.get().pk])
        assert as_(make.manager(one)).post(address).status_code == 403
        assert as_(make.manager(two)).post(address).status_code == 303
        file = reverse("points:digest_file", args=[2026, 6])
        assert as_(make.manager(one)).get(file).status_code == 403
        assert as_(make.hub_manager(one.territory)).get(file).content.startswith(b"liandong-ledger 1\nmonth 2026-06\n")
        assert balances(ledger.till_of(two)) == [0]
