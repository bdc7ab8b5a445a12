"""Two at the same moment, on connections of their own."""

import threading
import uuid

import pytest
from django.db import connection

from liandong.core.errors import Refused
from liandong.needs import services
from liandong.needs.models import Need
from liandong.needs.tests.factories import Town

pytestmark = pytest.mark.django_db(transaction=True)


def together(*verbs):
    """Run all at once; the results, or what they raised."""
    start, results = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(place, verb):
        try:
            start.wait()
            results[place] = verb()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def test_a_double_press_makes_one_need():
    town, key = Town(), uuid.uuid4()
    results = together(*[lambda: town.need(key=key) for _press in range(6)])
    assert {need.number for need in results} == {Need.objects.get().number}


def test_of_two_bodies_one_takes_the_need_over():
    town = Town()
    need = town.need()
    results = together(
        lambda: services.claim_need(Need.objects.get(pk=need.pk), organization=town.community, by=town.worker),
        lambda: services.claim_need(Need.objects.get(pk=need.pk), organization=town.agency, by=town.agency_manager),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    need.refresh_from_db()
    assert need.claimed_by == next(result for result in results if isinstance(result, Need)).claimed_by


def test_two_needs_joined_with_each_other_at_once_do_not_lock_up():
    town = Town()
    a, b = town.need(), town.need("收音机坏了没处修")
    results = together(
        lambda: services.merge_need(Need.objects.get(pk=a.pk), into=Need.objects.get(pk=b.pk), by=town.hub_staff),
        lambda: services.merge_need(Need.objects.get(pk=b.pk), into=Need.objects.get(pk=a.pk), by=town.hub_manager),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    assert Need.objects.filter(state="merged").count() == 1
