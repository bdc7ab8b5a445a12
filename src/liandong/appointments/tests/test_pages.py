"""Every page of appointments: opens for whom it is for, does not exist or says no for others, keeps its number of queries and its size."""

import datetime as dt
import gzip

import pytest
from django.test import Client
from django.urls import reverse

from liandong.accounts.models import Person
from liandong.appointments import services
from liandong.appointments.models import Appointment, Desk, DeskDay
from liandong.appointments.tests.factories import at

PHONE, DESK, PHONE_BYTES = 12, 25, 14_000


def url(name, *arguments, **query):
    return reverse(f"appointments:{name}", args=arguments) + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def queries_of(client, path, django_assert_max_num_queries, most):
    with django_assert_max_num_queries(most) as captured:
        response = client.get(path)
    assert response.status_code == 200
    assert len(gzip.compress(response.content)) <= PHONE_BYTES
    return len(captured)


def test_phone_pages_ask_as_many_queries_for_three_as_for_one(as_, town, django_assert_max_num_queries):
    client, desks = as_(town.resident), [town.desk()]
    first = town.book(desks[0], at(12, 9))
    paths = [url("list"), url("mine"), url("desk", desks[0].pk), url("desk", desks[0].pk, all=1), url("appointment", first.code)]
    client.get(paths[0])  # what every page keeps for a while
    one = [queries_of(client, path, django_assert_max_num_queries, PHONE) for path in paths]
    for _n in range(2):
        desks.append(town.desk())
        town.book(desks[-1], at(12, 9))
        town.book(desks[0], at(17, 9 + _n), person=Person.objects.create(name=f"街坊{_n}"))
    services.set_day(desks[0], date=dt.date(2026, 6, 24), stretch=None, words="开会", by=town.worker)
    assert [queries_of(client, path, django_assert_max_num_queries, PHONE) for path in paths] == one


def test_desk_pages_ask_as_many_queries_for_three_as_for_one(as_, town, django_assert_max_num_queries):
    desk = town.desk()
    town.book(desk, at(12, 9))
    client = as_(town.worker)
    client.get(url("desks"))
    paths = [url("desks"), url("manage", desk.pk), url("day", desk.pk, date="2026-06-12"), url("paper", desk.pk, date="2026-06-12"), url("new"), url("edit", desk.pk)]  # fmt: skip
    one = [queries_of(client, path, django_assert_max_num_queries, DESK) for path in paths]
    town.desk()
    town.book(desk, at(12, 9, 20), person=town.neighbour)
    services.add_walk_in(desk, starts_at=at(12, 9, 40), by=town.worker)
    assert [queries_of(client, path, django_assert_max_num_queries, DESK) for path in paths] == one


def test_a_resident_books_in_two_taps_and_cancels(as_, town):
    desk = town.desk()
    stranger = Client().get(url("list"))
    (_desk, links), *_rest = stranger.context["rows"]
    assert [link.label for link in links] == ["周五 9:00", "周五 9:20", "周五 9:40"]
    assert Client().get(links[0].href).status_code == 302  # to sign in, and back here
    client = as_(town.resident)
    page = client.get(links[0].href)
    assert (page.status_code, page.context["is_free"]) == (200, True)
    sent = client.post(url("book", desk.pk), {"at": "202606120900", "about": "想立遗嘱"})
    row = Appointment.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, url("appointment", row.code))
    page = client.get(sent["Location"]).content.decode()
    assert ("想立遗嘱" in page, "6月12日" in page) == (True, True)
    assert client.get(links[1].href).status_code == 303  # to what one has here already
    ics = client.get(url("calendar", row.code)).content.decode()
    assert ("SUMMARY:预约" in ics, desk.title in ics, "DTSTART:20260612T010000Z" in ics) == (True, False, True)  # a quiet desk
    assert client.post(url("cancel", row.code)).status_code == 303
    assert "已取消" in client.get(url("appointment", row.code)).content.decode()


def test_a_time_that_has_gone_in_the_meantime_offers_the_next_ones(as_, town):
    desk = town.desk()
    town.book(desk, at(12, 9), person=town.neighbour)
    client = as_(town.resident)
    answer = client.post(url("book", desk.pk), {"at": "202606120900", "about": "想立遗嘱"})
    assert (answer.status_code, [link.label for link in answer.context["others"]][:2]) == (422, ["周五 9:20", "周五 9:40"])
    assert client.get(url("book", desk.pk, at="x")).status_code == 303
    assert client.post(url("book", desk.pk), {"at": "202606129999"}).status_code == 303
    assert client.post(url("book", desk.pk), {"at": "202606120920", "about": "字" * 201}).status_code == 422


def test_whoever_lost_a_day_finds_the_next_free_times(as_, town):
    desk = town.desk()
    row = town.book(desk, at(12, 9))
    services.set_day(desk, date=dt.date(2026, 6, 12), stretch=None, words="王律师出庭", by=town.worker)
    page = as_(town.resident).get(url("appointment", row.code))
    assert ("王律师出庭" in page.content.decode(), page.context["others"][0].label) == (True, "6月17日 9:00")
    shown = Client().get(url("desk", desk.pk)).content.decode()
    assert ("王律师出庭" in shown, "法定节假日，不接待" in shown) == (True, True)


