"""A calculation finds what belongs together, keeps themes as they are from run to run, and leaves alone what people decided."""

import numpy as np
import pytest

from liandong.journal.models import Entry
from liandong.needs import services as needs_services
from liandong.needs.tests.factories import person
from liandong.notices.models import Notice
from liandong.themes import services
from liandong.themes.models import Hand, MiningRun, Theme, ThemeMember, ThemeStep
from liandong.themes.tests.factories import PHONE, RIDER, ask, matters, members, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(town):
    """The town with its needs and the themes of a first run: name of the matter -> (theme, needs)."""
    asked = matters(town)
    services.run_now(by=town.hub_manager)
    at = where()
    town.themes = {name: Theme.objects.get(pk=at[needs[0].pk]) for name, needs in asked.items() if name != "lone"}
    town.asked = asked
    return town


def again(town) -> MiningRun:
    return services.run_now(by=town.hub_manager)


def keys(needs) -> set[int]:
    return {need.pk for need in needs}


def test_needs_of_one_matter_become_one_theme_and_a_lone_one_stays_loose(found):
    for name, theme in found.themes.items():
        assert members(theme) == keys(found.asked[name])
    assert found.asked["lone"][0].pk not in where()
    run = MiningRun.objects.get()
    assert (run.state, run.need_count, run.theme_count, run.loose_count, run.found_count) == ("done", 16, 3, 1, 3)


def test_a_second_run_keeps_themes_numbers_and_writes_no_lineage(found):
    before = {theme.pk: (theme.number, members(theme)) for theme in Theme.objects.all()}
    steps = ThemeStep.objects.count()
    again(found)
    assert {theme.pk: (theme.number, members(theme)) for theme in Theme.objects.all()} == before
    assert ThemeStep.objects.count() == steps


def test_a_theme_stays_itself_when_more_people_say_the_same(found):
    ask(found, PHONE[:1] * 6)
    again(found)
    assert len(members(found.themes["phone"])) == 12


def test_a_need_taken_back_leaves_its_theme(found):
    need = found.asked["phone"][0]
    needs_services.withdraw_need(need, by=need.asker)
    again(found)
    assert need.pk not in where()


def test_a_theme_whose_needs_are_all_gone_ends(found):
    for need in found.asked["rider"]:
        needs_services.withdraw_need(need, by=need.asker)
    again(found)
    found.themes["rider"].refresh_from_db()
    assert found.themes["rider"].state == Theme.State.ENDED
    assert list(found.themes["rider"].steps.order_by("pk").values_list("kind", flat=True)) == ["found", "ended"]
    assert Entry.objects.filter(verb="theme.ended").count() == 1


# What a person decided is never undone by the next run


def test_joined_themes_stay_one(found):
    services.merge_theme(found.themes["rider"], into=found.themes["repair"], by=found.hub_manager)
    again(found)
    assert members(found.themes["repair"]) == keys(found.asked["rider"]) | keys(found.asked["repair"])
    found.themes["rider"].refresh_from_db()
    assert (found.themes["rider"].state, found.themes["rider"].merged_into_id) == ("merged", found.themes["repair"].pk)


def test_split_parts_stay_apart(found):
    phone = found.themes["phone"]
    part = services.split_theme(phone, needs=found.asked["phone"][:2], by=found.hub_manager)
    again(found)
    assert members(part) == keys(found.asked["phone"][:2])
    assert members(phone) == keys(found.asked["phone"][2:])
    assert (part.split_from_id, part.is_active) == (phone.pk, True)


def test_a_moved_need_stays_where_it_was_put(found):
    need = found.asked["phone"][0]
    services.move_needs([need], to=found.themes["repair"], by=found.hub_manager)
    again(found)
    assert members(found.themes["repair"]) == keys(found.asked["repair"]) | {need.pk}
    assert members(found.themes["phone"]) == keys(found.asked["phone"][1:])


def test_a_need_put_into_no_theme_stays_loose(found):
    need = found.asked["phone"][0]
    services.move_needs([need], by=found.hub_manager)
    again(found)
    assert where()[need.pk] is None


def test_a_need_put_into_a_theme_of_its_own_stays_there(found):
    need = found.asked["lone"][0]
    theme = services.move_needs([need], as_new=True, label="学写毛笔字", by=found.hub_manager)
    again(found)
    theme.refresh_from_db()
    assert (members(theme), theme.label, theme.is_active) == ({need.pk}, "学写毛笔字", True)


