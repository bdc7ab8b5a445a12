"""The demo town, walked through link by link as every one of its people and as a stranger: in Chinese with several examples and all states of each page, in English with one.

Whatever a page offers must be there: no broken link, no closed door behind a link of ours, no half-translated page, no page above its budget;
and every declared page must be within reach of somebody who only clicks.
"""

import datetime as dt
import gzip
import os
import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path as File
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from babel.messages.pofile import read_po
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from liandong.activities.models import Activity, DoorScan
from liandong.activities.services import PositionPlan, ShiftPlan, setting_up
from liandong.config.audiences import AUDIENCES
from liandong.demo.queries import ROLES, personas
from liandong.imports import services as imports
from liandong.matching import services as matching
from liandong.matching.models import Roster
from liandong.overlap import services as overlap
from liandong.overlap.tests.factories import crowd
from liandong.projects import services as projects
from liandong.recognition.models import ServiceRecord
from liandong.recognition.services import appeals, certificates
from liandong.themes import services as themes

pytestmark = pytest.mark.django_db

SOURCE = File(__file__).resolve().parents[2] / "src" / "liandong"
STRANGER = "stranger"
VISITORS = [STRANGER, *ROLES]
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Of each page; `WALK_EXAMPLES=60 make test ARGS=tests/journeys/test_town.py` looks at nearly all there are.
EXAMPLES = {"zh": int(os.environ.get("WALK_EXAMPLES", "4")), "en": 1}
MORE_EXAMPLES = {
    "matching:roster": 6,
    "matching:cell": 12,
    "recognition:claim": 6,
    "recognition:backfill": 6,
}  # where what is offered hangs on the one looked at; several from one page
PHONE_QUERIES, DESK_QUERIES = 12, 25
PHONE_BYTES, DESK_BYTES = 14_000, 40_000
LOOKS = {"auto", "light", "dark"}
# What does not hang on the period is kept for a minute there: measured as everybody but the first finds it.
KEPT_FOR_A_MINUTE = {"portal:hub", "themes:board"}

# Steps of a transaction, and what is remembered of a visit, are no questions.
NOT_ASKED = ("SAVEPOINT", "RELEASE", 'UPDATE "django_session"')
# Pages nobody links to, each with the way in.
NO_LINK = {
    "accounts:code": "follows the phone number",
    "accounts:name": "follows the code of a new phone",
    "accounts:phone_code": "follows the new phone number",
    "activities:arrived": "follows the code at the door",
    "activities:code_image": "the picture on one's own sign-up",
    "activities:give_place": "follows the code at the door, where the phone can say where it is",
    "activities:receive_scans": "asked by the scanning page",
    "activities:spot_check": "while a shift is running",
    "activities:scan_worker": "asked by the scanning page",
    "activities:take_list": "asked by the scanning page",
    "activities:sign_up_done": "follows a sign-up",
    "appointments:call_next": "while somebody waits at the desk",
    "appointments:step": "on the day itself, at the desk",
    "bookings:check_in": "stands on a booking that is about to begin",
    "bookings:take": "stands on a wait whose room has come free",
    "accounts:forget_id_number": "follows an ID number that was given",
    "dossier:claim_proof": "the demo town's claims have no pictures",
    "dossier:download": "follows a file that was just made",
    "dossier:take_in": "follows the check of a file",
    "organizations:remove_calendar_day": "follows a notice that was entered",
    "honours:evidence_file": "the demo town's nominations have no files",
    "honours:thank": "while somebody who was served lately has not said it yet",
    "honours:thank_need": "while a need that was served lately has not been thanked for",
    "imports:columns": "follows an upload",
    "imports:preview": "follows the columns of an upload",
    "matching:stop_match": "follows the start of a calculation",
    "needs:check": "follows the writing of a need",
    "needs:submitted": "follows the sending of a need",
    "portal:activity": "the short address on posters and in messages",
    "portal:door": "the code at the door",
    "portal:health": "asked by machines",
    "portal:robots": "asked by machines",
    "portal:station": "the code on a station's plaque",
    **{f"stations:open_{name}{end}": "asked by programs" for name in ("service", "organization", "location") for end in ("", "s")},
    "stations:outlines": "fetched by the map",
    "stations:stop_photo": "follows a picture from a round",
    "recognition:evidence_photo": "the demo town's claims have no pictures",
    "recognition:batch_file": "follows a file that the job has made",
    "recognition:resume_batch": "follows a job that stopped",
    "recognition:issuer_did": "asked by programs",
    "recognition:status_list": "asked by programs",
    "rewards:photo": "the demo town's offers have no pictures",
    "rewards:use": "follows the code of a voucher",
    "surveys:thanks": "follows an answer",
    "matching:move": "a chip dragged on the board of a roster",
    "themes:progress": "follows the start of a calculation",
    "themes:undo": "follows a decision about a theme",
    "ui:gallery": "for those who build pages",
    "venues:photo": "the demo town's rooms have no pictures",
    "venues:photo_remove": "follows a picture",
    "volunteers:add_member": "follows a search for somebody",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_TEXT = {"script", "style", "svg", "code", "kbd", "pre", "textarea"}
SPOKEN = ("aria-label", "placeholder", "title", "alt")
HAN = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"(?<![\w@./#-])[A-Za-z]?[a-z]{2,}(?![\w@./-])")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
LANGUAGE_NAMES = {"中文", "简体中文", "English"}  # each in itself
# Names and words that stay as they are in Chinese.
KEPT = {"Liandong", "Open", "Badges", "Wilson", "English", "Excel", "Word", "WeChat", "Chrome", "Safari", "xlsx", "xls", "csv", "pdf", "ics", "kB"}


