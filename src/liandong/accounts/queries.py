"""Reading people: what is kept about one, and the whole of it as a file."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from liandong.accounts.models import Account, Consent, Person
from liandong.core.text import fold, normalize_phone
from liandong.journal.models import Entry
from liandong.journal.services import key_of

# How a row may point to a person: as the one it is about, or as somebody who only acted on it. A guard test asks for every key to stand here.
ABOUT = {"person", "asker", "leader", "manager", "guardian", "merged_into", "giver", "visited_person", "respondent", "contact", "relative", "other"}
ACTED = {
    "given_through", "granted_by", "uploaded_by", "handler", "submitted_by", "answered_by", "raised_by", "created_by", "agreed_by", "signed_up_by", "clash_allowed_by",
    "in_by", "out_by", "corrected_by", "confirmed_by", "made_by", "claimed_by", "allowed_by", "written_by", "done_by", "asked_by",
    "changed_by", "proposed_by", "decided_by", "collect_by", "collected_by", "entered_by", "reviewed_by", "placed_by", "pause_asked_by",
    "drawn_by", "notes_by", "invited_by", "booked_by", "checked_in_by", "reported_by", "taken_by", "mended_by", "inspector", "finished_by",
    "host_agreed_by", "hub_agreed_by", "brought_by", "from_agreed_by", "to_agreed_by", "paper_noted_by",
    "sent_by", "settled_by", "approved_by", "used_by", "suspended_by", "lifted_by",
}  # fmt: skip
WHOLE = {"person", "asker"}
SECRET = {"password", "code_hash", "id_number_sealed", "id_number_hash", "secret", "search", "pinyin", "initials"}


def with_number(people: QuerySet[Person], typed: str) -> list[Person]:
    """Those of these people who have this volunteer number or mobile number, two at most: one is found, several share a phone."""
    phone = normalize_phone(typed)
    rows = people.filter(merged_into__isnull=True, erased_at__isnull=True)
    return list(rows.filter(phone=phone)[:2] if phone else rows.filter(number=fold(typed).upper()[:20])[:2])


def names_behind(entries: Iterable[Entry]) -> dict[str, str]:
    """Who did what a history lists: masked names by `Entry.by`, people only."""
    keys = {key for entry in entries if (key := entry.by_person) is not None}
    return {key_of(person): person.masked_name for person in Person.objects.filter(pk__in=keys)}


def consents_of(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(person=person).select_related("given_through").order_by("withdrawn_at", "-given_at", "id")


def keys_to_people() -> Iterator[tuple[type[models.Model], Any]]:
    """Every foreign key of Liandong that points to a person, whichever app it stands in."""
    for model in apps.get_models():
        if model.__module__.startswith("liandong."):
            for field in model._meta.concrete_fields:
                if field.related_model is Person:
                    yield model, field


def own_data(person: Person) -> dict[str, Any]:
    """All that is kept about a person, for them: rows about them whole, rows they only acted on by number. Nothing about anybody else."""
    data: dict[str, Any] = {"person": {**_plain(person), "id_number": person.read_id_number()}}
    account = Account.objects.filter(person=person).first()
    data["account"] = _plain(account) if account else None
    for model, field in keys_to_people():
        rows = model._default_manager.filter(**{field.name: person}).order_by("pk")
        label = model._meta.label_lower
        if model is Account:
            continue
        if field.name in WHOLE:
            if found := [_plain(row) for row in rows]:
                data.setdefault(label, []).extend(found)
        elif number := rows.count():
            data.setdefault("acted_on", {})[f"{label}.{field.name}"] = number
    return data


def _plain(row: models.Model) -> dict[str, Any]:
    """The row's own values; of keys only those that lead to no person."""
    values = {}
    for field in row._meta.concrete_fields:
        if field.name in SECRET or field.related_model in (Person, Account):
            continue
        value = getattr(row, field.attname)
        if isinstance(field, models.ForeignKey):
            related = getattr(row, field.name)
            value = str(related) if related is not None else None
        values[field.name] = str(value) if isinstance(value, dt.date | dt.time | Decimal | dt.datetime) or hasattr(value, "url") else value
    return values
