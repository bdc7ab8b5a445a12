"""Creating, editing and closing bodies; who belongs to them."""

import datetime as dt

import pytest

from liandong.accounts.models import Consent, Person
from liandong.accounts.tests import factories as people
from liandong.core.errors import Conflict, Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.organizations import services
from liandong.organizations.models import Membership, Organization, Role
from liandong.organizations.permissions import people_visible_to, visible_to
from liandong.organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_hub_manager_admits_a_body_in_their_street():
    street = make.street()
    place = make.territory(parent=street)
    made = services.create_organization(name=" 银龄乐学服务中心 ", kind="agency", territory=place, by=make.hub_manager(street))
    assert (made.name, made.slug, made.party, made.state) == ("银龄乐学服务中心", "yinlinglexuefuwuzhongxin", "social", "active")
    assert list(Entry.objects.filter(verb="organization.created").values_list("after", flat=True)) == [
        {"name": "银龄乐学服务中心", "kind": "agency", "territory": place.pk}
    ]


def test_elsewhere_they_may_not():
    with pytest.raises(Denied):
        services.create_organization(name="远航物流", kind="enterprise", territory=make.territory(), by=make.hub_manager(make.street()))


def test_a_name_or_credit_code_is_taken_once():
    street = make.street()
    by = make.hub_manager(street)
    services.create_organization(name="远航物流", kind="enterprise", territory=street, uscc="91110000600037341L", by=by)
    with pytest.raises(Refused) as refused:
        services.create_organization(name="　远航物流 ", kind="enterprise", territory=street, by=by)
    services.create_organization(name="远航", kind="enterprise", territory=street, by=by)
    with pytest.raises(Refused) as code:
        services.create_organization(name="远航二", kind="enterprise", territory=street, uscc="91110000600037341l", by=by)
    with pytest.raises(Refused) as wrong:
        services.create_organization(name="远航三", kind="enterprise", territory=street, uscc="911100006000373410", by=by)
    assert (refused.value.field, code.value.field, wrong.value.field) == ("name", "uscc", "uscc")


def test_the_number_of_staff_is_kept_and_makes_sense():
    body = make.organization(name="禾木科技")
    by = make.manager(body)
    assert services.edit_organization(body, staff_count=46, by=by).staff_count == 46
    assert services.edit_organization(body, staff_count=None, by=by).staff_count is None
    for wrong in (0, -3, 1_000_001):
        with pytest.raises(Refused) as refused:
            services.edit_organization(body, staff_count=wrong, by=by)
        assert refused.value.field == "staff_count"


def test_an_edit_keeps_old_and_new_and_no_phone():
    body = make.organization(name="禾木科技")
    by = make.manager(body)
    services.edit_organization(body, name="禾木科技有限公司", contact_phone="13800001111", by=by)
    entry = Entry.objects.get(verb="organization.edited")
    assert entry.before == {"name": "禾木科技", "contact_phone": "changed"}
    assert entry.after == {"name": "禾木科技有限公司", "contact_phone": "changed"}


def test_two_who_edit_at_once_see_both_values():
    body = make.organization(name="禾木")
    by = make.manager(body)
    services.edit_organization(body, address="一层", seen={"address": ""}, by=by)
    with pytest.raises(Conflict) as conflict:
        services.edit_organization(body, address="二层", seen={"address": ""}, by=by)
    assert (conflict.value.mine, conflict.value.theirs) == ("二层", "一层")


def test_only_the_hub_suspends_a_body_and_then_it_is_gone_for_others():
    street = make.street()
    body = make.organization(place=make.territory(parent=street))
    manager, hub, stranger = make.manager(body), make.hub_manager(street), make.manager(make.organization())
    with pytest.raises(Denied):
        services.change_state(body, state="suspended", by=manager)
    services.change_state(body, state="suspended", reason="停业", by=hub)
    seen = [visible_to(person).filter(pk=body.pk).exists() for person in (hub, manager, stranger, None)]
    assert seen == [True, True, False, False]
    with pytest.raises(Refused):
        services.change_state(body, state="applied", by=hub)


def test_a_membership_added_twice_is_one_and_its_end_hides_the_person():
    body = make.organization()
    by = make.manager(body)
    person = Person.objects.create(name="王芳")
    first = services.add_membership(body, person=person, kind="employee", by=by)
    again = services.add_membership(body, person=person, kind="employee", department="行政部", by=by)
    assert (first.pk, again.department) == (again.pk, "行政部")
    assert list(people_visible_to(by)) == [person]
    services.end_membership(again, by=by)
    assert Membership.objects.get().to_date is not None
    make.member(make.organization(), person=person)


def test_one_person_in_two_bodies_is_seen_by_each_only_there():
    one, other = make.organization(), make.organization()
    shared = make.member(one).person
    make.member(other, person=shared)
    hidden = make.member(other).person
    assert list(people_visible_to(make.manager(one))) == [shared]
    assert set(people_visible_to(make.manager(other))) == {shared, hidden}


