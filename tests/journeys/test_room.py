"""A room is booked, a second booking is refused with the next free times, nobody comes, and the waiting list gets it; on a phone, without JavaScript."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from liandong.accounts.tests import factories as people
from liandong.bookings.models import Booking, RoomWait
from liandong.bookings.reactions import mind_rooms
from liandong.bookings.tests.factories import at, room
from tests.support.browser import press

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page, client, live_server, person) -> None:
    client.force_login(person.account)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": live_server.url}]
    )


def fill(page, hall, title: str) -> None:
    page.goto(f"{reverse('bookings:new')}?room={hall.pk}&date=2026-06-10&start=14:00&end=16:00")
    page.get_by_label("用来做什么").fill(title)
    press(page.get_by_role("button", name="预订", exact=True))


def test_a_room_goes_from_those_who_did_not_come_to_those_who_wait(served, client, live_server, clock, run_jobs):
    hall = room(name="社区厨房")
    first, second = people.account().person, people.account().person
    page = served(javascript=False)
    sign_in(page, client, live_server, first)
    fill(page, hall, "邻里饺子宴")
    page.get_by_text("房间订好了。").wait_for()
    sign_in(page, client, live_server, second)
    fill(page, hall, "给奶奶过生日")
    page.get_by_text("这些时间空着", exact=True).wait_for()
    assert page.get_by_role("button", name=re.compile("16:00–18:00")).count() == 1
    press(page.get_by_role("button", name="空出来时告诉我"))
    page.get_by_text("您排在第 1 位").wait_for()
    clock.move_to(at(14, 16, day=timezone.localdate()))
    mind_rooms()
    run_jobs()
    page.goto(reverse("notices:inbox"))
    press(page.get_by_role("link", name="社区厨房空出来了"))
    press(page.get_by_role("button", name="我要这个房间"))
    page.get_by_text("房间订好了。").wait_for()
    assert RoomWait.objects.get().state == "took"
    assert list(Booking.objects.order_by("pk").values_list("state", "title")) == [("released", "邻里饺子宴"), ("confirmed", "给奶奶过生日")]
