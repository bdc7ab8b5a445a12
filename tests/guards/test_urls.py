"""Every URL is declared with its audience, and the doors are as declared."""

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from liandong.config.audiences import AUDIENCES

SAMPLES = {
    "int": 999_999_999,
    "slug": "no-such-thing",
    "str": "no-such-thing",
    "uuid": uuid.UUID(int=1),
    "path": "no/such",
}


def patterns(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern, URLResolver]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        else:
            yield ":".join((*namespaces, entry.name or f"?{entry.pattern}")), entry, resolver


URLS = {name: pattern for name, pattern, _ in patterns(get_resolver())}


def address(name: str) -> str:
    from django.urls.resolvers import RoutePattern

    pattern = URLS[name].pattern
    assert isinstance(pattern, RoutePattern), f"{name}: write routes with path()"
    values = {}
    for argument, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removeprefix("string") or "str"
        values[argument] = SAMPLES[kind]
    return reverse(name, kwargs=values)


def test_every_url_is_declared_with_its_audience():
    assert sorted(URLS) == sorted(AUDIENCES)


def test_every_url_has_a_name():
    assert [name for name in URLS if "?" in name] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(URLS))
def test_a_stranger_reaches_public_pages_and_the_sign_in_page_only(client, name):
    answer = client.get(address(name))
    asked_to_sign_in = answer.status_code == 302 and answer.url.split("?")[0] == reverse(settings.LOGIN_URL)
    assert asked_to_sign_in == (AUDIENCES.get(name) not in {"public", "demo"})
    assert answer.status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, audience in AUDIENCES.items() if audience in {"staff", "hub"} and name in URLS))
def test_somebody_without_any_role_gets_nothing_from_staff_pages(client, person_signed_in, name):
    person_signed_in(client)
    answer = client.get(address(name))
    assert answer.status_code in {403, 404, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, audience in AUDIENCES.items() if audience == "person" and name in URLS))
def test_somebody_without_any_role_never_breaks_a_page(client, person_signed_in, name):
    person_signed_in(client)
    assert client.get(address(name)).status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, audience in AUDIENCES.items() if audience == "demo" and name in URLS))
def test_demo_pages_do_not_exist_outside_the_demo(client, settings, name):
    settings.DEMO = False
    assert client.get(address(name)).status_code in {404, 405}
    assert client.post(address(name)).status_code == 404


@pytest.fixture
def person_signed_in():
    from liandong.accounts.models import Account, Person

    def sign_in(client) -> None:
        person = Person.objects.create(name="赵新来")
        client.force_login(Account.objects.create_account(person=person, phone="13900000000"))

    return sign_in
