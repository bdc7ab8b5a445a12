"""Everybody tries every address on what belongs to somebody else, and everybody sends nonsense to every address.

One body's private things carry a marker. Strangers, a resident, the manager of another body and the hub of another street open and post to every URL name
with the ids of those things: no answer shows the marker, none breaks, and no row of the body changes.
"""

import importlib
import logging
import pkgutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

import liandong
from liandong.accounts.models import Account, Person
from liandong.organizations.models import Right, Role
from liandong.organizations.permissions import organizations_with
from liandong.organizations.tests import factories as bodies
from tests.guards.test_urls import URLS
from tests.support.body import MARK, MARKED_PHONE, Body

pytestmark = pytest.mark.django_db

LAST = {"accounts:sign_out", "accounts:password", "accounts:persona"}  # they change who is asking


@pytest.fixture
def body() -> Body:
    return Body()


@pytest.fixture
def client(monkeypatch) -> Client:
    """One that shows a broken page as a 500, and keeps neither what templates were given nor, in the log, what was asked: there are thousands of pages."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_arguments, **_named: None)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
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
PASSING = {
    "django_session",
    "procrastinate_jobs",
    "procrastinate_events",
    "accounts_signincode",
    "accounts_failedsignin",
    "stations_visitsalt",
    "stations_visittoken",
}
# What anybody's sign-up, reservation, word about a station, or look at what the bearer shows moves.
MOVED = {
    "activities_shift": ["next_sequence"],
    "stations_shelfitem": ["left_count"],
    "recognition_certificateshare": ["opened"],
    "stations_fact": ["verdict", "verdict_at", "verdict_source", "called_at"],
}


def tables() -> dict[str, str]:
    """Table -> its key as SQL."""
    return {
        model._meta.db_table: " || ' ' || ".join(f"t.{field.column}::text" for field in model._meta.pk_fields)
        for model in apps.get_models()
        if model.__module__.startswith("liandong.") and model._meta.db_table not in PASSING
    }


def rows() -> dict[tuple[str, str], str]:
    """(table, key) -> hash of every row, but for what others may move."""
    parts = [
        f"select '{name}', {key}, md5((to_jsonb(t) - array[{', '.join(repr(field) for field in MOVED.get(name, ['']))}])::text) from {name} t"
        for name, key in sorted(tables().items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts))
        return {(table, key): value for table, key, value in cursor.fetchall()}


# Kept by any hub for the whole site.
OF_THE_SITE = {"organizations_calendarday"}

# Anybody may ask a body for a pledge to their own project, and ask for something or live in any place; answer an open survey; offer to fulfil a wish; ask somebody to be family
# for gifts of points, which means nothing until they say yes.
MAY_HANG = {
    "projects.Pledge.organization",
    "needs.Need.territory",
    "needs.Introduction.need",
    "surveys.SurveyResponse.survey",
    "surveys.SurveyResponse.territory",
    "volunteers.VolunteerProfile.residence",
    "stations.VisitCount.station",
    "stations.VisitHour.station",
    "stations.Thanks.station",
    "bookings.Booking.room",
    "bookings.RoomWait.room",
    "points.FamilyTie.relative",
    "stations.ShelfItem.station",
}


def hanging_on(body: Body) -> dict[str, int]:
    """How many rows hang on the body, its people, needs, projects, activities, surveys, visits and files."""
    things = body.things()
    fields = [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in things and model._meta.db_table not in OPEN_TO_ALL and f"{model._meta.label}.{field.name}" not in MAY_HANG
    ]
    return {
        f"{model._meta.label}.{field.name}": model._default_manager.filter(**{f"{field.name}__in": things[field.related_model]}).count()
        for model, field in fields
    }


FORM = "application/x-www-form-urlencoded"


def ask(client: Client, method: str, address: str, data: Any = None) -> HttpResponse:
    """One request in a savepoint: what breaks does not spoil the next. A form comes as a dictionary, or as the text that a browser would send."""
    with transaction.atomic():
        inside = transaction.savepoint()
        answer = getattr(client, method)(address, data or {}, **({"content_type": FORM} if isinstance(data, str) else {}))
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


def posts(body: Body, person: Person | None) -> dict[str, list[dict[str, Any]]]:
    """Forms by app (one without a name for all others) with the body's things in every field; for staff also right where they name who acts."""
    own = organizations_with(person, Right.MANAGE_ACTIVITIES).first() if person else None
    mine = {}
    if own is not None:
        mine = {
            **dict.fromkeys(("organization", "host", "lead", "asker_organization"), own.pk),
            "leader": person.pk,
            "territory": own.territory_id,
            "venue": "",
            "kind": "other",
        }
    claims, found = body.claims(), {}
    for app, special in {"": {}, **body.special_claims()}.items():
        found[app] = [{**claims, **special}]
        if mine:
            found[app].append({**claims, **mine, **{key: value for key, value in special.items() if key in FIXED or key not in mine}})
    return found


