"""What one plan meets, and how much of it the reader may know."""

import datetime as dt

import pytest

from liandong.activities.models import Activity
from liandong.activities.tests import factories as activities
from liandong.core.errors import Denied, Refused
from liandong.notices.models import Notice
from liandong.organizations.models import Role
from liandong.overlap import queries, services
from liandong.overlap.models import OverlapDecision
from liandong.overlap.tests import factories as make
from liandong.projects import services as projects
from liandong.projects.models import Pledge


def met(thing, person):
    return [each.thing for each in queries.overlaps_of(thing, person=person).found]


def test_a_draft_meets_what_another_body_has_published_with_the_reasons_in_words(street):
    mine = make.activity(street.community, state="draft")
    theirs = make.activity(street.clinic, **make.SUGAR)
    found = queries.overlaps_of(mine, person=street.worker).found
    assert [each.thing for each in found] == [theirs]
    assert found[0].reasons == ["同一件事：血压", "同一个社区", "同一天：6月15日"]


def test_the_drafts_of_others_are_only_hinted_at(street):
    mine = make.activity(street.community, state="draft")
    theirs = make.activity(street.clinic, state="draft", **make.SUGAR)
    seen = queries.overlaps_of(mine, person=street.worker)
    assert (seen.found, seen.settled, seen.hidden) == ([], [], True)
    assert met(mine, street.hub_manager) == [theirs]


@pytest.mark.parametrize(
    "change", [{"state": "cancelled"}, {"state": "finished"}, {"day": -3}, {"day": 50}, {"title": "义务理发", "summary": "推子剪子"}]
)
def test_what_is_off_over_far_away_in_time_or_another_matter_is_not_met(street, change):
    mine = make.activity(street.community, state="draft")
    make.activity(street.clinic, **{**make.SUGAR, **change})
    assert met(mine, street.worker) == []


def test_a_body_does_not_meet_itself_nor_the_activities_of_its_own_project(street):
    mine = make.activity(street.community, state="draft")
    make.activity(street.community, **make.SUGAR)
    assert met(mine, street.worker) == []
    project = projects.create_project(name="家门口量血压", lead=street.clinic, territory=street.north, goal="", by=street.nurse)
    Activity.objects.filter(pk=mine.pk).update(project=project)
    make.activity(street.clinic, project=project, **make.SUGAR)
    mine.refresh_from_db()
    assert met(mine, street.worker) == []


def test_a_weekly_series_is_one_row_that_says_how_many_more(street):
    mine = make.activity(street.community, state="draft")
    for week in range(3):
        make.activity(street.clinic, day=5 + 7 * week, **make.SUGAR)
    found = queries.overlaps_of(mine, person=street.worker).found
    assert [(each.match.days_apart, each.more) for each in found] == [(0, 2)]


def test_a_service_held_month_by_month_is_met_before_its_next_day_is_set(street):
    mine = make.activity(street.community, state="draft", day=20)
    for day in (-10, -40, -70):
        make.activity(street.clinic, day=day, state="finished", **make.SUGAR)
    found = queries.overlaps_of(mine, person=street.worker).found
    assert [each.reasons[2] for each in found] == ["月月都办，上次 5月31日"]
    assert found[0].is_over


def test_one_past_day_is_not_month_by_month(street):
    mine = make.activity(street.community, state="draft", day=20)
    make.activity(street.clinic, day=-10, state="finished", **make.SUGAR)
    assert met(mine, street.worker) == []


def test_money_that_another_project_has_is_shown_before_approval(street):
    running = projects.create_project(
        name="量血压进社区",
        lead=street.clinic,
        territory=street.north,
        goal="每周量血压",
        starts_date=dt.date(2026, 6, 1),
        ends_date=dt.date(2026, 9, 1),
        by=street.nurse,
    )
    pledge = projects.add_pledge(running, organization=street.enterprise, kind=Pledge.Kind.MONEY, words="出 5000 元", quantity=5_000, by=street.nurse)
    projects.agree_pledge(pledge, by=street.firm_manager)
    type(running).objects.filter(pk=running.pk).update(state="running")
    mine = projects.create_project(name="老街坊三高随手测", lead=street.agency, territory=street.north, goal="量血压测血糖", by=street.agency_manager)
    overlaps = queries.overlaps_of(mine, person=street.agency_manager)
    assert [(each.thing, each.money_fen) for each in overlaps.funded] == [(running, 500_000)]


def test_a_project_that_others_still_draft_is_only_hinted_at(street):
    projects.create_project(name="量血压进社区", lead=street.clinic, territory=street.north, goal="", by=street.nurse)
    mine = projects.create_project(name="老街坊三高随手测", lead=street.agency, territory=street.north, goal="", by=street.agency_manager)
    seen = queries.overlaps_of(mine, person=street.agency_manager)
    assert (seen.found, seen.hidden) == ([], True)


def test_as_many_queries_for_one_as_for_five(street, django_assert_max_num_queries):
    mine = Activity.objects.select_related("host", "territory", "venue").get(pk=make.activity(street.community, state="draft").pk)
    counts = []
    for count in (1, 4):
        for _each in range(count):
            make.activity(activities.make_organization(territory=street.north), **make.SUGAR)
        with django_assert_max_num_queries(10) as captured:
            queries.overlaps_of(mine, person=street.worker)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# What people said


