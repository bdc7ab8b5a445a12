"""The host's phone, the board, agreements and rounds as pages: happy, denied, refused with input kept, and how many questions they ask."""

import base64
import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from liandong.stations import freshness
from liandong.stations.models import Station
from liandong.stations.services import facts, rounds, supplies
from liandong.stations.tests import factories

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def questions(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_host_taps_and_visitors_see_it(town, as_):
    station = town.station()
    client = as_(town.boss)
    assert client.get("/stations/hosted/").headers["Location"] == f"/stations/{station.number}/host/"
    assert client.post(f"/stations/{station.number}/host/all/").status_code == 303
    assert client.post(f"/stations/{station.number}/host/tap/", {"water": "fails"}).status_code == 303
    shown = {fact.subject: fact.shown().state for fact in station.facts.all()}
    assert shown == {"door": "proved", "toilet": "proved", "seat": "proved", "water": "missing"}
    page = client.get(f"/stations/{station.number}/host/").content.decode()
    assert page.count("今天没热水") == 1


def test_what_visitors_reported_asks_the_host_for_one_tap(town, as_, clock):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    facts.report(factories.fact(station), works=False, mark="a", words="水壶空的")
    client = as_(town.boss)
    page = client.get(f"/stations/{station.number}/host/").content.decode()
    assert page.count("“没热水”，是这样吗？") == 1
    clock.move_to("2026-06-10 10:05+08:00")
    client.post(f"/stations/{station.number}/host/tap/", {"water": "works"})
    assert factories.fact(station).shown().state == freshness.PROVED
    assert client.get(f"/stations/{station.number}/host/feedback/").content.decode().count("水壶空的") == 1


def test_closed_for_today_and_open_again_by_tap(town, as_):
    station = town.station()
    client = as_(town.boss)
    path = f"/stations/{station.number}/host/today/"
    assert client.post(path, {"words": "盘点" * 50}).status_code == 422
    client.post(path, {"words": "盘点"})
    assert client.get(f"/stations/{station.number}/host/").content.decode().count("盘点") == 1
    client.post(path, {"what": "open"})
    assert not station.venue.special_days.exists()


def test_others_are_denied_and_strangers_are_sent_to_sign_in(town, as_, client):
    station = town.station()
    assert client.get(f"/stations/{station.number}/host/").status_code == 302
    client = as_(town.resident)
    paths = [f"/stations/{station.number}/{page}/" for page in ("host", "host/supplies", "host/feedback", "agreement", "edit")]
    assert {client.get(path).status_code for path in [*paths, "/stations/board/", "/stations/new/", "/stations/rounds/"]} == {403}
    assert client.get("/stations/ZZZZZ/host/").status_code == 404
    planned = town.station("还没开", state="planned", opened_on=None, agreed=False)
    assert client.get(f"/stations/{planned.number}/host/").status_code == 404


def test_supplies_and_faults_by_form(town, as_):
    station = town.station()
    client, path = as_(town.boss), f"/stations/{station.number}/host/"
    assert client.post(f"{path}supplies/add/", {"name": "碘伏", "quantity": "5", "expires_on": "2020-01-01"}).status_code == 422
    client.post(f"{path}supplies/add/", {"name": "碘伏", "quantity": "5", "subject": "water", "expires_on": "2026-07-01"})
    supply = station.supplies.get()
    assert client.post(f"{path}supplies/{supply.pk}/", {"quantity": "-1"}).status_code == 422
    client.post(f"{path}supplies/{supply.pk}/", {"quantity": "9", "expires_on": "2027-01-01"})
    supply.refresh_from_db()
    assert (supply.quantity, supply.expires_on, factories.fact(station).spoils_on) == (9, dt.date(2027, 1, 1), dt.date(2027, 1, 1))
    client.post(f"{path}supplies/{supply.pk}/", {"what": "remove"})
    assert factories.fact(station).spoils_on is None
    assert client.post(f"{path}faults/", {"fault-words": ""}).status_code == 422
    client.post(f"{path}faults/", {"fault-words": "灯坏了"})
    fault = station.faults.get()
    client.post(f"{path}faults/{fault.pk}/", {"what": "take"})
    client.post(f"{path}faults/{fault.pk}/", {"what": "mend"})
    fault.refresh_from_db()
    assert (fault.state, fault.taken_by, fault.mended_by) == ("mended", town.boss, town.boss)


def test_from_application_to_open_door(town, as_):
    town.station("旁边的")
    form = {
        "host": town.cafe.pk, "name": "清晨驿站", "address": "东街 1 号", "kinds": ["love"], "amenities": ["water", "seat"], "seats": "4",
        "entry": "everybody", "gives": "热水和四个座位", "review_date": "2027-06-10", "position": "39.9100, 116.4500", "system": "wgs84",
    }  # fmt: skip
    client = as_(town.boss)
    assert client.post("/stations/new/", {**form, "position": "39.9"}).status_code == 422
    far = client.post("/stations/new/", {**form, "position": "31.2, 121.4"})
    assert (far.status_code, far.content.decode().count("这个点不在我们的范围里")) == (422, 2)
    assert client.post("/stations/new/", form).status_code == 303
    station = Station.objects.get(venue__name="清晨驿站")
    client = as_(town.hub_manager)
    client.post(f"/stations/{station.number}/agreement/1/", {"what": "agree"})
    client.post(f"/stations/{station.number}/state/", {"what": "open"})
    station.refresh_from_db()
    assert (station.state, sorted(station.facts.values_list("subject", flat=True))) == ("open", ["door", "seat", "water"])


def test_agreement_declined_with_words_and_renewed(town, as_):
    station = town.station()
    client, path = as_(town.boss), f"/stations/{station.number}/agreement/"
    assert client.post(f"{path}propose/", {"gives": "热水", "review_date": "2020-01-01"}).status_code == 422
    client.post(f"{path}propose/", {"gives": "热水", "review_date": "2027-06-01"})
    client = as_(town.hub_manager)
    assert client.post(f"{path}2/", {"decline-words": ""}).status_code == 422
    client.post(f"{path}2/", {"decline-words": "座位也请写上"})
    assert list(station.agreements.values_list("version", "state")) == [(2, "declined"), (1, "agreed")]
    assert client.get(path).content.decode().count("座位也请写上") == 1


def test_edit_move_pause_and_close_by_form(town, as_):
    station = town.station()
    client, path = as_(town.boss), f"/stations/{station.number}/"
    form = {"kinds": ["union"], "amenities": ["water"], "entry": "outdoor", "entry_words": "骑手优先", "contact": town.boss.pk}
    assert client.post(f"{path}edit/", {**form, "kinds": []}).status_code == 422
    client.post(f"{path}edit/", form)
    move = {"move-address": "西街 2 号", "move-position": "116.4500, 39.9100", "move-system": "gcj02"}
    client.post(f"{path}move/", move)
    station.refresh_from_db()
    assert (station.kinds, station.venue.address, station.moved_at is not None) == (["union"], "西街 2 号", True)
    assert client.post(f"{path}state/", {"what": "pause", "state-words": ""}).status_code == 422
    client.post(f"{path}state/", {"what": "pause", "state-words": "装修"})
    client.post(f"{path}state/", {"what": "close", "state-words": "不办了"})
    station.refresh_from_db()
    assert (station.state, client.get(f"{path}host/").status_code) == ("closed", 200)


# The hub


def test_the_board_shows_trouble_first_filters_searches_and_leaves_as_a_file(town, as_):
    quiet, loud = town.station("安静驿站"), town.station("热闹驿站")
    facts.prove_all(quiet, by=town.boss)
    facts.tap(factories.fact(loud), works=False, by=town.boss)
    supplies.report_fault(quiet, words="灯坏了", by=town.boss)
    client = as_(town.hub_manager)

    def names(query: str) -> list[str]:
        return re.findall(r"/host/\">(?:<span[^>]*>)?([^<]+)", client.get(f"/stations/board/?{query}").content.decode())

    assert names("") == ["热闹驿站", "安静驿站"]
    assert [names(f"problem={name}") for name in ("doubt", "rotten", "fault", "agreement", "q")] == [
        ["热闹驿站"],
        ["热闹驿站"],
        ["安静驿站"],
        [],
        ["热闹驿站", "安静驿站"],
    ]
    assert (names("q=安静"), names("state=closed")) == (["安静驿站"], [])
    file = client.get("/stations/board/export/?q=热闹").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["热闹驿站"]


def test_a_round_by_form_from_plan_to_end(town, as_):
    station = town.station(subjects=("door", "first_aid"))
    supply = supplies.add_supply(station, name="碘伏", subject="first_aid", expires_on=dt.date(2026, 7, 1), by=town.boss)
    client = as_(town.hub_manager)
    form = {"title": "六月巡检", "inspector": town.inspector.pk, "due_date": "2026-06-15"}
    assert client.post("/stations/rounds/new/", form).status_code == 422
    place = client.post("/stations/rounds/new/", {**form, "ids": [station.pk]}).headers["Location"]
    client = as_(town.inspector)
    stop = f"{place}{station.number}/"
    assert client.post(stop, {"fact_door": "works"}).status_code == 422
    found = {"fact_door": "works", "fact_first_aid": "fails", f"supply_{supply.pk}": "2026-06-11", "words": "纱布用完了"}
    assert client.post(stop, {**found, "file": SimpleUploadedFile("a.jpg", b"no picture")}).status_code == 422
    client.post(stop, {**found, "file": SimpleUploadedFile("a.png", PNG)})
    assert b"".join(client.get(f"{stop}picture/").streaming_content) == PNG
    assert client.get(place).content.decode().count("纱布用完了") == 1
    supply.refresh_from_db()
    assert (supply.expires_on, station.faults.get().subject, client.get(stop).status_code) == (dt.date(2026, 6, 11), "first_aid", 303)


@pytest.mark.parametrize("path", ["/stations/board/", "/stations/rounds/", "/stations/rounds/new/", "host/", "host/supplies/", "round"])
def test_pages_ask_as_many_questions_for_three_as_for_one(town, as_, path):
    tours, made = [], []
    client = as_(town.hub_manager)
    counts = []
    for number in range(3):
        made.append(town.station(f"驿站 {number}"))
        facts.prove_all(made[0], by=town.boss)
        supplies.add_supply(made[0], name=f"纸杯 {number}", by=town.boss)
        supplies.report_fault(made[0], words=f"坏了 {number}", by=town.boss)
        values = {"inspector": town.inspector, "due_date": dt.date(2026, 6, 12), "territory": town.street, "by": town.hub_manager}
        tours.append(rounds.plan_round(title="巡检", stations=made, **values))
        at = {"round": f"/stations/rounds/{tours[-1].pk}/"}.get(path) or (path if path.startswith("/") else f"/stations/{made[0].number}/{path}")
        if number != 1:
            counts.append(questions(client, at))
    assert counts[0] == counts[1] <= 25
