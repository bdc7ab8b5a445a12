"""Everybody tries every address on what belongs to somebody else, and everybody sends nonsense to every address.

One body's private things carry a marker. Strangers, a resident, the manager of another body and the hub of another street open and post to every URL name
with the ids of those things: no answer shows the marker, none breaks, and no row of the body changes.
"""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

import liandong
from liandong.accounts.models import Account, Consent, Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.activities.tests import factories as doing
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.evaluation import services as evaluation
from liandong.imports import services as imports
from liandong.imports.models import ImportRun
from liandong.needs import services as needs
from liandong.needs.models import Need
from liandong.notices import services as notices
from liandong.organizations.models import Membership, Organization, Right, Role, Territory
from liandong.organizations.permissions import organizations_with
from liandong.organizations.tests import factories as bodies
from liandong.projects import services as projects
from liandong.projects.models import Milestone, Pledge, Project
from liandong.recognition import services as recognition
from liandong.venues.models import Venue
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile
from tests.guards.test_urls import URLS

pytestmark = pytest.mark.django_db

MARK = "鹤鸣"  # stands in everything of the body that is not for everybody
MARKED_PHONE = "1395550"
LAST = {"accounts:sign_out", "accounts:password", "accounts:persona"}  # they change who is asking


class Body:
    """A body with people, needs, projects, activities, records and files; what is private of it carries the marker."""

    def __init__(self) -> None:
        self.street = bodies.street(name="建外街道")
        self.place = bodies.territory(name="北郎东社区", parent=self.street)
        self.hub = bodies.organization(name="建外街道枢纽", kind="hub", place=self.street)
        self.hub_manager = self.account("鹤鸣中", role=Role.HUB_MANAGER, on=self.street)
        self.body = bodies.organization(name="暖邻社工事务所", kind="agency", place=self.place, contact_name="鹤鸣联", contact_phone="13955500009")
        self.manager = self.account("鹤鸣经", role=Role.ORG_MANAGER, on=self.body)
        self.resident = self.account("鹤鸣居民")
        self.volunteer = self.account("鹤鸣志愿")
        for person in (self.resident, self.volunteer):
            bodies.member(self.body, person=person, department=MARK)
        self.consent = Consent.objects.create(person=self.resident, purpose="proxy", words=MARK, given_at=clock.now())
        self.grant = bodies.grant(Role.OBSERVER, on=self.body, person=self.volunteer)
        self.membership = Membership.objects.get(person=self.resident, organization=self.body)
        self.profile = VolunteerProfile.objects.create(person=self.volunteer, residence=self.place, registered_on=clock.today(), intro=MARK)
        self.venue = Venue.objects.create(name="活动站", host=self.body, territory=self.place, address="北郎东里 12 号楼")
        self.closed_venue = Venue.objects.create(name=f"{MARK}仓库", host=self.body, territory=self.place, address=MARK, is_open=False)
        self.team = Team.objects.create(name="巧手队", organization=self.body, territory=self.place, leader=self.volunteer)
        TeamMembership.objects.create(team=self.team, person=self.volunteer, from_date=dt.date(2020, 1, 1))
        self._needs()
        self._projects()
        self._activities()
        self._records()
        cells = "姓名\t手机号\n鹤鸣甲\t13955500008\n鹤鸣乙\t12"
        self.run = imports.upload(
            kind="roster", source=cells, file_name=f"{MARK}.xlsx", territory=self.place, organization=self.body, by=self.manager
        )[0]
        imports.check(self.run, by=self.manager)
        self.notice = notices.notify(self.resident, kind="need.answered", values={"title": MARK, "words": MARK}, url="/me/", once_key="marked")

    def account(self, name: str, *, role: str = "", on: Any = None) -> Person:
        person = Person.objects.create(
            name=name, phone=f"{MARKED_PHONE}{Account.objects.count():04}", email=f"{Account.objects.count()}@heming.example"
        )
        Account.objects.create_account(person=person, phone=person.phone)
        if role:
            bodies.grant(role, on=on, person=person)
        return person

    def _needs(self) -> None:
        words = f"{MARK}家里电饭煲坏了，电话 13955500001"
        private = {
            "territory": self.place,
            "is_public": False,
            "note": MARK,
            "contact_name": f"{MARK}甲",
            "contact_phone": "13955500001",
            "place": MARK,
        }
        self.need = needs.submit_need(words=words, by=self.resident, **private)
        self.planned_need = needs.submit_need(words=words, by=self.resident, **private)
        self.done_need = needs.submit_need(words=words, by=self.resident, **private)
        self.public_need = needs.submit_need(
            words="想请人教老人用智能手机", territory=self.place, note=MARK, contact_phone="13955500001", by=self.resident
        )
        for need in (self.need, self.done_need, self.public_need):
            needs.claim_need(need, organization=self.body, by=self.hub_manager)
        needs.match_need(self.public_need, by=self.manager)
        needs.finish_need(self.done_need, words="修好了", by=self.manager)
        self.all_needs = [self.need, self.planned_need, self.done_need, self.public_need]

    def _projects(self) -> None:
        values = {"lead": self.body, "territory": self.place, "by": self.hub_manager}
        self.draft = projects.create_project(name=f"{MARK}草案", goal=MARK, needs=[self.planned_need], **values)
        self.running = projects.create_project(name="小家电义诊", goal="修好 40 件家电", **values)
        Project.objects.filter(pk=self.running.pk).update(state="running", approved_at=clock.now())
        self.pledge = projects.add_pledge(self.draft, organization=self.body, kind=Pledge.Kind.PLAN, words=MARK, by=self.manager)
        self.milestone = Milestone.objects.create(project=self.draft, name=MARK, due_date=clock.today())

    def _activities(self) -> None:
        values = {"host": self.body, "territory": self.place, "venue": self.venue, "leader": self.manager, "contact_name": "值班员"}
        self.hidden = doing.make_activity(title=f"{MARK}内部会", summary=MARK, state="draft", project=self.draft, **values)
        self.hidden_shift = doing.make_shift(self.hidden, spot=MARK)
        doing.make_position(self.hidden_shift, name=f"{MARK}岗")
        self.shown = doing.make_activity(title="修家电", project=self.running, **values)
        self.shift = doing.make_shift(self.shown)
        self.position = doing.make_position(self.shift, name="登记")
        self.sign_up = doing.make_sign_up(self.position, person=self.volunteer)
        self.over = doing.make_activity(title="上周修家电", **values)
        self.past_shift = doing.make_shift(self.over, starts_at=clock.now() - dt.timedelta(days=2))
        self.came = doing.make_sign_up(doing.make_position(self.past_shift, name="登记"), person=self.volunteer)
        self.attendance = doing.make_attendance(self.came, out_at=self.past_shift.ends_at)

    def _records(self) -> None:
        self.record = recognition.confirm_service(self.came, by=self.manager)
        self.appeal = recognition.appeal_record(self.record, words=MARK, by=self.volunteer)
        self.certificate = recognition.issue_certificate(self.volunteer, by=self.volunteer)
        evaluation.invite(self.came, by=SCHEDULER)

    def values(self, name: str) -> list[dict[str, Any]]:
        """The arguments of an address: every thing of the body that could stand there."""
        route = str(URLS[name].pattern)
        namespace = name.split(":")[0]
        numbers = [self.resident.number, self.volunteer.number]
        keys = {
            "accounts": [self.consent.pk],
            "notices": [self.notice.pk],
            "venues": [self.closed_venue.pk, self.venue.pk],
            "imports": [self.run.pk] if "pk" in route else ["roster"],
            "volunteers": [self.team.pk] if "teams" in route else numbers,
            "needs": [need.number for need in self.all_needs],
            "evaluation": [self.came.code] if "rate/" in route else [self.hidden.code, self.shown.code],
            "insight": ["volunteers", "service-hours", "needs-asked"],
            "ui": [],
        }
        if namespace == "organizations":
            found = (
                [self.place.pk]
                if "places/" in route
                else [self.grant.pk]
                if "roles/<" in route
                else [self.membership.pk]
                if "memberships/<" in route
                else numbers
                if route.startswith("person/")
                else [self.body.slug]
            )
        elif namespace == "projects":
            found = (
                [self.pledge.pk]
                if "pledge" in route
                else [self.milestone.pk]
                if "milestone" in route and "<int" in route
                else [self.draft.number, self.running.number]
            )
        elif namespace == "activities":
            found = (
                [self.hidden_shift.pk, self.shift.pk, self.past_shift.pk]
                if route.startswith("shift/")
                else [self.attendance.pk]
                if route.startswith("attendance/")
                else [self.sign_up.code]
                if route.startswith("ticket/")
                else [self.hidden.code, self.shown.code]
            )
        elif namespace == "recognition":
            found = (
                [self.past_shift.pk]
                if route.startswith("confirm/<")
                else [self.appeal.pk]
                if route.startswith("appeals/<")
                else [self.certificate.code]
                if route.startswith("certificates/<")
                else [self.record.number]
            )
        elif namespace == "portal":
            found = (
                [self.body.slug]
                if "slug" in route
                else [self.hidden.code]
                if route.startswith("a/")
                else [self.certificate.code]
                if route.startswith("v/")
                else ["AAAA-BBBB"]
            )
        else:
            found = keys[namespace]
        arguments = list(URLS[name].pattern.converters)  # type: ignore[union-attr]
        if not arguments:
            return [{}]
        return [dict.fromkeys(arguments, value) | ({"number": numbers[0]} if len(arguments) > 1 else {}) for value in found]

    def claims(self) -> dict[str, Any]:
        """A form that names the body's things in every field that could take one."""
        return {
            **dict.fromkeys(("organization", "host", "lead", "asker_organization"), self.body.pk),
            **dict.fromkeys(("leader", "manager", "handler"), self.manager.pk),
            "venue": self.venue.pk, "territory": self.place.pk, "parent": self.place.pk, "residence": self.place.pk, "scope": f"organization:{self.body.pk}",
            "project": self.draft.number, "need": [need.number for need in self.all_needs], "into": self.need.number, "ids": [need.pk for need in self.all_needs] + [self.sign_up.pk],
            "sign_up": [self.sign_up.pk, self.came.pk], "person": self.volunteer.number, "number": self.volunteer.number, "position": self.position.pk,
            "who": self.volunteer.number, "role": Role.ORG_MANAGER, "state": "closed", "field": "phone", "reason": "说明原因", "words": "说几句话", "name": "新名字", "title": "新标题",
            "short_name": "新", "kind": "place", "category": "other", "urgency": 0, "is_public": "on", "step": "words", "act": "in", "code": self.sign_up.code, "score": 5, "minutes": 0,
            "version": 1, "due_date": "2030-01-01", "done_date": "", "in_at": "2026-06-10 10:00", "weeks": 1, "outcome": "好", "served_count": 3, "cancel_until_hours": 3, "what": "accept",
            "level": "building", "consent": "on", "address": "某处", "span": "all", "kept": "no", "quantity": 1, "capacity": 9, "spent_fen": "1", "pasted": "姓名\t电话\n王小明\t13800000000",
            "shifts-TOTAL_FORMS": 1, "shifts-INITIAL_FORMS": 1, "shifts-0-pk": self.shift.pk, "shifts-0-date": "2030-01-01", "shifts-0-start": "10:00", "shifts-0-end": "11:00",
            "positions-TOTAL_FORMS": 1, "positions-INITIAL_FORMS": 0, "positions-0-name": "登记", "positions-0-kind": "volunteer", "positions-0-capacity": 3,
        }  # fmt: skip


