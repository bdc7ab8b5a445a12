"""Joining, splitting, moving, naming, locking, undoing: does, refuses, denies, records; and what holds over any sequence of them and of runs."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.needs.mining import Index, Member, Mined, MinedTheme
from liandong.needs.models import Need
from liandong.needs.tests.factories import Town
from liandong.themes import services
from liandong.themes.models import Hand, MiningRun, Theme, ThemeMember, ThemeStep
from liandong.themes.services import running
from liandong.themes.tests.factories import PHONE, REPAIR, ask, members, theme, where
from liandong.themes.texts import take_batch


@pytest.fixture
def two(town):
    """Two themes of the hub's street, placed by the machine."""
    town.phone_needs, town.repair_needs = ask(town, PHONE), ask(town, REPAIR)
    town.phone, town.repair = theme(of=town.phone_needs), theme("小家电坏了没处修", of=town.repair_needs, phrases=["电饭煲"])
    return town


def keys(needs) -> set[int]:
    return {need.pk for need in needs}


# Joining


def test_joining_moves_all_needs_records_and_leads_on(two):
    services.merge_theme(two.repair, into=two.phone, by=two.hub_manager)
    two.repair.refresh_from_db()
    assert members(two.phone) == keys(two.phone_needs + two.repair_needs)
    assert (two.repair.state, two.repair.merged_into_id) == ("merged", two.phone.pk)
    assert set(ThemeMember.objects.values_list("placed_by", flat=True)) == {Hand.PERSON}
    assert Entry.objects.get(verb="theme.merged").after == {"into": two.phone.number, "needs": 5}


def test_a_theme_is_not_joined_with_itself_nor_with_one_that_ended(two):
    with pytest.raises(Refused):
        services.merge_theme(two.phone, into=two.phone, by=two.hub_manager)
    services.merge_theme(two.repair, into=two.phone, by=two.hub_manager)
    with pytest.raises(Refused):
        services.merge_theme(two.phone, into=two.repair, by=two.hub_manager)


def test_a_community_reads_but_does_not_decide(two):
    with pytest.raises(Denied):
        services.merge_theme(two.repair, into=two.phone, by=two.manager)
    with pytest.raises(Denied):
        services.move_needs(two.phone_needs[:1], to=two.repair, by=two.worker)
    with pytest.raises(Denied):
        services.rename_theme(two.phone, label="挂号", by=two.manager)
    with pytest.raises(Denied):
        services.lock_theme(two.phone, by=two.agency_manager)


def test_the_hub_of_a_street_does_not_decide_about_a_theme_that_reaches_beyond(two):
    from liandong.needs.tests import factories as needs

    far = needs.territory("柳塘社区", parent=needs.street("柳塘街道"))
    outside = needs.need("柳塘的老人也不会手机挂号", on=far)
    ThemeMember.objects.create(need=outside, theme=two.phone, placed_at=outside.submitted_at)
    with pytest.raises(Denied):
        services.rename_theme(two.phone, label="挂号", by=two.hub_manager)
    services.move_needs(two.phone_needs[:1], to=two.repair, by=two.hub_manager)
    with pytest.raises(Denied):
        services.move_needs([outside], to=two.repair, by=two.hub_manager)


# Splitting


def test_splitting_makes_a_theme_with_a_name(two):
    part = services.split_theme(two.phone, needs=two.phone_needs[:2], label="验证码看不清", by=two.hub_manager)
    assert (part.label, part.label_by, part.split_from_id) == ("验证码看不清", Hand.PERSON, two.phone.pk)
    assert (members(part), members(two.phone)) == (keys(two.phone_needs[:2]), keys(two.phone_needs[2:]))


@pytest.mark.parametrize("chosen", [0, 6])
def test_a_part_is_neither_nothing_nor_everything(two, chosen):
    with pytest.raises(Refused):
        services.split_theme(two.phone, needs=two.phone_needs[:chosen], by=two.hub_manager)


def test_the_calculation_proposes_a_part_of_a_joined_theme(two):
    services.merge_theme(two.repair, into=two.phone, by=two.hub_manager)
    proposed = set(services.propose_halves(two.phone))
    everything = keys(two.phone_needs + two.repair_needs)
    assert proposed
    assert proposed < everything


def test_splitting_what_a_joining_brought_gives_the_old_theme_back(two):
    services.merge_theme(two.repair, into=two.phone, by=two.hub_manager)
    part = services.split_theme(two.phone, needs=two.repair_needs, by=two.hub_manager)
    assert (part.pk, part.state, part.merged_into_id, part.label) == (two.repair.pk, "active", None, "小家电坏了没处修")


# Moving


def test_moving_the_last_need_away_ends_a_theme(two):
    services.move_needs(two.repair_needs, to=two.phone, by=two.hub_manager)
    two.repair.refresh_from_db()
    assert (two.repair.state, two.repair.merged_into_id) == ("ended", two.phone.pk)


def test_moving_into_a_new_theme_and_into_none(two):
    made = services.move_needs(two.phone_needs[:2], as_new=True, label="验证码", by=two.hub_manager)
    services.move_needs(two.phone_needs[2:3], by=two.hub_manager)
    assert members(made) == keys(two.phone_needs[:2])
    assert where()[two.phone_needs[2].pk] is None
    assert Entry.objects.filter(verb="theme.needs_moved").count() == 2


def test_nothing_ticked_is_refused(two):
    with pytest.raises(Refused):
        services.move_needs([], to=two.phone, by=two.hub_manager)


# Undoing


def state() -> tuple:
    rows = sorted(ThemeMember.objects.values_list("need_id", "theme_id", "placed_by"))
    return rows, sorted(Theme.objects.filter(state="active").values_list("pk", "label", "label_by", "is_locked"))