@dataclass
class Page(HTMLParser):
    """What a page holds: links, forms, ids, headings, and its texts with the language they are in."""

    url: str
    links: list[str] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    without_token: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    headings: int = 0
    lang: str = ""
    theme: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._stack: list[tuple[str, str]] = []
        self._form: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {key: value or "" for key, value in attrs}
        lang = have.get("lang") or (self._stack[-1][1] if self._stack else "")
        if tag == "html":
            self.lang, self.theme = lang, have.get("data-theme", "")
        if tag == "body":
            self.body = have.get("class", "")
        if tag == "h1":
            self.headings += 1
        if "id" in have:
            self.ids.append(have["id"])
        if tag == "a" and have.get("href"):
            self.links.append(have["href"])
        if tag == "img" and have.get("src", "").startswith("/"):
            self.links.append(have["src"])
        for key in ("hx-get", "formaction"):
            if have.get(key):
                (self.links if key == "hx-get" else self.sent_to).append(have[key])
        if have.get("hx-post"):
            self.sent_to.append(have["hx-post"])
        if tag == "form":
            action = have.get("action") or self.url
            if have.get("method", "get").lower() == "post":
                self.sent_to.append(action)
                self._form = action
            else:
                self.links.append(action)
        if have.get("name") == "csrfmiddlewaretoken":
            self._form = None
        self.texts += [(lang, have[key]) for key in SPOKEN if have.get(key, "").strip()]
        if tag not in VOID:
            self._stack.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.without_token.append(self._form)
            self._form = None
        while self._stack:
            if self._stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and self._stack and not NOT_TEXT & {tag for tag, _ in self._stack}:
            self.texts.append((self._stack[-1][1], data.strip()))


class Questions:
    """Counts what the database is asked."""

    number = 0

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        self.number += not str(sql).startswith(NOT_ASKED)
        return execute(sql, params, many, context)


@dataclass
class Walk:
    """What one visitor met in one language."""

    reached: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: int = 0


