"""The main pages of the demo town under axe, in the light, dark and care looks, both languages, on a phone and at a desk: no fault, nothing wider than the screen.

The pages are asked for first and then shown to the browser from memory, so the town is built once and nothing is committed.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from liandong.activities.models import Activity, Shift, SignUp
from liandong.appointments.models import Desk
from liandong.demo.queries import ROLES, personas
from liandong.needs.models import Need
from liandong.projects.models import Project
from liandong.recognition.models import ServiceRecord
from liandong.stations.models import Station
from liandong.surveys.models import Survey
from liandong.themes.models import ThemeMember
from liandong.venues.models import Venue
from liandong.visits.models import Visit
from liandong.volunteers.models import Team
from tests.support.browser import DESK, PHONE

pytestmark = pytest.mark.django_db

HOST = "http://town.test"
STRANGER = "stranger"
LOOKS = {"light": {}, "dark": {"theme": "dark"}, "care": {"care": "on"}}
# Each page is seen in every look; language and width go round, so that all four meet every look.
FRAMES = [("zh", PHONE), ("en", DESK), ("en", PHONE), ("zh", DESK)]


def home_of(town):
    return next(each for each in town.bodies if each.kind == "community")


def main_pages(town) -> list[tuple[str, str]]:
    """(who, address) of the pages most people spend their time on."""
    today = Activity.objects.filter(leader=town.cast["leader"]).latest("first_starts_at")  # in the evening it has begun
    shift = Shift.objects.get(activity=today)
    mine = SignUp.objects.filter(person=town.cast["volunteer"], shift=shift).get()
    waiting = Need.objects.filter(state="accepted").order_by("pk").first()
    running = Project.objects.filter(state="running").order_by("pk").first()
    record = ServiceRecord.objects.filter(person=town.cast["volunteer"]).order_by("pk").first()
    unconfirmed = Shift.objects.filter(activity__leader=town.cast["leader"], ends_at__lt=town.now).order_by("-ends_at").first()
    community, home = unconfirmed.activity.host, home_of(town)
    return [
        (STRANGER, reverse("portal:home")),
        (STRANGER, reverse("activities:list")),
        (STRANGER, reverse("activities:activity", args=[today.code])),
        (STRANGER, reverse("needs:list")),
        (STRANGER, reverse("venues:spaces")),
        ("resident", reverse("bookings:calendar")),
        ("volunteer", reverse("honours:mine")),
        ("hub", reverse("honours:rule_new")),
        ("hub", reverse("bookings:calendar")),
        ("enterprise", reverse("bookings:new")),
        (STRANGER, reverse("stations:nearest")),
        (STRANGER, reverse("stations:report", args=[Station.objects.filter(state="open").order_by("pk").first().number])),
        (STRANGER, reverse("accounts:sign_in")),
        (STRANGER, reverse("portal:help")),
        ("resident", reverse("needs:need", args=[town.story_need.number])),
        ("resident", reverse("needs:submit")),
        ("volunteer", reverse("portal:me")),
        ("volunteer", reverse("activities:ticket", args=[mine.code])),
        ("volunteer", reverse("recognition:my_records")),
        ("volunteer", reverse("points:mine")),
        ("hub", reverse("points:ledger")),
        ("volunteer", reverse("recognition:record", args=[record.number])),
        ("volunteer", reverse("recognition:claim_shift", args=[unconfirmed.pk])),
        ("hub", reverse("recognition:outliers")),
        ("volunteer", reverse("dossier:mine")),
        ("hub", reverse("dossier:report")),
        ("volunteer", reverse("notices:inbox")),
        ("volunteer", reverse("accounts:privacy")),
        ("leader", reverse("activities:manage", args=[today.code])),
        ("leader", reverse("activities:scan", args=[shift.pk])),
        ("leader", reverse("activities:door_code", args=[shift.pk])),
        ("leader", reverse("activities:scans", args=[shift.pk])),
        ("leader", reverse("activities:kiosks", args=[shift.pk])),
        ("community", reverse("activities:suspensions")),
        ("community", reverse("portal:workbench", args=[home.slug])),
        ("community", reverse("recognition:confirm_shift", args=[unconfirmed.pk])),
        ("community", reverse("organizations:people", args=[community.slug])),
        ("agency", reverse("activities:new")),
        ("hub", reverse("projects:project", args=[running.number])),
        ("hub", reverse("portal:hub")),
        ("hub", reverse("needs:inbox")),
        ("hub", reverse("needs:desk", args=[waiting.number])),
        ("hub", reverse("insight:report")),
        ("hub", reverse("imports:upload")),
        ("hub", reverse("venues:venue", args=[Venue.objects.order_by("pk").first().pk])),
        ("hub", reverse("volunteers:team", args=[Team.objects.order_by("pk").first().pk])),
    ]


def further_pages(town) -> list[tuple[str, str]]:
    """(who, address) of pages built of the same components: each is seen once on a phone and once at a desk."""
    survey = Survey.objects.filter(state="open", responses__isnull=False).order_by("pk").first()
    visit = Visit.objects.filter(state="done", host=home_of(town)).order_by("pk").first()
    theme = ThemeMember.objects.filter(need__territory__path__startswith=town.streets[0].path).order_by("theme_id").first().theme
    own = Station.objects.filter(state="open", venue__host=home_of(town)).order_by("pk").first()
    desk = Desk.objects.filter(host=home_of(town)).order_by("pk").first()
    return [
        (STRANGER, reverse("rewards:list")),
        ("volunteer", reverse("rewards:mine")),
        ("hub", reverse("rewards:board")),
        (STRANGER, reverse("needs:wishes")),
        (STRANGER, reverse("appointments:list")),
        (STRANGER, reverse("appointments:desk", args=[desk.pk])),
        ("community", reverse("appointments:manage", args=[desk.pk])),
        ("community", reverse("appointments:day", args=[desk.pk])),
        (STRANGER, reverse("stations:shelf", args=[own.number])),
        ("community", reverse("stations:host", args=[own.number])),
        ("hub", reverse("stations:board")),
        ("community", reverse("stations:visits", args=[own.number])),
        ("community", reverse("stations:green", args=[own.number])),
        ("community", reverse("stations:thanks", args=[own.number])),
        (STRANGER, reverse("surveys:survey", args=[survey.number])),
        ("community", reverse("visits:list")),
        ("community", reverse("visits:visit", args=[visit.number])),
        ("hub", reverse("surveys:results", args=[survey.number])),
        ("hub", reverse("themes:board")),
        ("hub", reverse("themes:theme", args=[theme.number])),
        ("hub", reverse("overlap:list")),
        ("hub", reverse("matching:packages")),
    ]


def sights(town) -> Iterator[tuple[str, str, str, str, dict[str, int]]]:
    """(look, who, address, language, size) of every page as it is to be seen."""
    frames, looks, pages = cycle(FRAMES), cycle(LOOKS), main_pages(town)
    for look in LOOKS:
        next(frames)  # so that a page meets another frame in each look
        for who, url in pages:
            yield look, who, url, *next(frames)
    for language, size in [("zh", PHONE), ("en", DESK)]:
        for who, url in further_pages(town):
            yield next(looks), who, url, language, size


@pytest.fixture
def ask(demo_town, settings) -> Callable:
    """The page as somebody sees it, as bytes with its headers."""
    settings.DEMO = True
    clients = {who: Client() for who in [STRANGER, *ROLES]}
    for persona in personas():
        clients[persona.key].force_login(persona.account)

    def ask(who: str, url: str, cookies: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        client = clients[who]
        for name in ("lang", "theme", "care"):
            client.cookies.pop(name, None)
        for name, value in cookies.items():
            client.cookies[name] = value
        answer = client.get(url, headers={"accept-encoding": "identity"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, f"{answer.status_code} {who} {url}"
        return body, dict(answer.headers)

    return ask


def test_the_main_pages_have_no_accessibility_fault(demo_town, ask, browser):
    from axe_playwright_python.sync_playwright import Axe

    axe, faults, kept = Axe(), [], {}
    tabs = {}
    current = {}

    def serve(route) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith("/static/"):
            if url.path not in kept:
                kept[url.path] = ask(STRANGER, url.path, {})
            body, headers = kept[url.path]
        elif not route.request.is_navigation_request():  # a part that the page asks for by itself
            route.fulfill(status=204)
            return
        else:
            body, headers = current["answer"]
        route.fulfill(status=200, body=body, headers={"content-type": headers["Content-Type"]})

    for look, who, url, language, size in sights(demo_town):
        current["answer"] = ask(who, url, LOOKS[look] | {"lang": {"zh": "zh-hans", "en": "en"}[language]})
        if (width := size["width"]) not in tabs:
            tabs[width] = browser.new_page(viewport=size, reduced_motion="reduce")
            tabs[width].route("**/*", serve)
        page = tabs[width]
        page.goto(HOST + url)
        where = f"{url} {who} {look} {language} {width}"
        for fault in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            faults.append(f"{fault['id']}: {where} {[node['html'][:160] for node in fault['nodes'][:3]]}")
        if (over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) > 0:
            faults.append(f"sideways by {over}: {where}")
    for page in tabs.values():
        page.close()
    assert not faults, "\n".join(faults)