@pytest.mark.parametrize("decision", ["merge", "split", "move", "move_new", "move_loose", "move_from_loose", "rename", "lock"])
def test_the_last_decision_is_undone_as_if_it_had_never_been(two, decision):
    lone = ask(two, ["想有人教写毛笔字"])
    before = state()
    verbs = {
        "merge": lambda: services.merge_theme(two.repair, into=two.phone, by=two.hub_manager),
        "split": lambda: services.split_theme(two.phone, needs=two.phone_needs[:2], by=two.hub_manager),
        "move": lambda: services.move_needs(two.phone_needs[:2], to=two.repair, by=two.hub_manager),
        "move_new": lambda: services.move_needs(two.phone_needs[:2], as_new=True, by=two.hub_manager),
        "move_loose": lambda: services.move_needs(two.phone_needs[:2], by=two.hub_manager),
        "move_from_loose": lambda: services.move_needs(lone, to=two.phone, by=two.hub_manager),
        "rename": lambda: services.rename_theme(two.phone, label="陪学挂号", by=two.hub_manager),
        "lock": lambda: services.lock_theme(two.phone, by=two.hub_manager),
    }
    verbs[decision]()
    assert state() != before
    services.undo_step(ThemeStep.objects.exclude(before={}).latest("pk"), by=two.hub_manager)
    assert state() == before


def test_undoing_has_its_time_and_its_order(two, clock):
    services.rename_theme(two.phone, label="陪学挂号", by=two.hub_manager)
    first = ThemeStep.objects.latest("pk")
    services.lock_theme(two.phone, by=two.hub_manager)
    with pytest.raises(Refused):
        services.undo_step(first, by=two.hub_manager)
    clock.advance(minutes=11)
    with pytest.raises(Refused):
        services.undo_step(ThemeStep.objects.latest("pk"), by=two.hub_manager)


# Whatever the order


class Anything(TestCase):
    """A town of twelve needs, random decisions, and runs that find random groups: every need in one place, and nothing that a person decided undone."""

    def found(self, groups: list[int], needs: list[Need]) -> None:
        """A run whose calculation says what we like: group of each need, 0 for none."""
        batch = take_batch()
        by_group: dict[object, list[int]] = {}
        for row, need in enumerate(batch.needs):
            group = groups[[each.pk for each in needs].index(need)]
            held = batch.held.get(row)
            if held is not None:
                by_group.setdefault(("held", held), []).append(row)
            elif group:
                by_group.setdefault(group, []).append(row)
        mined = Mined(
            [
                MinedTheme(f"主题{key}", ["词"], 1.0, [Member(row, 0.8) for row in rows], key[1] if isinstance(key, tuple) else None)
                for key, rows in by_group.items()
                if len(rows) > 1 or isinstance(key, tuple)
            ]
        )
        from liandong.core import clock

        run = MiningRun.objects.create(asked_at=clock.now())
        running._settle(run, batch, mined, Index.of(batch.texts, mined).to_bytes(), seconds=0.0)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_decisions_survive_any_sequence_of_runs(self, data):
        town = Town()
        needs = [town.need(f"第{number}件事，盼着有人管一管") for number in range(12)]
        groups = st.lists(st.integers(0, 4), min_size=12, max_size=12)
        self.found(data.draw(groups), needs)
        for _turn in range(data.draw(st.integers(1, 5))):
            live = list(Theme.objects.filter(state="active").order_by("pk"))
            what = data.draw(st.sampled_from(["merge", "split", "move", "loose", "lock", "rename", "run"]))
            if what == "run" or not live:
                self.found(data.draw(groups), needs)
            elif what == "merge" and len(live) > 1:
                services.merge_theme(live[0], into=live[1], by=town.hub_manager)
            elif what == "split":
                inside = [need for need in needs if where().get(need.pk) == live[0].pk]
                if len(inside) > 1:
                    services.split_theme(live[0], needs=inside[: data.draw(st.integers(1, len(inside) - 1))], by=town.hub_manager)
            elif what == "move":
                services.move_needs([data.draw(st.sampled_from(needs))], to=live[-1], by=town.hub_manager)
            elif what == "loose":
                services.move_needs([data.draw(st.sampled_from(needs))], by=town.hub_manager)
            elif what == "lock":
                services.lock_theme(live[0], by=town.hub_manager)
            elif what == "rename":
                services.rename_theme(live[0], label="人起的名字", by=town.hub_manager)
        decided = {row.need_id: row.theme_id for row in ThemeMember.objects.filter(placed_by=Hand.PERSON)}
        locked = {row.need_id: row.theme_id for row in ThemeMember.objects.filter(theme__is_locked=True, theme__state="active")}
        names = dict(Theme.objects.filter(label_by=Hand.PERSON, state="active").values_list("pk", "label"))
        for _turn in range(2):
            self.found(data.draw(groups), needs)
            now = where()
            assert {need: now.get(need) for need in decided} == decided
            assert {need: now.get(need) for need in locked} == locked
            assert {pk: label for pk, label in Theme.objects.filter(state="active").values_list("pk", "label") if pk in names} == names
            assert not ThemeMember.objects.filter(theme__isnull=False).exclude(theme__state="active").exists()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)))
    def test_joining_then_splitting_restores_the_members_exactly(self, sizes):
        town = Town()
        one, two = (ask(town, [f"{name}第{number}件事" for number in range(size)]) for name, size in zip("甲乙", sizes, strict=True))
        first, second = theme("甲", of=one), theme("乙", of=two)
        before = where()
        services.merge_theme(first, into=second, by=town.hub_manager)
        back = services.split_theme(second, needs=one, by=town.hub_manager)
        assert (where(), back.pk, back.is_active) == (before, first.pk, True)
