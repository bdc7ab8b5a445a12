"""Who hears of what."""

import datetime as dt

from liandong.notices.models import Notice
from liandong.projects import reactions, services
from liandong.projects.tests import factories


def told(prefix):
    return {(notice.kind, notice.person.name) for notice in Notice.objects.filter(kind__startswith=prefix).select_related("person")}


def test_each_party_is_asked_and_the_manager_hears_the_answers(town, run_jobs):
    project = factories.project(town)
    place, _plan, hours = factories.pledges(town, project)
    services.agree_pledge(place, by=town.manager)
    services.decline_pledge(hours, words="排不开", by=town.firm_manager)
    run_jobs()
    assert told("pledge.proposed") == {("pledge.proposed", "孙芳"), ("pledge.proposed", "郑强")}
    assert told("pledge.agreed") | told("pledge.declined") == {("pledge.agreed", "冯静"), ("pledge.declined", "冯静")}


def test_the_hub_hears_of_a_proposal_and_all_parties_of_the_start(town, run_jobs):
    factories.running(town)
    run_jobs()
    assert told("project.") == {
        ("project.proposed", "周敏"),
        ("project.approved", "冯静"),
        ("project.approved", "孙芳"),
        ("project.approved", "郑强"),
    }


def test_a_late_step_is_told_once(town):
    project = factories.running(town)
    services.add_milestone(project, name="找齐师傅", due_date=dt.date(2026, 6, 1), by=town.agency_manager)
    assert [reactions.remind(), reactions.remind()] == [1, 0]
    assert told("milestone") == {("milestone.late", "冯静")}