def test_a_dismissed_overlap_stays_dismissed_for_that_side_until_the_plan_changes(street):
    mine, theirs = make.activity(street.community, state="draft"), make.activity(street.clinic, **make.SUGAR)
    services.decide(mine, others=[theirs], kind="different", organization=street.community, by=street.manager)
    assert met(mine, street.worker) == []
    assert [each.thing for each in queries.overlaps_of(mine, person=street.worker).settled] == [theirs]
    assert met(theirs, street.nurse) == []  # a draft; and once it is shown:
    Activity.objects.filter(pk=mine.pk).update(state="published")
    mine.refresh_from_db()
    assert met(theirs, street.nurse) == [mine]
    Activity.objects.filter(pk=theirs.pk).update(title="量血压、测血糖")
    assert met(mine, street.worker) == []
    mine.shifts.update(starts_at=activities.at(7, 9), ends_at=activities.at(7, 11))
    assert met(mine, street.worker) == [theirs]


def test_what_the_hub_says_holds_for_both(street):
    mine, theirs = make.activity(street.community), make.activity(street.clinic, **make.SUGAR)
    services.decide(mine, others=[theirs], kind="accepted", words="一个上午一个下午", organization=None, by=street.hub_manager)
    assert (met(mine, street.worker), met(theirs, street.nurse)) == ([], [])
    assert OverlapDecision.objects.get().words == "一个上午一个下午"


def test_only_who_runs_a_plan_says_what_it_means_and_going_on_needs_words(street):
    mine, theirs = make.activity(street.community), make.activity(street.clinic, **make.SUGAR)
    with pytest.raises(Denied):
        services.decide(mine, others=[theirs], kind="different", organization=street.community, by=street.nurse)
    with pytest.raises(Refused) as refused:
        services.decide(mine, others=[theirs], kind="accepted", organization=street.community, by=street.manager)
    assert refused.value.field == "words"


def test_the_hub_is_asked_to_bring_two_drafts_together_once(street, run_jobs):
    mine = make.activity(street.community, state="draft")
    make.activity(street.clinic, state="draft", **make.SUGAR)
    services.ask_hub(mine, by=street.manager)
    services.ask_hub(mine, by=street.manager)
    run_jobs()
    told = Notice.objects.filter(kind="overlap.hub_asked")
    assert sorted(notice.person.name for notice in told) == ["周敏", "钱进"]
    said = str([notice.values for notice in told])
    assert [word in said for word in ("三高", "卫生服务站")] == [False, False]


# A whole ground


def test_the_hub_sees_three_bodies_as_one_alarm(street):
    make.activity(street.community), make.activity(street.clinic, **make.SUGAR), make.activity(street.agency_here, title="免费测血压", summary="")
    make.activity(street.clinic, title="义务理发", summary="推子剪子")
    alarms = queries.alarms_for(street.hub_manager)
    assert [(alarm.title, alarm.bodies, len(alarm.things)) for alarm in alarms] == [("3 家单位都排了 6月15日（周一）到北郎东社区办“血压”", 3, 3)]
    assert alarms[0].note.endswith("名单没有给任何人看。")


def test_staff_of_a_body_see_alarms_of_their_own_things_only_and_strangers_none(street):
    make.activity(street.clinic, **make.SUGAR), make.activity(street.agency_here, title="免费测血压", summary="")
    assert queries.alarms_for(street.nurse)[0].bodies == 2
    assert queries.alarms_for(street.manager) == []
    assert queries.alarms_for(street.resident) == []


def test_a_drafting_body_is_not_shown_to_the_other_in_the_list(street):
    make.activity(street.clinic, **make.SUGAR), make.activity(street.community, state="draft")
    assert queries.alarms_for(street.nurse) == []
    assert queries.alarms_for(street.hub_manager)[0].bodies == 2


def test_what_the_hub_decided_moves_to_the_decided_ones(street):
    mine, theirs = make.activity(street.community), make.activity(street.clinic, **make.SUGAR)
    services.decide(mine, others=[theirs], kind="different", organization=None, by=street.hub_manager)
    assert queries.alarms_for(street.hub_manager) == []
    settled = queries.alarms_on(street.hub_manager, territories=[street.street], settled=True)
    assert [alarm.settled_words for alarm in settled] == ["枢纽：不是一回事"]


def test_the_ground_asks_as_many_queries_for_many_as_for_few(street, django_assert_max_num_queries):
    counts = []
    queries.alarms_for(street.hub_manager)
    for count in (2, 6):
        for _each in range(count):
            make.activity(activities.make_organization(territory=street.north), **make.SUGAR)
        with django_assert_max_num_queries(9) as captured:
            queries.alarms_for(street.hub_manager)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_observer_opens_no_alarms(street):
    observer = activities.grant(activities.make_person("观"), Role.OBSERVER, territory=street.street)
    make.activity(street.community), make.activity(street.clinic, **make.SUGAR)
    assert queries.alarms_for(observer) == []
