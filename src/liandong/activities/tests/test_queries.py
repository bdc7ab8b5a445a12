import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from liandong.activities import queries
from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.activities.tests import factories as make

pytestmark = pytest.mark.django_db


def test_counts_do_not_multiply():
    shift = make.make_shift()
    volunteers, guests = make.make_position(shift), make.make_position(shift, kind="participant")
    for number in range(3):
        make.make_attendance(make.make_sign_up(volunteers, person=make.make_person(f"志愿者{number}")))
    for number in range(2):
        make.make_sign_up(guests, person=make.make_person(f"街坊{number}"))
    make.make_sign_up(guests, person=make.make_person("排队"), state="waiting")
    make.make_sign_up(guests, person=make.make_person("不来"), state="cancelled")
    row = queries.with_counts(Activity.objects.all()).get()
    assert (row.volunteers_count, row.participants_count, row.waiting_count, row.came_count) == (3, 2, 1, 3)


def test_places_left_count_open_positions_of_shifts_ahead():
    activity = make.make_activity()
    past, ahead = make.make_shift(activity, starts_at=make.at(-1, 9)), make.make_shift(activity)
    make.make_position(past, capacity=100)
    open_position = make.make_position(ahead, capacity=10)
    make.make_position(ahead, kind=Position.Kind.STAFF, capacity=50)
    make.make_sign_up(open_position)
    assert [row.left_count for row in queries.upcoming_public()] == [9]


def test_today_has_what_is_still_to_come_and_next_what_comes_after(clock):
    person = make.make_person()
    clock.move_to(make.at(0, 13))
    today, over, later, waiting = [
        make.make_sign_up(make.make_position(make.make_shift(starts_at=start)), person=person, state=state)
        for start, state in ((make.at(0, 14), "confirmed"), (make.at(0, 8), "confirmed"), (make.at(2, 9), "confirmed"), (make.at(3, 9), "waiting"))
    ]
    assert list(queries.today_of(person)) == [today]
    assert [(row, row.place_in_queue) for row in queries.next_of(person)] == [(later, 0), (waiting, 1)]
    assert over not in queries.next_of(person)


def test_last_time_is_the_latest_finished_one_of_the_series():
    from liandong.activities.models import Series

    series = Series.objects.create(weeks=3, created_at=make.clock.now())
    rows = []
    for day, state in ((-14, "finished"), (-7, "finished"), (-3, "cancelled"), (1, "published"), (8, "published")):
        rows.append(make.make_activity(series=series, state=state))
        make.make_shift(rows[-1], starts_at=make.at(day, 14))
    other = make.make_activity(state="finished")
    make.make_shift(other, starts_at=make.at(-1, 9))
    assert queries.last_time(rows[3]) == rows[1]
    assert queries.last_time(rows[1]) == rows[0]
    assert queries.last_time(rows[0]) is None


def test_people_are_found_among_those_the_host_knows_and_anybody_by_full_phone_or_number():
    activity = make.make_activity()
    member = make.make_staff(activity.host, "赵芳")
    came = make.make_sign_up(make.make_position(make.make_shift(activity)), person=make.make_person("赵洋")).person
    unknown = make.make_person("赵静", phone="13900001111")
    assert set(queries.people_for(activity, "赵")) == {member, came}
    assert [list(queries.people_for(activity, typed)) for typed in ("13900001111", unknown.number.lower(), "1390000", "zhaojing")] == [
        [unknown],
        [unknown],
        [],
        [],
    ]


def test_the_database_itself_holds_the_promises():
    row = make.make_sign_up()
    attempts = [
        lambda: make.make_sign_up(row.position, person=row.person),
        lambda: SignUp.objects.create(
            position=row.position,
            shift=row.shift,
            person=make.make_person("赵芳"),
            state="confirmed",
            sequence=row.sequence,
            signed_up_at=make.clock.now(),
        ),
        lambda: make.make_position(row.shift, name=row.position.name),
        lambda: make.make_position(row.shift, capacity=0),
        lambda: make.make_shift(row.shift.activity, hours=-1),
        lambda: make.make_attendance(row, in_at=row.shift.ends_at, out_at=row.shift.starts_at),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    make.make_attendance(row, in_nonce="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_attendance(make.make_sign_up(row.position, person=make.make_person("赵芳")), in_nonce="a")
    assert Attendance.objects.count() == 1


def test_a_correction_is_never_changed():
    from django.db import DatabaseError

    from liandong.activities.models import AttendanceCorrection

    attendance = make.make_attendance()
    correction = AttendanceCorrection.objects.create(
        attendance=attendance,
        new_in_at=attendance.in_at + dt.timedelta(minutes=1),
        reason="漏扫",
        corrected_by=make.make_person("周敏"),
        corrected_at=make.clock.now(),
    )
    for change in (lambda: AttendanceCorrection.objects.update(reason="改"), correction.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
