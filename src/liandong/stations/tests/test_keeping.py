"""Taps, reports, supplies, faults: what they do, refuse, deny and record."""

import datetime as dt

import pytest

from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.stations import freshness, invariants
from liandong.stations.models import Fact, Fault, Proof, Station
from liandong.stations.reactions import keeping
from liandong.stations.services import facts, supplies
from liandong.stations.tests import factories
from liandong.venues.models import SpecialDay


def state(station: Station, subject: str = "water") -> str:
    return factories.fact(station, subject).shown().state


def verbs() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("verb", flat=True))


def kept() -> bool:
    return invariants.verdicts() == []


def test_one_tap_proves_everything(town):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    assert {fact.shown().state for fact in station.facts.all()} == {freshness.PROVED}
    assert (verbs(), kept()) == (["station.looked"], True)


def test_the_host_says_not_today_and_it_is_missing(town):
    station = town.station()
    facts.tap(factories.fact(station), works=False, by=town.boss)
    assert (state(station), state(station, "toilet"), kept()) == (freshness.MISSING, freshness.UNPROVED, True)


def test_a_tap_of_the_hub_is_an_inspectors_word(town):
    proof = facts.tap(factories.fact(town.station()), works=True, by=town.inspector)
    assert (proof.source, proof.person) == ("inspector", town.inspector)


def test_others_do_not_tap(town):
    with pytest.raises(Denied):
        facts.prove_all(town.station(), by=town.resident)


def test_one_visitor_a_hundred_times_is_one_word_and_does_not_shut_a_station(town):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    for _ in range(100):
        facts.report(factories.fact(station, "door"), works=False, mark="troll")
    assert (Proof.objects.filter(source="visitor").count(), state(station, "door"), kept()) == (1, freshness.CONTRADICTED, True)


def test_two_visitors_win_and_the_host_is_called_once(town, run_jobs):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    for mark in ("a", "b"):
        facts.report(factories.fact(station), works=False, mark=mark, words="水壶是空的")
    run_jobs()
    assert state(station) == freshness.MISSING
    assert list(Notice.objects.filter(kind="station.reported").values_list("person", flat=True)) == [town.boss.pk]
    facts.tap(factories.fact(station), works=False, by=town.boss)
    assert (factories.fact(station).called_at, kept()) == (None, True)


def test_the_hub_hears_when_the_host_does_not_answer(town, clock):
    station = town.station()
    facts.report(factories.fact(station), works=False, mark="a")
    clock.move_to("2026-06-14 09:00+08:00")
    keeping.remind(today=dt.date(2026, 6, 14))
    keeping.remind(today=dt.date(2026, 6, 14))
    told = Notice.objects.filter(kind="station.unanswered").values_list("person__name", flat=True)
    assert sorted(told) == ["周敏", "林巡", "钱进"]


def test_a_door_is_not_reported_shut_while_its_hours_say_closed(town, clock):
    station = town.station()
    clock.move_to("2026-06-10 22:00+08:00")
    with pytest.raises(Refused):
        facts.report(factories.fact(station, "door"), works=False, mark="a")


def test_nobody_reports_without_a_mark_nor_at_a_paused_station(town):
    station = town.station(state="paused", state_words="装修")
    with pytest.raises(Refused):
        facts.report(factories.fact(town.station("另一个")), works=True, mark="")
    with pytest.raises(Refused):
        facts.report(factories.fact(station), works=True, mark="a")


def test_closed_for_today_and_open_again(town):
    station = town.station()
    facts.close_today(station, words="盘点", by=town.boss)
    assert list(SpecialDay.objects.values_list("words", "opens_at")) == [("盘点", None)]
    facts.open_again(station, by=town.boss)
    assert (SpecialDay.objects.count(), state(station, "door")) == (0, freshness.PROVED)


def test_what_is_no_longer_claimed_keeps_its_proofs_and_begins_anew(town):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    facts.set_claims(station, claims=[facts.Claim("water")], by=town.boss)
    assert sorted(station.facts.filter(is_claimed=True).values_list("subject", flat=True)) == ["door", "water"]
    facts.set_claims(station, claims=[facts.Claim("water"), facts.Claim("seat", 8)], by=town.boss)
    seat = factories.fact(station, "seat")
    assert (seat.quantity, seat.shown().state, seat.proofs.count(), kept()) == (8, freshness.UNPROVED, 1, True)


def test_the_promise_finds_a_verdict_that_was_tampered_with(town):
    station = town.station()
    facts.prove_all(station, by=town.boss)
    Fact.objects.filter(subject="water").update(verdict="fails")
    assert [row[1] for row in invariants.verdicts()] == ["water"]


def test_an_expired_supply_makes_its_fact_missing_until_it_is_replaced(town, clock):
    station = town.station(subjects=("door", "first_aid"))
    facts.prove_all(station, by=town.boss)
    supply = supplies.add_supply(station, name="碘伏", subject="first_aid", expires_on=dt.date(2026, 6, 12), by=town.boss)
    assert state(station, "first_aid") == freshness.PROVED
    clock.move_to("2026-06-13 08:00+08:00")
    assert state(station, "first_aid") == freshness.MISSING
    facts.prove_all(station, by=town.boss)
    assert state(station, "first_aid") == freshness.MISSING  # whoever taps
    supplies.restock(supply, quantity=5, expires_on=dt.date(2027, 1, 1), by=town.boss)
    assert state(station, "first_aid") == freshness.PROVED


def test_what_expires_calls_the_host_fourteen_and_three_days_before(town, clock):
    supplies.add_supply(town.station(), name="碘伏", expires_on=dt.date(2026, 6, 30), by=town.boss)
    told = []
    for day in ("2026-06-10", "2026-06-16", "2026-06-20", "2026-06-27", "2026-06-30", "2026-07-01"):
        clock.move_to(f"{day} 09:00+08:00")
        told.append(keeping.remind(today=dt.date.fromisoformat(day)))
    assert told == [0, 1, 0, 1, 0, 1]


def test_nothing_expired_goes_into_the_cupboard_and_nothing_twice(town):
    station = town.station()
    supplies.add_supply(station, name="纸杯", by=town.boss)
    for values in ({"name": "碘伏", "expires_on": dt.date(2026, 6, 9)}, {"name": "纸杯"}, {"name": ""}):
        with pytest.raises(Refused):
            supplies.add_supply(station, **values, by=town.boss)


def test_a_fault_is_reported_taken_mended(town):
    station = town.station()
    fault = supplies.report_fault(station, subject="water", words="漏水", by=town.boss)
    assert supplies.report_fault(station, subject="water", by=town.inspector) == fault
    supplies.take_fault(fault, by=town.inspector)
    supplies.mend_fault(fault, by=town.boss)
    fault.refresh_from_db()
    assert (fault.state, fault.taken_by, fault.mended_by) == (Fault.State.MENDED, town.inspector, town.boss)
    with pytest.raises(Refused):
        supplies.take_fault(fault, by=town.boss)
