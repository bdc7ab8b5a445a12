"""Making, calculating, changing, publishing and answering a roster."""

import pytest

from liandong.activities.models import SignUp
from liandong.activities.tests import factories as activities
from liandong.core.errors import Conflict, Denied, Refused
from liandong.journal.models import Entry
from liandong.matching import queries, services
from liandong.matching.models import Roster, RosterLine
from liandong.matching.problems.rosters import slot
from liandong.matching.reactions import rosters as reactions
from liandong.notices.models import Notice
from liandong.notices.queries import words_of
from liandong.volunteers.models import Skill

AFTERNOON = ["sat_pm"]


def slots(roster):
    return {slot(line) for line in roster.lines.exclude(answer="declined")}


def test_a_roster_holds_the_team_and_those_who_signed_up_with_their_place_locked(fair):
    signed = fair.volunteer("陈静", team=False)
    activities.make_sign_up(fair.position(fair.morning, "登记引导"), person=signed)
    made = fair.roster(solved=False)
    assert made.candidates.count() == 6
    assert [(line.person, line.is_locked, line.answer) for line in made.lines.all()] == [(signed, True, "accepted")]
    assert (made.required, made.covered, made.name) == (6, 1, "A")


def test_only_those_who_run_the_activity_make_rosters(fair):
    with pytest.raises(Denied):
        services.make_roster(fair.activity, teams=[fair.team], by=fair.stranger)


def test_the_weekly_limit_may_be_lower_than_the_rule_and_never_higher(fair):
    with pytest.raises(Refused):
        fair.roster(weekly_minutes=60 * 60)
    made = fair.roster(weekly_minutes=150)
    loads = [made.lines.filter(person=person).count() for person in [*fair.people, fair.electrician]]
    assert max(loads) == 1
    assert made.unmet != []


def test_the_calculation_is_a_job_and_fills_what_can_be_filled(fair, run_jobs):
    made = fair.roster(solved=False)
    services.solve_roster(made, by=fair.planner)
    made.refresh_from_db()
    assert made.state == "solving"
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.covered, made.required, made.is_proven) == ("ready", 6, 6, True)
    assert set(made.lines.filter(position__name="安全员").values_list("person", flat=True)) == {fair.electrician.pk}


def test_a_stopped_calculation_keeps_the_best_so_far(fair, run_jobs):
    made = fair.roster(solved=False)
    services.solve_roster(made, by=fair.planner)
    services.stop_solving(made, by=fair.planner)
    run_jobs()
    made.refresh_from_db()
    assert made.state == "ready"
    assert made.lines.count() == made.covered > 0


def test_what_is_missing_says_how_many_could_and_why_they_do_not(fair):
    made = fair.roster(weekly_minutes=150)
    gap = next(
        gap
        for gap in made.unmet
        if gap["position"] == fair.position(fair.afternoon, "安全员").pk or gap["position"] == fair.position(fair.morning, "安全员").pk
    )
    assert gap["funnel"]["qualified"] == 1
    assert [(who, why["code"]) for who, why in gap["blocked"]] == [(fair.electrician.pk, "limit")]


def test_locks_are_kept_when_it_is_calculated_again(fair):
    made = fair.roster()
    line = made.lines.filter(position__name="登记引导").first()
    services.lock_line(line, by=fair.planner)
    before = slots(made)
    again = services.solve_now(made, seconds=5, by=fair.planner)
    assert slots(again) == before
    assert again.lines.get(person=line.person, shift=line.shift).is_locked


def test_somebody_without_time_is_placed_by_hand_only_with_a_reason(fair):
    late = fair.volunteer("何英", availability=AFTERNOON)
    made = fair.roster(solved=False)
    position = fair.position(fair.morning, "登记引导")
    with pytest.raises(Refused) as refused:
        services.place(made, person=late, position=position, by=fair.planner)
    assert refused.value.field == "reason"
    line = services.place(made, person=late, position=position, reason="电话里说好了", by=fair.planner)
    assert (line.is_locked, line.placed_how, line.allowed_reason) == (True, "person", "电话里说好了")