@pytest.fixture
def body() -> Body:
    return Body()


@pytest.fixture
def client(monkeypatch) -> Client:
    """One that shows a broken page as a 500, and keeps no copies of what templates were given: there are thousands of pages."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_arguments, **_named: None)
    return Client(raise_request_exception=False)


def outsider(who: str) -> Person | None:
    """Somebody with nothing to do with the body."""
    if who == "stranger":
        return None
    street = bodies.street(name="呼家楼街道")
    place = bodies.territory(name="新街社区", parent=street)
    person = Person.objects.create(name="王外人", phone="13800007777")
    Account.objects.create_account(person=person, phone=person.phone)
    if who == "staff":
        other = bodies.organization(name="禾木科技", kind="enterprise", place=place)
        bodies.grant(Role.ORG_MANAGER, on=other, person=person)
        bodies.member(other, person=person, kind="staff")
    if who == "hub":
        bodies.organization(name="呼家楼枢纽", kind="hub", place=street)
        bodies.grant(Role.HUB_MANAGER, on=street, person=person)
    return person


# What anybody may add to a body's public things: a place in its open activity, membership of its team, being asked. Counters follow.
OPEN_TO_ALL = {"activities_signup", "volunteers_teammembership", "notices_notice", "notices_delivery", "journal_entry"}
PASSING = {"django_session", "procrastinate_jobs", "procrastinate_events", "accounts_signincode", "accounts_failedsignin"}


def tables() -> list[str]:
    return sorted(
        model._meta.db_table for model in apps.get_models() if model.__module__.startswith("liandong.") and model._meta.db_table not in PASSING
    )


def rows() -> dict[tuple[str, str], str]:
    """(table, key) -> hash of every row, but for the counter that a sign-up moves."""
    parts = [f"select '{name}', t.id::text, md5((to_jsonb(t) - 'next_sequence')::text) from {name} t" for name in tables()]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts))
        return {(table, key): value for table, key, value in cursor.fetchall()}


def hanging_on(body: Body) -> dict[str, int]:
    """How many rows hang on the body, its people, needs, projects, activities and files."""
    things = {
        Organization: [body.body.pk], Project: [body.draft.pk, body.running.pk], Need: [need.pk for need in body.all_needs], Team: [body.team.pk],
        Activity: [body.hidden.pk, body.shown.pk, body.over.pk], Shift: [body.hidden_shift.pk, body.shift.pk], Position: [body.position.pk], ImportRun: [body.run.pk],
        Person: [body.manager.pk, body.resident.pk, body.volunteer.pk], SignUp: [body.sign_up.pk, body.came.pk], Attendance: [body.attendance.pk], Territory: [body.place.pk],
    }  # fmt: skip
    counts = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model in things and model._meta.db_table not in OPEN_TO_ALL:
                counts[f"{model._meta.label}.{field.name}"] = model._default_manager.filter(
                    **{f"{field.name}__in": things[field.related_model]}
                ).count()
    # Anybody may ask a body for a pledge to their own project, and ask for something or live in any place.
    return {
        name: number
        for name, number in counts.items()
        if name not in {"projects.Pledge.organization", "needs.Need.territory", "volunteers.VolunteerProfile.residence"}
    }


def ask(client: Client, method: str, address: str, data: Any = None) -> HttpResponse:
    """One request in a savepoint: what breaks does not spoil the next."""
    with transaction.atomic():
        inside = transaction.savepoint()
        answer = getattr(client, method)(address, data or {})
        if answer.status_code >= 500:
            transaction.savepoint_rollback(inside)
            transaction.set_rollback(False)
    for close in answer._resource_closers:  # as a server does, but the connection stays
        close()
    return answer


def text_of(answer: HttpResponse) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    where = answer.headers.get("Location", "") + answer.headers.get("Content-Disposition", "")
    return body.decode("utf-8", "replace") + where


def names() -> list[str]:
    return [name for name in sorted(URLS) if name not in LAST] + sorted(LAST & set(URLS))


def posts(body: Body, person: Person | None) -> list[dict[str, Any]]:
    """The body's things in every field; for staff also in a form that is right where it names who acts."""
    claims = body.claims()
    own = organizations_with(person, Right.MANAGE_ACTIVITIES).first() if person else None
    if own is None:
        return [claims]
    mine = {
        **dict.fromkeys(("organization", "host", "lead", "asker_organization"), own.pk),
        "leader": person.pk,
        "territory": own.territory_id,
        "venue": "",
        "kind": "other",
    }
    return [claims, {**claims, **mine}]