def test_a_name_given_by_a_person_stays(found):
    services.rename_theme(found.themes["phone"], label="陪老人学挂号", by=found.hub_manager)
    ask(found, PHONE[:1] * 6)
    again(found)
    found.themes["phone"].refresh_from_db()
    assert (found.themes["phone"].label, found.themes["phone"].label_by) == ("陪老人学挂号", Hand.PERSON)
    assert len(members(found.themes["phone"])) == 12


def test_nobody_leaves_a_locked_theme_and_new_ones_join(found):
    services.move_needs(found.asked["lone"], to=found.themes["rider"], by=found.hub_manager)
    ThemeMember.objects.update(placed_by=Hand.MACHINE)
    services.lock_theme(found.themes["rider"], by=found.hub_manager)
    more = ask(found, RIDER[:1] * 3)
    again(found)
    assert members(found.themes["rider"]) == keys(found.asked["rider"]) | keys(found.asked["lone"]) | keys(more)


def test_what_is_decided_while_a_run_is_at_work_wins(found, monkeypatch):
    """The batch was taken before the decision; settling looks again."""
    from liandong.themes.services import running

    batch = running.take_batch()
    services.merge_theme(found.themes["rider"], into=found.themes["repair"], by=found.hub_manager)
    part = services.split_theme(found.themes["phone"], needs=found.asked["phone"][:3], by=found.hub_manager)
    monkeypatch.setattr(running, "take_batch", lambda: batch)
    again(found)
    assert members(found.themes["repair"]) == keys(found.asked["rider"]) | keys(found.asked["repair"])
    assert (members(part), members(found.themes["phone"])) == (keys(found.asked["phone"][:3]), keys(found.asked["phone"][3:]))


# One at a time, as a job


def test_a_run_is_a_job_and_tells_whoever_asked(town, run_jobs):
    matters(town)
    run_jobs()
    run = services.ask_for_run(by=town.hub_manager)
    assert services.ask_for_run(by=town.hub_staff).pk == run.pk
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.share, run.theme_count) == ("done", 1, 3)
    assert Notice.objects.filter(person=town.hub_manager, kind="themes.calculated").count() == 1


def test_a_run_that_went_silent_makes_room(town, clock):
    first = services.ask_for_run(by=town.hub_manager)
    clock.advance(minutes=10)
    second = services.ask_for_run(by=town.hub_manager)
    first.refresh_from_db()
    assert (first.state, second.pk != first.pk) == ("failed", True)


def test_only_the_hub_calculates(town):
    from liandong.core.errors import Denied

    with pytest.raises(Denied):
        services.ask_for_run(by=town.worker)


def test_only_a_few_runs_are_kept_and_one_index(found):
    for _ in range(7):
        again(found)
    assert MiningRun.objects.count() == 5
    assert MiningRun.objects.filter(index__isnull=False).count() == 1


# New needs


def test_a_new_need_joins_its_theme_by_itself(found, run_jobs):
    need = found.need(PHONE[0], by=person("新来的"))
    run_jobs()
    member = ThemeMember.objects.get(need=need)
    assert (member.theme_id, member.placed_by) == (found.themes["phone"].pk, Hand.MACHINE)
    assert Entry.objects.filter(verb="theme.joined").count() == 1


def test_a_new_need_follows_a_theme_that_was_joined_with_another(found, run_jobs):
    services.merge_theme(found.themes["phone"], into=found.themes["repair"], by=found.hub_manager)
    need = found.need(PHONE[0], by=person("新来的"))
    run_jobs()
    assert where()[need.pk] == found.themes["repair"].pk


def test_a_need_unlike_all_others_stays_loose_and_placing_twice_changes_nothing(found):
    need = found.need("想找人下一盘象棋", by=person("新来的"))
    services.place_need(need)
    assert need.pk not in where()
    other = found.need(PHONE[0], by=person("又一位"))
    assert services.place_need(other) is not None
    assert services.place_need(other) is None


def test_without_a_run_nothing_is_placed(town):
    need = town.need()
    assert services.place_need(need) is None


asked_of_the_site: list[str] = []


def vectors(texts):
    """What a site plugged in: knows riders and phones."""
    asked_of_the_site.extend(texts)
    return np.asarray([[float("骑手" in text), float("挂号" in text), 1.0] for text in texts], dtype=np.float32)


def test_a_site_may_plug_in_its_own_meaning_of_texts(found, settings):
    settings.MEANING_OF_TEXTS = f"{__name__}.vectors"
    again(found)
    assert services.place_need(ask(found, PHONE[:1])[0]) is not None
    assert len(asked_of_the_site) == 5  # each wording once, and the new one
