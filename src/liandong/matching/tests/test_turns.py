"""What hosts say about their turns: yes, swaps, the activity, what they hand on, reminders."""

import datetime as dt

import pytest

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position
from liandong.activities.services import setting_up
from liandong.core.errors import Denied, Refused
from liandong.matching.models import Rota, Turn, TurnSwap
from liandong.matching.reactions import rotas as reactions
from liandong.matching.services import rotas, turns
from liandong.matching.tests.rota_factories import Round, who
from liandong.notices.models import Notice


@pytest.fixture
def town(clock, db) -> Round:
    return Round()


@pytest.fixture
def rota(town) -> Rota:
    return town.running()


@pytest.fixture
def first(rota) -> Turn:
    return rota.turns.select_related("rota", "host__organization").earliest("turn_date")


def other_of(first: Turn) -> Turn:
    """The next date of another host."""
    return first.rota.turns.exclude(host=first.host).select_related("rota", "host__organization").earliest("turn_date")


def told(person: Person, kind: str) -> int:
    return Notice.objects.filter(person=person, kind=kind).count()


def test_a_host_agrees_once_and_nobody_else_for_it(town, first):
    with pytest.raises(Denied):
        turns.agree_turn(first, by=town.staff_of(other_of(first)))
    turns.agree_turn(first, by=town.staff_of(first))
    assert turns.agree_turn(first, by=town.staff_of(first)).state == Turn.State.AGREED


def test_a_swap_changes_nothing_until_the_other_side_agrees(town, rota, first):
    other, asker = other_of(first), town.staff_of(first)
    answerer, before = town.staff_of(other), who(rota)
    swap = turns.propose_swap(first, other=other, words="那天年会", by=asker)
    assert (who(rota), told(answerer, "turn.swap_asked")) == (before, 1)
    with pytest.raises(Refused):
        turns.propose_swap(first, other=other, by=asker)
    with pytest.raises(Denied):
        turns.answer_swap(swap, agrees=True, by=asker)
    turns.answer_swap(swap, agrees=True, by=answerer)
    assert who(rota)[:2] == [before[1], before[0]]
    assert {turn.state for turn in rota.turns.filter(pk__in=[first.pk, other.pk])} == {Turn.State.AGREED}
    assert told(asker, "turn.swap_agreed") == 1


def test_a_swap_is_declined_or_withdrawn(town, rota, first):
    other, before = other_of(first), who(rota)
    swap = turns.propose_swap(first, other=other, by=town.staff_of(first))
    turns.answer_swap(swap, agrees=False, words="也有事", by=town.staff_of(other))
    again = turns.propose_swap(first, other=other, by=town.staff_of(first))
    turns.withdraw_swap(again, by=town.staff_of(first))
    assert [row.state for row in TurnSwap.objects.order_by("pk")] == ["declined", "withdrawn"]
    assert who(rota) == before
    with pytest.raises(Refused):
        turns.answer_swap(again, agrees=True, by=town.staff_of(other))


def test_no_swap_onto_a_day_one_cannot_and_a_change_lets_it_lapse(town, first):
    other = other_of(first)
    swap = turns.propose_swap(first, other=other, by=town.staff_of(first))
    rotas.edit_host(first.host, size=1, blocked_dates=[other.turn_date], by=town.hub_manager)
    with pytest.raises(Refused):
        turns.answer_swap(swap, agrees=True, by=town.staff_of(other))
    rotas.pause_host(other.host, from_date=other.turn_date, to_date=other.turn_date, by=town.hub_manager)
    swap.refresh_from_db()
    assert swap.state == "lapsed"


def test_the_activity_of_a_turn_is_made_once_with_title_day_and_host(town, first):
    by = town.staff_of(first)
    made = turns.make_turn_activity(first, by=by)
    assert (made.title, made.host, made.place, made.leader) == ("邻里下午茶", first.host.organization, "一层大厅", by)
    assert made.shifts.get().starts_at.date() == first.turn_date
    assert turns.make_turn_activity(first, by=by) == made
    first.refresh_from_db()
    assert (first.state, first.activity) == (Turn.State.AGREED, made)
    with pytest.raises(Refused):
        rotas.pause_host(first.host, from_date=first.turn_date, to_date=first.turn_date, by=town.hub_manager)


