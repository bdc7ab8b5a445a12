"""The journal keeps everything, changes nothing, and shows when somebody did."""

import pytest
from django.db import DatabaseError, connection, transaction

from liandong.accounts.models import Person
from liandong.core.actors import SCHEDULER
from liandong.journal import queries, services
from liandong.journal.models import Entry, Seal

pytestmark = pytest.mark.django_db


def write(verb: str = "person.registered") -> Entry:
    person = Person.objects.create(name="张小明")
    return services.record(verb, on=person, before={}, after={"state": "new"}, by=SCHEDULER)


def test_an_entry_names_who_did_what_to_what():
    entry = write()
    entry.refresh_from_db()
    assert (entry.verb, entry.by, entry.on.split(":")[0], entry.after) == (
        "person.registered",
        "system:scheduler",
        "accounts.person",
        {"state": "new"},
    )
    assert entry.at is not None


@pytest.mark.parametrize("sql", ["update journal_entry set verb = 'x'", "delete from journal_entry", "update journal_seal set digest = 'x'"])
def test_the_database_refuses_change(sql):
    write()
    services.seal_entries()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_seals_cover_every_entry_once():
    write()
    write()
    first = services.seal_entries()
    assert services.seal_entries() is None
    write()
    second = services.seal_entries()
    assert first is not None
    assert second is not None
    assert (first.entry_count, second.entry_count) == (2, 3)
    assert queries.first_broken_seal() is None


@pytest.mark.parametrize(
    "tamper",
    [
        "update journal_entry set reason = 'changed' where id = (select min(id) from journal_entry)",
        "delete from journal_entry where id = (select max(id) from journal_entry)",
        "update journal_entry set at = at - interval '1 second' where id = (select max(id) from journal_entry)",
    ],
)
def test_a_change_behind_the_back_breaks_the_seal(tamper):
    write()
    write()
    services.seal_entries()
    with connection.cursor() as cursor:
        cursor.execute("alter table journal_entry disable trigger append_only")
        cursor.execute(tamper)
        cursor.execute("alter table journal_entry enable trigger append_only")
    assert queries.first_broken_seal() == Seal.objects.get()


def test_the_history_of_a_thing_is_in_order():
    person = Person.objects.create(name="李小红")
    for verb in ("a.one", "a.two"):
        services.record(verb, on=person, by=SCHEDULER)
    assert [entry.verb for entry in queries.history_of(person)] == ["a.one", "a.two"]