def test_skill_and_overwork_are_not_set_aside_by_any_reason(fair):
    made = fair.roster(solved=False, weekly_minutes=150)
    with pytest.raises(Refused):
        services.place(made, person=fair.people[0], position=fair.position(fair.morning, "安全员"), reason="熟手", by=fair.planner)
    services.place(made, person=fair.people[0], position=fair.position(fair.morning, "登记引导"), by=fair.planner)
    with pytest.raises(Refused):
        services.place(made, person=fair.people[0], position=fair.position(fair.afternoon, "登记引导"), reason="熟手", by=fair.planner)


def test_hours_served_elsewhere_in_the_week_count(fair):
    other = activities.make_shift(activities.make_activity(), starts_at=activities.at(2, 9))
    activities.make_sign_up(activities.make_position(other), person=fair.people[0])
    made = fair.roster(solved=False, weekly_minutes=200)
    with pytest.raises(Refused):
        services.place(made, person=fair.people[0], position=fair.position(fair.morning, "登记引导"), reason="熟手", by=fair.planner)


def test_somebody_elses_change_in_the_meantime_is_a_conflict(fair):
    made = fair.roster()
    line = made.lines.first()
    services.take_off(line, version=made.version, by=fair.planner)
    with pytest.raises(Conflict):
        services.take_off(made.lines.first(), version=made.version, by=fair.planner)


def test_a_copy_is_compared_with_the_plan_it_came_from(fair):
    made = fair.roster()
    copied = services.copy_roster(made, by=fair.planner)
    assert (copied.name, copied.changes) == ("B", 0)
    services.take_off(copied.lines.filter(is_locked=False).first(), by=fair.planner)
    copied.refresh_from_db()
    assert copied.changes == 1
    assert [plan.name for plan in queries.plans_beside(copied)] == ["A", "B"]


def test_publishing_signs_up_and_asks_everybody_once(fair):
    made = fair.roster()
    told = services.publish_roster(made, by=fair.planner)
    people = set(made.lines.values_list("person", flat=True))
    assert told == len(people)
    assert SignUp.objects.filter(shift__activity=fair.activity, state="confirmed").count() == 6
    assert set(Notice.objects.filter(kind="roster.asked").values_list("person", flat=True)) == people
    assert Entry.objects.filter(verb="roster.published").count() == 1


def test_a_shift_that_lacks_somebody_is_held_back(fair):
    made = fair.roster(weekly_minutes=150)
    held = {gap["shift"] for gap in made.unmet}
    services.publish_roster(made, by=fair.planner)
    assert made.lines.filter(shift__in=held, asked_at__isnull=False).count() == 0
    assert SignUp.objects.filter(shift__in=held).count() == 0


def test_two_plans_of_an_activity_are_never_published_together(fair):
    made = fair.roster()
    other = services.copy_roster(made, by=fair.planner)
    services.publish_roster(made, by=fair.planner)
    with pytest.raises(Refused):
        services.publish_roster(other, by=fair.planner)


def test_one_accepts_for_oneself_only_and_once(fair):
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    line = made.lines.select_related("person").first()
    with pytest.raises(Denied):
        services.accept_line(line, by=fair.planner)
    services.accept_line(line, by=line.person)
    services.accept_line(line, by=line.person)
    line.refresh_from_db()
    assert line.answer == "accepted"
    assert Entry.objects.filter(verb="roster_line.accepted").count() == 1


def test_when_somebody_declines_a_substitute_is_proposed_and_few_others_change(fair, run_jobs):
    fair.volunteer("马冬")
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    line = made.lines.filter(position__name="登记引导").select_related("person").first()
    services.decline_line(line, words="孩子发烧", by=line.person)
    run_jobs()
    line.refresh_from_db()
    assert line.answer == "declined"
    assert SignUp.objects.get(person=line.person, shift=line.shift).state == "cancelled"
    assert [step["add"][1:] for step in line.substitutes if "add" in step] == [[line.shift_id, line.position_id]]
    assert len(line.substitutes) <= 3
    told = services.accept_substitutes(line, by=fair.planner)
    made.refresh_from_db()
    assert (told, made.covered) == (1, 6)


