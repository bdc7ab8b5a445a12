"""How a station comes to be, opens, pauses, moves and closes; rounds."""

import datetime as dt
from decimal import Decimal

import pytest

from liandong.core.errors import Denied, Refused
from liandong.notices.models import Notice
from liandong.stations import freshness, invariants
from liandong.stations.models import Fault, RoundStop, Station, StationAgreement
from liandong.stations.permissions import visible_to
from liandong.stations.reactions import keeping
from liandong.stations.services import facts, hosting, rounds, running
from liandong.stations.services.facts import Claim
from liandong.stations.tests import factories

YEAR = dt.date(2027, 6, 10)
PIN = {"latitude": Decimal("39.9085"), "longitude": Decimal("116.4402")}


def proposed(town, *, by=None, **values) -> Station:
    fields = {"name": "清晨驿站", "address": "东街 1 号", "gives": "热水", "review_date": YEAR, "claims": [Claim("water")], **PIN, **values}
    return hosting.propose_station(host=town.cafe, **fields, by=by or town.boss)


def test_a_body_applies_the_hub_agrees_and_opens(town, run_jobs):
    station = proposed(town)
    agreement = station.agreements.get()
    assert (station.state, station.contact, agreement.host_agreed_by, agreement.hub_agreed_at) == ("planned", town.boss, town.boss, None)
    assert station not in visible_to(town.resident)
    run_jobs()
    assert sorted(Notice.objects.filter(kind="station.agreement_proposed").values_list("person__name", flat=True)) == ["周敏", "林巡", "钱进"]
    with pytest.raises(Refused):
        running.open_station(station, by=town.hub_manager)
    with pytest.raises(Denied):
        hosting.agree(agreement, by=town.boss)
    hosting.agree(agreement, by=town.hub_manager)
    with pytest.raises(Denied):
        running.open_station(station, by=town.boss)
    opened = running.open_station(station, by=town.hub_manager)
    assert (opened.state, opened.opened_on, opened.venue.is_open, station in visible_to(None)) == ("open", dt.date(2026, 6, 10), True, True)


def test_the_hub_invites_and_the_host_declines(town):
    station = proposed(town, by=town.hub_manager)
    agreement = station.agreements.get()
    assert (agreement.hub_agreed_by, agreement.host_agreed_at) == (town.hub_manager, None)
    hosting.decline(agreement, words="店里太小", by=town.boss)
    station.refresh_from_db()
    assert (station.state, station.state_words) == ("closed", "店里太小")


def test_a_station_without_a_pin_does_not_open(town):
    station = proposed(town, latitude=None, longitude=None)
    hosting.agree(station.agreements.get(), by=town.hub_manager)
    with pytest.raises(Refused):
        running.open_station(station, by=town.hub_manager)


def test_a_new_version_replaces_the_old_one_when_the_other_side_agrees(town):
    station = town.station()
    fresh = hosting.renew(station, gives="热水、座位、充电", review_date=YEAR, by=town.boss)
    assert station.agreements.get(version=1).state == "agreed"
    with pytest.raises(Refused):
        hosting.renew(station, gives="热水", review_date=YEAR, by=town.hub_manager)
    hosting.agree(fresh, by=town.hub_manager)
    assert list(station.agreements.values_list("version", "state")) == [(2, "agreed"), (1, "ended")]


def test_an_agreement_that_lapses_is_said_thirty_and_seven_days_before_and_after(town, clock):
    station = town.station()
    StationAgreement.objects.update(review_date=dt.date(2026, 7, 20))
    told = []
    for day in ("2026-06-10", "2026-06-20", "2026-07-01", "2026-07-13", "2026-07-21"):
        clock.move_to(f"{day} 09:00+08:00")
        told.append(keeping.remind(today=dt.date.fromisoformat(day)))
    assert told == [0, 4, 0, 4, 4]  # the host and three of the hub
    assert station.agreements.get().is_lapsed


