"""Who hears of what; the clock that reminds."""

import datetime as dt

from liandong.core.actors import IMPORTER
from liandong.needs import reactions, services
from liandong.notices.models import Notice


def told(kind=None):
    rows = Notice.objects.filter(kind=kind) if kind else Notice.objects.all()
    return {(notice.kind, notice.person.name) for notice in rows.select_related("person")}


def test_a_new_need_is_told_to_the_hub_and_the_community_of_its_place(town, run_jobs):
    town.need()
    run_jobs()
    assert told() == {("need.submitted", name) for name in ("周敏", "钱进", "李敏", "孙芳")}


def test_a_list_that_is_taken_in_buries_nobody(town, run_jobs):
    town.need(by=IMPORTER, asker_name="某居民")
    town.need("楼道灯坏了看不清", by=town.worker, asker_name="某居民", outside_number="7", consent=True)
    run_jobs()
    assert told() == set()


def test_the_asker_hears_of_every_step_and_the_one_who_wrote_it_down_too(town, run_jobs):
    need = town.need(asker=town.neighbour, by=town.resident, consent=True)
    services.claim_need(need, organization=town.community, by=town.worker)
    services.answer_need(need, words="周六来修", by=town.worker)
    services.finish_need(need, words="修好了", by=town.worker)
    services.confirm_need(need, by=town.neighbour)
    run_jobs(), run_jobs()
    for name in ("赵明", "王秀兰"):
        assert {kind for kind, person in told() if person == name} == {"need.taken", "need.answered", "need.done"}
    assert told("need.confirmed") == {("need.confirmed", "李敏")}


def test_nobody_is_told_what_they_did_themselves(town, run_jobs):
    need = town.need(by=town.worker, asker_organization=town.community)
    services.claim_need(need, organization=town.community, by=town.worker)
    run_jobs()
    assert "李敏" not in {person for _kind, person in told()}


def test_an_objection_goes_to_the_handler(town, run_jobs):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    services.object_to_step(need, step="people", words="来的不是李敏", by=town.resident)
    run_jobs()
    assert told("need.objected") == {("need.objected", "李敏")}


def test_those_who_work_on_it_are_told_to_stop(town, run_jobs):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    services.withdraw_need(need, by=town.resident)
    run_jobs()
    assert told("need.withdrawn") == {("need.withdrawn", "李敏")}


def test_who_answers_is_reminded_before_and_the_hub_too_once_after(town, clock):
    services.claim_need(town.need(), organization=town.community, by=town.worker)
    zone = dt.timezone(dt.timedelta(hours=8))
    assert reactions.remind(at=dt.datetime(2026, 6, 11, 10, tzinfo=zone)) == 0
    before, after = dt.datetime(2026, 6, 15, 9, tzinfo=zone), dt.datetime(2026, 6, 16, 9, tzinfo=zone)
    clock.move_to(before)
    assert [reactions.remind(at=before), reactions.remind(at=before)] == [1, 0]
    clock.move_to(after)
    assert [reactions.remind(at=after), reactions.remind(at=after)] == [3, 0]
    assert told("need.due") == {("need.due", "李敏")}
    assert told("need.overdue") == {("need.overdue", name) for name in ("李敏", "周敏", "钱进")}


def test_nobody_is_reminded_on_a_sunday(town, clock):
    town.need()
    sunday = dt.datetime(2026, 6, 14, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    clock.move_to(sunday)
    assert reactions.remind(at=sunday + dt.timedelta(days=2)) == 0
