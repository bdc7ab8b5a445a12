"""Pages of rotas and turns: who sees them, what they ask of the database, what their forms do."""

import datetime as dt

import pytest

from liandong.activities.models import Activity
from liandong.core import clock as now
from liandong.matching.models import Rota, Turn, TurnSwap
from liandong.matching.services import rotas, turns
from liandong.matching.tests.rota_factories import Round


@pytest.fixture
def town(clock, db) -> Round:
    return Round()


@pytest.fixture
def rota(town) -> Rota:
    return town.running()


def first_of(rota: Rota) -> Turn:
    return rota.turns.select_related("rota", "host__organization").earliest("turn_date")


def test_a_rota_is_made_in_three_steps(town, as_):
    client = as_(town.hub_manager)
    start = {"name": "下午茶", "start_time": "14:00", "minutes": "120", "territory": town.street.pk, "rhythm": "monthly", "nth": "2", "weekday": "5"}
    start |= {"every_weeks": "4", "from_date": "2026-07-01", "to_date": "2026-12-31"}
    shown = client.post("/matching/rotas/new/", start | {"preview": "1"})
    assert shown.content.decode().count("2026-10-10") == 1
    assert client.post("/matching/rotas/new/", start | {"dates": "这不是日期"}).status_code == 422
    made = client.post("/matching/rotas/new/", start | {"dates": "2026-07-11\n2026年8月8日\n2026/9/12\n2026-10-10"})
    rota = Rota.objects.get()
    assert (made.status_code, made.headers["Location"]) == (303, f"/matching/rotas/{rota.pk}/hosts/")
    assert client.get(f"/matching/rotas/{rota.pk}/hosts/?q={town.firms[0].name}").content.decode().count('name="ids"') == 1
    client.post(f"/matching/rotas/{rota.pk}/hosts/", {"ids": [firm.pk for firm in town.firms]})
    client.post(f"/matching/rotas/{rota.pk}/start/")
    rota.refresh_from_db()
    assert (rota.state, rota.turns.count(), rota.turns.filter(host__isnull=True).count()) == ("running", 4, 0)


def test_hosts_see_a_running_rota_and_strangers_and_drafts_are_not_there(town, rota, as_):
    draft = town.draft(name="草稿")
    assert as_(town.people[0]).get(f"/matching/rotas/{rota.pk}/").status_code == 200
    assert as_(town.people[0]).get(f"/matching/rotas/{draft.pk}/").status_code == 404
    assert as_(town.firm_manager).get(f"/matching/rotas/{rota.pk}/").status_code == 404
    assert as_(town.people[0]).get(f"/matching/rotas/{rota.pk}/edit/").status_code == 403
    assert as_(town.people[0]).post(f"/matching/rota-hosts/{town.host(rota, 1).pk}/pause/", {}).status_code == 403


@pytest.mark.parametrize("dates", [4, 12])
def test_pages_ask_few_questions_however_many_dates_there_are(town, as_, dates, django_assert_max_num_queries):
    rota = town.running(dates=town.dates(dates))
    turn = first_of(rota)
    as_(town.hub_manager)
    for path in ("rotas/", f"rotas/{rota.pk}/", f"rota-hosts/{turn.host_id}/", f"turns/{turn.pk}/", f"turns/{turn.pk}/pack/"):
        with django_assert_max_num_queries(25):
            assert as_(town.hub_manager).get(f"/matching/{path}").status_code == 200
    with django_assert_max_num_queries(20):
        assert as_(town.staff_of(turn)).get("/matching/turns/").status_code == 200


def test_the_staff_of_a_host_agree_swap_and_make_the_activity(town, rota, as_):
    turn = first_of(rota)
    other = rota.turns.exclude(host=turn.host).select_related("host__organization").earliest("turn_date")
    client = as_(town.staff_of(turn))
    assert client.post(f"/matching/turns/{turn.pk}/swap/", {}).status_code == 422
    client.post(f"/matching/turns/{turn.pk}/swap/", {"other": other.pk, "words": "那天年会"})
    swap = TurnSwap.objects.get()
    answerer = as_(town.staff_of(other))
    assert answerer.get("/matching/turns/").content.decode().count(f"/matching/turns/{other.pk}/") == 2
    answerer.post(f"/matching/swaps/{swap.pk}/", {"do": "agree"})
    swap.refresh_from_db()
    turn.refresh_from_db()
    assert (swap.state, turn.host_id) == ("agreed", swap.asked_id)
    made = answerer.post(f"/matching/turns/{turn.pk}/activity/")
    assert made.headers["Location"] == f"/activities/{Activity.objects.get().code}/edit/"


