"""Draws in the product: announced, closed, drawn once; who withdrew, entered twice or came late; what was lost counts next time."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from liandong.activities import queries as doing
from liandong.activities import services as signing
from liandong.activities.models import SignUp
from liandong.activities.tests import factories as activities
from liandong.config.cli import main
from liandong.core import clock as moments
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.matching import queries, services
from liandong.matching.files.draws import faults
from liandong.matching.models import Draw
from liandong.matching.tests.draw_factories import Lots
from liandong.notices.models import Notice


@pytest.fixture
def lots(clock, db) -> Lots:
    return Lots()


def states(lots: Lots) -> list[str]:
    return [SignUp.objects.get(pk=row.pk).state for row in lots.rows]


def test_publishing_announces_the_digest_of_a_sealed_seed_and_everybody_waits_with_a_slip(lots, run_jobs):
    draft = lots.activity_by_draw(state="draft")
    signing.publish_activity(draft, by=lots.planner)
    run_jobs()
    draw = queries.draw_of(draft)
    assert (draw.state, draw.seed, len(draw.seed_digest), draw.open_seed() in draw.seed_sealed) == ("open", "", 64, False)
    assert Notice.objects.filter(person=lots.planner, kind="draw.to_plan", url__contains=draft.code).count() == 1
    row = signing.sign_up(lots.position_of(draft), person=lots.person(), by=lots.planner)
    assert (row.state, len(row.slip), row.is_in_draw) == ("waiting", 6, True)
    assert Notice.objects.get(person=row.person).kind == "activities.in_draw"


def test_a_list_never_closes_after_the_activity_begins(lots, run_jobs):
    positions = [signing.PositionPlan(one.kind, one.name, one.capacity, pk=one.pk) for one in lots.shift.positions.all()]
    plan = signing.ShiftPlan(activities.at(1, 14), activities.at(1, 16), positions, pk=lots.shift.pk)
    assert lots.draw.closes_at > activities.at(1, 14)
    signing.edit_activity(lots.activity, version=lots.activity.version, shifts=[plan], by=lots.planner)
    run_jobs()
    assert moments.now() < lots.draw.closes_at < activities.at(1, 14)


def test_before_the_draw_nobody_moves_up_and_nobody_checks_in(lots):
    lots.enter(3)
    signing.cancel_sign_up(lots.rows[0], by=lots.rows[0].person)
    assert states(lots) == ["cancelled", "waiting", "waiting"]
    with pytest.raises(Refused):
        signing.check_in(lots.rows[1], method="list", by=lots.planner)


def test_how_places_go_stays_as_published(lots):
    with pytest.raises(Refused) as refused:
        signing.edit_activity(lots.activity, version=lots.activity.version, places_by="order", by=lots.planner)
    assert refused.value.field == "places_by"


def test_a_copy_and_a_series_keep_the_way_places_go_and_each_has_its_own_draw(lots, run_jobs):
    copies = signing.repeat_weekly(lots.activity, weeks=2, by=lots.planner)
    run_jobs()
    assert [copy.places_by for copy in copies] == ["draw", "draw"]
    assert len({queries.draw_of(copy).seed_digest for copy in copies} | {lots.draw.seed_digest}) == 3


def test_the_list_closes_by_the_clock_and_stands(lots, clock, run_jobs):
    lots.enter(5)
    for verb in (services.close_draw, services.hold_draw):
        with pytest.raises(Refused):
            verb(lots.draw, by=lots.planner)
    lots.close(clock, run_jobs)
    listed = lots.draw.lists.get()
    assert (lots.draw.state, listed.entries, sorted(listed.published.split()[::3])) == ("closed", 5, sorted(row.slip for row in lots.rows))
    assert Notice.objects.filter(person=lots.planner, kind="draw.to_hold").count() == 1
    with pytest.raises(Refused):
        services.plan_draw(lots.draw, closes_at=moments.now() + dt.timedelta(hours=1), by=lots.planner)
    for change in (
        lambda: type(listed).objects.filter(pk=listed.pk).update(published=""),
        lambda: Draw.objects.filter(pk=lots.draw.pk).update(seed_digest="0" * 64),
        lambda: Draw.objects.filter(pk=lots.draw.pk).update(state="open"),
        listed.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_places_go_in_the_order_drawn_and_everybody_hears_of_it(lots, clock, run_jobs):
    lots.enter(6)
    services.plan_draw(lots.draw, closes_at=lots.draw.closes_at, public_rule="双色球 2026067 期红球", by=lots.planner)
    lots.close(clock, run_jobs)
    with pytest.raises(Refused) as refused:
        services.hold_draw(lots.draw, by=lots.planner)
    assert refused.value.field == "public_number"
    drawn = services.hold_draw(lots.draw, public_number=" 03 12 18 ２２", by=lots.planner)
    run_jobs()
    listed = drawn.lists.get()
    assert (drawn.public_number, listed.winners, listed.passed) == ("03121822", listed.order[:2], [])
    assert faults(queries.document_of(Draw.objects.get(pk=drawn.pk))) == []
    waiting = doing.in_turn(SignUp.objects.filter(shift__activity=lots.activity, state="waiting"))
    assert [row.slip for row in waiting] == listed.order[2:]
    assert [doing.waiting_position(row) for row in waiting] == [1, 2, 3, 4]
    assert sorted(Notice.objects.filter(kind__startswith="draw.", person__in=[row.person for row in lots.rows]).values_list("kind", flat=True)) == ["draw.lost"] * 4 + ["draw.won"] * 2  # fmt: skip
    assert Notice.objects.filter(kind="draw.lost").first().values["tickets"] == "2"
    assert broken() == {}


def test_who_gives_a_place_back_makes_room_for_the_next_one_drawn(lots, clock, run_jobs):
    lots.enter(5)
    drawn = lots.hold(clock, run_jobs)
    order = drawn.lists.get().order
    winner = SignUp.objects.get(slip=order[0])
    signing.cancel_sign_up(winner, by=winner.person)
    assert SignUp.objects.get(slip=order[2]).state == "confirmed"
    assert SignUp.objects.get(slip=order[3]).state == "waiting"


def test_a_draw_is_held_once_and_what_was_drawn_stands(lots, clock, run_jobs):
    lots.enter(3)
    drawn = lots.hold(clock, run_jobs)
    for change in (
        lambda: services.hold_draw(drawn, by=lots.planner),
        lambda: signing.give_places(lots.activity, order={}, by=lots.planner),
        lambda: Draw.objects.filter(pk=drawn.pk).update(public_number="7"),
        lambda: drawn.lists.update(winners=[]),
    ):
        with pytest.raises((Refused, DatabaseError)), transaction.atomic():
            change()


def test_only_those_who_run_the_activity_draw(lots, clock, run_jobs):
    lots.enter(1)
    lots.close(clock, run_jobs)
    for verb in (services.hold_draw, services.close_draw):
        with pytest.raises(Denied):
            verb(lots.draw, by=lots.rows[0].person)


def test_withdrawn_after_the_list_was_closed_the_number_stays_and_the_next_takes_the_place(lots, clock, run_jobs):
    lots.enter(5)
    lots.close(clock, run_jobs)
    before = lots.draw.lists.get().published
    for row in lots.rows[:2]:
        signing.cancel_sign_up(row, by=row.person)
    drawn = services.hold_draw(lots.draw, by=lots.planner)
    listed = drawn.lists.get()
    gone = {row.slip for row in lots.rows[:2]}
    assert listed.published == before
    assert listed.winners == [slip for slip in listed.order if slip not in gone][:2]
    assert set(listed.passed) <= gone
    assert broken() == {}


def test_withdrawn_before_the_list_closes_the_number_leaves_it_and_entering_again_is_one_entry(lots, clock, run_jobs):
    lots.enter(3)
    first = lots.rows[0]
    signing.cancel_sign_up(first, by=first.person)
    again = signing.sign_up(lots.position, person=first.person, by=first.person)
    assert signing.sign_up(lots.position, person=first.person, by=first.person).pk == again.pk
    lots.close(clock, run_jobs)
    assert sorted(lots.draw.lists.get().published.split()[::3]) == sorted([again.slip, lots.rows[1].slip, lots.rows[2].slip])


def test_who_enters_after_the_list_was_closed_stands_behind_it(lots, clock, run_jobs):
    lots.enter(3)
    lots.close(clock, run_jobs)
    lots.enter(1)
    services.hold_draw(lots.draw, by=lots.planner)
    late = SignUp.objects.get(pk=lots.rows[3].pk)
    assert (late.state, late.drawn_rank, doing.waiting_position(late)) == ("waiting", None, 2)


@pytest.mark.parametrize("when", ["before", "after"])
def test_somebody_kept_under_two_numbers_has_one_entry(lots, clock, run_jobs, when):
    lots.enter(3)
    double = lots.rows[2].person
    double.merged_into = lots.rows[0].person
    if when == "before":
        double.save(update_fields=["merged_into"])
        lots.close(clock, run_jobs)
    else:
        lots.close(clock, run_jobs)
        double.save(update_fields=["merged_into"])
    services.hold_draw(lots.draw, by=lots.planner)
    assert sorted(states(lots)) == ["cancelled", "confirmed", "confirmed"]
    assert states(lots)[2] == "cancelled"
    assert broken() == {}


def test_lost_draws_count_until_a_place_is_won_and_never_above_five_tickets(lots, clock, run_jobs):
    person = lots.person()
    lost = [lots.held(rank=rank, person=person) for rank in range(3, 9)]
    assert queries.tickets_of([person.pk]) == {person.pk: 5}
    lost[-1].activity.state = "cancelled"
    lost[-1].activity.save(update_fields=["state"])
    assert queries.losses_of([person.pk]) == {person.pk: 5}
    SignUp.objects.filter(shift__activity=lost[3].activity).update(state="confirmed", moved_up_at=moments.now())
    assert queries.losses_of([person.pk]) == {person.pk: 1}
    lots.enter_as(person)
    lots.close(clock, run_jobs)
    assert lots.draw.lists.get().published.split()[1] == "2"


def test_nothing_is_drawn_of_an_activity_that_was_called_off(lots, clock, run_jobs):
    lots.enter(2)
    signing.cancel_activity(lots.activity, reason="下雨", by=lots.planner)
    lots.close(clock, run_jobs)
    assert lots.draw.state == "open"
    with pytest.raises(Refused):
        services.hold_draw(lots.draw, by=lots.planner)


def test_two_positions_have_a_list_each_under_one_seed(lots, clock, run_jobs):
    lots.enter(3)
    other = activities.make_position(lots.shift, name="登记", capacity=1)
    for _ in range(2):
        lots.rows.append(signing.sign_up(other, person=lots.person(), by=lots.planner))
    drawn = lots.hold(clock, run_jobs)
    assert [len(each.winners) for each in drawn.lists.order_by("entries")] == [1, 2]
    assert broken() == {}


def test_a_false_file_is_told_apart(lots, clock, run_jobs):
    lots.enter(6)
    drawn = lots.hold(clock, run_jobs)
    honest = queries.document_of(drawn)
    order, passed = honest["lists"][0]["order"], honest["lists"][0]["passed"]
    for name, value, codes in (
        ("winners", order[1:3], ["other_winners"]),
        ("order", order[::-1], ["other_waiting", "other_winners"]),
        ("list", honest["lists"][0]["list"].replace(" 1 1", " 2 1"), ["list_changed", "other_waiting"]),
        ("passed", [*passed, order[0]], ["other_winners"]),
    ):
        assert [code for _name, code in faults(honest | {"lists": [honest["lists"][0] | {name: value}]})] == codes
    assert next(code for _name, code in faults(honest | {"seed": "0" * 32})) == "seed_changed"
    assert faults(honest | {"seed": ""}) == [("", "not_drawn")]


def test_the_command_says_yes_or_no_and_never_more_than_a_line_to_a_broken_file(lots, clock, run_jobs, tmp_path, capsys, client):
    lots.enter(4)
    drawn = lots.hold(clock, run_jobs)
    file = tmp_path / "draw.json"
    file.write_bytes(client.get(f"/matching/draws/{drawn.activity.code}/check.json").content)
    assert main(["solve", "draw", str(file)]) == 0
    assert capsys.readouterr().out.startswith("Yes. Computed again: 参观 4 numbers for 2 places.")
    file.write_text(file.read_text().replace(drawn.seed, "f" * 32))
    assert main(["solve", "draw", str(file)]) == 1
    assert capsys.readouterr().out.startswith("No. the secret is not the one whose digest was announced")
    for broken_file in (
        "",
        "[]",
        "{",
        '{"liandong_draw": 1}',
        '{"liandong_draw": 2}',
        '{"liandong_draw": 1, "seed": 3, "public_number": ""}',
        "\xff",
    ):
        file.write_bytes(broken_file.encode("latin-1"))
        assert main(["solve", "draw", str(file)]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_the_page_of_a_draw_is_for_everybody_and_shows_numbers_never_names(lots, clock, run_jobs, client):
    lots.enter(3)
    code = lots.activity.code
    page = client.get(f"/matching/draws/{code}/").content.decode()
    assert (page.count(lots.draw.seed_digest), page.count(lots.rows[0].slip), page.count(lots.draw.open_seed())) == (1, 0, 0)
    assert client.get(f"/matching/draws/{code}/check.json").status_code == 404
    lots.close(clock, run_jobs)
    listed = lots.draw.lists.get()
    text = client.get(f"/matching/draws/{code}/{listed.pk}.txt").content.decode()
    assert text == listed.published
    assert client.get(f"/matching/draws/{code}/check.json").json()["seed"] == ""
    services.hold_draw(lots.draw, by=lots.planner)
    for path in ("", "check.json"):
        seen = client.get(f"/matching/draws/{code}/{path}").content.decode()
        assert [row.person.name in seen or row.code in seen for row in lots.rows] == [False] * 3
        assert seen.count(lots.draw.seed) >= 1
    assert client.get(f"/matching/draws/{lots.activity_by_draw(state='draft').code}/").status_code == 404


def test_the_words_to_share_say_until_when_one_enters(lots, as_):
    seen = as_(lots.planner).get(f"/activities/{lots.activity.code}/share/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "名额抽签决定，6月13日（周六） 14:00截止" in seen


def test_ones_own_number_is_marked_with_its_tickets_and_its_result(lots, clock, run_jobs, as_):
    person = lots.with_account(lots.person())
    lots.held(rank=3, person=person)
    own = lots.enter_as(person)
    lots.enter(1)
    page = f"/matching/draws/{lots.activity.code}/"
    seen = as_(person).get(page, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert seen.count(f"{own.slip[:3]} {own.slip[3:]}") == 1
    assert seen.count("您有 2 份机会") == 1
    lots.hold(clock, run_jobs)
    seen = as_(person).get(page, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert seen.count("抽中了，您有名额。") == 1
    assert as_(person).get(f"/activities/ticket/{own.code}/").content.decode().count(page) == 1


@pytest.mark.parametrize("more", [1, 3])
def test_the_pages_of_a_draw_ask_few_questions(lots, clock, run_jobs, as_, more, django_assert_max_num_queries):
    lots.enter(more)
    person = lots.with_account(lots.rows[0].person)
    lots.hold(clock, run_jobs)
    client = as_(person)
    with django_assert_max_num_queries(12):
        client.get(f"/matching/draws/{lots.activity.code}/")
    client = as_(lots.planner)
    for page in (f"/matching/draws/{lots.activity.code}/run/", "/matching/draws/"):
        with django_assert_max_num_queries(25):
            client.get(page)


def test_staff_plan_and_draw_on_one_page_and_others_do_not(lots, clock, run_jobs, as_):
    lots.enter(3)
    page = f"/matching/draws/{lots.activity.code}/run/"
    client = as_(lots.planner)
    assert client.post(page, {"closes_at": "2020-01-01T10:00", "version": 1}).status_code == 422
    assert client.post(page, {"act": "draw"}).status_code == 422
    assert client.post(page, {"closes_at": "2026-06-13T18:00", "public_rule": "福彩 3D 开奖号码", "version": 1}).status_code == 303
    assert client.post(page, {"closes_at": "2026-06-13T19:00", "version": 1}).status_code == 409
    assert client.get(page).content.decode().count(lots.draw.open_seed()) == 0
    lots.close(clock, run_jobs)
    assert client.post(page, {"act": "draw", "public_number": ""}).status_code == 422
    assert client.post(page, {"act": "draw", "public_number": "1 2 3"}).status_code == 303
    assert (lots.draw.state, lots.draw.public_number) == ("drawn", "123")
    assert client.post(page, {"act": "draw", "public_number": "4 5 6"}).status_code == 422
    assert as_(lots.with_account(lots.person())).get(page).status_code == 404
    observer = lots.with_account(activities.make_staff(lots.host, "观察员", "observer"))
    assert as_(observer).get(page).status_code == 403


def test_the_pages_of_the_activity_speak_of_the_draw(lots, as_):
    person = lots.with_account(lots.person())
    client, code = as_(person), lots.activity.code
    said = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}
    assert client.get(f"/activities/{code}/", **said).content.decode().count(f"/matching/draws/{code}/") == 1
    form = client.get(f"/activities/shift/{lots.shift.pk}/sign-up/?position={lots.position.pk}", **said).content.decode()
    assert (form.count("报名抽签"), form.count("候补"), form.count("排队")) == (2, 0, 0)
    done = client.post(f"/activities/shift/{lots.shift.pk}/sign-up/", {"position": lots.position.pk}).headers["Location"]
    for page in (done, f"/activities/{code}/", "/activities/mine/", done.replace("done/", ""), done.replace("done/", "cancel/"), "/me/"):
        seen = client.get(page, **said).content.decode()
        assert (page, "抽签" in seen, seen.count("候补"), seen.count("排队")) == (page, True, 0, 0)
    seen = as_(lots.planner).get(f"/activities/{code}/manage/", **said).content.decode()
    assert (seen.count("待抽签"), seen.count(f"/matching/draws/{code}/run/")) == (3, 1)