FIXED = {"kind"}  # means what the app takes it for, whoever asks


def written() -> int:
    """Rows changed or deleted so far in this transaction, whether it was taken back or not: none since means nothing has to be compared."""
    with connection.cursor() as cursor:
        cursor.execute("select sum(n_tup_upd + n_tup_del) from pg_stat_xact_user_tables where relname <> all(%s)", [list(PASSING)])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("who", ["stranger", "resident", "staff", "hub"])
def test_nobody_reads_or_changes_what_belongs_to_another_body(client, body, who):
    person = outsider(who)
    own = {("accounts_person", str(person.pk)), ("accounts_account", str(person.account.pk))} if person else set()
    if person is not None:
        client.force_login(person.account)
    forms_ = {app: [urlencode(form, doseq=True) for form in found] for app, found in posts(body, person).items()}  # each is sent a thousand times
    before, hanging, wrong, touched = rows(), hanging_on(body), [], written()
    asked = "?" + urlencode(body.questions())
    for name in names():
        for values in body.values(name):
            address = reverse(name, kwargs=values)
            tries = [(address, None), *((address, form) for form in forms_.get(name.split(":")[0], forms_[""]))]
            if not values:
                tries += [(address + asked, data) for _address, data in tries]
            for target, data in tries:
                answer = ask(client, "get" if data is None else "post", target, data)
                if answer.status_code >= 500:
                    wrong.append((target, data is not None, answer.status_code))
                if shown := marked(text_of(answer)):
                    wrong.append((target, data is not None, answer.status_code, "shows", shown))
        if written() == touched:
            continue
        touched, after = written(), rows()
        if changed := sorted(
            key for key, value in before.items() if after.get(key) != value and key not in own and not (who == "hub" and key[0] in OF_THE_SITE)
        ):
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
    "uuid": ["0", "z" * 36, "9" * 5000],
}
SAMPLES = {"int": 424242, "slug": "sentinel", "str": "sentinel", "uuid": uuid.UUID(int=424242)}
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
    sample = {argument: SAMPLES[kind] for argument, kind in kinds.items()}
    pattern = reverse(name, kwargs=sample)
    for index in range(max(len(ARGUMENTS[kind]) for kind in kinds.values())):
        made = pattern
        for kind in kinds.values():
            choices = ARGUMENTS[kind]
            junk = str(choices[index % len(choices)])
            quoted = junk if junk.startswith("%") else "".join(f"%{byte:02X}" for byte in junk.encode())
            made = made.replace(str(SAMPLES[kind]), quoted, 1)
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
    kinds, fields, claims, wrong = list(NONSENSE.values()), field_names(), posts(body, None), []
    for number, name in enumerate(names()):
        address = reverse(name, kwargs=body.values(name)[0])

        def mixed(wanted: list[str], start: int = number + turn) -> dict[str, str]:
            return {field: kinds[(start + place) % len(kinds)] for place, field in enumerate(wanted)}

        answers = [
            ("get", ask(inside, "get", address, mixed(ASKED))),
            ("post", ask(inside, "post", address, mixed(fields) | MANAGEMENT)),
            (
                "right but for its words",
                ask(inside, "post", address, urlencode(claims.get(name.split(":")[0], claims[""])[0] | mixed(WORDS), doseq=True)),
            ),
        ]
        wrong += [(kind, address, answer.status_code) for kind, answer in answers if answer.status_code >= 500]
    assert wrong == []
