"""Writing to the journal and sealing it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction

from liandong.core.actors import System
from liandong.core.context import request_id
from liandong.journal import reactions_registry
from liandong.journal.models import Entry, Seal

Actor = models.Model | System


def key_of(thing: models.Model | System) -> str:
    """'accounts.person:12' for a row, 'system:waitlist' for a part of Liandong that acts by itself."""
    if isinstance(thing, System):
        return str(thing)
    return f"{thing._meta.label_lower}:{thing.pk}"


def record(
    verb: str,
    *,
    on: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    by: Actor,
) -> Entry:
    """Write one entry and defer the reactions to it, all in the verb's transaction. Values must be JSON; personal values do not belong here."""
    entry = Entry.objects.create(
        verb=verb, by=key_of(by), on=key_of(on), before=_plain(before), after=_plain(after), reason=reason[:2000], request_id=request_id()
    )
    for name in reactions_registry.names_for(verb):
        reactions_registry.defer(name, entry_id=entry.pk)
    return entry


def record_many(verb: str, *, on: Iterable[tuple[models.Model, dict[str, Any]]], reason: str = "", by: Actor) -> None:
    """One entry each for many things, for verbs in bulk: (thing, values after). Reactions are deferred as by `record`."""
    rows = [(key_of(thing), json.dumps(after, default=str, ensure_ascii=False)) for thing, after in on]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""insert into "{Entry._meta.db_table}" (verb, by, "on", before, after, reason, request_id)
            select %s, %s, entry.key, '{{}}', entry.after::jsonb, %s, %s from unnest(%s::text[], %s::text[]) with ordinality as entry(key, after, place) order by entry.place
            returning id""",  # noqa: S608 -- the name of our own table
            [verb, key_of(by), reason[:2000], request_id(), [key for key, _after in rows], [after for _key, after in rows]],
        )
        written = cursor.fetchall()
    for name in reactions_registry.names_for(verb):
        for (entry_id,) in written:
            reactions_registry.defer(name, entry_id=entry_id)


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as they will come back from the database: dates as text, keys as text."""
    return json.loads(json.dumps(values or {}, default=str, ensure_ascii=False))


def digest_of(previous: str, rows: list[tuple[Any, ...]]) -> str:
    """SHA-256 over the seal before and every entry's values in order."""
    chain = hashlib.sha256(previous.encode())
    for row in rows:
        chain.update(json.dumps(row, default=str, ensure_ascii=False, sort_keys=True).encode())
    return chain.hexdigest()


FIELDS = ("id", "at", "verb", "by", "on", "before", "after", "reason", "request_id")


@transaction.atomic
def seal_entries(*, limit: int = 5000) -> Seal | None:
    """Seal what was written since the last seal; None when there is nothing new. Writers wait for a moment, so that no earlier entry can still appear."""
    with connection.cursor() as cursor:
        cursor.execute(f'lock table "{Entry._meta.db_table}" in share mode')
    last = Seal.objects.order_by("-last_entry_id").first()
    rows = list(Entry.objects.filter(id__gt=last.last_entry_id if last else 0).order_by("id").values_list(*FIELDS)[:limit])
    if not rows:
        return None
    return Seal.objects.create(
        last_entry_id=rows[-1][0],
        entry_count=(last.entry_count if last else 0) + len(rows),
        digest=digest_of(last.digest if last else "", rows),
    )
