"""The gallery, the switches, the error pages, and what the kit may weigh."""

import gzip
import hashlib
import re

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from liandong.ui import bundle

TOKEN_BLOCK = re.compile(r':root\[data-theme="(\w+)"\] \{\s*color-scheme: dark;(.*?)\n\s*\}', re.S)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("zh-hans", "组件"), ("en", "Components")])
@pytest.mark.parametrize("frame", ["phone", "desk"])
def test_the_gallery_shows_itself_in_both_languages(client, language, title, frame):
    client.cookies["lang"] = language
    response = client.get("/ui/", {"frame": frame})
    assert response.status_code == 200
    assert f"<h1>{title}</h1>" in response.text


@pytest.mark.django_db
def test_the_display_switch_remembers_and_returns(client):
    response = client.post("/ui/display/", {"theme": "dark", "care": "on", "next": "/ui/?frame=phone"})
    assert (response.status_code, response["Location"]) == (303, "/ui/?frame=phone")
    assert (client.cookies["theme"].value, client.cookies["care"].value) == ("dark", "on")
    assert 'data-theme="dark" data-care' in client.get("/ui/").text


@pytest.mark.django_db
def test_the_language_switch_remembers_and_returns(client):
    response = client.post("/ui/language/", {"language": "en", "next": "/ui/"})
    assert (response.status_code, response["Location"]) == (303, "/ui/")
    assert '<html lang="en"' in client.get("/ui/").text


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""])
def test_a_switch_never_leads_off_the_site(client, target):
    assert client.post("/ui/display/", {"theme": "dark", "next": target})["Location"] == "/"


@pytest.mark.django_db
def test_a_switch_takes_only_values_it_knows(client):
    response = client.post("/ui/display/", {"theme": "<script>", "care": "perhaps"})
    assert list(response.cookies) == []
    assert list(client.post("/ui/language/", {"language": "xx"}).cookies) == []


@pytest.mark.django_db
def test_a_switch_is_not_a_link(client):
    assert client.get("/ui/display/").status_code == 405
    assert client.get("/ui/language/").status_code == 405


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500])
def test_an_error_page_stands_without_a_request(status):
    assert "<h1>" in get_template(f"{status}.html").render({})


def weight(*texts: bytes) -> int:
    return sum(len(gzip.compress(text, 9)) for text in texts)


def test_the_style_sheet_keeps_its_budget():
    assert weight(bundle.css().encode()) <= 18_000


def test_the_scripts_keep_their_budget():
    own = weight(bundle.script().encode())
    with open(finders.find("django_htmx/htmx-2.min.js"), "rb") as htmx:
        assert own <= 7_000
        assert own + weight(htmx.read()) <= 24_000


def test_the_icons_keep_their_budget():
    assert weight((bundle.STATIC / "icons.svg").read_bytes()) <= 8_000


def test_files_of_others_are_the_ones_we_took():
    listed = [line.split("  ")[:2] for line in (bundle.STATIC / "VENDORED").read_text().splitlines()]
    assert [name for _digest, name in listed] == ["icons.svg", "leaflet.js", "leaflet.css", "jsqr.js"]
    assert listed == [[hashlib.sha256((bundle.STATIC / name).read_bytes()).hexdigest(), name] for _digest, name in listed]


def test_dark_is_the_same_whether_chosen_or_followed():
    tokens = dict(TOKEN_BLOCK.findall((bundle.STATIC / "css" / "tokens.css").read_text()))
    values = {theme: sorted(re.findall(r"--[\w-]+: [^;]+;", text)) for theme, text in tokens.items()}
    assert values["dark"] == values["auto"]


def test_every_class_of_a_template_is_known_to_the_style_sheet():
    css = bundle.css()
    plain = set()
    for file in (bundle.STATIC.parents[1] / "templates").rglob("*.html"):
        for classes in re.findall(r'class="([^"{}]*)"', file.read_text(encoding="utf-8")):
            plain |= set(classes.split())
    unknown = {name for name in plain if not re.search(rf"\.{re.escape(name)}(?![\w-])", css)}
    assert unknown == set()


@pytest.mark.parametrize("look", [("light", ""), ("dark", ""), ("light", "on"), ("dark", "on")])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_the_gallery_has_no_accessibility_fault(served, live_server, look, language, width):
    from axe_playwright_python.sync_playwright import Axe

    page = served(width=width, language=language)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in zip(("theme", "care"), look, strict=True) if value]
    )
    page.goto(f"/ui/?frame={width}")
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
