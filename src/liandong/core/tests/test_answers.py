"""How views end: on this site, with the refusal in the form, with a kept file."""

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import RequestFactory

from liandong.core.answers import carried_out, safe_next, see_other, shown_file
from liandong.core.errors import Refused


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


def test_a_kept_file_is_shown_as_what_its_ending_says_and_nothing_else():
    answer = shown_file(ContentFile(b"x", name="a.png"))
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"], b"".join(answer.streaming_content)) == (
        "image/png",
        "nosniff",
        b"x",
    )
    for file in (ContentFile(b"x", name="a.svg"), FieldFile(None, FileField(), ""), FieldFile(None, FileField(), "gone.png")):
        with pytest.raises(Http404):
            shown_file(file)


def test_a_refusal_stands_at_its_field_or_above_the_form():
    class Ask(forms.Form):
        name = forms.CharField(required=False)

    def refuse(field):
        raise Refused("no", field=field)

    form = Ask({})
    assert [carried_out(form, lambda field=field: refuse(field)) for field in ("name", "other", None)] == [False, False, False]
    assert (form.errors["name"], form.non_field_errors()) == (["no"], ["no", "no"])
    assert carried_out(form, lambda: None)
