"""Answers stay on this site."""

import pytest
from django.test import RequestFactory

from liandong.core.answers import safe_next, see_other


@pytest.mark.parametrize("evil", ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "javascript:alert(1)", "/%0d%0aSet-Cookie:a=b\r\nX: y", "testserver@evil.example", "///evil.example", "\t//evil.example", ""])  # fmt: skip
def test_next_never_leads_away(evil):
    assert safe_next(RequestFactory().get("/"), evil, default="/me/") == "/me/"


def test_next_on_this_site_is_kept():
    assert safe_next(RequestFactory().get("/"), "/a/7K4M2QX/?from=share") == "/a/7K4M2QX/?from=share"


def test_see_other_is_a_303():
    answer = see_other("/me/")
    assert (answer.status_code, answer["Location"]) == (303, "/me/")


def test_see_other_keeps_chinese_readable_for_every_browser():
    assert see_other("/search/?q=家电")["Location"] == "/search/?q=%E5%AE%B6%E7%94%B5"


@pytest.mark.django_db
def test_an_address_with_a_nul_leads_nowhere_and_a_typed_one_is_dropped(client):
    assert client.get("/a/%00/").status_code == 404
    assert client.get("/search/", {"q": "a\0b"}).context["text"] == "ab"
