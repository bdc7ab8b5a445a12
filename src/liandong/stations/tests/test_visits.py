"""Counted without an app, an account or a phone, and nobody can be followed."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.stations.models import VisitCount, VisitHour, VisitSalt, VisitToken
from liandong.stations.queries import visits as reading
from liandong.stations.services import visits
from liandong.stations.services.visits import Caller

PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"


def url(name: str, *arguments) -> str:
    return reverse(f"stations:{name}", args=arguments)


def tap(client, station, *, agent: str = PHONE, address: str = "10.1.1.1", **headers) -> int:
    return client.post(url("count_visit", station.number), REMOTE_ADDR=address, headers={"user-agent": agent, **headers}).status_code


def people(station) -> int:
    return sum(station.visit_counts.values_list("people_count", flat=True))


def test_a_hundred_taps_of_one_count_once_with_and_without_cookies(client, town):
    station = town.station()
    for _turn in range(5):
        assert tap(client, station) == 303
        client.cookies.clear()
    for number in range(95):
        visits.count_visit(station, caller=Caller("10.1.1.1", PHONE, f"{number:022}"))
    assert people(station) == 1


def test_who_changes_the_network_is_known_by_the_cookie_of_the_day(client, town):
    station, other = town.station(), town.station("永安里社区服务站")
    tap(client, station)
    cookie = client.cookies["came"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("/stations/", True, "Lax", 14 * 3600)
    tap(client, station, address="10.9.9.9")
    tap(client, other, address="10.9.9.9")
    assert (people(station), people(other)) == (1, 1)


def test_only_the_pages_own_post_of_somebody_counts(client, town):
    station = town.station()
    assert [client.get(url("count_visit", station.number)).status_code, client.head(url("count_visit", station.number)).status_code] == [405, 405]
    client.get(url("station", station.number))
    tap(client, station, agent="Googlebot/2.1")
    tap(client, station, agent="")
    tap(client, station, **{"sec-purpose": "prefetch;prerender"})
    client.force_login(Account.objects.get(person=town.boss))
    tap(client, station)  # the host is no visitor
    assert people(station) == 0


def test_one_network_counts_a_shift_and_no_machine(town, monkeypatch):
    monkeypatch.setattr(visits, "NETWORK_A_DAY", 6)
    station = town.station()
    for number in range(visits.NETWORK_A_DAY + 4):
        visits.count_visit(station, caller=Caller(f"2001:db8::{number:x}", f"phone {number}"))
    assert people(station) == visits.NETWORK_A_DAY
    visits.count_visit(station, caller=Caller("2001:db8:0:1::1", "phone"))
    assert people(station) == visits.NETWORK_A_DAY + 1


def test_a_station_that_is_not_open_counts_nobody(client, town):
    station = town.station(state="paused", state_words="装修")
    assert (tap(client, station), people(station)) == (303, 0)


def test_signed_in_or_not_leaves_the_same(client, town, clock):
    """The session and the account leave no trace in what is counted, nor in the journal."""
    station, entries = town.station(), Entry.objects.count()
    client.force_login(Account.objects.get(person=town.resident))
    tap(client, station)
    assert [row.people_count for row in station.visit_counts.all()] == [1]
    assert Entry.objects.count() == entries
    assert VisitToken.objects.count() == 3  # of the network, of network and browser, of the cookie


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables, but for signing in and the station itself."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name.startswith(("stations_", "journal_", "django_session", "notices_"))
        ]
        found = {}
        for name in tables:
            cursor.execute(f'select * from "{name}" order by 1::text')
            found[name] = sorted(map(repr, cursor.fetchall()))
        cursor.execute("select sequencename, last_value from pg_sequences where sequencename like 'stations_visit%' order by 1")
        found["sequences"] = cursor.fetchall()
    return found


def test_when_the_day_is_over_nobody_can_be_told_apart(client, town, clock):
    """Two histories that differ in who came where, how often they tried and in which order, but not in the counts, leave byte for byte the same."""
    one, two = town.station(), town.station("永安里社区服务站")
    histories = (
        [("a", one), ("b", one), ("a", two), ("c", two), ("a", one)],
        [("z", two), ("y", two), ("y", two), ("x", one), ("w", one), ("z", two), ("w", one)],
    )
    left = []
    for history in histories:
        VisitCount.objects.all().delete()
        VisitHour.objects.all().delete()
        clock.move_to("2026-06-10 10:00")
        for who, station in history:
            client.cookies.clear()
            tap(client, station, agent=f"{PHONE} {who}", address=f"10.0.0.{ord(who)}")
        assert VisitToken.objects.exists()
        clock.move_to("2026-06-11 00:01")
        visits.destroy_tokens()
        left.append(everything())
    assert left[0] == left[1]
    assert left[0]["stations_visitsalt"] == left[0]["stations_visittoken"] == []


def test_the_first_tap_of_a_day_destroys_the_day_before(client, town, clock):
    station = town.station()
    tap(client, station)
    first = VisitSalt.objects.get()
    clock.move_to("2026-06-11 09:00")
    client.cookies.clear()
    tap(client, station)
    assert people(station) == 2
    assert VisitSalt.objects.get().counted_on == dt.date(2026, 6, 11)
    assert bytes(VisitSalt.objects.get().salt) != bytes(first.salt)
    assert set(VisitToken.objects.values_list("counted_on", flat=True)) == {dt.date(2026, 6, 11)}


def test_digests_say_nothing_without_the_secret_of_the_day(town):
    station = town.station()
    caller = Caller("10.1.1.1", PHONE, "x" * 22)
    visits.count_visit(station, caller=caller)
    before = set(VisitToken.objects.values_list("digest", flat=True))
    VisitSalt.objects.all().delete()
    VisitToken.objects.all().delete()
    visits.count_visit(station, caller=caller)
    assert before & set(VisitToken.objects.values_list("digest", flat=True)) == set()


@pytest.mark.django_db
def test_what_lives_for_a_day_is_in_no_copy():
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relpersistence = 'u' and relname like 'stations_visit%' and relkind = 'r' order by 1")
        assert [name for (name,) in cursor.fetchall()] == ["stations_visitsalt", "stations_visittoken"]


def test_the_host_counts_those_without_a_phone(client, town, clock):
    station = town.station()
    client.force_login(Account.objects.get(person=town.boss))
    for count in ("1", "1", "-1"):
        assert client.post(url("add_visit", station.number), {"count": count}).status_code == 303
    form = {"on": "2026-06-09", "count": "17"}
    assert client.post(url("note_visits", station.number), form).status_code == 303
    assert client.post(url("note_visits", station.number), {**form, "count": "18"}).status_code == 303
    assert client.post(url("note_visits", station.number), {**form, "on": "2026-06-11"}).status_code == 422
    assert sorted(str(row) for row in station.visit_counts.all()) == ["2026-06-09 paper 18", "2026-06-10 host 1"]
    assert [str(entry.after["count"]) for entry in Entry.objects.filter(verb="station.visits_noted").order_by("id")] == ["17", "18"]
    assert broken() == {}
    clock.move_to("2026-06-10 11:10")
    visits.add_visit(station, count=-1, by=town.boss)  # the hour before
    with pytest.raises(Refused):
        visits.add_visit(station, count=-1, by=town.boss)
    assert (VisitHour.objects.count(), VisitCount.objects.count(), broken()) == (0, 1, {})
    with pytest.raises(Denied):
        visits.add_visit(station, by=town.resident)


def history(station, days: int, people_a_day: int, *, until: dt.date) -> None:
    for number in range(days):
        day = until - dt.timedelta(days=number)
        VisitCount.objects.create(station=station, counted_on=day, source="tap", people_count=people_a_day)
        key = {"station": station, "month_on": day.replace(day=1), "weekday": day.weekday(), "hour": 12}
        row, _made = VisitHour.objects.get_or_create(**key, defaults={"people_count": 0})
        VisitHour.objects.filter(**key).update(people_count=row.people_count + people_a_day)


def test_public_figures_are_of_whole_weeks_and_not_of_few(town):
    station = town.station()
    visits.count_visit(station, caller=Caller("10.1.1.1", "a"))  # today stands in no public figure
    assert reading.public_figure(station).people is None
    history(station, 40, 1, until=dt.date(2026, 6, 9))
    figure = reading.public_figure(station)
    assert (figure.people, figure.from_date, figure.to_date) == (28, dt.date(2026, 5, 11), dt.date(2026, 6, 7))
    found = reading.busy(station)
    assert found.to_date == dt.date(2026, 5, 31)
    assert {cell.people for row in found.rows for cell in row} == {None, 5}
    in_full = reading.busy(station, in_full=True)
    assert sum(cell.people for row in in_full.rows for cell in row) == 41
    assert in_full.busiest is not None


def test_the_page_of_figures_shows_days_to_those_who_keep_it_only(client, town, django_assert_max_num_queries):
    station = town.station()
    history(station, 70, 9, until=dt.date(2026, 6, 9))
    page = client.get(url("visits", station.number))
    assert (page.status_code, "days" in page.context) == (200, False)
    client.force_login(Account.objects.get(person=town.boss))
    client.get(url("visits", station.number))
    with django_assert_max_num_queries(12):
        page = client.get(url("visits", station.number), {"month": "2026-05"})
    assert len(page.context["days"]) == 31
    with django_assert_max_num_queries(14):
        page = client.get(url("usage"))
    assert [(row.people, row.people_before, row.taps) for row in page.context["rows"]] == [(27 * 9, 28 * 9, 27 * 9)]
    client.force_login(Account.objects.get(person=town.resident))
    assert client.get(url("usage")).status_code == 403
    assert client.post(url("add_visit", station.number)).status_code == 403


def test_invariants_see_old_tokens_and_lost_hours(town):
    station = town.station()
    visits.count_visit(station, caller=Caller("10.1.1.1", "a"))
    assert broken() == {}
    VisitToken.objects.create(counted_on=dt.date(2020, 1, 1), digest="x")
    VisitHour.objects.all().delete()
    assert set(broken()) == {"STATION.forgotten", "STATION.hours"}


def test_the_plaque_counts_by_itself_with_a_script_and_by_a_tap_without(served, town):
    station, phone = town.station(), {"user-agent": PHONE}
    page = served()
    page.set_extra_http_headers(phone)
    page.goto(url("station", station.number))  # found on the map: nobody stands there yet
    assert (page.locator("#here").count(), people(station)) == (1, 0)
    for _turn in range(2):
        page.goto(f"/s/{station.number}/")
        page.wait_for_selector("[role=status] .banner-success")
    assert people(station) == 1
    plain = served(javascript=False)
    plain.set_extra_http_headers({"user-agent": f"{PHONE} other"})
    plain.goto(f"/s/{station.number}/")
    plain.click("#here button")
    plain.wait_for_selector(".banner-success")
    assert people(station) == 2
    for model in (VisitSalt, VisitToken):  # when the frozen clock goes on, this day is long over
        model.objects.all().delete()