def test_proxy_registration_needs_consent_and_joins_who_is_known():
    body = make.organization(kind=Organization.Kind.COMMUNITY)
    by = make.manager(body)
    with pytest.raises(Refused):
        services.register_person(body, name="陈奶奶", by=by)
    elder = services.register_person(body, name="陈奶奶", phone="13800000001", consent=True, by=by)
    again = services.register_person(body, name="陈奶奶", phone="138 0000 0001", consent=True, by=by)
    assert (again, Person.objects.filter(name="陈奶奶").count()) == (elder, 1)
    consent = Consent.objects.get(person=elder)
    assert (consent.purpose, consent.given_through) == ("proxy", by)
    assert Membership.objects.filter(person=elder).count() == 1


def test_a_worker_of_another_body_may_not_register_here():
    with pytest.raises(Denied):
        services.register_person(make.organization(), name="陈奶奶", consent=True, by=make.manager(make.organization()))


def test_staff_without_the_right_may_not_register():
    body = make.organization()
    with pytest.raises(Denied):
        services.register_person(body, name="陈奶奶", consent=True, by=make.grant(Role.ORG_STAFF, on=body).person)


def test_a_value_is_shown_for_a_reason_and_kept_in_the_journal_without_the_value():
    body = make.organization()
    by = make.manager(body)
    person = make.member(body, person=Person.objects.create(name="张小明", phone="13812341234")).person
    with pytest.raises(Refused):
        services.reveal(person, field="phone", reason="", by=by)
    assert services.reveal(person, field="phone", reason="活动改期要打电话", by=by) == "13812341234"
    entry = Entry.objects.get(verb="person.revealed")
    assert (entry.after, entry.reason) == ({"field": "phone"}, "活动改期要打电话")


def test_without_the_right_nothing_is_shown():
    body = make.organization()
    person = make.member(body).person
    for by in (make.grant(Role.ORG_STAFF, on=body).person, make.manager(make.organization())):
        with pytest.raises(Denied):
            services.reveal(person, field="phone", reason="看看", by=by)


def test_two_entries_of_one_person_are_joined_by_the_hub():
    street = make.street()
    body = make.organization(place=street)
    one = make.member(body, person=Person.objects.create(name="张小明", phone="13812341234")).person
    other = make.member(body, person=Person.objects.create(name="张小明", email="z@example.org")).person
    with pytest.raises(Denied):
        services.merge_person(one, into=other, by=make.manager(body))
    hub = make.hub_manager(street)
    services.merge_person(one, into=other, by=hub)
    other.refresh_from_db()
    assert (other.phone, Membership.objects.filter(person=other, to_date__isnull=True).count()) == ("13812341234", 1)
    third = make.member(body, person=Person.objects.create(name="张小明")).person
    services.merge_person(other, into=third, by=hub)
    assert Person.objects.get(pk=one.pk).merged_into == third
    assert broken() == {}


def test_nobody_joins_an_entry_with_their_own():
    street = make.street()
    hub, colleague = make.hub_manager(street), make.hub_manager(street)
    make.member(make.organization(place=street), person=hub)
    other = make.member(make.organization(place=street), person=Person.objects.create(name=hub.name)).person
    for person, into in ((other, hub), (hub, other)):
        with pytest.raises(Denied):
            services.merge_person(person, into=into, by=hub)
    services.merge_person(other, into=hub, by=colleague)
    assert Person.objects.get(pk=other.pk).merged_into == hub


def test_two_of_whom_nothing_agrees_are_not_one_person():
    street = make.street()
    body = make.organization(place=street)
    day = dt.date(1960, 5, 1)
    one = make.member(body, person=Person.objects.create(name="张小明", birth_date=day)).person
    other = make.member(body, person=Person.objects.create(name="王秀兰", birth_date=dt.date(1961, 5, 1))).person
    with pytest.raises(Refused):
        services.merge_person(one, into=other, by=make.hub_manager(street))
    misspelt = make.member(body, person=Person.objects.create(name="张晓明", birth_date=day)).person
    services.merge_person(one, into=misspelt, by=make.hub_manager(street))
    assert Person.objects.get(pk=one.pk).merged_into == misspelt


@pytest.mark.parametrize("turned", [False, True])
def test_joining_entries_hands_on_no_role_that_the_joiner_may_not_grant(turned):
    street = make.street()
    body = make.organization(place=street)
    entry, accomplice = make.member(body).person, make.member(body, person=people.account().person).person
    make.grant(Role.HUB_MANAGER, on=street, person=entry)
    staff = make.grant(Role.HUB_STAFF, on=street).person
    one, other = (accomplice, entry) if turned else (entry, accomplice)
    with pytest.raises(Denied):
        services.merge_person(one, into=other, by=staff)
    assert Person.objects.filter(merged_into__isnull=False).count() == 0
    services.merge_person(one, into=other, by=make.hub_manager(street))
