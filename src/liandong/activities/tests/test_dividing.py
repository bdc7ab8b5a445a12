"""Places of ten minutes at a station: set up in one go, chosen from a list of times, repeated every second week, edited and taken as a pattern without a mess."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liandong.activities import services
from liandong.activities.models import Activity
from liandong.activities.services import PositionPlan, ShiftPlan
from liandong.activities.services.dividing import divided, places_among, stretches_of
from liandong.activities.tests import factories as make
from liandong.venues.models import Room

BARBER = PositionPlan("volunteer", "理发师", 2)
CHAIR = PositionPlan("participant", "理发", 1)


def at(hour, minute=0, *, day=20):
    return timezone.make_aware(dt.datetime(2026, 6, day, hour, minute))


def url(name, *arguments):
    return reverse(f"activities:{name}", args=arguments)


def as_(person):
    client = Client()
    client.force_login(make.make_account(person))
    return client


def test_participants_get_short_places_and_volunteers_the_whole_time():
    plan = ShiftPlan(at(9), at(9, 35), [BARBER, CHAIR], "门口")
    assert [(p.starts_at, p.ends_at, [each.name for each in p.positions], p.spot) for p in divided(plan, minutes=10)] == [
        (at(9), at(9, 35), ["理发师"], "门口"),
        (at(9), at(9, 10), ["理发"], "门口"),
        (at(9, 10), at(9, 20), ["理发"], "门口"),
        (at(9, 20), at(9, 30), ["理发"], "门口"),
    ]
    for same in (ShiftPlan(at(9), at(11), [BARBER]), ShiftPlan(at(9), at(9, 15), [CHAIR]), ShiftPlan(at(9), at(11), [CHAIR], pk=7)):
        assert divided(same, minutes=10) == [same]


@pytest.fixture
def host(clock, db):
    return make.make_organization("暖邻社工")


def haircut(host, staff, **changes):
    data = {
        "title": "爱心理发", "host": host.pk, "category": "elders", "place": "驿站门口", "leader": staff.pk, "contact_name": "周敏", "contact_phone": "010-5555 0186",
        "cancel_until_hours": "2", "places_minutes": "10",
        "shifts-TOTAL_FORMS": "1", "shifts-INITIAL_FORMS": "0", "shifts-0-date": "2026-06-20", "shifts-0-start": "09:00", "shifts-0-end": "11:00",
        "positions-TOTAL_FORMS": "2", "positions-INITIAL_FORMS": "0", "positions-0-name": "理发师", "positions-0-kind": "volunteer", "positions-0-capacity": "2",
        "positions-1-name": "理发", "positions-1-kind": "participant", "positions-1-capacity": "1",
    }  # fmt: skip
    return data | changes


def test_a_haircut_every_second_saturday_from_setting_up_to_a_chosen_time(host, django_assert_max_num_queries):
    staff = make.make_staff(host)
    client = as_(staff)
    assert client.post(url("new"), haircut(host, staff, places_minutes="5", **{"shifts-0-end": "18:00"})).status_code == 422
    assert client.post(url("new"), haircut(host, staff)).status_code == 303
    made = Activity.objects.get()
    shifts = list(made.shifts.order_by("starts_at", "pk").prefetch_related("positions"))
    assert ([shift.positions.get().name for shift in shifts].count("理发"), len(shifts), places_among(shifts)[0]) == (12, 13, 10)
    assert stretches_of(shifts) == [(at(9), at(11), "")]
    client.post(url("publish", made.code))
    assert "12 个空位" in Client().get(url("activity", made.code)).content.decode()

    resident = make.make_person("王秀兰")
    services.sign_up(shifts[2].positions.get(), person=resident, by=resident)
    with django_assert_max_num_queries(12):
        page = Client().get(url("activity", made.code))
    times = [link.label for _day, links in page.context["times"] for link in links]
    assert (times[:3], len(times), page.context["shift"].starts_at) == (["9:00", "9:20", "9:30"], 11, at(9))
    assert [link.label for link in page.context["shifts"]] == ["来帮忙：6月20日 9:00–11:00"]

    assert client.get(url("repeat", made.code), {"weeks": 2, "every": 2}).context["dates"] == [at(9, day=20) + dt.timedelta(weeks=n) for n in (2, 4)]
    assert client.post(url("repeat", made.code), {"weeks": 2, "every": 2}).status_code == 303
    copies = list(Activity.objects.exclude(pk=made.pk).order_by("first_starts_at"))
    assert [(copy.first_starts_at, copy.shifts.count()) for copy in copies] == [(at(9) + dt.timedelta(weeks=n), 13) for n in (2, 4)]


def test_editing_keeps_each_places_own_positions_and_a_pattern_is_undivided(host):
    staff = make.make_staff(host)
    client = as_(staff)
    client.post(url("new"), haircut(host, staff))
    made = Activity.objects.get()
    form = client.get(url("edit", made.code))
    data = haircut(
        host,
        staff,
        version=made.version,
        title="爱心理发（改）",
        **{"positions-0-was": "理发师", "positions-1-was": "理发", "positions-1-name": "剪发"},
    )
    data |= {"shifts-TOTAL_FORMS": "13", "shifts-INITIAL_FORMS": "13", "positions-INITIAL_FORMS": "2"}
    for number, row in enumerate(form.context["shift_set"].initial):
        data |= {f"shifts-{number}-{name}": str(value) for name, value in row.items() if value}
    assert client.post(url("edit", made.code), data).status_code == 303
    assert sorted(made.shifts.values_list("positions__name", flat=True)) == ["剪发"] * 12 + ["理发师"]

    again = client.get(url("new"), {"from": made.code})
    rows = again.context["shift_set"].initial
    assert ([(row["start"], row["end"]) for row in rows], again.context["form"].initial["places_minutes"]) == ([(dt.time(9), dt.time(11))], 10)


def test_short_places_do_not_take_a_room_of_ours(host):
    staff = make.make_staff(host)
    place = make.make_venue(host)
    room = Room.objects.create(venue=place, name="多功能厅", capacity=30)
    answer = as_(staff).post(url("new"), haircut(host, staff, venue=place.pk, room=room.pk))
    assert (answer.status_code, list(answer.context["form"].errors), Activity.objects.count()) == (422, ["places_minutes"], 0)
