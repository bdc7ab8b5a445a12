"""The verbs on visits: what they do, refuse, deny and record."""

import datetime as dt

import pytest

from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.needs.models import Need
from liandong.notices.models import Notice
from liandong.visits import permissions, queries, reactions, services
from liandong.visits.models import FollowUp, Visit, VisitNote, VisitSentence
from liandong.visits.services import Candidate, Promise
from liandong.visits.tests.factories import NOTES, days


def asks(visit):
    note = visit.notes.order_by("-version").first()
    return [Candidate(part.start, part.end) for part in queries.sentences_of(note) if part.asks]


# Plans


def test_a_plan_is_due_from_its_first_day_and_so_many_weeks_after_each_visit(town):
    plan = town.plan(from_date=days(-10), every_weeks=4)
    assert queries.with_due(permissions.plans_visible_to(town.worker)).get().due_on == days(-10)
    town.done()
    found = queries.with_due(permissions.plans_visible_to(town.worker)).get()
    assert (found.pk, found.last_on, found.due_on) == (plan.pk, days(0), days(28))
    visit = town.visit(planned_date=days(20))
    found = queries.with_due(permissions.plans_visible_to(town.worker)).get()
    assert (visit.plan, found.planned_on, found.planned_number) == (plan, days(20), visit.number)


def test_the_board_says_what_is_long_overdue(town):
    town.plan(from_date=days(-60))
    town.plan(organization=None, name="赵奶奶", place="3 号楼", from_date=days(-3))
    town.plan(organization=None, name="钱奶奶", place="4 号楼", from_date=days(9))
    weeks, total = queries.board(town.worker)
    assert ([week.key for week in weeks], total) == (["long", "late", "week"], 3)


def test_one_plan_of_a_body_for_the_same_firm(town):
    plan = town.plan()
    with pytest.raises(Refused):
        town.plan()
    services.end_plan(plan, by=town.worker)
    assert town.plan().is_active


@pytest.mark.parametrize(
    "fields", [{"every_weeks": 0}, {"every_weeks": 105}, {"to_date": dt.date(2026, 1, 1)}, {"name": "赵奶奶"}, {"organization": None}]
)
def test_a_plan_that_makes_no_sense_is_refused(town, fields):
    with pytest.raises(Refused):
        town.plan(**fields)


def test_only_staff_of_the_body_plan_and_go_for_it(town):
    for by in (town.agency_manager, town.observer, town.hub_staff, town.resident):
        with pytest.raises(Denied):
            town.plan(by=by)
    with pytest.raises(Refused):
        town.plan(handler=town.boss)
    assert services.create_plan(host=town.hub, organization=town.firm, every_weeks=8, by=town.hub_staff).host == town.hub


def test_whom_nobody_has_visited_is_found_by_segment(town):
    assert list(queries.unvisited(town.community, segment="small_firm")) == [town.firm]
    town.done()
    assert list(queries.unvisited(town.community)) == []
    assert list(queries.unvisited(town.community, since=days(1))) == [town.firm]
    town.plan()
    assert list(queries.unvisited(town.community, since=days(1))) == []


def test_several_begin_five_a_week(town):
    from liandong.needs.tests import factories

    firms = [factories.organization(f"甲{n}公司", on=town.north, kind="enterprise") for n in range(6)]
    done, left = services.create_plans(firms + firms[:1], host=town.community, every_weeks=52, from_date=days(1), by=town.worker)
    plans = permissions.plans_visible_to(town.worker).order_by("id")
    assert (done, len(left), [plan.from_date for plan in plans][-1]) == (6, 1, days(8))


# Visits


def test_a_visit_done_keeps_who_went_what_was_said_and_what_was_promised(town):
    visit = town.done(visitors=[town.worker, town.manager], promises=(Promise("下周送资料", days(7), town.worker), Promise("")))
    assert (visit.state, visit.visited_on, visit.visitors.count(), visit.notes.get().version) == ("done", days(0), 2, 1)
    assert [(row.words, row.due_date, row.handler) for row in visit.follow_ups.all()] == [("下周送资料", days(7), town.worker)]
    assert Entry.objects.filter(verb="visit.done").count() == 1


