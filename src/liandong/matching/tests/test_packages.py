"""Packages from the rows of the house: the question, the choice for many, the project made of one, the missing piece."""

import datetime as dt

import pytest

from liandong.activities.tests import factories as activities
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.matching import queries, services
from liandong.matching.models import MatchRun, PieceCall, Resource, ResourceUse
from liandong.matching.problems import packages as packing
from liandong.matching.words import packages as package_words
from liandong.needs.tests import factories as town
from liandong.notices.models import Notice
from liandong.projects import services as projects
from liandong.projects.models import Pledge


def best(street, need=None) -> dict:
    return services.answer_now(need or street.asked())["packages"][0]


def missing(need) -> list[str]:
    return [piece["code"] for piece in services.answer_now(need)["nearest"]["missing"]]


def test_a_package_holds_plan_hours_place_money_and_a_time_that_suits_all(street):
    package = best(street)
    assert (package["plan"], package["venue"], package["cost"]) == (street.plan.pk, street.room.pk, 30_000)
    assert package["hours"] == [
        {"resource": street.engineers.pk, "skill": "小家电维修", "minutes": 240},
        {"resource": street.hands.pk, "skill": "", "minutes": 60},
    ]
    assert package["money"] == [{"resource": street.money.pk, "fen": 30_000}]
    assert package_words.when_words(package) == "Sat 13 Jun 9:00–11:00"


@pytest.mark.parametrize(
    ("change", "piece"),
    [
        ({"of": "plan", "matters": ["挂号"]}, "plan"),
        ({"of": "plan", "capacity": 3}, "plan"),
        ({"of": "engineers", "minutes": 200}, "hours"),
        ({"of": "engineers", "slots": ["sun_am"]}, "hours"),
        ({"of": "money", "fen": 10_000}, "money"),
        ({"of": "money", "topics": ["elders"]}, "money"),
        ({"of": "plan", "features": ["outdoors"]}, "venue"),
        ({"of": "plan", "state": "paused"}, "plan"),
    ],
)
def test_what_does_not_suit_is_the_missing_piece(street, change, piece):
    Resource.objects.filter(pk=getattr(street, change.pop("of")).pk).update(**change)
    assert missing(street.asked(people_count=5)) == [piece]


def test_a_room_taken_by_an_activity_is_not_free_then_and_one_of_the_street_serves_where_the_community_has_none(street):
    activity = activities.make_activity(host=street.community, territory=street.north, venue=street.room)
    activities.make_shift(activity, starts_at=activities.at(3, 10))
    need = street.asked()
    assert package_words.when_words(best(street, need)) == "Sat 20 Jun 9:00–11:00"
    elsewhere = street.asked(on=street.south)
    assert best(street, elsewhere)["venue"] == street.room.pk


def test_a_room_of_the_community_goes_before_one_of_the_street_and_both_say_how_near_they_are(street, chinese):
    hall = street.venue(name="街道大厅", territory=street.street, capacity=200)
    need = street.asked()
    things = queries.things_of([services.answer_now(need)])
    packages = services.answer_now(need)["packages"]
    assert [packages[0]["venue"], packages[1]["venue"]] == [street.room.pk, hall.pk]
    said = [next(line.why[0] for line in package_words.lines_of(one, need=need, things=things) if line.part == "place") for one in packages[:2]]
    assert said == ["就在本社区", "同一个街道"]
    activity = activities.make_activity(host=street.community, territory=street.north, venue=street.room)
    activities.make_shift(activity, starts_at=activities.at(3, 10))
    assert best(street, need)["venue"] == street.room.pk  # a week later, but around the corner


def test_when_somebody_asks_for_evenings_and_the_plan_is_on_saturday_mornings_there_is_no_time(street):
    assert missing(street.asked(wanted_time="evenings")) == ["time"]


def test_a_need_of_another_street_is_not_reached(street):
    far = town.territory("远处社区", parent=town.street("另一条街道"))
    assert missing(street.asked(on=far)) == ["plan"]


def test_together_nothing_is_given_twice(street):
    needs = [street.asked(), street.asked("收音机不响了，想找人修修。", urgency=2)]
    made = services.answer_together(needs)
    chosen = [row["need"] for row in made.rows if row["chosen"]]
    assert (made.met, made.alone, made.proven) == (1, 2, True)
    assert chosen == [needs[1].pk]  # engineers have 5 hours a month for 8: the urgent one first


def test_the_board_is_calculated_as_a_job_and_keeps_its_moment(street, run_jobs):
    need = street.asked()
    street.need("还没有人看过的需求。")
    run = services.match_needs(street.street, by=street.hub_manager)
    assert services.match_needs(street.street, by=street.hub_manager) == run
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.need_count, run.met_count, run.is_proven) == ("done", 1, 1, True)
    assert [row["need"] for row in run.result] == [need.pk]
    assert queries.last_run([street.street.pk]) == run
    assert Entry.objects.filter(verb="match_run.finished").count() == 1


def test_a_stopped_calculation_keeps_what_it_has_found(street, run_jobs):
    street.asked()
    run = services.match_needs(street.street, by=street.hub_manager)
    services.stop_matching(run, by=street.hub_manager)
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.met_count) == ("stopped", 1)


def test_only_the_hub_calculates(street):
    with pytest.raises(Denied):
        services.match_needs(street.street, by=street.manager)
    assert MatchRun.objects.count() == 0


