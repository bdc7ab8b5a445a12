import datetime as dt
import threading

import pytest
from django.db import connection, connections

from liandong.activities import queries, services
from liandong.activities.models import Position, SignUp
from liandong.activities.tests import factories as make
from liandong.core import clock as our_clock
from liandong.core.errors import Denied, Refused
from liandong.journal.queries import history_of
from liandong.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_a_person_gets_a_place_with_a_code_an_entry_and_a_message():
    position, person = make.make_position(), make.make_person()
    row = services.sign_up(position, person=person, by=person)
    assert (row.state, row.sequence, len(row.code), row.signed_up_by) == ("confirmed", 1, 6, person)
    assert [(entry.verb, entry.after["state"]) for entry in history_of(row)] == [("shift.signed_up", "confirmed")]
    assert [notice.kind for notice in Notice.objects.filter(person=person)] == ["activities.signed_up"]


def test_the_same_again_has_one_effect():
    position, person = make.make_position(), make.make_person()
    first = services.sign_up(position, person=person, by=person)
    second = services.sign_up(position, person=person, by=person)
    assert first == second
    assert (SignUp.objects.count(), Notice.objects.count(), history_of(first).count()) == (1, 1, 1)


def test_a_full_position_gives_a_place_on_its_ordered_waiting_list():
    position = make.make_position(capacity=1)
    people = [make.make_person(name) for name in ("赵芳", "刘洋", "陈静")]
    rows = [services.sign_up(position, person=person, by=person) for person in people]
    assert [row.state for row in rows] == ["confirmed", "waiting", "waiting"]
    assert [queries.waiting_position(row) for row in rows] == [0, 1, 2]


def test_another_position_of_the_same_shift_is_refused():
    shift, person = make.make_shift(), make.make_person()
    one, two = make.make_position(shift, name="登记"), make.make_position(shift, name="维修")
    services.sign_up(one, person=person, by=person)
    with pytest.raises(Refused, match="登记"):
        services.sign_up(two, person=person, by=person)
    assert SignUp.objects.count() == 1


def test_a_clash_is_refused_and_names_the_other_activity():
    person = make.make_person()
    make.make_sign_up(make.make_position(make.make_shift(make.make_activity(title="午间肩颈课"))), person=person)
    with pytest.raises(Refused, match="午间肩颈课"):
        services.sign_up(make.make_position(), person=person, by=person)


def test_staff_may_allow_a_clash_with_a_reason_and_the_person_may_not():
    person, position = make.make_person(), make.make_position()
    make.make_sign_up(person=person)
    staff = make.make_staff(position.shift.activity.host)
    with pytest.raises(Denied):
        services.sign_up(position, person=person, by=person, allow_clash=True, reason="来得及")
    with pytest.raises(Refused):
        services.sign_up(position, person=person, by=staff, allow_clash=True)
    row = services.sign_up(position, person=person, by=staff, allow_clash=True, reason="两处相邻，中途换场")
    assert (row.state, row.clash_allowed_by) == ("confirmed", staff)


@pytest.mark.parametrize("state", ["draft", "cancelled", "finished"])
def test_an_activity_that_is_not_open_takes_nobody(state):
    person = make.make_person()
    position = make.make_position(make.make_shift(make.make_activity(state=state)))
    with pytest.raises(Refused):
        services.sign_up(position, person=person, by=person)


def test_a_shift_that_is_over_takes_nobody():
    person = make.make_person()
    with pytest.raises(Refused):
        services.sign_up(make.make_position(make.make_shift(starts_at=make.at(-1, 9))), person=person, by=person)


def test_nobody_signs_up_others_without_the_right():
    position, person, neighbour = make.make_position(), make.make_person(), make.make_person("赵芳")
    with pytest.raises(Denied):
        services.sign_up(position, person=person, by=neighbour)
    with pytest.raises(Denied):
        services.sign_up(position, person=person, by=make.make_staff(make.make_organization()))
    assert services.sign_up(position, person=person, by=position.shift.activity.leader).signed_up_by == position.shift.activity.leader


def test_work_positions_are_filled_by_staff():
    position, person = make.make_position(kind=Position.Kind.STAFF), make.make_person()
    with pytest.raises(Denied):
        services.sign_up(position, person=person, by=person)
    assert services.sign_up(position, person=person, by=make.make_staff(position.shift.activity.host)).state == "confirmed"


def at_once(works, *, threads=40):
    """Run all works on real connections, so many at a time; the errors."""
    waiting, errors, guard = list(works), [], threading.Lock()
    start = threading.Barrier(min(threads, len(waiting)))

    def run():
        start.wait()
        while True:
            with guard:
                if not waiting:
                    break
                work = waiting.pop(0)
            try:
                work()
            except Exception as error:
                errors.append(error)
        connections.close_all()

    crowd = [threading.Thread(target=run) for _ in range(min(threads, len(waiting)))]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_two_hundred_people_on_ten_places():
    position = make.make_position(capacity=10)
    people = [make.make_person(f"报名人{number}") for number in range(200)]
    connection.close()
    assert at_once([lambda person=person: services.sign_up(position, person=person, by=person) for person in people]) == []
    rows = list(SignUp.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, 201))
    assert [row.state for row in rows] == ["confirmed"] * 10 + ["waiting"] * 190
    assert [queries.waiting_position(row) for row in rows[10:13]] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_one_person_fifty_times_at_once_has_one_place():
    position, person = make.make_position(), make.make_person()
    connection.close()
    assert at_once([lambda: services.sign_up(position, person=person, by=person)] * 50) == []
    assert SignUp.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_overlapping_shifts_at_once_has_one_place():
    positions, person = [make.make_position() for _ in range(8)], make.make_person()
    connection.close()
    errors = at_once([lambda position=position: services.sign_up(position, person=person, by=person) for position in positions])
    assert (SignUp.objects.count(), {type(error) for error in errors}) == (1, {Refused})


@pytest.mark.django_db(transaction=True)
def test_places_given_back_at_once_go_to_the_first_in_line():
    position = make.make_position(capacity=5)
    people = [make.make_person(f"报名人{number}") for number in range(12)]
    rows = [services.sign_up(position, person=person, by=person) for person in people]
    connection.close()
    assert at_once([lambda row=row: services.cancel_sign_up(row, by=row.person) for row in rows[:5]]) == []
    assert list(SignUp.objects.order_by("sequence").values_list("state", flat=True)) == ["cancelled"] * 5 + ["confirmed"] * 5 + ["waiting"] * 2


def test_cancelling_late_tells_the_leader_and_cancelling_early_does_not(clock):
    leader = make.make_person("张建国")
    shift = make.make_shift(make.make_activity(leader=leader), starts_at=our_clock.now() + dt.timedelta(hours=30))
    position = make.make_position(shift)
    early, late = make.make_person("赵芳"), make.make_person("刘洋")
    first, second = (services.sign_up(position, person=who, by=who) for who in (early, late))
    services.cancel_sign_up(first, by=early)
    assert Notice.objects.filter(person=leader).count() == 0
    clock.advance(hours=20)
    services.cancel_sign_up(second, by=late)
    assert [notice.kind for notice in Notice.objects.filter(person=leader)] == ["activities.cancelled_late"]