@pytest.fixture(scope="module")
def built(demo_town, django_db_blocker):
    """One town for all tests of this file, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        leave_work_open(demo_town)
        yield demo_town
        transaction.set_rollback(True)


def leave_work_open(town) -> None:
    """What a town has on any day and the demo town begins without: a draft, a proposal, a list half in, a certificate, an objection to a record."""
    agency, volunteer, hub = town.cast["agency"], town.cast["volunteer"], town.cast["hub"]
    body, community = town.social[0], town.communities[0]
    starts = town.at(town.today, 10) + dt.timedelta(days=9)

    def dumplings(title, host, leader, by):
        return setting_up.create_activity(
            title=title,
            host=host,
            territory=community,
            venue=town.venues_of[community.pk][0],
            summary="和街坊一起包饺子，陪独居老人过节。",
            leader=leader,
            contact_name="赵老师",
            contact_phone="010-5555 0186",
            shifts=[ShiftPlan(starts, starts + dt.timedelta(hours=2), [PositionPlan("volunteer", "包饺子", 8)])],
            by=by,
        )

    overlap.keep_list(dumplings("冬至一起包饺子", body, town.cast["leader"], agency), people=crowd(1, 12), by=agency)
    dumplings("冬至包饺子", town.committees[community.pk], town.cast["community"], town.cast["community"])
    for name in ("冬日送暖", "楼门长议事"):
        project = projects.create_project(name=name, lead=body, territory=town.streets[0], goal="让独居老人每周有人上门。", by=agency)
        for giver, kind in ((town.committees[community.pk], "place"), (body, "plan"), (town.enterprises[0], "hours")):
            projects.add_pledge(project, organization=giver, kind=kind, words="出一份力", by=agency)
    projects.propose_project(project, by=agency)
    held = Activity.objects.filter(leader=town.cast["leader"], state="finished").latest("last_ends_at")
    Activity.objects.filter(pk=held.pk).update(state="published", finished_at=None)
    Roster.objects.filter(name="A", state=Roster.State.READY).update(state=Roster.State.SOLVING)
    certificates.issue_certificate(volunteer, by=volunteer)
    record = ServiceRecord.objects.filter(person=volunteer, organization=town.committees[community.pk]).order_by("-service_date").first()
    appeals.appeal_record(record or ServiceRecord.objects.filter(person=volunteer).latest("service_date"), words="那天我多待了半小时", by=volunteer)
    for name in ("孙小丽", "钱有为"):
        cells = f"姓名\t手机号\t性别\n{name}\t13900001234\t女\n=1+1\t13900001235\t男\n"
        run = imports.upload(kind="roster", source=cells, file_name="志愿者花名册.txt", territory=town.streets[0], by=hub)[0]
        run = imports.check(run, by=hub)
    imports.run_commit(imports.start_commit(run, by=hub))


def rare_doors(town) -> dict[str, list[str]]:
    """Rows of lists with a door that few rows have: a walk looks at a few examples of each page, and at these."""
    held = Activity.objects.filter(leader=town.cast["leader"], state="published", last_ends_at__lt=town.now).latest("last_ends_at")
    alike = Activity.objects.get(title="冬至包饺子")
    doubled = DoorScan.objects.filter(verdict="already", settlement__isnull=True).first()
    assert doubled is not None
    return {
        "leader": [reverse("activities:manage", args=[held.code])],
        "community": [reverse("activities:manage", args=[alike.code])],
        "hub": [reverse("activities:scans", args=[doubled.shift_id])],
    }


@pytest.fixture(scope="module")
def words_of_the_house() -> set[str]:
    """All Chinese texts of the catalogues."""
    found = set()
    for file in SOURCE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        with file.open("rb") as opened:
            for message in read_po(opened):
                texts = message.string if isinstance(message.string, tuple | list) else [message.string]
                found |= {text for text in texts if len(HAN.findall(text)) and message.id}
    return found


@pytest.fixture(scope="module")
def words_of_people(built) -> str:
    """Everything people wrote into the town."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type in ('text', 'character varying')"
            " and table_name !~ '^(journal|procrastinate|django|auth)'"
        )
        columns = cursor.fetchall()
        texts = []
        for table, column in columns:
            cursor.execute(f'select string_agg(distinct "{column}", chr(10)) from "{table}"')
            texts.append(cursor.fetchone()[0] or "")
    return "\n".join(texts)


@pytest.fixture(scope="module")
def walked() -> dict:
    return {}


@pytest.fixture
def walk(built, walked, words_of_people, words_of_the_house, db, settings):
    """`walk(visitor, language)`: every visitor walks once."""
    settings.DEMO = True

    def walk(visitor: str, language: str) -> Walk:
        if (visitor, language) not in walked:
            with transaction.atomic():
                if language == "en":  # every page is walked with a calculation at work, and without
                    themes.ask_for_run(by=built.cast["hub"])
                    matching.match_needs(built.streets[0], by=built.cast["hub"])
                walked[visitor, language] = Walker(visitor, language, words_of_people, words_of_the_house, rare_doors(built).get(visitor, [])).walk()
                transaction.set_rollback(True)
        return walked[visitor, language]

    return walk


