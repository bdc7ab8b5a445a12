"""At the desk: setting it up, calling people in, numbers on paper, and who may do and see what."""

import datetime as dt

import pytest

from liandong.appointments import permissions, queries, services
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.tests.factories import at
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry


def states(desk):
    return list(Appointment.objects.filter(desk=desk).order_by("number").values_list("number", "state"))


def test_a_desk_is_set_up_by_staff_who_then_sit_there(town):
    desk = town.desk(title=" 律师 面对面 ")
    assert (desk.title, list(queries.people_at(desk)), Entry.objects.filter(verb="desk.created").count()) == ("律师 面对面", [town.worker], 1)
    for fields, field in (({"title": ""}, "title"), ({"receiver": ""}, "receiver"), ({"minutes": 3}, "minutes"), ({"kind": "judge"}, "kind")):
        with pytest.raises(Refused) as refused:
            town.desk(**fields)
        assert refused.value.field == field
    with pytest.raises(Refused, match="同名"):
        town.desk(title="律师 面对面")


def test_hours_shorter_than_one_appointment_or_on_no_day_are_refused(town):
    desk = town.desk(hours=False, minutes=30)
    for weekdays, stretch in (
        ([2], (dt.time(9), dt.time(9, 20))),
        ([2], (dt.time(22), dt.time(2))),
        ([], (dt.time(9), dt.time(11))),
        ([7], (dt.time(9), dt.time(11))),
    ):
        with pytest.raises(Refused):
            services.add_hours(desk, weekdays=weekdays, stretches=[stretch], by=town.worker)
    made = services.add_hours(desk, weekdays=[2, 4], stretches=[(dt.time(9), dt.time(11))], by=town.worker)
    assert services.remove_hours(desk, keys=[made[0].pk], by=town.worker) == 1
    assert list(desk.hours.values_list("weekday", flat=True)) == [4]


def test_calling_in_goes_by_time_among_those_who_are_here(town, clock):
    desk = town.desk(until_minutes=0)
    early, late = town.book(desk, at(10, 10, 20)), town.book(desk, at(10, 10, 40), person=town.neighbour)
    with pytest.raises(Refused, match="没有人在等"):
        services.call_next(desk, by=town.worker)
    services.step(late, to="arrived", by=town.worker)
    walked_in = services.add_walk_in(desk, by=town.worker)
    assert (walked_in.person, walked_in.number, walked_in.state) == (None, 4, "arrived")  # 10:00, the place that runs right now
    assert services.call_next(desk, by=town.worker).number == 4
    assert services.call_next(desk, by=town.worker).number == 6
    services.step(early, to="missed", by=town.worker)
    assert states(desk) == [(4, "done"), (5, "missed"), (6, "called")]
    services.step(early, to="arrived", by=town.worker)  # came late, and a small desk calls nobody
    services.step(early, to="done", by=town.worker)
    services.step(early, to="done", by=town.worker)
    with pytest.raises(Refused):
        services.step(early, to="booked", by=town.worker)
    assert broken() == {}


def test_a_missed_appointment_does_not_come_back_beside_a_new_one(town, clock):
    desk = town.desk(until_minutes=0)
    missed = town.book(desk, at(10, 10, 20))
    services.step(missed, to="missed", by=town.worker)
    town.book(desk, at(12, 9))
    with pytest.raises(Refused, match="又约了一次"):
        services.step(missed, to="arrived", by=town.worker)
    with pytest.raises(Refused, match="还没到"):
        services.step(Appointment.objects.get(on_date=dt.date(2026, 6, 12)), to="arrived", by=town.worker)


def test_a_number_on_paper_takes_a_place_like_any_other_until_the_day_is_full(town):
    desk = town.desk()  # it is 10:00: places at 10:00, 10:20 and 10:40 are left
    assert [services.add_walk_in(desk, by=town.worker).number for _n in range(3)] == [4, 5, 6]
    with pytest.raises(Refused, match="已经约满"):
        services.add_walk_in(desk, by=town.worker)
    assert services.add_walk_in(desk, starts_at=at(12, 9), by=town.worker).state == "booked"
    with pytest.raises(Refused, match="刚被约走"):
        town.book(desk, at(12, 9))


@pytest.mark.parametrize(
    ("who", "keeps", "receives", "sets_days"),
    [("worker", True, True, True), ("manager", True, False, True), ("hub_manager", True, False, True), ("stranger", False, False, False), ("resident", False, False, False)],
)  # fmt: skip
def test_who_may_what(town, who, keeps, receives, sets_days):
    desk, by = town.desk(), getattr(town, who)
    row = town.book(desk, at(12, 9), about="想立遗嘱")
    assert (bool(permissions.can_keep_desk(by, desk.host)), bool(permissions.can_receive(by, desk))) == (keeps, receives)
    assert bool(permissions.can_set_day(by, desk)) == sets_days
    assert (queries.appointment_of(row.code, by) is not None) == (receives or who == "resident")
    verbs = [
        (keeps, lambda: services.edit_desk(desk, words="带材料", by=by)),
        (keeps, lambda: services.set_receivers(desk, people=[town.worker], by=by)),
        (sets_days, lambda: services.set_day(desk, date=dt.date(2026, 6, 26), stretch=None, by=by)),
        (receives, lambda: services.add_walk_in(desk, by=by)),
        (receives, lambda: services.call_next(desk, by=by)),
    ]
    for allowed, verb in verbs:
        if allowed:
            verb()
        else:
            with pytest.raises(Denied):
                verb()


def test_who_keeps_the_desk_names_who_sits_there_among_its_staff(town):
    desk = town.desk()
    with pytest.raises(Refused):
        services.set_receivers(desk, people=[town.resident], by=town.manager)
    services.set_receivers(desk, people=[town.manager], by=town.manager)
    assert list(queries.people_at(desk)) == [town.manager]
    assert not permissions.can_receive(town.worker, desk)
    assert Entry.objects.get(verb="desk.receivers_set").before == {"people": [town.worker.pk]}


def test_a_closed_desk_is_seen_by_those_who_keep_it(town):
    desk = town.desk()
    services.edit_desk(desk, is_open=False, by=town.worker)
    assert [queries.desk_of(desk.pk, by) is not None for by in (town.worker, town.hub_manager, town.stranger, None)] == [True, True, False, False]
    assert list(queries.desks(None)) == []
    assert Desk.objects.count() == 1
