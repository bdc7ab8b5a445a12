"""A fair is planned in a real browser: the planner calculates, moves and locks, publishes; one volunteer says yes, one cannot come, and somebody else is asked instead."""

import pytest
from django.urls import reverse

from liandong.activities.models import SignUp
from liandong.matching.models import Roster
from liandong.matching.tests.factories import Fair
from tests.support.walking import PASSWORD, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def with_password(account, username):
    account.username = username
    account.set_password(PASSWORD)
    account.save()
    return username


def test_a_fair_is_planned_published_answered_and_mended(served, run_jobs):
    fair = Fair()
    with_password(fair.planner.account, "zhoumin")

    planner = Walk(served, language="zh", width="desk", javascript=True).sign_in("zhoumin")
    planner.go("activities:manage", fair.activity.code).follow(reverse("matching:rosters") + f"?activity={fair.activity.code}")
    planner.follow(reverse("matching:new", args=[fair.activity.code]))
    planner.press("main form[novalidate]", "button[name=solve]")
    run_jobs()
    plan = Roster.objects.get()
    board = planner.go("matching:roster", plan.pk)
    assert "登记引导" in board.text
    assert (plan.state, plan.covered, plan.required) == ("ready", 6, 6)

    line = plan.lines.filter(position__name="登记引导", shift=fair.morning).order_by("pk").first()
    idle = next(person for person in fair.people if not plan.lines.filter(person=person, shift=fair.morning).exists())
    with board.page.expect_navigation():
        board.page.drag_and_drop(f"#c-{line.person.number}-{fair.morning.pk}", f"#c-{idle.number}-{fair.morning.pk}")
    board.healthy()
    moved = plan.lines.get(person=idle, shift=fair.morning)
    assert moved.is_locked

    board.press(f"main form[action='{reverse('matching:solve', args=[plan.pk])}']")
    run_jobs()
    board.go("matching:roster", plan.pk)
    plan.refresh_from_db()
    assert plan.lines.filter(pk=moved.pk, is_locked=True).exists()
    assert plan.covered == 6
    board.press(f"main form[action='{reverse('matching:publish', args=[plan.pk])}']")
    run_jobs()
    assert SignUp.objects.filter(shift__activity=fair.activity, state=SignUp.State.CONFIRMED).count() == 6

    coming = Walk(served, language="zh", width="phone", javascript=True).sign_in(with_password(idle.account, "coming"))
    coming.go("portal:me").follow(reverse("matching:answer", args=[plan.pk]))
    assert coming.sideways() == 0
    coming.press(f"form[action='{reverse('matching:accept', args=[moved.pk])}']")
    assert plan.lines.get(pk=moved.pk).answer == "accepted"

    lost = plan.lines.filter(position__name="登记引导", answer="open").exclude(person=idle).order_by("shift__starts_at", "pk").first()
    away = Walk(served, language="en", width="phone", javascript=False).sign_in(with_password(lost.person.account, "away"))
    away.go("matching:answer", plan.pk).press(f"form[action='{reverse('matching:decline', args=[lost.pk])}']")
    run_jobs()

    board.go("matching:roster", plan.pk)
    assert "有位置空出来了" in board.text
    board.press(f"main form[action='{reverse('matching:substitute', args=[lost.pk])}']")
    run_jobs()
    instead = plan.lines.get(shift=lost.shift, position=lost.position, answer="open", asked_at__gt=lost.asked_at)
    assert instead.person != lost.person
    plan.refresh_from_db()
    assert plan.covered == plan.required == 6
    there = Walk(served, language="zh", width="phone", javascript=True).sign_in(with_password(instead.person.account, "instead"))
    assert "年末修理集市" in there.go("notices:inbox").text
