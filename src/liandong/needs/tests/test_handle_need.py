import datetime as dt
from itertools import pairwise

import pytest

from liandong.core.errors import Denied, Refused, TooMany
from liandong.journal import queries as journal
from liandong.needs import services
from liandong.needs.models import Need, Objection
from liandong.needs.tests import factories


def verbs_on(need):
    return [entry.verb for entry in journal.history_of(need)]


def test_accepting_takes_category_urgency_and_visibility(town, clock):
    need = town.need()
    clock.advance(hours=1)
    services.accept_need(need, category="elders", urgency=2, is_public=False, by=town.hub_staff)
    need.refresh_from_db()
    assert (need.state, need.category, need.urgency, need.is_public) == ("accepted", "elders", 2, False)
    assert need.accepted_at - need.submitted_at == dt.timedelta(hours=1)
    assert verbs_on(need) == ["need.submitted", "need.accepted"]


def test_accepting_twice_is_refused(town):
    need = town.need()
    services.accept_need(need, by=town.hub_staff)
    with pytest.raises(Refused):
        services.accept_need(need, by=town.hub_staff)


def test_several_are_accepted_and_the_rest_is_named(town):
    fresh, old = town.need(), town.need("楼道灯坏了，看不清台阶")
    services.accept_need(old, by=town.hub_staff)
    done, left = services.accept_needs([fresh, old], by=town.hub_staff)
    assert (done, [need for need, _reason in left]) == (1, [old])