@pytest.mark.parametrize("who", ["stranger", "resident", "staff", "hub"])
def test_nobody_reads_or_changes_what_belongs_to_another_body(client, body, who):
    person = outsider(who)
    own = {("accounts_person", str(person.pk)), ("accounts_account", str(person.account.pk))} if person else set()
    if person is not None:
        client.force_login(person.account)
    forms_, before, hanging, wrong = posts(body, person), rows(), hanging_on(body), []
    for name in names():
        for values in body.values(name):
            address = reverse(name, kwargs=values)
            for data in (None, *forms_):
                answer = ask(client, "get" if data is None else "post", address, data)
                if answer.status_code >= 500:
                    wrong.append((address, data is not None, answer.status_code))
                if shown := marked(text_of(answer)):
                    wrong.append((address, data is not None, answer.status_code, "shows", shown))
        after = rows()
        if changed := sorted(key for key, value in before.items() if after.get(key) != value and key not in own):
            wrong.append((name, "changed", changed))
            before = after
    assert wrong == []
    assert {name: (hanging[name], number) for name, number in hanging_on(body).items() if number != hanging[name]} == {}


def marked(text: str) -> str:
    """Where the marker stands in an answer, with what is around it."""
    places = [at for mark in (MARK, MARKED_PHONE, "heming.example") if (at := text.find(mark)) >= 0]
    return text[max(min(places) - 80, 0) : min(places) + 40] if places else ""