def test_the_journal_holds_no_word_of_the_notes(town):
    visit = town.visit()
    services.save_draft(visit, words="草稿", by=town.worker)
    town.done(visit)
    services.correct_notes(visit, words="更正之后的话", by=town.worker)
    services.make_needs(visit, candidates=[Candidate(0, 6)], consent=True, by=town.worker)
    other = services.cancel_visit(town.visit(), reason="赵奶奶住院了", by=town.worker)
    told = " ".join(f"{entry.before} {entry.after} {entry.reason}" for entry in Entry.objects.all())
    assert [word for word in ("草稿", "微波炉", "更正", "住院") if word in told] == []
    assert other.cancel_reason == "赵奶奶住院了"


def test_the_draft_is_gone_when_the_visit_is_done_and_corrections_keep_the_old(town):
    visit = town.visit()
    services.save_draft(visit, words="草稿", by=town.worker)
    services.save_draft(visit, words="草稿二", by=town.manager)
    assert VisitNote.objects.get().words == "草稿二"
    town.done(visit)
    services.correct_notes(visit, words="更正之后的话", by=town.manager)
    services.correct_notes(visit, words="更正之后的话", by=town.manager)
    assert list(visit.notes.order_by("version").values_list("version", "words")) == [(1, NOTES), (2, "更正之后的话")]
    with pytest.raises(Refused):
        services.save_draft(visit, words="再写", by=town.worker)


@pytest.mark.parametrize("fields", [{"notes": ""}, {"notes": "好" * 5_001}, {"visited_on": dt.date(2026, 6, 11)}, {"promises": (Promise("好"),)}])
def test_a_visit_that_makes_no_sense_is_refused_and_nothing_is_written(town, fields):
    visit = town.visit()
    with pytest.raises(Refused):
        town.done(visit, **fields)
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_five_thousand_characters_fit(town):
    assert len(town.done(notes="好" * 5_000).notes.get().words) == 5_000


def test_a_visit_is_done_once_and_one_called_off_can_come_back(town):
    visit = town.done()
    for verb in (lambda: town.done(visit), lambda: services.cancel_visit(visit, reason="重复", by=town.worker)):
        with pytest.raises(Refused):
            verb()
    other = services.cancel_visit(town.visit(), reason="公司放假", by=town.worker)
    services.move_visit(other, planned_date=days(3), handler=town.manager, by=town.manager)
    assert (other.state, other.cancel_reason, other.handler) == ("planned", "", town.manager)


def test_the_hubs_manager_keeps_visits_of_the_ground_others_do_not(town):
    visit = town.visit()
    for by in (town.boss, town.hub_staff, town.observer, town.other_worker, town.agency_manager):
        with pytest.raises(Denied):
            services.cancel_visit(visit, reason="不去了", by=by)
    assert services.cancel_visit(visit, reason="不去了", by=town.hub_manager).state == "cancelled"


def test_a_promise_is_kept_by_who_gave_it(town):
    visit = town.done(promises=(Promise("送资料", days(2), town.worker),))
    follow_up = FollowUp.objects.get()
    with pytest.raises(Denied):
        services.finish_follow_up(follow_up, by=town.boss)
    services.finish_follow_up(follow_up, result="送到", by=town.worker)
    services.finish_follow_up(follow_up, result="又一次", by=town.worker)
    follow_up.refresh_from_db()
    assert (follow_up.done_by, follow_up.result, visit.follow_ups.count()) == (town.worker, "送到", 1)


# Needs of sentences


def test_sentences_become_needs_of_the_body_once(town):
    visit = town.done()
    made = services.make_needs(visit, candidates=asks(visit), consent=True, by=town.worker)
    assert [(need.asker_organization, need.source, need.segment, need.territory) for need in made] == [
        (town.firm, "visit", "small_firm", town.north)
    ] * 2
    sentence = VisitSentence.objects.order_by("start").first()
    assert sentence.note.words[sentence.start : sentence.end] == sentence.words == made[0].words
    assert services.make_needs(visit, candidates=asks(visit), consent=True, by=town.worker) == []
    services.correct_notes(visit, words="先加一句。" + NOTES, by=town.worker)
    assert services.make_needs(visit, candidates=asks(visit), consent=True, by=town.manager) == []
    assert Need.objects.count() == 2


