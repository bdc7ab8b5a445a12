"""Each promise notices when it is broken, and the command says so."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from liandong.core.invariants import all_invariants, broken
from liandong.evaluation.models import Rating
from liandong.journal import services as journal
from liandong.recognition.tests import factories as made

pytestmark = pytest.mark.django_db


def sql(words: str, table: str) -> None:
    """Straight into the database, past the triggers that guard it, as somebody with a console would."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(words)
        cursor.execute(f"alter table {table} enable trigger user")


def broken_keys() -> set[str]:
    return set(broken())


def test_a_town_with_service_keeps_its_promises() -> None:
    made.record()
    journal.seal_entries()
    assert broken() == {}
    said = io.StringIO()
    call_command("check_invariants", stdout=said)
    assert said.getvalue().count("ok ") == len(all_invariants())


BREAKS = {
    "INV2.capacity": "update activities_position set capacity = 1",
    "INV3.seat": "update activities_signup set state = 'cancelled'",
    "INV9.record": "update recognition_servicerecord set organization_id = (select max(id) from organizations_organization)",
    "INV9.territory": "update organizations_territory set path = '/'",
    "INV11.chain": "update journal_entry set verb = 'nothing.happened' where id = (select min(id) from journal_entry)",
}


@pytest.mark.parametrize("key", list(BREAKS))
def test_a_broken_promise_is_named_with_its_rows(key: str) -> None:
    shift = made.shift()
    manager = made.manager(shift.activity.host)
    for _n in range(2):
        made.record(made.person(), of=shift, by=manager)
    made.organization("最后一家")
    journal.seal_entries()
    sql(BREAKS[key], BREAKS[key].split()[1])
    assert key in broken_keys()
    said = io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("check_invariants", stdout=said)
    assert failure.value.returncode == 1
    assert f"BROKEN  {key}" in said.getvalue()


def test_a_rating_nobody_was_asked_for_is_noticed() -> None:
    shift = made.shift()
    Rating.objects.create(activity=shift.activity, side=Rating.Side.SERVED, score=5, rated_date=shift.starts_at.date())
    assert broken_keys() == {"INV9.answers"}


def test_a_scan_used_twice_is_noticed() -> None:
    shift = made.shift()
    first, second = (made.attended(of=shift).attendance for _n in range(2))
    type(first).objects.filter(pk=first.pk).update(in_nonce="abc")
    type(first).objects.filter(pk=second.pk).update(out_nonce="abc")
    assert broken_keys() == {"INV3.nonce"}
