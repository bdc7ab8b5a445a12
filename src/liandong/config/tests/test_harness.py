"""The test harness keeps its promises."""

import socket

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from liandong.accounts.models import Account, Person

DONE: list[str] = []


def create_account(phone: str) -> None:
    Account.objects.create_account(person=Person.objects.create(name="张三"), phone=phone)


@app.task(name="tests.note")
def note(word: str) -> None:
    if word == "fail":
        raise ValueError(word)
    create_account(word)
    DONE.append(word)


@pytest.mark.django_db
def test_run_jobs_runs_what_was_deferred_in_the_open_transaction(run_jobs):
    DONE.clear()
    note.defer(word="13800000001")
    assert run_jobs() == 1
    assert run_jobs() == 0
    assert DONE == ["13800000001"]
    assert Account.objects.filter(phone="13800000001").count() == 1


@pytest.mark.django_db
def test_a_failed_job_fails_the_test(run_jobs):
    note.defer(word="fail")
    with pytest.raises(AssertionError, match=r"tests\.note"):
        run_jobs()


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_leaves_rows_only_for_itself():
    note.defer(word="13800000002")
    create_account("13800000003")
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.django_db
def test_after_a_committing_test_the_database_is_as_new():
    assert ProcrastinateJob.objects.count() == 0
    assert Account.objects.count() == 0


def test_the_network_is_out_of_reach():
    with pytest.raises(RuntimeError, match="a test tried to reach"):
        socket.create_connection(("192.0.2.1", 80), 1)


def test_the_clock_stands_still_until_it_is_moved(clock):
    from liandong.core.clock import now, today

    first = now()
    assert now() == first
    assert str(today()) == "2026-06-10"
    clock.advance(hours=15)
    assert str(today()) == "2026-06-11"


@pytest.mark.django_db
def test_jobs_run_under_a_frozen_clock(run_jobs, clock):
    note.defer(word="13800000004")
    assert run_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_jobs_run_in_a_committing_test_too(run_jobs):
    note.defer(word="13800000005")
    assert run_jobs() == 1