def test_claiming_names_body_and_handler_and_implies_acceptance(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    need.refresh_from_db()
    assert (need.state, need.claimed_by, need.handler) == ("claimed", town.community, town.worker)
    assert need.accepted_at == need.claimed_at
    assert need.answered_at is None


def test_the_second_body_is_told_who_was_faster(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    with pytest.raises(Refused, match="北郎东社区居委会"):
        services.claim_need(need, organization=town.agency, by=town.agency_manager)
    assert services.claim_need(need, organization=town.community, by=town.manager).handler == town.worker


def test_releasing_gives_it_back_with_a_reason(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    services.release_need(need, reason="我们没有电工", by=town.worker)
    need.refresh_from_db()
    assert (need.state, need.claimed_by, need.handler, need.claimed_at) == ("accepted", None, None, None)
    assert journal.history_of(need).last().reason == "我们没有电工"


def test_the_first_answer_stops_the_clock_and_the_second_does_not_move_it(town, clock):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    clock.advance(hours=3)
    answer = services.answer_need(need, words="正在找电工。", promised_date=dt.date(2026, 6, 20), by=town.worker)
    first = need.answered_at
    assert (answer.organization, answer.answered_by, answer.promised_date) == (town.community, town.worker, dt.date(2026, 6, 20))
    assert first == answer.answered_at
    clock.advance(hours=3)
    services.answer_need(need, words="找到了。", by=town.worker)
    need.refresh_from_db()
    assert (need.answered_at, need.answers.count()) == (first, 2)
    assert journal.history_of(need).filter(verb="need.answered").first().after["in_time"] is True


def test_an_answer_has_words_and_promises_a_day_to_come(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    with pytest.raises(Refused) as refused:
        services.answer_need(need, words=" ", by=town.worker)
    assert refused.value.field == "words"
    with pytest.raises(Refused) as refused:
        services.answer_need(need, words="昨天就来", promised_date=dt.date(2026, 6, 9), by=town.worker)
    assert refused.value.field == "promised_date"


def test_declining_is_an_answer_that_can_be_taken_up_again(town):
    need = services.decline_need(town.need(), words="这件事归物业管，电话已转。", by=town.worker)
    need.refresh_from_db()
    assert (need.state, need.closing_words, need.answered_at is not None, need.closed_at is not None) == (
        "declined",
        "这件事归物业管，电话已转。",
        True,
        True,
    )
    services.accept_need(need, by=town.hub_staff)
    need.refresh_from_db()
    assert (need.state, need.closing_words, need.closed_at) == ("accepted", "", None)


def test_joining_moves_the_need_and_those_joined_before(town):
    a, b, c = town.need(), town.need("收音机坏了没人修"), town.need("家电坏了没处修")
    services.merge_need(a, into=b, by=town.hub_staff)
    services.merge_need(b, into=c, by=town.hub_staff)
    rows = {need.pk: need for need in Need.objects.all()}
    assert [(rows[n.pk].state, rows[n.pk].merged_into_id) for n in (a, b, c)] == [("merged", c.pk), ("merged", c.pk), ("submitted", None)]
    assert rows[a.pk].answered_at is not None


def test_a_need_is_not_joined_with_itself_nor_with_one_that_ended(town):
    need, other = town.need(), services.withdraw_need(town.need("不用了，修好了"), by=town.resident)
    for into in (need, other):
        with pytest.raises(Refused) as refused:
            services.merge_need(need, into=into, by=town.hub_staff)
        assert refused.value.field == "into"


def test_only_the_asking_side_takes_it_back(town):
    need = town.need()
    with pytest.raises(Denied):
        services.withdraw_need(need, by=town.worker)
    assert services.withdraw_need(need, words="修好了", by=town.resident).state == "withdrawn"


def test_the_steps_from_matched_to_confirmed_stamp_each_moment(town, clock):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    for verb, by in (
        (lambda by: services.match_need(need, words="暖邻能派人。", by=by), town.worker),
        (lambda by: services.plan_need(need, by=by), town.agency_manager),
        (lambda by: services.activate_need(need, by=by), town.agency_manager),
        (lambda by: services.finish_need(need, words="修好 41 件。", with_project=True, by=by), town.agency_manager),
        (lambda by: services.confirm_need(need, words="谢谢", by=by), town.resident),
    ):
        clock.advance(days=1)
        verb(by)
    need.refresh_from_db()
    stamps = [need.matched_at, need.planned_at, need.active_at, need.done_at, need.closed_at]
    assert [(b - a).days for a, b in pairwise(stamps)] == [1, 1, 1, 1]
    assert (need.state, need.asker_words, need.closing_words) == ("confirmed", "谢谢", "修好 41 件。")
    assert verbs_on(need)[2:] == ["need.matched", "need.answered", "need.planned", "need.activated", "need.done", "need.confirmed"]


def test_planning_an_unclaimed_need_hands_it_to_the_lead(town):
    need = services.plan_need(town.need(), organization=town.agency, by=town.agency_manager)
    need.refresh_from_db()
    assert (need.state, need.claimed_by, need.handler) == ("planned", town.agency, town.agency_manager)
    assert verbs_on(need) == ["need.submitted", "need.accepted", "need.planned"]


def test_not_yet_sends_it_back_with_a_new_clock(town, clock):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    services.finish_need(need, words="修好了。", by=town.worker)
    clock.advance(days=1)
    services.reopen_need(need, words="只修了一件。", by=town.resident)
    need.refresh_from_db()
    objection = Objection.objects.get()
    assert (need.state, need.done_at, need.closing_words) == ("claimed", None, "")
    assert (objection.step, objection.answer_due_at) == ("result", dt.datetime(2026, 6, 16, 10, 0, tzinfo=dt.UTC))
    services.answer_need(need, words="周六再来一次。", by=town.worker)
    assert Objection.objects.get().answered_at is not None


def test_an_objection_keeps_the_record_and_starts_a_clock(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    objection = services.object_to_step(need, step="people", words="来的不是李敏。", by=town.resident)
    assert (objection.need, objection.answered_at) == (need, None)
    with pytest.raises(Denied):
        services.object_to_step(need, step="people", words="我也这么看", by=town.neighbour)


def test_the_contact_is_shown_for_a_reason_that_is_kept(town):
    need = town.need(contact_name="王秀兰", contact_phone="138 0000 1234")
    assert services.reveal_contact(need, reason="约上门时间", by=town.manager) == ("王秀兰", "13800001234")
    assert journal.history_of(need).last().reason == "约上门时间"
    with pytest.raises(Refused):
        services.reveal_contact(need, reason=" ", by=town.manager)
    with pytest.raises(Denied):
        services.reveal_contact(need, reason="约上门时间", by=town.worker)


def test_full_contacts_count_with_all_other_values_shown_in_an_hour(town):
    need = town.need(contact_name="王秀兰", contact_phone="13800001234")
    for _ in range(30):
        services.reveal_contact(need, reason="约上门时间", by=town.hub_staff)
    with pytest.raises(TooMany):
        services.reveal_contact(need, reason="约上门时间", by=town.hub_staff)


def test_what_a_body_has_taken_over_and_matched_no_other_takes_away(town):
    need = services.claim_need(town.need(), organization=town.agency, by=town.agency_manager)
    services.match_need(need, by=town.agency_manager)
    for organization, by in ((town.community, town.worker), (town.enterprise, town.firm_manager)):
        with pytest.raises(Denied):
            services.claim_need(need, organization=organization, by=by)
    services.claim_need(need, organization=town.community, by=town.hub_staff)
    assert (need.state, need.claimed_by) == ("claimed", town.community)


def test_only_the_asker_takes_a_done_need_back(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    services.finish_need(need, words="修好了", by=town.worker)
    for again in (
        lambda: services.claim_need(need, organization=town.community, by=town.worker),
        lambda: services.release_need(need, reason="不办了", by=town.worker),
    ):
        with pytest.raises(Refused):
            again()
    need.refresh_from_db()
    assert (need.state, need.done_at is not None) == ("done", True)


def test_a_need_in_a_project_goes_on_with_the_project(town):
    need = services.plan_need(town.need(), organization=town.agency, by=town.agency_manager)
    with pytest.raises(Refused):
        services.match_need(need, by=town.agency_manager)
    with pytest.raises(Denied):
        services.finish_need(need, words="修好了", by=town.manager)
    need.refresh_from_db()
    assert need.state == "planned"


def test_another_street_does_not_plan_what_a_body_has_taken_over(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    far = factories.organization(on=factories.territory(parent=factories.street("呼家楼街道")), kind="agency")
    with pytest.raises(Denied):
        services.plan_need(need, organization=far, by=factories.staff(of=far))
    need.refresh_from_db()
    assert (need.state, need.claimed_by) == ("claimed", town.community)
