"""Places: made, changed, seen."""

from decimal import Decimal

import pytest

from liandong.accounts.tests import factories as people
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.organizations.models import Role
from liandong.organizations.tests import factories as bodies
from liandong.venues import queries, services
from liandong.venues.models import Venue
from liandong.venues.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_body_lends_a_place():
    body = bodies.organization()
    venue = services.create_venue(name=" 党群活动室 ", host=body, address="东里 3 号", capacity=40, is_step_free=True, by=bodies.manager(body))
    assert (venue.name, venue.territory, venue.capacity) == ("党群活动室", body.territory, 40)
    assert Entry.objects.get().after == {"name": "党群活动室", "host": body.pk}


@pytest.mark.parametrize(("values", "field"), [({"name": " "}, "name"), ({"address": ""}, "address"), ({"kind": "castle"}, "kind"), ({"latitude": Decimal("39.9")}, "latitude"), ({"latitude": Decimal("91"), "longitude": Decimal("181")}, "latitude")])  # fmt: skip
def test_what_is_missing_or_impossible_is_refused(values, field):
    body = bodies.organization()
    with pytest.raises(Refused) as refused:
        services.create_venue(**{"name": "活动室", "address": "东里", **values}, host=body, by=bodies.manager(body))
    assert (refused.value.field, Venue.objects.count()) == (field, 0)


def test_a_name_is_taken_once_in_a_body():
    venue = make.venue(name="活动室")
    by = bodies.manager(venue.host)
    with pytest.raises(Refused):
        services.create_venue(name="活动室", host=venue.host, address="别处", by=by)
    other = make.venue(host=venue.host)
    with pytest.raises(Refused):
        services.edit_venue(other, name="活动室", by=by)


def test_a_change_is_kept_with_old_and_new():
    venue = make.venue(name="活动室")
    services.edit_venue(venue, name="活动室", capacity=30, is_open=False, by=bodies.manager(venue.host))
    entry = Entry.objects.get(verb="venue.edited")
    assert (entry.before, entry.after) == ({"capacity": None, "is_open": True}, {"capacity": 30, "is_open": False})


def test_a_closed_place_is_seen_by_its_keepers_only():
    venue = make.venue(is_open=False)
    seen = [queries.venues(person).count() for person in (bodies.manager(venue.host), bodies.manager(bodies.organization()), people.person(), None)]
    assert seen == [1, 0, 0, 0]


def test_places_are_found_by_name_address_host_kind():
    venue = make.venue(name="秀水驿站", kind="station")
    make.venue()
    found = [queries.venues(None, words=words).count() for words in ("秀水", "北郎东里", venue.host.name, "nothing")]
    assert found == [1, 2, 1, 0]
    assert (
        list(queries.venues(None, kind="station"))
        == list(queries.venues(None, territory=venue.territory))
        == list(queries.venues_for(venue.host))
        == [venue]
    )


@pytest.mark.parametrize("role", ["hub_manager", "hub_staff", "org_manager", "org_staff", "activity_leader", "observer", "nobody"])
def test_what_each_role_may_do(role):
    street = bodies.street()
    venue = make.venue(host=bodies.organization(place=street))
    by = people.person() if role == "nobody" else bodies.grant(role, on=street if role.startswith("hub") else venue.host).person
    allowed = role in {Role.HUB_MANAGER, Role.HUB_STAFF, Role.ORG_MANAGER, Role.ORG_STAFF}
    for verb in (
        lambda: services.edit_venue(venue, capacity=5, by=by),
        lambda: services.create_venue(name="新", host=venue.host, address="东里", by=by),
    ):
        if allowed:
            verb()
        else:
            with pytest.raises(Denied):
                verb()
