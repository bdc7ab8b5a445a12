"""The wall by consent, and the free will of volunteers."""

import datetime as dt
import re

import pytest
from django.apps import apps

from liandong.accounts import services as accounts
from liandong.accounts.models import Consent
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.honours.models import PressureAnswer, PressureTicket
from liandong.honours.queries import pressure as signals
from liandong.honours.queries import wall as queries
from liandong.honours.services import nominations, pressure, wall
from liandong.journal.models import Entry
from liandong.organizations.models import Territory

ADULT = dt.date(1990, 1, 1)


@pytest.mark.parametrize(("form", "nickname", "name"), [("full", "", "李晓雯"), ("masked", "", "李*雯"), ("nickname", "小太阳", "小太阳")])
def test_the_name_stands_as_it_was_chosen(town, form, nickname, name):
    volunteer = town.volunteer(birth_date=ADULT)
    wall.show(town.star(volunteer), name_form=form, nickname=nickname, by=volunteer)
    assert [queries.shown(entry).name for entry in queries.entries()] == [name]
    assert broken() == {}


def test_nobody_else_decides_and_no_minor_is_shown(town):
    volunteer = town.volunteer(birth_date=dt.date(2008, 6, 11))  # eighteen tomorrow
    grant = town.star(volunteer)
    with pytest.raises(Denied):
        wall.show(grant, by=town.boss)
    with pytest.raises(Refused):
        wall.show(grant, by=volunteer)
    unknown = town.volunteer("赵不详")
    grant = town.star(unknown)
    with pytest.raises(Refused):
        wall.show(grant, by=unknown)
    wall.show(grant, is_adult=True, by=unknown)
    assert queries.entries().count() == 1


def test_a_consent_taken_back_anywhere_takes_it_off_at_once(town):
    volunteer = town.volunteer(birth_date=ADULT)
    grant = town.star(volunteer)
    wall.show(grant, by=volunteer)
    wall.take_down(grant, by=volunteer)
    assert queries.entries().count() == 0
    wall.show(grant, by=volunteer)
    accounts.withdraw_consent(Consent.objects.get(person=volunteer, purpose="publish", withdrawn_at__isnull=True), by=volunteer)
    assert queries.entries().count() == 0


def test_what_was_said_about_an_erased_person_goes_with_them(town, clock, run_jobs):
    from liandong.accounts.identity import erase_person
    from liandong.honours.models import Honour, Nomination, NominationEvidence

    volunteer = town.volunteer(birth_date=ADULT)
    award = town.award()
    nominations.add_evidence(town.nominated(award, volunteer), words="社区的感谢信", by=volunteer)
    honour = town.honoured(volunteer, clock_=clock)
    wall.show(honour, name_form="nickname", nickname="小太阳", by=volunteer)
    erase_person(volunteer, by=volunteer)
    run_jobs()
    assert queries.entries().count() == 0
    assert {row.words for row in Nomination.objects.all()} == {""}
    assert (Honour.objects.get().words, NominationEvidence.objects.count(), honour.wall_entries.get().nickname) == ("", 0, "")


def test_whether_somebody_was_pressed_cannot_be_traced(town):
    places = Territory.objects.filter(pk=town.street.pk)
    before = Entry.objects.count()
    people = [town.volunteer(f"志愿者{n}") for n in range(5)]
    for person in people[:4]:
        pressure.answer_pressure(was_pressed=True, source="employer", by=person)
    assert signals.signals(places) == []
    pressure.answer_pressure(was_pressed=False, source="employer", by=people[4])
    assert [(row.half_year, row.answered, row.pressed) for row in signals.signals(places)] == [("2026H1", 5, None)]
    with pytest.raises(Refused):
        pressure.answer_pressure(was_pressed=True, by=people[0])
    pressure.answer_pressure(was_pressed=True, source="employer", by=town.volunteer("志愿者6"))
    (row,) = signals.signals(places)
    assert (row.pressed, [n for _source, n in row.sources]) == (5, [5])
    assert Entry.objects.count() == before
    assert {field.name for field in PressureAnswer._meta.fields} & {field.name for field in PressureTicket._meta.fields} == {"id", "half_year"}


def test_there_is_no_field_for_hours_somebody_must_give():
    """Quotas per person are refused by the software: nobody can enter one."""
    forced = re.compile(
        r"quota|required_|obligat|mandator|compulsor|must_|(min|minimum|least|target|goal)_(hours|minutes|services)|(hours|minutes)_(target|goal|due|owed|needed)"
    )
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("liandong.")
        for field in model._meta.fields
        if forced.search(field.name)
    ]
    assert found == []
