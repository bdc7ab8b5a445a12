"""Sign-up and cancelling against a model in plain Python: places never overbooked, the line always in order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.activities import services
from liandong.activities.models import SignUp
from liandong.activities.tests import factories as make
from liandong.core.errors import Refused

steps = st.lists(st.tuples(st.sampled_from(["sign_up", "sign_up", "cancel", "more", "elsewhere"]), st.integers(0, 5)), max_size=25)


class Model:
    """People by number; the line in order of arrival."""

    def __init__(self, capacity):
        self.capacity, self.inside, self.line, self.busy = capacity, [], [], set()

    def sign_up(self, person):
        if person in self.inside or person in self.line or person in self.busy:
            return
        (self.inside if len(self.inside) < self.capacity else self.line).append(person)

    def cancel(self, person):
        if person in self.line:
            self.line.remove(person)
        elif person in self.inside:
            self.inside.remove(person)
            self.fill()

    def fill(self):
        for person in list(self.line):
            if len(self.inside) < self.capacity and person not in self.busy:
                self.line.remove(person)
                self.inside.append(person)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(capacity=st.integers(1, 3), steps=steps)
def test_sign_up_behaves_like_its_model(capacity, steps, db):
    model, host = Model(capacity), make.make_organization()
    staff = make.make_staff(host)
    activity = make.make_activity(host=host, leader=staff)
    position = make.make_position(make.make_shift(activity), capacity=capacity)
    elsewhere = make.make_position(make.make_shift(make.make_activity(leader=staff)), capacity=99)
    people = [make.make_person(f"报名人{number}") for number in range(6)]
    for verb, number in steps:
        person = people[number]
        active = SignUp.objects.filter(position=position, person=person).exclude(state="cancelled").first()
        if verb == "sign_up":
            model.sign_up(number)
            try:
                services.sign_up(position, person=person, by=person)
            except Refused:
                assert number in model.busy
        elif verb == "cancel" and active:
            model.cancel(number)
            services.cancel_sign_up(active, by=person)
        elif verb == "more" and model.capacity < 5:
            model.capacity += 1
            model.fill()
            activity.refresh_from_db()
            position.refresh_from_db()
            plan = services.PositionPlan(position.kind, position.name, model.capacity, pk=position.pk)
            services.edit_activity(
                activity,
                version=activity.version,
                shifts=[services.ShiftPlan(position.shift.starts_at, position.shift.ends_at, [plan], pk=position.shift_id)],
                by=staff,
            )
        elif verb == "elsewhere" and number not in model.inside and number not in model.busy:
            model.busy.add(number)
            make.make_sign_up(elsewhere, person=person)
    rows = SignUp.objects.filter(position=position).order_by("sequence")
    assert sorted(row.person_id for row in rows if row.state == "confirmed") == sorted(people[number].pk for number in model.inside)
    assert [row.person_id for row in rows if row.state == "waiting"] == [people[number].pk for number in model.line]
