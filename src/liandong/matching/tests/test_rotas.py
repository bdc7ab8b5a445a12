"""Keeping a rota: dates, fair turns, what stays, pauses, ends, what is carried over."""

import datetime as dt
from collections import Counter

import pytest

from liandong.core.errors import Conflict, Denied, Refused
from liandong.journal.queries import history_of
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.problems.rotas import circle_of, dates_of
from liandong.matching.services import rotas, turns
from liandong.matching.tests.rota_factories import NAMES, Round, who
from liandong.notices.models import Notice


@pytest.fixture
def town(clock, db) -> Round:
    return Round()


def days(rhythm: str, **fields: object) -> list[str]:
    values = {"nth": 1, "weekday": 5, "every_weeks": 1, "from_date": dt.date(2026, 1, 1), "to_date": dt.date(2026, 3, 31)} | fields
    return [day.isoformat()[5:] for day in dates_of(rhythm=rhythm, **values)]


def test_a_rhythm_gives_its_dates():
    assert days("monthly", nth=2) == ["01-10", "02-14", "03-14"]
    assert days("monthly", nth=5) == ["01-31", "02-28", "03-28"]
    assert days("monthly", from_date=dt.date(2026, 1, 4)) == ["02-07", "03-07"]
    assert days("weeks", every_weeks=5, weekday=0) == ["01-05", "02-09", "03-16"]
    assert days("listed") == []


def test_a_draft_shares_its_dates_fairly_and_tells_nobody(town):
    rota = town.draft()
    assert Counter(who(rota)) == dict.fromkeys(NAMES, 2)
    assert {load.turns for load in circle_of(rota).loads().values()} == {2}
    assert Notice.objects.filter(kind="turn.given").count() == 0
    assert [entry.verb for entry in history_of(rota)] == ["rota.made", "rota.hosts_added"]


def test_starting_tells_each_host_once(town):
    rota = town.running()
    assert rota.state == Rota.State.RUNNING
    assert Notice.objects.filter(kind="turn.given").count() == 4
    with pytest.raises(Refused):
        rotas.start_rota(rota, by=town.hub_manager)


def test_weight_and_days_one_cannot_are_kept(town):
    rota = town.draft()
    host = town.host(rota, 0)
    first = rota.turns.earliest("turn_date").turn_date
    rotas.edit_host(host, size=3, blocked_dates=[first], by=town.hub_manager)
    got = Counter(who(rota))
    assert got[NAMES[0]] == 4
    assert rota.turns.earliest("turn_date").host_id != host.pk
    with pytest.raises(Refused):
        rotas.edit_host(host, size=0, blocked_dates=[], by=town.hub_manager)


def test_calculating_again_keeps_held_and_agreed_turns_and_changes_nothing_without_need(town):
    rota = town.running()
    before = who(rota)
    assert rotas.recalculate(rota, by=town.hub_manager) == 0
    turn = rota.turns.select_related("host").earliest("turn_date")
    turns.agree_turn(turn, by=town.staff_of(turn))
    moved = rotas.pause_host(
        turn.host, from_date=turn.turn_date + dt.timedelta(days=1), to_date=turn.turn_date + dt.timedelta(days=200), by=town.hub_manager
    )
    after = who(rota)
    assert after[0] == before[0]
    assert moved == sum(one != other for one, other in zip(before, after, strict=True))
    assert moved <= 2


def test_a_pause_takes_agreed_turns_back_and_what_cannot_return_is_owed(town):
    rota = town.running()
    turn = rota.turns.select_related("host__organization").earliest("turn_date")
    turns.agree_turn(turn, by=town.staff_of(turn))
    rotas.pause_host(turn.host, from_date=turn.turn_date, to_date=rota.to_date, reason="搬家", by=town.hub_manager)
    assert Counter(who(rota))[turn.host.organization.name] == 0
    owed = circle_of(rota).loads()[turn.host.pk].owed
    assert owed == 2
    rotas.end_pause(turn.host, by=town.hub_manager)
    assert Counter(who(rota))[turn.host.organization.name] == 2


def test_a_host_added_later_shares_what_is_left_and_one_that_ends_leaves_its_dates(town):
    rota = town.running()
    late = town.enterprise
    rotas.add_hosts(rota, organizations=[late], by=town.hub_manager)
    assert who(rota).count(late.name) == 1
    host = town.host(rota, 1)
    rotas.end_host(host, to_date=dt.date(2026, 6, 10), by=town.hub_manager)
    assert who(rota).count(NAMES[1]) == 0
    assert "" not in who(rota)


def test_dates_nobody_can_take_stay_open_and_are_given_by_hand(town):
    rota = town.draft()
    first = rota.turns.earliest("turn_date")
    for number in range(4):
        rotas.edit_host(town.host(rota, number), size=1, blocked_dates=[first.turn_date], by=town.hub_manager)
    circle = circle_of(rota)
    assert [turn.turn_date for turn in circle.open_turns] == [first.turn_date]
    assert circle.could(first.turn_date) == []
    rotas.give_turn(first, host=town.host(rota, 2), by=town.hub_manager)
    first.refresh_from_db()
    assert (first.host.organization, first.state) == (town.firms[2], Turn.State.AGREED)
    rotas.recalculate(rota, by=town.hub_manager)
    assert who(rota)[0] == NAMES[2]


def test_what_is_owed_goes_into_the_next_year(town):
    rota = town.running()
    host = town.host(rota, 0)
    rotas.pause_host(host, from_date=rota.from_date, to_date=rota.to_date, by=town.hub_manager)
    rotas.end_rota(rota, by=town.hub_manager)
    later = [day + dt.timedelta(days=300) for day in town.dates()]
    following = rotas.make_rota(name="第二年", territory=town.street, dates=later, rhythm="listed", made_from=rota, by=town.hub_manager)
    assert RotaHost.objects.get(rota=following, organization=town.firms[0]).owed_turns == 2
    assert Counter(who(following))[NAMES[0]] == 4


def test_dates_are_changed_but_not_those_agreed_or_past(town):
    rota = town.running()
    turn = rota.turns.select_related("host").earliest("turn_date")
    turns.agree_turn(turn, by=town.staff_of(turn))
    keep = town.dates()
    rotas.edit_rota(rota, name="新名字", dates=[*keep[:-1], keep[-1] + dt.timedelta(days=7)], by=town.hub_manager)
    rota.refresh_from_db()
    assert (rota.name, rota.to_date, rota.turns.count()) == ("新名字", keep[-1] + dt.timedelta(days=7), 8)
    with pytest.raises(Refused):
        rotas.edit_rota(rota, dates=keep[1:], by=town.hub_manager)
    with pytest.raises(Conflict):
        rotas.recalculate(rota, version=1, by=town.hub_manager)


def test_only_the_hub_keeps_a_rota(town):
    rota = town.running()
    for by in (town.people[0], town.worker):
        with pytest.raises(Denied):
            rotas.recalculate(rota, by=by)
    with pytest.raises(Denied):
        town.draft(by=town.people[0])