def test_the_other_hosts_reach_the_activity_of_a_turn_once_it_is_published(town, rota, as_):
    turn = first_of(rota)
    other = rota.turns.exclude(host=turn.host).select_related("host__organization").earliest("turn_date")
    made = turns.make_turn_activity(turn, by=town.staff_of(turn))
    page, work = f"/matching/turns/{turn.pk}/", f'"/activities/{made.code}/manage/"'
    assert as_(town.staff_of(turn)).get(page).content.decode().count(work) == 1
    seen = as_(town.staff_of(other)).get(page).content.decode()
    assert seen.count(made.code) == 0
    Activity.objects.filter(pk=made.pk).update(state="published")
    seen = as_(town.staff_of(other)).get(page).content.decode()
    assert (seen.count(f'"/activities/{made.code}/"'), seen.count(work)) == (1, 0)


def test_the_hub_gives_pauses_and_declines(town, rota, as_):
    client, turn = as_(town.hub_manager), first_of(rota)
    taker = town.host(rota, 3)
    client.post(f"/matching/turns/{turn.pk}/give/", {"host": taker.pk})
    turn.refresh_from_db()
    assert (turn.host_id, turn.state) == (taker.pk, "agreed")
    day = turn.turn_date.isoformat()
    assert client.post(f"/matching/rota-hosts/{taker.pk}/pause/", {"from_date": day, "to_date": "2000-01-01"}).status_code == 422
    client.post(f"/matching/rota-hosts/{taker.pk}/pause/", {"from_date": day, "to_date": day, "reason": "搬家"})
    taker.refresh_from_db()
    assert (taker.paused_from_date, taker.pause_reason) == (turn.turn_date, "搬家")
    assert client.post(f"/matching/rotas/{rota.pk}/recalculate/", {"version": 1}).status_code == 409


def test_the_pack_says_what_the_last_ones_did_and_masks_people_of_others(town, rota, as_, clock):
    first = first_of(rota)
    second = rota.turns.exclude(host=first.host).select_related("host__organization").earliest("turn_date")
    made = turns.make_turn_activity(first, by=town.staff_of(first))
    clock.move_to(dt.datetime.combine(first.turn_date, dt.time(10), tzinfo=dt.UTC))
    turns.agree_turn(second, by=town.staff_of(second))
    turns.hold_turn(first, notes="杯子多带一箱", by=town.staff_of(first))
    Activity.objects.filter(pk=made.pk).update(state="finished", served_count=3, finished_at=now.now())
    html = as_(town.staff_of(second)).get(f"/matching/turns/{second.pk}/pack/").content.decode()
    assert html.count("杯子多带一箱") == 1
    assert html.count("不足 5") == 1
    assert html.count(town.staff_of(first).name) == 0
    assert html.count(town.staff_of(second).name) > 0


def test_what_waits_stands_on_the_workbench_and_the_console(town, rota, as_):
    turn = first_of(rota)
    html = as_(town.staff_of(turn)).get(f"/o/{turn.host.organization.slug}/").content.decode()
    assert html.count(f'"/matching/turns/{turn.pk}/"') == 1
    turns.ask_pause(turn.host, from_date=turn.turn_date, to_date=turn.turn_date, words="搬家", by=town.staff_of(turn))
    html = as_(town.hub_manager).get("/hub/").content.decode()
    assert html.count(f'"/matching/rota-hosts/{turn.host_id}/"') == 1
    rotas.end_rota(rota, by=town.hub_manager)


def test_what_a_running_rota_would_change_is_shown_before_it_is_saved(town, rota, as_):
    client, host = as_(town.hub_manager), town.host(rota, 0)
    page, wanted = f"/matching/rota-hosts/{host.pk}/", {"size": "2", "blocked_dates": []}
    shown = client.post(page, wanted)
    host.refresh_from_db()
    assert (shown.status_code, host.size, shown.content.decode().count(" → ")) == (200, 1, len(shown.context["moves"]))
    other = client.post(page, wanted | {"size": "3", "seen": shown.context["seen"]})
    assert other.context["seen"] != shown.context["seen"]  # not what was looked at
    assert client.post(page, wanted | {"seen": shown.context["seen"]}).status_code == 303
    host.refresh_from_db()
    assert host.size == 2