def test_a_place_given_back_on_the_page_of_the_activity_is_free_on_the_roster_too(fair, run_jobs):
    from liandong.activities.services import cancel_sign_up

    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    line = made.lines.select_related("person").first()
    cancel_sign_up(SignUp.objects.get(person=line.person, shift=line.shift), by=line.person)
    run_jobs()
    line.refresh_from_db()
    assert line.answer == "declined"


def test_withdrawing_takes_the_places_back_and_leaves_those_who_came_alone(fair):
    signed = fair.volunteer("陈静", team=False)
    activities.make_sign_up(fair.position(fair.morning, "登记引导"), person=signed)
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    with pytest.raises(Refused):
        services.withdraw_roster(made, by=fair.planner)
    services.withdraw_roster(made, reason="改期", by=fair.planner)
    assert list(SignUp.objects.filter(state="confirmed").values_list("person", flat=True)) == [signed.pk]
    assert Roster.objects.get(pk=made.pk).state == "withdrawn"


def test_locks_that_contradict_each_other_are_said_and_nothing_changes(fair):
    made = fair.roster(solved=False)
    line = services.place(made, person=fair.electrician, position=fair.position(fair.morning, "安全员"), by=fair.planner)
    made.candidates.filter(person=fair.electrician).update(skills=[])
    again = services.solve_now(made, seconds=5, by=fair.planner)
    assert [one["code"] for one in again.failure] == ["lock_not_qualified"]
    assert list(again.lines.all()) == [line]


def test_only_people_the_planner_sees_and_who_are_not_on_the_plan_are_added(fair):
    outside = fair.volunteer("孙工", skills=[Skill.objects.get(name="电工")], team=False)
    made = fair.roster(solved=False)
    found = queries.people_to_add(made, by=fair.planner, skills=["电工"])
    assert list(found) == []  # the planner does not see people of other bodies
    with pytest.raises(Refused):
        services.add_candidates(made, people=[outside], by=fair.planner)
    with pytest.raises(Refused):
        services.add_candidates(made, people=[fair.electrician], by=fair.planner)


def test_what_was_declined_stands_on_no_page_as_a_mark(fair, as_):
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    line = RosterLine.objects.filter(roster=made).select_related("person").first()
    services.decline_line(line, words="家里有事", by=line.person)
    html = as_(fair.planner).get(f"/matching/rosters/{made.pk}/").content.decode()
    assert html.count("家里有事") == 0


def test_who_does_not_answer_is_asked_once_more_and_then_the_planner_hears_of_it(fair, clock, chinese):
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    first = made.lines.order_by("pk").first()
    services.accept_line(first, by=first.person)
    silent = {line.person_id for line in made.lines.filter(answer="open")}
    assert reactions.remind() == 0  # asked just now
    clock.advance(hours=25)
    assert reactions.remind() == len(silent)
    assert reactions.remind() == 0
    assert set(Notice.objects.filter(kind="roster.ask_again").values_list("person", flat=True)) == silent
    clock.advance(hours=24)
    reactions.remind()
    reactions.remind()
    late = Notice.objects.get(kind="roster.late")
    assert (late.person, late.values["n"]) == (fair.planner, str(len(silent)))
    _title, body = words_of(Notice.objects.filter(kind="roster.ask_again").first())
    assert body == "您还没有回复。请在6月12日 10:00前说一声来或不来，好及时请别人。"


def test_a_plan_without_people_says_so(fair, as_, run_jobs):
    made = fair.roster(solved=False, teams=[])
    services.solve_roster(made, by=fair.planner)
    run_jobs()
    shown = as_(fair.planner).get(f"/matching/rosters/{made.pk}/").content.decode()
    assert "方案里还没有人。先加人，再计算。" in shown
    assert "还没有可算的" in shown
