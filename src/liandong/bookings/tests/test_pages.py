"""Pages: booking with conflict, answering, the calendar, the door, the feed, use, pictures."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from liandong.accounts.tests import factories as people
from liandong.bookings import services, use
from liandong.bookings.forms import read_days
from liandong.bookings.models import Booking, HourLimit, RoomWait
from liandong.bookings.tests.factories import THURSDAY, at, book, room, staff
from liandong.organizations.tests import factories as bodies
from liandong.venues import photos
from liandong.venues.models import Room, RoomPhoto, Venue

pytestmark = pytest.mark.django_db
DAY = THURSDAY.isoformat()


def sign_in(client, person):
    client.force_login(person.account)
    client.cookies["lang"] = "en"
    return client


def wanted(hall, **values):
    return {"room": hall.pk, "date": DAY, "start": "14:00", "end": "16:00", "title": "读书会", "every": "1", **values}


def test_booking_a_room_and_a_second_one_is_shown_what_is_free_and_loses_nothing(client, clock):
    hall, person = room(), people.account().person
    answer = sign_in(client, person).post(reverse("bookings:new"), wanted(hall))
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("bookings:booking", args=[booking.number]))
    other = sign_in(client, people.account().person)
    answer = other.post(reverse("bookings:new"), wanted(hall, title="合唱排练"))
    assert answer.status_code == 409
    assert 'value="合唱排练"' in answer.text
    offers = re.findall(r'name="take" value="([^"]+)"', answer.text)
    assert offers[-1] == "2026-06-11T16:00:00+08:00/2026-06-11T18:00:00+08:00"
    assert other.post(reverse("bookings:new"), wanted(hall, title="合唱排练", take=offers[-1])).status_code == 303
    assert Booking.objects.latest("pk").starts_at == at(16)


def test_waiting_from_the_same_form_and_taking_it_with_one_tap(client, clock):
    hall = room()
    first = book(hall)
    mine = sign_in(client, people.account().person)
    answer = mine.post(reverse("bookings:new"), wanted(hall, wait="1"))
    wait = RoomWait.objects.get()
    assert answer["Location"] == reverse("bookings:wait", args=[wait.pk])
    assert "first in line" in mine.get(answer["Location"]).text
    assert mine.post(reverse("bookings:take", args=[wait.pk])).status_code == 409
    services.cancel(first, by=first.booked_by)
    assert "The room is free now" in mine.get(answer["Location"]).text
    assert mine.post(reverse("bookings:take", args=[wait.pk])).status_code == 303
    assert sign_in(client, people.account().person).get(answer["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"end": "13:00"}, "The end lies before the beginning."),
        ({"date": "2026-06-09"}, "This time is past."),
        ({"date": "0001-01-01"}, "Please check the day."),
        ({"start": "20:30", "end": "23:00"}, "is open 9:00-21:00"),
        ({"room": "99999999"}, "Select a valid choice"),
        ({"title": ""}, "This field is required"),
        ({"people_count": "31"}, "holds 30 people"),
        ({"rhythm": "weekly"}, "Until which day does it repeat?"),
        ({"rhythm": "weekly", "until": "2026-07-01", "left_out": "nonsense"}, "Write days like"),
        ({"take": "x/y", "end": "13:00"}, "The end lies before the beginning."),
    ],
)
def test_bad_input_keeps_the_form_and_says_what_is_wrong(client, clock, values, words):
    answer = sign_in(client, people.account().person).post(reverse("bookings:new"), wanted(room(), **values))
    assert answer.status_code == 422
    assert words in answer.text
    assert Booking.objects.count() == 0


def test_a_series_with_conflicts_shows_the_dates_and_books_the_others(client, clock):
    hall = room()
    book(hall, at(14, day=dt.date(2026, 6, 18)))
    mine = sign_in(client, people.account().person)
    form = wanted(hall, rhythm="weekly", until="2026-06-26", left_out="")
    answer = mine.post(reverse("bookings:new"), form)
    assert (answer.status_code, "Take the other 2 dates" in answer.text) == (422, True)
    assert mine.post(reverse("bookings:new"), {**form, "others": "1"}).status_code == 303
    assert Booking.objects.filter(series__isnull=False).count() == 2


def test_days_are_read_as_people_write_them():
    assert read_days("10-1, 10月8日；2027/1/2", dt.date(2026, 6, 11)) == [dt.date(2026, 10, 1), dt.date(2026, 10, 8), dt.date(2027, 1, 2)]
    assert read_days("1-5", dt.date(2026, 6, 11)) == [dt.date(2027, 1, 5)]
    for bad in ("2-30", "whenever", "10-1 or so"):
        with pytest.raises(ValueError):
            read_days(bad, dt.date(2026, 6, 11))


def test_a_booking_is_there_for_its_own_its_body_and_the_keeper_only(client, clock):
    booking = book(room(agreed="by_hand"))
    keeper, colleague = bodies.manager(booking.room.venue.host), bodies.manager(booking.organization)
    address = reverse("bookings:booking", args=[booking.number])
    for person, status in ((booking.booked_by, 200), (colleague, 200), (keeper, 200), (people.account().person, 404)):
        assert sign_in(client, person).get(address).status_code == status
    answer = reverse("bookings:answer", args=[booking.number])
    assert sign_in(client, colleague).post(answer, {"answer": "agree"}).status_code == 403
    assert sign_in(client, keeper).post(answer, {"answer": "decline"}).status_code == 422
    assert client.post(answer, {"answer": "agree"}).status_code == 303
    assert client.post(answer, {"answer": "decline", "reason": "有会"}).status_code == 422
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_moving_and_giving_back_on_the_page(client, clock):
    booking = book(room())
    mine = sign_in(client, booking.booked_by)
    move = reverse("bookings:move", args=[booking.number])
    assert mine.get(move).status_code == 200
    assert mine.post(move, {"room": booking.room_id, "date": DAY, "start": "17:00", "end": "18:00"}).status_code == 303
    other = book(booking.room, at(9), at(10))
    assert mine.post(move, {"room": booking.room_id, "date": DAY, "start": "09:00", "end": "10:00"}).status_code == 409
    assert mine.post(reverse("bookings:cancel", args=[booking.number])).status_code == 303
    keeper = sign_in(client, bodies.manager(booking.room.venue.host))
    assert keeper.post(reverse("bookings:cancel", args=[other.number])).status_code == 422
    assert keeper.post(reverse("bookings:cancel", args=[other.number]), {"reason": "检修"}).status_code == 303


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_and_calendar_ask_the_same_whatever_they_hold(client, clock):
    hall, (person, body) = room(), staff()
    sign_in(client, person)
    pages = [reverse("bookings:list"), f"{reverse('bookings:calendar')}?room={hall.pk}&date={DAY}", f"{reverse('bookings:calendar')}?date={DAY}"]
    book(hall, at(9), at(10), by=person, organization=body)
    [client.get(page) for page in pages]
    before = [queries(client, page) for page in pages]
    book(hall, at(11), at(12), by=person, organization=body)
    book(room(venue=hall.venue), at(11), at(12))
    assert [queries(client, page) for page in pages] == before
    assert max(before) <= 12


def test_the_calendar_tells_strangers_that_it_is_taken_and_not_by_whom(client, clock):
    hall = room()
    book(hall, title="内部评审")
    client.cookies["lang"] = "en"
    text = client.get(f"{reverse('bookings:calendar')}?room={hall.pk}&date={DAY}").text
    assert ("Occupied" in text, "内部评审" in text, "start=09:00" in text) == (True, False, True)
    assert client.get(f"{reverse('bookings:calendar')}?room=x&date=2026-13-45&venue=-1").status_code == 200


def test_at_the_door_it_says_whether_it_is_free_and_takes_the_check_in(client, clock):
    booking = book(room())
    address = reverse("bookings:door", args=[booking.room.code])
    client.cookies["lang"] = "en"
    assert "Free now" not in client.get(reverse("bookings:door", args=["ZZZZZZ"]), follow=False).text
    clock.move_to(at(14, 5))
    assert "Taken now" in client.get(address).text
    sign_in(client, booking.booked_by)
    assert "We are here" in client.get(address).text
    assert client.post(reverse("bookings:check_in", args=[booking.number])).status_code == 303
    assert "We are here" not in client.get(address).text


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_the_feed_is_a_calendar_that_programs_read_and_a_new_address_ends_the_old(client, clock):
    hall = room(name="多功能厅")
    title = "评审,会;议\\室 " + "很长的标题" * 12
    kept, gone = book(hall, title=title), book(hall, at(9), at(10))
    services.cancel(gone, by=gone.booked_by)
    feed = services.new_feed(room=hall, by=bodies.manager(hall.venue.host))
    address = reverse("bookings:feed", args=[feed.token])
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    events = [dict(line.split(":", 1) for line in event) for event in _events(unfolded(answer.content))]
    assert [(event["UID"], event["STATUS"], event["SEQUENCE"]) for event in events] == [
        (f"{gone.number}@liandong", "CANCELLED", "1"),
        (f"{kept.number}@liandong", "CONFIRMED", "0"),
    ]
    assert (events[1]["DTSTART"], events[1]["DTEND"]) == ("20260611T060000Z", "20260611T080000Z")
    assert events[1]["SUMMARY"].replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\") == kept.title
    assert kept.booked_by.name not in answer.content.decode()
    services.new_feed(room=hall, by=bodies.manager(hall.venue.host))
    assert client.get(address).status_code == 404
    body = sign_in(client, kept.booked_by)
    body.post(reverse("bookings:new_body_feed", args=[kept.organization.slug]))
    assert kept.organization.label in body.get(reverse("bookings:feeds")).text
    assert body.post(reverse("bookings:new_room_feed", args=[hall.pk])).status_code == 403


def _events(lines):
    event = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = []
        elif line == "END:VEVENT":
            yield event
        else:
            event.append(line)


def test_use_counts_hours_booked_of_hours_open_and_opens_what_is_behind(client, clock):
    hall = room()
    keeper = bodies.manager(hall.venue.host)
    book(hall)
    gone = book(hall, at(9), at(10))
    services.close(hall, starts_at=at(9, day=dt.date(2026, 6, 12)), ends_at=at(21, day=dt.date(2026, 6, 12)), title="粉刷", by=keeper)
    clock.move_to(at(9, 15))
    services.release(gone)
    (row,) = use.of_rooms([hall.venue], dt.date(2026, 6, 1))
    # June 2026: 30 days, the 19th a holiday, one day closed for work
    assert (row.open_minutes, row.booked_minutes, row.bookings, row.no_shows) == (28 * 12 * 60, 120, 1, 1)
    page = sign_in(client, keeper).get(f"{reverse('bookings:use')}?month=2026-06")
    assert page.status_code == 200
    behind = client.get(f"{reverse('bookings:list')}?scope=kept&month=2026-06&state=released&room={hall.pk}")
    assert gone.number in behind.text
    assert sign_in(client, people.account().person).get(reverse("bookings:use")).status_code == 403


def test_keepers_close_rooms_and_set_limits(client, clock):
    hall = room()
    book(hall)
    keeper = sign_in(client, bodies.manager(hall.venue.host))
    form = {"date": DAY, "until": DAY, "title": "粉刷墙面"}
    answer = keeper.post(reverse("bookings:close", args=[hall.pk]), form)
    assert (answer.status_code, "One booking stands in this time." in answer.text) == (422, True)
    assert keeper.post(reverse("bookings:close", args=[hall.pk]), {**form, "cancel_others": "on"}).status_code == 303
    limits = reverse("bookings:limits", args=[hall.venue_id])
    assert keeper.post(limits, {"hours": "8", "organization": "没有这家"}).status_code == 422
    assert keeper.post(limits, {"hours": "8"}).status_code == 303
    assert keeper.post(reverse("bookings:forget_limit", args=[hall.venue_id, HourLimit.objects.get().pk])).status_code == 303
    assert (HourLimit.objects.count(), keeper.get(limits).status_code, keeper.get(reverse("bookings:sign", args=[hall.pk])).status_code) == (
        0,
        200,
        200,
    )
    assert sign_in(client, people.account().person).get(limits).status_code == 403


def test_rooms_are_kept_by_those_who_keep_the_venue_and_shown_by_kind_of_space(client, clock):
    hall = room()
    keeper = sign_in(client, bodies.manager(hall.venue.host))
    form = {"name": "社区厨房", "capacity": "12", "features": ["kitchen"], "price": "12.50", "open_to": "everybody", "agreed": "at_once",
            "answer_hours": "48", "longest_minutes": "180", "buffer_minutes": "15", "days_ahead": "90", "is_open": "on", "space": "home"}  # fmt: skip
    assert keeper.post(reverse("venues:room_new", args=[hall.venue_id]), form).status_code == 303
    made = Room.objects.get(name="社区厨房")
    assert (made.price_fen, made.features) == (1250, ["kitchen"])
    assert keeper.post(reverse("venues:room_new", args=[hall.venue_id]), form).status_code == 422
    assert keeper.post(reverse("venues:room_edit", args=[made.pk]), {**form, "capacity": "10"}).status_code == 303
    space = reverse("venues:space", args=[hall.venue_id])
    assert keeper.post(space, {"space": "share", "offers": "共享教室\n心理咨询", "keep_minutes": "20"}).status_code == 303
    client.logout()
    client.cookies["lang"] = "en"
    text = client.get(reverse("venues:spaces")).text
    assert ("共享教室" in text, "社区厨房" in text, "Space to be at home" in text) == (True, True, True)
    assert "Kitchen" in client.get(reverse("venues:room", args=[made.pk])).text
    stranger = sign_in(client, people.account().person)
    assert stranger.post(reverse("venues:room_edit", args=[made.pk]), form).status_code == 403
    Venue.objects.update(is_open=False)
    assert stranger.get(reverse("venues:room", args=[made.pk])).status_code == 404


def picture(tmp_path, kind: str) -> bytes:
    file = tmp_path / f"x.{kind}"
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (40, 30), "teal").save(file, exif=exif)
    return file.read_bytes()


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_pictures_lose_what_the_camera_noted_but_not_their_turn(tmp_path, kind):
    content = picture(tmp_path, kind)
    clean, found = photos.cleaned(content)
    assert (found, b"PhoneMaker" in content, b"PhoneMaker" in clean) == (kind, True, False)
    (tmp_path / "clean").write_bytes(clean)
    image = Image.open(tmp_path / "clean")
    image.load()
    assert (image.size, dict(image.getexif())) == ((40, 30), {0x0112: 6} if kind == "jpg" else {})


def test_a_picture_is_added_shown_and_taken_away_and_what_is_none_is_refused(client, clock, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    hall = room()
    keeper = sign_in(client, bodies.manager(hall.venue.host))
    address = reverse("venues:room_edit", args=[hall.pk])
    huge = SimpleUploadedFile("big.jpg", b"\xff\xd8\xff" + b"0" * (40 * 1024 * 1024), content_type="image/jpeg")
    for file, words in (
        (huge, "The picture has 40 MB; at most 8 MB"),
        (SimpleUploadedFile("x.jpg", b"<script>"), "JPEG or PNG."),
        (SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0\x00"), "This picture is broken."),
        (SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xffIDAT"), "This picture is broken."),
    ):
        answer = keeper.post(address, {"picture": "1", "file": file})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert keeper.post(address, {"picture": "1", "file": SimpleUploadedFile("x.jpg", picture(tmp_path, "jpg")), "words": "窗边"}).status_code == 303
    photo = RoomPhoto.objects.get()
    shown = client.get(reverse("venues:photo", args=[photo.pk]))
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    for close in shown._resource_closers:  # as a server does, but the connection stays
        close()
    assert keeper.post(reverse("venues:photo_remove", args=[photo.pk])).status_code == 303
    assert RoomPhoto.objects.count() == 0


def test_make_an_activity_of_a_booking(client, clock):
    person, body = staff()
    booking = book(room(host=body), by=person, organization=body)
    mine = sign_in(client, booking.booked_by)
    assert f"?booking={booking.number}" in mine.get(reverse("bookings:booking", args=[booking.number])).text
    text = mine.get(f"{reverse('activities:new')}?booking={booking.number}").text
    assert 'value="2026-06-11"' in text
    assert re.search(rf'<option value="{booking.room_id}" selected', text)
