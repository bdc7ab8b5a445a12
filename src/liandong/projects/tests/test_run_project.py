import datetime as dt

import pytest

from liandong.core.errors import Conflict, Denied, Refused
from liandong.journal import queries as journal
from liandong.needs import services as needs
from liandong.projects import queries, services
from liandong.projects.models import Pledge, Project, ProjectNeed
from liandong.projects.tests import factories


def test_a_project_plans_its_needs_and_takes_over_those_nobody_has(town):
    mine = town.need()
    taken = needs.claim_need(town.need("收音机坏了没处修"), organization=town.community, by=town.worker)
    project = factories.project(town, needs=[mine, taken])
    mine.refresh_from_db(), taken.refresh_from_db()
    assert (mine.state, mine.claimed_by, taken.state, taken.claimed_by) == ("planned", town.agency, "planned", town.community)
    assert (mine.answered_at is not None, ProjectNeed.objects.count()) == (True, 2)
    assert (project.manager, project.created_by, project.state) == (town.agency_manager, town.agency_manager, "draft")
    (entry,) = journal.history_of(project)
    assert entry.after == {
        "state": "draft",
        "lead": town.agency.pk,
        "needs": sorted([mine.number, taken.number], key=[mine.number, taken.number].index),
    }


def test_a_need_stands_in_one_project_at_a_time(town):
    need = town.need()
    factories.project(town, needs=[need])
    with pytest.raises(Refused):
        factories.project(town, needs=[need])
    assert Project.objects.count() == 1


def test_only_those_who_run_projects_of_the_lead_set_one_up(town):
    with pytest.raises(Denied):
        factories.project(town, by=town.observer)
    with pytest.raises(Denied):
        factories.project(town, by=town.firm_manager)


def test_a_project_needs_a_name_and_days_in_order(town):
    for field, value in (("name", " "), ("ends_date", dt.date(2026, 6, 1))):
        with pytest.raises(Refused) as refused:
            factories.project(town, starts_date=dt.date(2026, 7, 1), **{field: value})
        assert refused.value.field == field


def test_an_edit_of_what_somebody_else_changed_is_a_conflict_with_both_values(town):
    project = factories.project(town)
    services.edit_project(project, version=1, name="小家电义诊一", by=town.agency_manager)
    with pytest.raises(Conflict) as conflict:
        services.edit_project(project, version=1, name="小家电义诊二", by=town.hub_manager)
    assert (conflict.value.mine, conflict.value.theirs) == ("小家电义诊二", "小家电义诊一")
    assert conflict.value.who == "冯*"
    project.refresh_from_db()
    assert (project.name, project.version) == ("小家电义诊一", 2)
    assert journal.history_of(project).last().after == {"name": "小家电义诊一"}


def test_an_edit_that_changes_nothing_leaves_no_trace(town):
    project = factories.project(town)
    services.edit_project(project, version=1, name=project.name, by=town.agency_manager)
    assert (project.version, journal.history_of(project).count()) == (1, 1)


def test_proposing_asks_for_a_goal_and_for_somebody_asked(town):
    project = factories.project(town, goal="")
    with pytest.raises(Refused, match="想办成什么"):
        services.propose_project(project, by=town.agency_manager)
    services.edit_project(project, version=1, goal="修好 40 件", by=town.agency_manager)
    with pytest.raises(Refused, match="场地，方案，人手"):
        services.propose_project(project, by=town.agency_manager)
    factories.pledges(town, project)
    assert services.propose_project(project, by=town.agency_manager).state == "proposed"


def test_approving_names_what_is_not_agreed(town):
    project = factories.project(town)
    place, plan, hours = factories.pledges(town, project)
    services.propose_project(project, by=town.agency_manager)
    services.agree_pledge(place, by=town.manager)
    services.agree_pledge(plan, by=town.agency_manager)
    with pytest.raises(Refused, match="还没谈妥：人手"):
        services.approve_project(project, by=town.hub_manager)
    services.agree_pledge(hours, by=town.firm_manager)
    services.approve_project(project, by=town.hub_manager)
    project.refresh_from_db()
    assert (project.state, project.approved_at is not None, queries.missing_to_start(project)) == ("running", True, [])


def test_the_hub_sends_a_project_back_with_words(town):
    project = factories.project(town)
    factories.pledges(town, project, agreed=True)
    services.propose_project(project, by=town.agency_manager)
    services.return_project(project, reason="预算写细一点", by=town.hub_manager)
    assert (project.state, journal.history_of(project).last().reason) == ("draft", "预算写细一点")


def test_finishing_finishes_the_needs_and_counts_them(town):
    need, other = town.need(), town.need("收音机坏了没处修")
    project = factories.running(town, needs=[need, other])
    services.finish_project(project, words="修好 41 件", spent_fen=284_600, by=town.agency_manager)
    need.refresh_from_db(), project.refresh_from_db()
    assert (need.state, need.closing_words, project.state, project.spent_fen) == ("done", "修好 41 件", "done", 284_600)
    assert journal.history_of(project).last().after == {"state": "done", "needs_done": 2, "spent_fen": 284_600}


