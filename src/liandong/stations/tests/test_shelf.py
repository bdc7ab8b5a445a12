"""What lies on a shelf: brought, reserved, handed out, lent, cleared; recyclables; thanks."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.core.errors import Denied, Refused, TooMany
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.stations.models import GreenExchange, ShelfItem, ShelfTaking, Thanks
from liandong.stations.queries import around
from liandong.stations.queries import shelf as reading
from liandong.stations.reactions import visitors as jobs
from liandong.stations.services import green, shelf, thanks
from liandong.stations.services.visits import Caller
from liandong.stations.tests.factories import Town


def url(name: str, *arguments) -> str:
    return reverse(f"stations:{name}", args=arguments)


def enter(client, person) -> None:
    client.force_login(Account.objects.get(person=person))


def put(station, *, by, name: str = "儿童棉衣", kind: str = "give", **values) -> ShelfItem:
    return shelf.put_item(station, name=name, kind=kind, **values, by=by)


def test_what_others_bring_waits_for_the_hosts_tap(town, run_jobs):
    station = town.station()
    item = put(station, by=town.resident, count=2)
    assert (item.state, list(reading.on_shelf(station))) == ("offered", [])
    with pytest.raises(Denied):
        shelf.accept_item(item, by=town.neighbour)
    shelf.accept_item(item, by=town.boss)
    assert list(reading.on_shelf(station)) == [item]
    other = put(station, by=town.resident, name="旧床垫")
    shelf.decline_item(other, by=town.boss)
    with pytest.raises(Refused):
        shelf.accept_item(other, by=town.boss)
    run_jobs()
    assert sorted(Notice.objects.values_list("person__name", "kind")) == [
        ("王秀兰", "shelf.not_taken_in"),
        ("王秀兰", "shelf.taken_in"),
        ("陈宇", "shelf.offered"),
        ("陈宇", "shelf.offered"),
    ]
    assert broken() == {}


@pytest.mark.parametrize(
    "values",
    [
        {"name": "x"},
        {"kind": "sell"},
        {"count": 0},
        {"is_food": True},
        {"is_food": True, "expires_on": dt.date(2026, 6, 9)},
        {"is_food": True, "kind": "loan", "expires_on": dt.date(2026, 6, 12)},
        {"kind": "loan", "loan_days": 0},
    ],
    ids=str,
)
def test_what_no_shelf_takes(town, values):
    with pytest.raises(Refused):
        put(town.station(), by=town.boss, **values)


def test_what_is_reserved_is_kept_for_a_day_and_then_free(town, clock, run_jobs):
    item = put(town.station(), by=town.boss)
    taking = shelf.reserve(item, by=town.resident)
    assert (item.left_count, taking.held_until_at.isoformat()) == (0, "2026-06-11T02:00:00+00:00")
    with pytest.raises(Refused):
        shelf.reserve(item, by=town.neighbour)
    assert shelf.free_unfetched() == 0
    clock.move_to("2026-06-11 10:01")
    assert (shelf.free_unfetched(), shelf.free_unfetched()) == (1, 0)
    run_jobs()
    assert Notice.objects.filter(person=town.resident, kind="shelf.freed").count() == 1
    again = shelf.reserve(item, by=town.neighbour)
    shelf.hand_over(again, by=town.boss)
    item.refresh_from_db()
    assert (item.left_count, again.state) == (0, "taken")
    with pytest.raises(Refused):
        shelf.give_up(again, by=town.neighbour)
    assert broken() == {}


def test_three_reservations_of_one_and_no_second_of_the_same(town):
    station = town.station()
    items = [put(station, by=town.boss, name=f"书包{n}", count=3) for n in range(4)]
    first = shelf.reserve(items[0], by=town.resident)
    with pytest.raises(Refused):
        shelf.reserve(items[0], by=town.resident)
    for item in items[1:3]:
        shelf.reserve(item, by=town.resident)
    with pytest.raises(Refused):
        shelf.reserve(items[3], by=town.resident)
    with pytest.raises(Denied):
        shelf.give_up(first, by=town.neighbour)
    shelf.give_up(first, by=town.resident)
    assert shelf.reserve(items[3], by=town.resident).state == "reserved"
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_one(request):
    request.getfixturevalue("clock")
    town = Town()
    item = put(town.station(), by=town.boss)
    start, results = threading.Barrier(4), []

    def run(verb) -> None:
        try:
            start.wait()
            results.append(verb())
        except Refused as refused:
            results.append(refused)
        finally:
            connection.close()

    verbs = [
        lambda: shelf.reserve(ShelfItem.objects.get(), by=town.resident),
        lambda: shelf.reserve(ShelfItem.objects.get(), by=town.neighbour),
        lambda: shelf.hand_out(ShelfItem.objects.get(), by=town.boss),
        lambda: shelf.hand_out(ShelfItem.objects.get(), by=town.boss),
    ]
    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    item.refresh_from_db()
    assert sorted(isinstance(result, ShelfTaking) for result in results) == [False, False, False, True]
    assert (item.left_count, broken()) == (0, {})


def test_books_are_lent_reminded_of_and_come_back(town, clock, run_jobs):
    book = put(town.station(), by=town.boss, name="骆驼祥子", kind="loan", loan_days=7)
    loan = shelf.hand_over(shelf.reserve(book, by=town.resident), by=town.boss)
    assert (loan.state, loan.due_on, book.left_count) == ("lent", dt.date(2026, 6, 17), 0)
    told = []
    for day in ("2026-06-15", "2026-06-16", "2026-06-16", "2026-06-18", "2026-06-20", "2026-06-25"):
        clock.move_to(f"{day} 09:10")
        told.append(jobs.remind(today=dt.date.fromisoformat(day)))
    assert told == [0, 1, 0, 1, 0, 1]
    shelf.bring_back(loan, by=town.boss)
    book.refresh_from_db()
    assert (book.left_count, loan.state) == (1, "returned")
    lent = shelf.hand_out(book, by=town.boss)
    assert (lent.person, lent.state, len(lent.code)) == (None, "lent", 4)
    assert broken() == {}


def test_food_leaves_the_shelf_by_itself(town, clock):
    station = town.station()
    item = put(station, by=town.boss, name="面包", is_food=True, expires_on=dt.date(2026, 6, 11), count=5)
    put(station, by=town.resident, name="酸奶", is_food=True, expires_on=dt.date(2026, 6, 11))
    taking = shelf.reserve(item, by=town.resident)
    clock.move_to("2026-06-12 00:05")
    assert list(reading.on_shelf(station)) == []
    with pytest.raises(Refused):
        shelf.hand_out(item, by=town.boss)
    assert shelf.clear_expired() == 2
    taking.refresh_from_db()
    assert (taking.state, sorted(ShelfItem.objects.values_list("state", flat=True))) == ("freed", ["declined", "gone"])
    assert broken() == {}


def test_recyclables_are_given_for_by_the_table(town):
    station = town.station()
    rate = green.set_rate(station, material="塑料瓶", unit="piece", per_amount=20, gives="垃圾袋", gives_count=1, by=town.boss)
    made = green.exchange(rate, amount=47, by=town.boss)
    assert made.given_count == 2
    for amount in (19, 0):
        with pytest.raises(Refused):
            green.exchange(rate, amount=amount, by=town.boss)
    new = green.set_rate(station, material="塑料瓶", unit="piece", per_amount=10, gives="垃圾袋", gives_count=1, by=town.boss)
    with pytest.raises(Refused):
        green.exchange(GreenExchange.objects.get().rate, amount=40, by=town.boss)
    green.exchange(new, amount=40, by=town.boss)
    assert [(row.material, row.amount, row.times) for row in reading.brought_to(station, first=dt.date(2026, 1, 1))] == [("塑料瓶", 87, 2)]
    assert reading.rates_of(station) == [new]
    with pytest.raises(Denied):
        green.set_rate(station, material="纸", unit="kg", per_amount=1, gives="皂", gives_count=1, by=town.resident)


def test_thanks_are_counted_once_a_day_and_words_wait_for_the_host(town, clock):
    station, one, two = town.station(), Caller("10.0.0.1", "a"), Caller("10.0.0.2", "b")
    assert [thanks.thank(station, caller=caller) is not None for caller in (one, one, two)] == [True, False, True]
    words = thanks.thank(station, words="热水真热", caller=one)
    with pytest.raises(TooMany):
        thanks.thank(station, words="又来了", caller=one)
    with pytest.raises(Refused):
        thanks.thank(station, words="电话 138 0000 1234", caller=two)
    assert (around.around(station).thanks, around.around(station).waiting_thanks) == (2, 1)
    with pytest.raises(Denied):
        thanks.show_thanks(words, by=town.resident)
    thanks.show_thanks(words, by=town.boss)
    assert (around.around(station).thanks, around.around(station).waiting_thanks) == (3, 0)
    thanks.keep_thanks(words, by=town.boss)
    assert list(Thanks.objects.exclude(words="").values_list("state", flat=True)) == ["kept"]
    assert Entry.objects.filter(verb__startswith="thanks.").count() == 2  # what the host decided; who thanked stands nowhere


# Pages


def test_the_way_of_a_thing_through_the_pages(client, town, django_assert_max_num_queries):
    station = town.station()
    form = {"name": "骆驼祥子", "kind": "loan", "count": "1", "loan_days": "14"}
    assert client.post(url("put", station.number), form).status_code == 302  # sign in first
    enter(client, town.resident)
    assert client.get(url("put", station.number)).status_code == 200
    assert client.post(url("put", station.number), {**form, "count": "0"}).status_code == 422
    assert client.post(url("put", station.number), form).status_code == 303
    item = ShelfItem.objects.get()
    assert client.post(url("keep_item", item.pk), {"what": "accept"}).status_code == 403
    enter(client, town.neighbour)
    assert client.get(url("item", item.pk)).status_code == 404
    enter(client, town.boss)
    client.get(url("shelf", station.number))
    with django_assert_max_num_queries(12):
        assert client.get(url("shelf", station.number)).context["offered"] == [item]
    assert client.post(url("keep_item", item.pk), {"what": "accept"}).status_code == 303
    assert client.post(url("keep_item", item.pk), {"what": "nothing"}).status_code == 404
    enter(client, town.neighbour)
    assert client.post(url("reserve", item.pk)).status_code == 303
    assert client.post(url("reserve", item.pk)).status_code == 422
    taking = ShelfTaking.objects.get()
    with django_assert_max_num_queries(12):
        assert client.get(url("mine")).context["held"] == [taking]
    assert client.get(url("item", item.pk)).context["own"] == taking
    assert client.post(url("keep_taking", taking.pk), {"what": "hand_over"}).status_code == 403
    enter(client, town.boss)
    assert client.post(url("keep_taking", taking.pk), {"what": "hand_over"}).status_code == 303
    assert client.post(url("keep_taking", taking.pk), {"what": "back"}).status_code == 303
    assert client.post(url("keep_item", item.pk), {"what": "hand_out"}).status_code == 303
    assert client.post(url("keep_item", item.pk), {"what": "hand_out"}).status_code == 422
    assert client.post(url("keep_item", item.pk), {"what": "off"}).status_code == 303
    assert broken() == {}


def test_the_pages_of_a_shelf_ask_as_much_for_many_as_for_one(client, town):
    station, asked = town.station(), []
    enter(client, town.boss)
    for number in (1, 3):
        while ShelfItem.objects.filter(state="on_shelf").count() < number:
            shelf.reserve(put(station, by=town.boss, count=2), by=town.resident)
            put(station, by=town.neighbour)
            green.set_rate(station, material=f"瓶{ShelfItem.objects.count()}", unit="piece", per_amount=5, gives="皂", gives_count=1, by=town.boss)
        client.get(url("shelf", station.number))
        with CaptureQueriesContext(connection) as captured:
            client.get(url("shelf", station.number))
            client.get(url("green", station.number))
            client.get(url("mine"))
            client.get(url("thanks", station.number))
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_thanks_and_recyclables_by_their_pages(client, town):
    station = town.station()
    phone = {"user-agent": "Mozilla/5.0 (Linux; Android 14)"}
    assert client.post(url("thank", station.number), headers=phone).status_code == 303
    assert client.post(url("thank", station.number), {"words": ""}, headers=phone).status_code == 422
    assert client.post(url("thank", station.number), {"words": "谢谢老板"}, headers=phone).status_code == 303
    assert client.post(url("thank", station.number), {"words": "再来一句"}, headers=phone).status_code == 429
    assert client.post(url("thank", station.number), {"words": "机器"}, headers={"user-agent": "somebot/1"}).status_code == 303
    row = Thanks.objects.exclude(words="").get()
    assert list(client.get(url("thanks", station.number)).context["page"]) == []
    enter(client, town.boss)
    assert client.post(url("decide_thanks", row.pk), {"what": "show"}).status_code == 303
    form = {"material": "旧报纸", "per_amount": "5", "unit": "kg", "gives": "肥皂", "gives_count": "2"}
    assert client.post(url("green_rate", station.number), {**form, "gives": ""}).status_code == 422
    assert client.post(url("green_rate", station.number), form).status_code == 303
    rate = station.green_rates.get()
    assert client.post(url("green_exchange", rate.pk), {f"r{rate.pk}-amount": "4"}).status_code == 422
    assert client.post(url("green_exchange", rate.pk), {f"r{rate.pk}-amount": "11"}).status_code == 303
    assert GreenExchange.objects.get().given_count == 4
    assert client.post(url("green_end", rate.pk)).status_code == 303
    client.logout()
    assert [str(each) for each in client.get(url("thanks", station.number)).context["page"]] == ["谢谢老板"]
    assert client.get(url("green", station.number)).status_code == 200
