import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from liandong.core.errors import Refused
from liandong.core.invariants import broken
from liandong.points import queries as points
from liandong.recognition import services
from liandong.recognition.models import CertificateLine, ServiceRecord
from liandong.recognition.tests import factories as make


@pytest.mark.django_db
@pytest.mark.parametrize("model", [ServiceRecord, CertificateLine])
@pytest.mark.parametrize("words", ["update {table} set id = id", "delete from {table}", "truncate {table} cascade"])
def test_history_cannot_be_changed(model, words, clock):
    record = make.record(late=0, stayed=150)
    services.issue_certificate(record.person, by=record.person)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # truncate does not wait for them
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words.format(table=model._meta.db_table))
    assert model.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_hours_confirmed_at_the_same_moment_give_one_record_and_no_overlap(clock):
    host = make.organization()
    volunteer, by = make.person(), make.manager(host)
    first, second = make.attended(volunteer, of=make.shift(host=host)), make.attended(volunteer, of=make.shift(host=host))
    answers, ready = [], threading.Barrier(8)

    def confirm(sign_up):
        ready.wait()
        try:
            answers.append(services.confirm_service(sign_up, by=by).number)
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm, args=(sign_up,)) for sign_up in [first, second] * 4]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (len(answers), answers.count("refused"), len(set(answers))) == (8, 4, 2)
    assert points.balance_of(volunteer) == 4
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_two_bodies_confirm_lists_of_the_same_people_without_a_deadlock(clock):
    people = [make.person(f"志愿者{n}") for n in range(6)]
    hosts = [make.organization(), make.organization()]
    shifts = [make.shift(host=hosts[0]), make.shift(host=hosts[1], starts_at=make.clock.day_bounds(make.clock.today())[0])]
    lists = [[make.attended(who, of=shifts[0]) for who in people], [make.attended(who, of=shifts[1]) for who in reversed(people)]]
    faults, ready = [], threading.Barrier(2)

    def confirm(shift, rows, by):
        ready.wait()
        try:
            assert len(services.confirm_shift(shift, sign_ups=rows, by=by).records) == 6
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=confirm, args=(shift, rows, make.manager(shift.activity.host))) for shift, rows in zip(shifts, lists, strict=True)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    assert (ServiceRecord.objects.count(), broken()) == (12, {})