# Nonsense

ARGUMENTS = {
    "str": ["\0", "²", "鹤" * 300, "😀", "..", "%ED%A0%80", "9" * 5000],
    "slug": ["0", "x" * 300, "9" * 5000],
    "int": [0, 2**31, 2**63, 10**30, "9" * 5000],
}
NONSENSE = {
    "nul": "a\0b",
    "digits": "9" * 4400,
    "superscript": "²",
    "emoji": "😀" * 200,
    "long": "很长" * 200 + "w" * 3000,
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "header": "/x\r\nX-Evil: 1",
    "tsquery": "a' & !b | (c:*",
    "negative": "-1",
    "float": "1e309",
}
ASKED = ["act", "assignee", "category", "clock", "code", "community", "day", "field", "find", "format", "from", "how", "kind", "language", "last", "late", "level", "next", "nonce", "number", "org", "organization", "page", "party", "period", "person", "place", "position", "project", "q", "rows", "scope", "shift", "show", "side", "skill", "slot", "sort", "state", "team", "territory", "todo", "until", "weekend", "left", "whom", "who", "need", "weeks", "code", "sheet", "header_row", "span", "from_date", "to_date"]  # fmt: skip


TURNS = (0,)  # range(len(NONSENSE)) sends everything to every field: some minutes


