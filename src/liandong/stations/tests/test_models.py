"""Facts, constraints, and proofs that are never changed."""

import pytest
from django.db import DatabaseError, transaction

from liandong.stations.models import Proof, Station
from liandong.stations.tests import factories


def test_a_proof_is_never_changed_nor_deleted(town):
    proof = factories.proof(factories.fact(town.station()))
    for change in (lambda: Proof.objects.update(works=False), lambda: Proof.objects.filter(pk=proof.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_visitor_leaves_nothing_personal(town):
    fact = factories.fact(town.station())
    with pytest.raises(DatabaseError), transaction.atomic():
        factories.proof(fact, source="visitor", mark="a", person=town.boss)


def test_a_station_has_a_kind_and_says_why_it_is_paused(town):
    station = town.station()
    for change in ({"kinds": []}, {"state": "paused"}, {"state": "closed", "state_words": "搬走了"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Station.objects.filter(pk=station.pk).update(**change)