class Walker:
    def __init__(self, visitor: str, language: str, words_of_people: str, words_of_the_house: set[str], rare: list[str]) -> None:
        self.visitor, self.language = visitor, language
        self.people, self.house = words_of_people, words_of_the_house
        self.client = Client(raise_request_exception=False)
        self.client.cookies["lang"] = LANGUAGES[language]
        starts = ["portal:home"]
        if visitor != STRANGER:
            persona = next(each for each in personas() if each.key == visitor)
            self.client.force_login(persona.account)
            starts.append("portal:me")
        self.todo = deque((url, "start") for url in [*(reverse(name) for name in starts), *rare])
        self.taken: dict[str, int] = defaultdict(int)
        self.asked: set[str] = set()
        self.names: dict[str, str] = {}
        self.found = Walk()

    def walk(self) -> Walk:
        with translation.override(LANGUAGES[self.language]):
            while self.todo:
                url, seen_on = self.todo.popleft()
                self.visit(url, seen_on)
        return self.found

    def fault(self, kind: str, text: str) -> None:
        self.found.faults[kind].append(text)

    def name_of(self, url: str) -> str:
        path = urlsplit(url).path
        if path not in self.names:
            try:
                self.names[path] = resolve(path).view_name
            except Resolver404:
                self.names[path] = ""
        return self.names[path]

    def offer(self, link: str, page: str) -> None:
        """Take a link on the list unless enough of its kind were seen."""
        parts = urlsplit(urljoin(page, link))
        if parts.scheme or parts.netloc or link.startswith(("tel:", "mailto:", "sms:", "#")) or parts.path.startswith("/static/"):
            return
        url = parts.path + (f"?{parts.query}" if parts.query else "")
        name = self.name_of(url)
        if not name:
            self.fault("leads nowhere", f"{url} on {page}")
            return
        self.found.reached.add(name)
        # Few examples of each page, one from each page it is offered on; and one of each state, as the list of that state offers it.
        asked, asked_there = dict(parse_qsl(parts.query)), dict(parse_qsl(urlsplit(page).query))
        state = asked_there.get("state", "") if not asked else asked.get("state", "") if len(asked) == 1 and not asked_there else ""
        more = MORE_EXAMPLES.get(name, 0)
        kind = "?".join((name, "&".join(sorted(asked)), self.name_of(page), state, url if more else ""))
        enough = self.taken[name] >= max(more, EXAMPLES[self.language]) and not (state and self.language == "zh")
        if url in self.asked or self.taken[kind] or enough:
            return
        self.taken[kind] += 1
        self.taken[name] += 1
        self.asked.add(url)
        self.todo.append((url, page))

    def visit(self, url: str, seen_on: str) -> None:
        where = f"{url} on {seen_on}"
        if self.name_of(url) in KEPT_FOR_A_MINUTE:
            self.client.get(url)
        questions = Questions()
        with connection.execute_wrapper(questions):
            answer = self.client.get(url, headers={"accept-encoding": "identity"})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.found.reached.add(self.name_of(url))
        if answer.status_code in {301, 302, 303}:
            target = answer.headers["Location"]
            if "/sign-in/" not in target or self.visitor == STRANGER:
                return self.offer(target, url)
            return self.fault("asks to sign in again", where)
        if answer.status_code != 200:
            return self.fault("answers", f"{answer.status_code} {where}")
        if not answer.headers["Content-Type"].startswith("text/html"):
            return None
        self.found.pages += 1
        self.look(url, body, questions.number)
        return None

    def look(self, url: str, body: bytes, queries: int) -> None:
        page = Page(url)
        page.feed(body.decode())
        phone = "phone" in page.body.split()
        if queries > (PHONE_QUERIES if phone else DESK_QUERIES):
            self.fault("asks too much of the database", f"{queries} {page.body} {url}")
        size = len(gzip.compress(body, 6))
        if size > (PHONE_BYTES if phone else DESK_BYTES):
            self.fault("is too heavy", f"{size} {page.body} {url}")
        if page.headings != 1:
            self.fault("headings", f"{page.headings} {url}")
        if page.lang.lower() != LANGUAGES[self.language]:
            self.fault("lang", f"{page.lang} {url}")
        if page.theme not in LOOKS:
            self.fault("look", f"{page.theme} {url}")
        if page.without_token:
            self.fault("form without token", f"{page.without_token} {url}")
        if twice := {each for each in page.ids if page.ids.count(each) > 1}:
            self.fault("id twice", f"{sorted(twice)} {url}")
        for text in self.foreign(page):
            self.fault("not translated", f"{text!r} {url}")
        for link in page.links:
            self.offer(link, url)
        for action in page.sent_to:
            self.found.reached.add(self.name_of(urljoin(url, action)))

    def foreign(self, page: Page) -> list[str]:
        """Texts of ours in the other language. What people wrote stays as they wrote it."""
        if self.language == "en":
            ours = [text for lang, text in page.texts if not lang.lower().startswith("zh") and HAN.search(text) and text not in LANGUAGE_NAMES]
            return [text for text in ours if text in self.house or any(run not in self.people for run in HAN.findall(text))]
        ours = [ADDRESS.sub("", text) for lang, text in page.texts if lang.lower().startswith("zh")]
        return [text for text in ours if not set(ENGLISH.findall(text)) <= KEPT and text not in self.people]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_whoever_follows_our_links_finds_whole_pages(walk, visitor, language):
    found = walk(visitor, language)
    assert found.pages > 10
    faults = sorted({f"{kind}: {fault}" for kind, faults in found.faults.items() for fault in faults})
    assert not faults, "\n".join(faults)


def test_every_page_is_within_reach_of_somebody_who_clicks(walk):
    reached = set().union(*(walk(visitor, "zh").reached for visitor in VISITORS))
    missing = sorted(set(AUDIENCES) - reached - set(NO_LINK))
    assert not missing, "\n".join(missing)