def field_names() -> list[str]:
    """Every field of every form of ours, and what views take from a POST by themselves."""
    found = {
        "act",
        "care",
        "ids",
        "kept",
        "language",
        "leader",
        "next",
        "nonce",
        "number",
        "on",
        "person",
        "persona",
        "position",
        "project",
        "seen",
        "sign_up",
        "theme",
        "what",
        "more",
    }
    for module in pkgutil.walk_packages(liandong.__path__, "liandong."):
        if module.name.endswith(".forms"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and issubclass(value, forms.BaseForm):
                    found |= set(value.base_fields)
    rows_ = {
        f"{prefix}-0-{name}"
        for prefix in ("shifts", "positions")
        for name in ("pk", "date", "start", "end", "spot", "was", "name", "kind", "capacity")
    }
    return sorted(found | rows_)


MANAGEMENT = {f"{prefix}-{name}_FORMS": 1 for prefix in ("shifts", "positions") for name in ("TOTAL", "INITIAL")}


def junk_addresses(name: str) -> Iterator[str]:
    converters = URLS[name].pattern.converters  # type: ignore[union-attr]
    if not converters:
        return
    kinds = {
        argument: type(converter).__name__.removesuffix("Converter").lower().removeprefix("string") or "str"
        for argument, converter in converters.items()
    }
    sample = {argument: {"int": 424242, "slug": "sentinel", "str": "sentinel"}[kind] for argument, kind in kinds.items()}
    pattern = reverse(name, kwargs=sample)
    for index in range(7):
        made = pattern
        for kind in kinds.values():
            choices = ARGUMENTS[kind]
            junk = str(choices[index % len(choices)])
            quoted = junk if junk.startswith("%") else "".join(f"%{byte:02X}" for byte in junk.encode())
            made = made.replace("424242" if kind == "int" else "sentinel", quoted, 1)
        yield made


# Free text and days of forms that are otherwise right, so that the verb behind them is reached.
WORDS = [
    "words",
    "reason",
    "nonce",
    "next",
    "shifts-0-date",
    "due_date",
    "promised_date",
    "in_at",
    "note",
    "spot",
    "outcome",
    "title",
    "name",
    "intro",
]


@pytest.fixture
def inside(client, body) -> Client:
    """The hub's manager of the body's own street, who also manages it: every page opens."""
    bodies.grant(Role.ORG_MANAGER, on=body.body, person=body.hub_manager)
    client.force_login(body.hub_manager.account)
    return client


@pytest.mark.parametrize("kind", ["address", "stranger"])
def test_an_address_of_nonsense_never_breaks_a_page(client, inside, kind):
    if kind == "stranger":
        client.logout()
    wrong = []
    for name in names():
        for place, address in enumerate(junk_addresses(name)):
            for method in ("get", "post") if place < 2 else ("get",):
                answer = ask(client, method, address)
                if answer.status_code >= 500:
                    wrong.append((method, address[:80], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("turn", TURNS)
def test_nonsense_in_a_question_or_a_form_never_breaks_a_page(inside, body, turn):
    """Each field takes another kind of nonsense than the one before it, so that one that is refused does not hide the others."""
    kinds, fields, wrong = list(NONSENSE.values()), field_names(), []
    for number, name in enumerate(names()):
        address = reverse(name, kwargs=body.values(name)[0])

        def mixed(wanted: list[str], start: int = number + turn) -> dict[str, str]:
            return {field: kinds[(start + place) % len(kinds)] for place, field in enumerate(wanted)}

        answers = [
            ("get", ask(inside, "get", address, mixed(ASKED))),
            ("post", ask(inside, "post", address, mixed(fields) | MANAGEMENT)),
            ("right but for its words", ask(inside, "post", address, body.claims() | mixed(WORDS))),
        ]
        wrong += [(kind, address, answer.status_code) for kind, answer in answers if answer.status_code >= 500]
    assert wrong == []