def test_pause_with_words_and_open_again_by_the_host(town):
    station = town.station()
    with pytest.raises(Refused):
        running.pause_station(station, words="", by=town.boss)
    assert running.pause_station(station, words="装修两周", by=town.boss).state == "paused"
    assert running.open_station(station, by=town.boss).state == "open"


def test_closed_for_good_stays_visible_and_ends_the_agreement(town):
    station = running.close_station(town.station(), words="租约到期", by=town.boss)
    assert (station.closed_on, station.agreements.get().state, station in visible_to(None)) == (dt.date(2026, 6, 10), "ended", True)
    with pytest.raises(Refused):
        running.pause_station(station, words="再停", by=town.boss)


def test_a_moved_station_keeps_its_number_and_wants_to_be_looked_at_again(town):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    moved = running.move_station(station, address="西街 2 号", latitude=Decimal("39.91"), longitude=Decimal("116.45"), by=town.boss)
    assert (moved.number, moved.venue.address, moved.venue.latitude) == (station.number, "西街 2 号", Decimal("39.910000"))
    assert {fact.shown().state for fact in moved.facts.all()} == {freshness.UNPROVED}
    assert invariants.verdicts() == []


def test_only_somebody_of_the_host_is_called(town):
    station = town.station()
    with pytest.raises(Refused):
        running.edit_station(station, kinds=["love"], entry="everybody", contact=town.resident, by=town.boss)
    edited = running.edit_station(station, kinds=["union", "love"], entry="outdoor", entry_words="骑手优先", contact=town.boss, by=town.boss)
    assert (edited.kinds, edited.entry) == (["love", "union"], "outdoor")


# Rounds


def planned(town, *stations, **values):
    fields = {"title": "六月巡检", "inspector": town.inspector, "due_date": dt.date(2026, 6, 12), "territory": town.street, "by": town.hub_manager}
    return rounds.plan_round(stations=stations, **{**fields, **values})


def test_a_round_is_walked_to_its_end(town, run_jobs):
    station = town.station()
    other = town.station("另一个", subjects=("door",))
    tour = planned(town, station, other)
    run_jobs()
    assert list(Notice.objects.filter(kind="station.round_planned").values_list("person__name", flat=True)) == ["林巡"]
    stop = tour.stops.get(station=station)
    with pytest.raises(Refused):
        rounds.finish_stop(stop, found={"door": True}, by=town.inspector)
    found = {"door": True, "water": True, "toilet": False, "seat": True}
    stop = rounds.finish_stop(stop, found=found, words="门把手松了", by=town.inspector)
    assert (stop.works_count, stop.fails_count, factories.fact(station, "toilet").shown().state) == (3, 1, freshness.MISSING)
    assert list(Fault.objects.values_list("subject", "words")) == [("toilet", "门把手松了")]
    rounds.finish_stop(tour.stops.get(station=other), found={"door": True}, by=town.inspector)
    tour.refresh_from_db()
    assert (tour.state, RoundStop.objects.filter(finished_at=None).count(), invariants.verdicts()) == ("done", 0, [])


def test_only_the_hub_plans_and_only_the_inspector_or_the_hub_walks(town):
    station = town.station()
    with pytest.raises(Denied):
        planned(town, station, by=town.boss)
    with pytest.raises(Refused):
        planned(town, station, inspector=town.boss)
    stop = planned(town, station).stops.get()
    with pytest.raises(Denied):
        rounds.finish_stop(stop, found={}, by=town.boss)


def test_a_late_round_is_said_to_the_inspector_and_can_be_called_off(town, clock):
    tour = planned(town, town.station())
    clock.move_to("2026-06-13 09:00+08:00")
    assert (tour.is_overdue, keeping.remind(today=dt.date(2026, 6, 13))) == (True, 1)
    assert rounds.cancel_round(tour, by=town.hub_manager).state == "cancelled"
