"""Pages of places."""

import pytest
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.accounts.tests import factories as people
from liandong.organizations.tests import factories as bodies
from liandong.venues.models import Venue
from liandong.venues.tests import factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *arguments) -> str:
    return reverse(f"venues:{name}", args=arguments)


def enter(client, person) -> None:
    client.force_login(Account.objects.filter(person=person).first() or people.account(person_=person))


def test_places_are_public_and_found(client, django_assert_max_num_queries):
    counts = []
    client.get(url("list"))  # the name of the place in the bar is read once and kept
    for _round in range(2):
        make.venue(name=f"驿站{_round}", kind="station")
        with django_assert_max_num_queries(12) as captured:
            assert client.get(url("list")).status_code == 200
        counts.append(len(captured))
        make.venue()
    assert counts[0] == counts[1]
    assert [
        client.get(url("list"), query).context["page"].paginator.count for query in ({"kind": "station"}, {"q": "驿站0"}, {"q": "zzz"}, {"kind": "x"})
    ] == [2, 1, 0, 4]


def test_a_closed_place_does_not_exist_for_others(client):
    venue = make.venue(is_open=False)
    assert client.get(url("venue", venue.pk)).status_code == 404
    enter(client, bodies.manager(venue.host))
    assert client.get(url("venue", venue.pk)).status_code == 200


def test_a_place_is_added_and_changed_by_its_body(client):
    body = bodies.organization()
    enter(client, bodies.manager(body))
    form = {"name": "活动室", "kind": "office", "host": body.pk, "address": "东里 3 号", "capacity": "40"}
    assert client.get(url("new")).status_code == 200
    assert client.post(url("new"), {**form, "host": bodies.organization().pk}).status_code == 422
    assert client.post(url("new"), {**form, "capacity": "0"}).status_code == 422
    assert client.post(url("new"), form).status_code == 303
    assert client.post(url("new"), form).status_code == 422
    venue = Venue.objects.get()
    assert client.post(url("edit", venue.pk), {**form, "capacity": "50"}).status_code == 303
    venue.refresh_from_db()
    assert (venue.capacity, venue.is_open) == (50, False)


def test_others_change_no_place(client):
    venue = make.venue()
    enter(client, people.person())
    assert (client.get(url("new")).status_code, client.post(url("edit", venue.pk), {}).status_code) == (403, 403)
    assert client.get(url("venue", venue.pk)).status_code == 200