def test_needs_need_a_tick_and_the_word_of_those_who_were_visited(town):
    visit = town.done(town.home())
    with pytest.raises(Refused):
        services.make_needs(visit, candidates=[], consent=True, by=town.worker)
    with pytest.raises(Refused):
        services.make_needs(visit, candidates=asks(visit), consent=False, by=town.worker)
    with pytest.raises(Denied):
        services.make_needs(visit, candidates=asks(visit), consent=True, by=town.boss)
    need = services.make_needs(visit, candidates=asks(visit)[:1], consent=True, is_public=False, by=town.worker)[0]
    assert (need.asker_name, need.place, need.is_public, need.submitted_by) == ("赵奶奶", "3 号楼 402", False, town.worker)


def test_the_sentences_give_the_whole_notes_back(town):
    note = town.done(notes="第一句。\n\n想要一个  微波炉！没有了").notes.get()
    assert "".join(part.words + part.between for part in queries.sentences_of(note)) == note.words


def test_a_need_of_a_person_does_not_say_their_name(town):
    visit = town.done(town.home(), notes="赵奶奶希望有人陪着说说话。")
    need = services.make_needs(visit, candidates=asks(visit), consent=True, by=town.worker)[0]
    assert (need.words, need.title) == ("…希望有人陪着说说话。", "…希望有人陪着说说话")
    assert VisitSentence.objects.get().words == "赵奶奶希望有人陪着说说话。"


# Reminders


def test_who_is_in_charge_hears_the_day_before_and_once_when_it_is_late(town, clock):
    town.visit(planned_date=days(1))
    town.done(town.home(), promises=(Promise("换灯泡", days(1), town.manager),))
    town.plan(organization=None, name="钱奶奶", place="4 号楼", from_date=days(1), handler=None)
    assert reactions.remind(today=days(0)) == 4
    assert reactions.remind(today=days(0)) == 0
    clock.advance(days=2)
    assert reactions.remind(today=days(0)) == 2
    told = sorted(Notice.objects.values_list("person", "kind"))
    assert told == sorted(
        [
            (town.worker.pk, "visit.due"),
            (town.worker.pk, "visit.overdue"),
            (town.manager.pk, "visit.promise_due"),
            (town.manager.pk, "visit.promise_overdue"),
            (town.worker.pk, "visit.plan_due"),
            (town.manager.pk, "visit.plan_due"),
        ]
    )
    clock.advance(days=1)
    assert reactions.remind(today=dt.date(2026, 6, 13)) == 0


def test_counts_and_states_of_the_list(town):
    town.visit(planned_date=days(-2))
    town.visit(organization=None, name="赵奶奶", place="3 号楼", planned_date=days(20))
    town.done(town.home())
    assert queries.counts(town.worker) == {"due": 1, "overdue": 1, "planned": 2, "done": 1}
    rows = list(queries.visits(town.worker, queries.Filters()))
    assert [row.state for row in rows] == ["planned", "planned", "done"]
    assert [len(queries.visits(town.worker, queries.Filters(state=state))) for state in ("due", "overdue", "planned", "done", "cancelled")] == [
        1,
        1,
        2,
        1,
        0,
    ]
    assert (
        Visit.objects.filter(permissions.in_scope(town.agency_manager)).count(),
        len(queries.visits(town.worker, queries.Filters(scope="mine"))),
    ) == (0, 3)


def test_what_waits_is_found_in_one_question(town, django_assert_num_queries):
    from django.db.models import Q

    town.plan(organization=None, name="钱奶奶", place="4 号楼", from_date=days(-9))
    town.visit(planned_date=days(-2))
    town.done(town.home(), promises=(Promise("换灯泡", days(1)), Promise("以后再说", days(30))))
    with django_assert_num_queries(1):
        rows = queries.waiting(Q(host=town.community))
    assert [(row.kind, row.whom, row.day, row.words, row.total) for row in rows] == [
        ("visit", town.firm.label, days(-2), "", 1),
        ("plan", "钱*奶", days(-9), "", 1),
        ("promise", "赵*奶", days(1), "换灯泡", 1),
    ]
