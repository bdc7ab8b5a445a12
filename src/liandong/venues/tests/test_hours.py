"""Opening hours: read, reckoned and kept."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from liandong.accounts.models import Account
from liandong.accounts.tests import factories as people
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.organizations.tests import factories as bodies
from liandong.venues import queries, services
from liandong.venues.hours import Hours, read_stretches, said
from liandong.venues.models import OpeningHours, SpecialDay
from liandong.venues.tests import factories as make

T = dt.time
NINE_TO_FIVE = {day: [(T(9), T(17))] for day in range(5)}


def at(day: str, time: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"{day}T{time}"))


@pytest.mark.parametrize(("text", "stretches"), [
    ("9:00-12:00, 13:30-17:30", [(T(9), T(12)), (T(13, 30), T(17, 30))]),
    ("9点到17点半", [(T(9), T(17, 30))]),
    ("13：30—17：00 9:00–12:00", [(T(9), T(12)), (T(13, 30), T(17))]),
    ("18:00-2:00", [(T(18), T(2))]), ("18:00至次日2:00", [(T(18), T(2))]), ("9-24", [(T(9), T(0))]),
    ("全天", [(T(0), T(0))]), ("休息", []), ("", []),
])  # fmt: skip
def test_times_are_read_as_people_write_them(text, stretches):
    assert read_stretches(text) == stretches
    assert read_stretches(said(stretches)) == stretches


@pytest.mark.parametrize("text", ["早上", "9:00", "9:00-12:00 有时", "9:70-10:00", "25-26", "9-12, 11-13", "9-9, 10-11", "20-4, 3-5"])
def test_times_nobody_understands_or_that_overlap_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_stretches(text)


@pytest.mark.parametrize(("holidays", "moment", "is_open"), [
    ("calendar", ("2026-06-10", "09:00"), True), ("calendar", ("2026-06-10", "17:00"), False), ("calendar", ("2026-06-13", "10:00"), False),
    ("calendar", ("2026-10-01", "10:00"), False),  # National Day, a Thursday
    ("as_usual", ("2026-10-01", "10:00"), True),
    ("own", ("2026-10-01", "10:00"), False), ("own", ("2026-10-01", "14:30"), True),
    ("calendar", ("2026-10-10", "10:00"), True),  # a Saturday worked in exchange
    ("as_usual", ("2026-10-10", "10:00"), False),
])  # fmt: skip
def test_holidays_and_weekends_worked_in_exchange(holidays, moment, is_open):
    hours = Hours({**NINE_TO_FIVE, 7: [(T(14), T(16))]}, holidays)
    assert hours.is_open(at(*moment)) == is_open


def test_a_night_goes_on_past_midnight_and_joins_the_next_day():
    hours = Hours({4: [(T(18), T(2))], 5: [(T(2), T(6)), (T(20), T(0))]}, "as_usual")
    assert hours.span_at(at("2026-06-13", "01:00")) == (at("2026-06-12", "18:00"), at("2026-06-13", "06:00"))
    assert hours.covers(at("2026-06-12", "23:00"), at("2026-06-13", "05:00"))
    assert not hours.covers(at("2026-06-12", "17:00"), at("2026-06-12", "19:00"))
    assert hours.next_opening(at("2026-06-13", "07:00")) == at("2026-06-13", "20:00")
    assert Hours({}, "as_usual").next_opening(at("2026-06-13", "07:00")) is None


def test_a_special_day_wins_over_the_week():
    hours = Hours(NINE_TO_FIVE, "calendar", {dt.date(2026, 6, 10): [], dt.date(2026, 6, 14): [(T(10), T(11))]})
    assert [hours.is_open(at(day, "10:30")) for day in ("2026-06-10", "2026-06-11", "2026-06-14")] == [False, True, True]


@pytest.mark.django_db
def test_the_week_is_kept_whole_and_read_in_two_queries(clock, django_assert_num_queries):
    venue = make.venue()
    by = bodies.manager(venue.host)
    services.set_hours(venue, week={0: [(T(9), T(12)), (T(14), T(17))]}, holidays="as_usual", by=by)
    services.set_hours(venue, week={1: [(T(9), T(12))]}, holidays="own", by=by)
    services.set_special_day(venue, date=dt.date(2026, 6, 12), stretch=None, words="消防演练", by=by)
    services.set_special_day(venue, date=dt.date(2026, 6, 12), stretch=(T(9), T(10)), words="", by=by)
    venue.refresh_from_db()
    with django_assert_num_queries(2):
        found = queries.hours_of([venue])[venue.pk]
    assert found == Hours({1: [(T(9), T(12))]}, "own", {dt.date(2026, 6, 12): [(T(9), T(10))]})
    services.forget_special_day(SpecialDay.objects.get(), by=by)
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == ["venue.hours_set", "venue.hours_set", "venue.day_set", "venue.day_set", "venue.day_forgotten"]  # fmt: skip


@pytest.mark.django_db
def test_what_is_over_or_not_ones_own_is_refused(clock):
    venue = make.venue()
    with pytest.raises(Refused):
        services.set_special_day(venue, date=dt.date(2026, 6, 9), stretch=None, by=bodies.manager(venue.host))
    for verb in (
        lambda by: services.set_hours(venue, week={}, holidays="own", by=by),
        lambda by: services.set_special_day(venue, date=dt.date(2026, 6, 19), stretch=None, by=by),
    ):
        with pytest.raises(Denied):
            verb(bodies.manager(bodies.organization()))
    assert (OpeningHours.objects.count(), SpecialDay.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(client, clock):
    venue = make.venue()
    client.force_login(Account.objects.get(person=bodies.manager(venue.host)))
    url = reverse("venues:hours", args=[venue.pk])
    answer = client.post(url, {"day0": "九点", "day1": "9-12", "holidays": "as_usual"})
    assert (answer.status_code, answer.context["form"].errors.keys() - {"__all__"}, answer.context["form"]["day0"].value()) == (422, {"day0"}, "九点")
    assert client.post(url, {"day0": "", "day1": "9-12", "holidays": "as_usual"}).status_code == 303
    assert client.get(url).context["form"]["day1"].value() == "9:00-12:00"
    days = reverse("venues:add_day", args=[venue.pk])
    assert client.post(days, {"date": "2026-06-09", "times": ""}).status_code == 422
    assert client.post(days, {"date": "2026-06-16", "times": "", "words": "团建"}).status_code == 303
    page = client.get(reverse("venues:venue", args=[venue.pk])).content.decode()
    assert ("团建" in page, "9:00-12:00" in page) == (True, True)
    day = SpecialDay.objects.get()
    assert client.post(reverse("venues:forget_day", args=[venue.pk, day.pk])).status_code == 303
    client.force_login(people.account())
    assert client.get(url).status_code == 403