def test_cancelling_gives_the_needs_back_to_be_matched(town):
    planned, active = town.need(), town.need("收音机坏了没处修")
    project = factories.running(town, needs=[planned, active])
    needs.activate_need(active, by=town.agency_manager)
    services.cancel_project(project, reason="场地漏水", by=town.agency_manager)
    planned.refresh_from_db(), active.refresh_from_db()
    assert (planned.state, planned.planned_at, active.state, active.active_at) == ("matched", None, "matched", None)
    again = factories.project(town, needs=[planned, active])
    assert again.need_links.count() == 2


def test_a_project_that_ended_cannot_be_changed(town):
    project = factories.running(town)
    services.cancel_project(project, reason="不办了", by=town.agency_manager)
    for verb in (
        lambda: services.add_pledge(project, organization=town.community, kind="goods", words="桌子", by=town.agency_manager),
        lambda: services.add_milestone(project, name="一步", due_date=dt.date(2026, 7, 1), by=town.agency_manager),
        lambda: services.edit_project(project, version=project.version, name="新名", by=town.agency_manager),
    ):
        with pytest.raises(Refused):
            verb()


# The compact


def test_only_the_body_itself_agrees_or_declines(town):
    project = factories.project(town)
    place, _plan, _hours = factories.pledges(town, project)
    for person in (town.agency_manager, town.hub_manager, town.worker, town.firm_manager):
        with pytest.raises(Denied):
            services.agree_pledge(place, by=person)
    services.agree_pledge(place, words="周六可以", by=town.manager)
    place.refresh_from_db()
    assert (place.state, place.agreed_by, place.answer_words) == ("agreed", town.manager, "周六可以")


def test_declining_has_words_and_asking_anew_starts_over(town):
    project = factories.project(town)
    place, *_others = factories.pledges(town, project)
    with pytest.raises(Refused):
        services.decline_pledge(place, words="", by=town.manager)
    services.decline_pledge(place, words="那天有会", by=town.manager)
    again = services.add_pledge(project, organization=town.community, kind=Pledge.Kind.PLACE, words="周日下午的活动室", by=town.agency_manager)
    assert (again.pk, again.state, again.answer_words, project.pledges.count()) == (place.pk, "proposed", "", 3)


def test_a_promise_is_judged_and_what_was_broken_may_still_be_kept(town):
    project = factories.running(town)
    pledge = project.pledges.get(kind="place")
    services.keep_pledge(pledge, kept=False, by=town.agency_manager)
    services.keep_pledge(pledge, kept=True, by=town.agency_manager)
    with pytest.raises(Refused):
        services.keep_pledge(pledge, kept=False, by=town.agency_manager)
    assert [entry.verb for entry in journal.history_of(pledge)] == ["pledge.proposed", "pledge.agreed", "pledge.broken", "pledge.kept"]


# Milestones


def test_a_step_is_done_once_and_not_tomorrow(town):
    project = factories.running(town)
    step = services.add_milestone(project, name="找齐师傅", due_date=dt.date(2026, 6, 1), by=town.agency_manager)
    assert list(queries.late_milestones()) == [step]
    with pytest.raises(Refused):
        services.finish_milestone(step, done_date=dt.date(2026, 6, 11), by=town.agency_manager)
    done = services.finish_milestone(step, proof="名单", by=town.agency_manager)
    services.finish_milestone(step, proof="别的", by=town.agency_manager)
    done.refresh_from_db()
    assert (done.done_date, done.proof, list(queries.late_milestones())) == (dt.date(2026, 6, 10), "名单", [])
    assert journal.history_of(done).last().after == {"done_date": "2026-06-10", "late": True}


# States


def test_every_state_has_its_row_and_leads_only_to_states():
    for model in (Project, Pledge):
        assert set(model.TRANSITIONS) == set(model.State.values)
        assert {state for row in model.TRANSITIONS.values() for state in row} <= set(model.State.values)


@pytest.mark.parametrize("state", Project.State.values)
def test_every_step_of_a_project_follows_the_table(town, state):
    project = factories.running(town)
    verbs = {
        "proposed": lambda: services.propose_project(project, by=town.agency_manager),
        "draft": lambda: services.return_project(project, reason="改一改", by=town.hub_manager),
        "running": lambda: services.approve_project(project, by=town.hub_manager),
        "done": lambda: services.finish_project(project, words="办完了", by=town.agency_manager),
        "cancelled": lambda: services.cancel_project(project, reason="不办了", by=town.agency_manager),
    }
    for target, verb in verbs.items():
        Project.objects.filter(pk=project.pk).update(state=state)
        try:
            verb()
        except Refused:
            assert target not in Project.TRANSITIONS[state]
        else:
            assert target in Project.TRANSITIONS[state]