def test_the_day_at_the_desk_from_arriving_to_finished(as_, town):
    desk = town.desk(until_minutes=0)
    row = town.book(desk, at(10, 10, 20), about="想立遗嘱")
    client = as_(town.worker)
    page = client.get(url("day", desk.pk))
    text = page.content.decode()
    assert ("王*兰" in text, "王秀兰" in text, "想立遗嘱" in text, page.context["free_count"]) == (True, False, True, 2)
    client.post(url("step", row.code), {"to": "arrived"})
    assert client.get(url("day", desk.pk)).context["next"] == row
    client.post(url("call_next", desk.pk))
    assert "现在叫到" not in as_(town.neighbour).get(url("desk", desk.pk)).content.decode()
    assert "轮到您了" in as_(town.resident).get(url("appointment", row.code), headers={"HX-Request": "true"}).content.decode()
    client = as_(town.worker)
    client.post(url("walk_in", desk.pk), {"at": "202606101040"})
    client.post(url("step", row.code), {"to": "done"})
    paper = client.get(url("paper", desk.pk)).content.decode()
    assert ("窗口取号" in paper, "想立遗嘱" in paper) == (True, False)
    assert client.post(url("call_next", desk.pk)).status_code == 303  # the number on paper is not here: nobody is waiting
    assert sorted(Appointment.objects.values_list("number", "state")) == [(5, "done"), (6, "booked")]


@pytest.mark.parametrize(
    ("who", "day", "manage", "own"),
    [("worker", 200, 200, 200), ("manager", 403, 200, 404), ("hub_manager", 403, 200, 404), ("stranger", 404, 404, 404), ("resident", 404, 404, 200), ("neighbour", 404, 404, 404)],
)  # fmt: skip
def test_what_it_is_about_is_read_by_those_at_the_desk_and_the_person_only(as_, town, who, day, manage, own):
    desk = town.desk()
    row = town.book(desk, at(12, 9), about="想立遗嘱")
    client = as_(getattr(town, who))
    answers = [client.get(path) for path in (url("day", desk.pk, date="2026-06-12"), url("manage", desk.pk), url("appointment", row.code), url("desk", desk.pk), url("paper", desk.pk, date="2026-06-12"))]  # fmt: skip
    assert [answer.status_code for answer in answers[:3]] == [day, manage, own]
    assert any("想立遗嘱" in answer.content.decode() for answer in answers) == (who in ("worker", "resident"))
    assert client.post(url("step", row.code), {"to": "arrived"}).status_code == {"worker": 422, "resident": 403}.get(who, 404)


def test_a_desk_is_set_up_with_hours_a_day_off_and_people(as_, town):
    client = as_(town.manager)
    values = {"host": town.community.pk, "kind": "department", "title": "社保窗口", "receiver": "李老师", "venue": town.hall.pk, "minutes": 15, "ahead_days": 28, "until_minutes": 30}  # fmt: skip
    assert client.post(url("new"), {**values, "title": ""}).status_code == 422
    assert client.post(url("new"), values).status_code == 303
    desk = Desk.objects.get()
    page = url("manage", desk.pk)
    assert client.post(url("add_hours", desk.pk), {"weekdays": [0, 1, 2, 3, 4], "times": "下午", "rhythm": "1"}).status_code == 422
    assert (
        client.post(url("add_hours", desk.pk), {"weekdays": [0, 1, 2, 3, 4], "times": "9点到11点半, 14:00-17:00", "rhythm": "1"})["Location"] == page
    )
    assert client.post(url("add_hours", desk.pk), {"weekdays": [5], "times": "9:00-11:00", "rhythm": "n5"})["Location"] == page
    assert [line for line, _keys in client.get(page).context["lines"]] == ["每周一–周五 9:00–11:30、14:00–17:00", "每月最后一个周六 9:00–11:00"]
    keys = client.get(page).context["lines"][1][1]
    client.post(url("remove_hours", desk.pk, keys))
    assert desk.hours.count() == 10
    assert client.post(url("set_day", desk.pk), {"date": "2026-06-01"}).status_code == 422
    assert client.post(url("set_day", desk.pk), {"date": "2026-06-12", "times": "", "words": "培训"})["Location"] == page
    client.post(url("forget_day", desk.pk, DeskDay.objects.get().pk))
    assert client.post(url("receivers", desk.pk), {"people": [town.worker.pk]})["Location"] == page
    assert list(desk.receivers.values_list("person", flat=True)) == [town.worker.pk]
    assert client.post(url("edit", desk.pk), {**values, "title": "社保医保窗口", "is_open": "on"}).status_code == 303
    assert client.get(url("desks")).context["rows"][0][0].title == "社保医保窗口"