def test_it_is_held_with_words_for_the_next_from_the_day_on(town, first, clock):
    by = town.staff_of(first)
    with pytest.raises(Refused):
        turns.hold_turn(first, notes="早说", by=by)
    clock.move_to(dt.datetime.combine(first.turn_date, dt.time(18), tzinfo=dt.UTC))
    turns.hold_turn(first, notes="杯子多带一箱", by=by)
    first.refresh_from_db()
    assert (first.state, first.notes, first.notes_by) == (Turn.State.HELD, "杯子多带一箱", by)


def test_a_missed_turn_is_nobodys_and_the_host_makes_up_for_it(town, rota, first, clock):
    clock.move_to(dt.datetime.combine(first.turn_date, dt.time(18), tzinfo=dt.UTC))
    with pytest.raises(Denied):
        turns.miss_turn(first, reason="停电", by=town.staff_of(first))
    turns.miss_turn(first, reason="停电", by=town.hub_manager)
    rotas.recalculate(rota, by=town.hub_manager)
    assert who(rota)[1:].count(first.host.organization.name) == 2


def test_a_pause_is_asked_by_the_host_and_granted_or_declined_by_the_hub(town, first):
    by = town.staff_of(first)
    turns.ask_pause(first.host, from_date=first.turn_date, to_date=first.turn_date, words="搬家", by=by)
    assert told(town.hub_manager, "turn.pause_asked") == 1
    rotas.decline_pause(first.host, reason="就差您一家", by=town.hub_manager)
    assert told(by, "turn.pause_declined") == 1
    turns.ask_pause(first.host, from_date=first.turn_date, to_date=first.turn_date, words="搬家", by=by)
    rotas.pause_host(first.host, from_date=first.turn_date, to_date=first.turn_date, by=town.hub_manager)
    first.host.refresh_from_db()
    assert (first.host.pause_asked_at, told(by, "turn.paused")) == (None, 1)


def test_reminders_go_out_on_the_working_day_fourteen_and_three_days_before_once_each(town, rota, first):
    by = town.staff_of(first)  # Saturday 20 June: fourteen days before is a Saturday too
    for days_before, expected in ((16, 0), (15, 1), (14, 1), (12, 1), (3, 2), (0, 2)):
        reactions.remind(today=first.turn_date - dt.timedelta(days=days_before))
        assert told(by, "turn.to_agree") == expected


def test_nobody_is_reminded_in_a_holiday_but_on_the_last_working_day_before_it(town, rota, first):
    rota.turns.exclude(pk=first.pk).delete()
    rota.turns.update(turn_date=dt.date(2026, 10, 6))
    by = town.staff_of(first)
    for day, expected in ((dt.date(2026, 9, 30), 1), (dt.date(2026, 10, 3), 1)):
        reactions.remind(today=day)
        assert told(by, "turn.to_agree") == expected


def test_who_hosted_is_asked_for_a_few_words(town, first, clock):
    monday = first.turn_date + dt.timedelta(days=2)
    clock.move_to(dt.datetime.combine(monday, dt.time(9), tzinfo=dt.UTC))
    for _twice in range(2):
        reactions.remind(today=monday)
    assert told(town.staff_of(first), "turn.notes") == 1


def test_an_activity_that_is_finished_makes_its_turn_held(town, first, clock, run_jobs):
    made = turns.make_turn_activity(first, by=town.staff_of(first))
    setting_up.publish_activity(_complete(made, town), by=town.staff_of(first))
    clock.move_to(dt.datetime.combine(first.turn_date, dt.time(12), tzinfo=dt.UTC))
    setting_up.finish_activity(made, outcome="好", served_count=12, by=town.staff_of(first))
    run_jobs()
    first.refresh_from_db()
    assert first.state == Turn.State.HELD


def _complete(activity: Activity, town: Round) -> Activity:
    """What a draft still lacks before it can be published."""
    Position.objects.create(shift=activity.shifts.get(), kind="participant", name="来坐坐", capacity=20)
    Activity.objects.filter(pk=activity.pk).update(contact_name="值班员", contact_phone="010-5555 0186")
    return activity