def test_a_package_becomes_a_project_and_everybody_in_it_is_asked(street, run_jobs):
    need = street.asked()
    project = services.make_project_of(need, package=best(street, need), by=street.hub_manager)
    need.refresh_from_db()
    assert (need.state, project.lead, project.state, project.budget_fen) == ("planned", street.agency, "draft", 30_000)
    pledges = {(pledge.kind, pledge.organization): pledge for pledge in project.pledges.all()}
    assert set(pledges) == {
        ("place", street.community),
        ("plan", street.agency),
        ("hours", street.enterprise),
        ("hours", street.community),
        ("money", street.fund),
    }
    assert {pledge.state for pledge in pledges.values()} == {"proposed"}
    assert pledges["hours", street.enterprise].words == "小家电维修 4 小时，6月13日（周六）9:00–11:00"
    run_jobs()
    assert Notice.objects.filter(kind="pledge.proposed", person=street.fund_manager).count() == 1


def test_what_was_asked_for_is_counted_down_until_it_is_declined(street):
    need = street.asked()
    project = services.make_project_of(need, package=best(street, need), by=street.hub_manager)
    left = packing.left_of([street.engineers, street.money, street.plan])
    assert [left[row.pk].amount for row in (street.engineers, street.money, street.plan)] == [60, 20_000, 1]
    projects.decline_pledge(project.pledges.get(kind="money"), words="今年用完了", by=street.fund_manager)
    assert packing.left_of([street.money])[street.money.pk].amount == 50_000
    projects.cancel_project(project, reason="不办了", by=street.hub_manager)
    assert packing.left_of([street.engineers])[street.engineers.pk].amount == 300


def test_hours_of_a_month_come_back_with_the_next_one(street):
    need = street.asked()
    services.make_project_of(need, package=best(street, need), by=street.hub_manager)
    ResourceUse.objects.update(on_date="2026-04-01")
    left = packing.left_of([street.engineers, street.hands])
    assert [left[row.pk].amount for row in (street.engineers, street.hands)] == [300, 540]


def test_what_was_taken_meanwhile_makes_no_second_project(street):
    first, second = street.asked(), street.asked()
    package = best(street, second)
    services.make_project_of(first, package=best(street, first), by=street.hub_manager)
    with pytest.raises(Refused) as refused:
        services.make_project_of(second, package=package, by=street.hub_manager)
    assert "维修工程师" in str(refused.value.reason)
    assert Pledge.objects.values("project").distinct().count() == 1


def test_a_stranger_makes_no_project_and_asks_nobody(street):
    need = street.asked(is_public=False)
    with pytest.raises(Denied):
        services.make_project_of(need, package=best(street, need), by=street.stranger)
    with pytest.raises(Denied):
        services.ask_for_piece(need, by=street.stranger)


def test_bodies_are_asked_once_for_the_missing_piece(street):
    street.engineers.state = "paused"
    street.engineers.save()
    need = street.asked()
    calls = services.ask_for_piece(need, by=street.hub_manager)
    assert [(call.organization, call.piece) for call in calls] == [(street.enterprise, "hours")]
    assert Notice.objects.filter(kind="package.piece_asked", person=street.firm_manager).count() == 1
    with pytest.raises(Refused):
        services.ask_for_piece(need, by=street.hub_manager)
    assert PieceCall.objects.count() == 1


def test_nobody_is_asked_when_nothing_is_missing(street):
    with pytest.raises(Refused):
        services.ask_for_piece(street.asked(), by=street.hub_manager)


def test_a_body_keeps_its_own_list_only(street):
    values = {"title": "周末人手", "minutes": 120}
    made = services.make_resource(organization=street.enterprise, kind="hours", by=street.firm_manager, **values)
    assert (made.territory, made.state) == (street.street, "open")
    services.set_resource_state(made, state="paused", by=street.firm_manager)
    services.edit_resource(made, minutes=240, by=street.firm_manager)
    with pytest.raises(Denied):
        services.make_resource(organization=street.agency, kind="hours", by=street.firm_manager, **values)
    services.set_resource_state(made, state="withdrawn", by=street.firm_manager)
    with pytest.raises(Refused):
        services.edit_resource(made, minutes=60, by=street.firm_manager)
    verbs = Entry.objects.filter(on=f"matching.resource:{made.pk}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["resource.made", "resource.paused", "resource.edited", "resource.withdrawn"]


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("hours", {"minutes": 0}, "hours"),
        ("money", {"fen": 0}, "fen"),
        ("plan", {"minutes": 60}, "topics"),
        ("plan", {"minutes": 60, "topics": ["other"], "features": ["indoors", "outdoors"]}, "features"),
        ("hours", {"minutes": 60, "from_date": "b", "to_date": "a"}, "to_date"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(street, kind, values, field):
    days = {"a": dt.date(2026, 6, 1), "b": dt.date(2026, 7, 1)}
    values = {name: days.get(value, value) if name.endswith("_date") else value for name, value in values.items()}
    with pytest.raises(Refused) as refused:
        services.make_resource(organization=street.agency, kind=kind, title="某样", by=DEMO, **values)
    assert refused.value.field == field


def test_the_newest_calculations_of_a_place_are_kept(street):
    street.asked()
    runs = [services.match_now(street.street, by=street.hub_manager) for _number in range(12)]
    assert list(MatchRun.objects.order_by("pk")) == runs[2:]
