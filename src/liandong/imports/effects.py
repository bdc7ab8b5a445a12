"""What a run did to the database, kept so that it can be taken back, and taking it back. Knows models only by name."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.imports.models import ImportEffect, ImportRun
from liandong.imports.specs import Row
from liandong.journal import services as journal

CHUNK = 2000


class Writer:
    """Collects the effects of one batch; `flush` keeps them at its end, when the rows have their last values."""

    def __init__(self, run: ImportRun, *, by: Person | System) -> None:
        self.run, self.by = run, by
        self._created: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._filled: list[ImportEffect] = []

    def created(self, row: Row | None, thing: models.Model, before: dict[str, Any] | None = None) -> None:
        self._created[thing._meta.label_lower].append((thing.pk, row.number if row else 0, json.dumps(before or {})))

    def filled(self, row: Row, thing: models.Model, before: dict[str, Any]) -> None:
        """`before`: the empty values the fields had."""
        after = {name: digest_of(getattr(thing, name)) for name in before}
        self._filled.append(
            ImportEffect(
                run=self.run,
                row=row.number,
                model=thing._meta.label_lower,
                object_id=thing.pk,
                action=ImportEffect.Action.FILLED,
                before=before,
                after=after,
            )
        )

    def record(self, verb: str, things: Iterable[models.Model], after: Callable[[Any], dict[str, Any]]) -> None:
        journal.record_many(verb, on=[(thing, after(thing)) for thing in things], reason=f"import {self.run.pk}", by=self.by)

    def flush(self) -> None:
        for label, made in self._created.items():
            table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)
            with connection.cursor() as cursor:
                # The digest is taken of the whole row as the database holds it: any later change shows.
                cursor.execute(
                    f"""insert into {connection.ops.quote_name(ImportEffect._meta.db_table)} (run_id, "row", model, object_id, action, before, after)
                    select %s, made."row", %s, made.id, 'created', made.before::jsonb, jsonb_build_object('digest', md5(thing::text))
                    from unnest(%s::bigint[], %s::int[], %s::text[]) as made(id, "row", before) join {table} as thing on thing.id = made.id
                    order by made."row", made.id""",  # noqa: S608 - names of our own tables
                    [
                        self.run.pk,
                        label,
                        [pk for pk, _row, _before in made],
                        [row for _pk, row, _before in made],
                        [before for _pk, _row, before in made],
                    ],
                )
        ImportEffect.objects.bulk_create(self._filled, batch_size=CHUNK)
        self._created.clear()
        self._filled = []


def digest_of(value: Any) -> str:
    return hashlib.blake2b(json.dumps(value, default=str, sort_keys=True).encode(), digest_size=12).hexdigest()


# Taking back

Kept = dict[tuple[str, str], list[int]]  # (model, why) -> numbers of the rows
Made = dict[str, dict[int, int]]  # model -> key -> number of the row; 0 for what several rows share


def take_back(run: ImportRun, *, leaning: Iterable[tuple[str, str, str]] = ()) -> dict[str, Any]:
    """Empties what the run filled and deletes what it made, as far as nobody changed or used it since. A row of which something stays, stays whole.

    `leaning`: (model made, other model, field both have): a row of the other model that is not ours keeps the first, though no key says so.
    Returns {"restored": n, "removed": {model: n}, "kept": [{"model", "reason": "changed" | "used" | "whole", "count", "rows": [first row numbers]}]}.
    """
    kept: Kept = defaultdict(list)
    emptied = _empty_again(run, kept)
    made: Made = {label: dict(_rows_of(run, label)) for label in _labels(run, ImportEffect.Action.CREATED)}
    everything = {label: set(rows) for label, rows in made.items()}
    for label, rows in made.items():
        for pk in _changed(run, label, list(rows)):
            kept[label, "changed"].append(rows.pop(pk))
    while _keep_whole_rows(made, kept) or _keep_used(made, kept) or _keep_leaned_on(made, kept, leaning):
        pass
    restored = _fill_what_stays(emptied, made, everything)
    removed = _delete(made)
    return {
        "restored": restored,
        "removed": removed,
        "kept": [
            {"model": label, "reason": reason, "count": len(rows), "rows": sorted(set(rows) - {0})[:50]}
            for (label, reason), rows in sorted(kept.items())
            if rows
        ],
    }


def _labels(run: ImportRun, action: str) -> list[str]:
    return list(ImportEffect.objects.filter(run=run, action=action).values_list("model", flat=True).distinct().order_by("model"))


def _rows_of(run: ImportRun, label: str) -> Iterable[tuple[int, int]]:
    return ImportEffect.objects.filter(run=run, action=ImportEffect.Action.CREATED, model=label).values_list("object_id", "row")


def _parts(keys: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(keys)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _empty_again(run: ImportRun, kept: Kept) -> list[tuple[str, int, dict[str, Any]]]:
    """(model, key, the values that were there) of what was emptied, last first."""
    emptied: list[tuple[str, int, dict[str, Any]]] = []
    effects = ImportEffect.objects.filter(run=run, action=ImportEffect.Action.FILLED).order_by("-id")
    for label in _labels(run, ImportEffect.Action.FILLED):
        model = apps.get_model(label)
        mine = list(effects.filter(model=label))
        for start in range(0, len(mine), CHUNK):
            part = mine[start : start + CHUNK]
            things = model._default_manager.select_for_update(of=["self"]).in_bulk({effect.object_id for effect in part})
            for effect in part:
                thing = things.get(effect.object_id)
                same = [name for name in effect.before if thing is not None and digest_of(getattr(thing, name)) == effect.after.get(name)]
                if thing is not None and same:
                    emptied.append((label, thing.pk, {name: getattr(thing, name) for name in same}))
                    model._default_manager.filter(pk=thing.pk).update(**{name: effect.before[name] for name in same})
                    for name in same:
                        setattr(thing, name, effect.before[name])
                if len(same) < len(effect.before):
                    kept[label, "changed"].append(effect.row)
    return emptied


def _fill_what_stays(emptied: list[tuple[str, int, dict[str, Any]]], made: Made, everything: dict[str, set[int]]) -> int:
    """What the run made, filled later on, and now leaves, gets its values back. Returns how many things stay emptied."""
    count = 0
    for label, pk, values in emptied:
        stays = pk in everything.get(label, ()) and pk not in made.get(label, {})
        if stays:
            apps.get_model(label)._default_manager.filter(pk=pk).update(**values)
        count += not stays
    return count


def _changed(run: ImportRun, label: str, pks: list[int]) -> list[int]:
    """Rows that are not as the run left them, or gone."""
    table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select effect.object_id from {connection.ops.quote_name(ImportEffect._meta.db_table)} as effect left join {table} as thing on thing.id = effect.object_id
            where effect.run_id = %s and effect.model = %s and effect.action = 'created' and effect.object_id = any(%s)
            and md5(thing::text) is distinct from effect.after->>'digest'""",  # noqa: S608 - names of our own tables
            [run.pk, label, pks],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _keep(made: Made, kept: Kept, label: str, keys: Iterable[int], why: str) -> bool:
    keys = list(keys)
    kept[label, why] += [made[label].pop(pk) for pk in keys]
    return bool(keys)


def _keep_whole_rows(made: Made, kept: Kept) -> bool:
    stay = {row for (label, _why), rows in kept.items() if label in made for row in rows} - {0}
    return any(_keep(made, kept, label, [pk for pk, row in rows.items() if row in stay], "whole") for label, rows in made.items()) if stay else False


def _keep_used(made: Made, kept: Kept) -> bool:
    """What another row points to that will not be deleted too."""
    found = False
    for label, rows in made.items():
        for relation in apps.get_model(label)._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)) or not rows:
                continue
            other, field = relation.related_model, relation.field
            going = made.get(other._meta.label_lower, {})
            used: set[int] = set()
            for part in _parts(rows):
                pointing = other._base_manager.filter(**{f"{field.name}__in": part}).values_list("pk", field.attname)
                used |= {target for pk, target in pointing if pk not in going}
            found = _keep(made, kept, label, used, "used") or found
    return found


def _keep_leaned_on(made: Made, kept: Kept, leaning: Iterable[tuple[str, str, str]]) -> bool:
    found = False
    for label, other_label, field in leaning:
        rows, going = made.get(label, {}), made.get(other_label, {})
        model, other = apps.get_model(label), apps.get_model(other_label)
        for part in list(_parts(rows)):
            shared = {value: pk for pk, value in model._base_manager.filter(pk__in=part).values_list("pk", field)}
            leaned = other._base_manager.filter(**{f"{field}__in": list(shared)}).values_list("pk", field)
            found = _keep(made, kept, label, {shared[value] for pk, value in leaned if pk not in going}, "used") or found
    return found


def _delete(made: Made) -> dict[str, int]:
    """Those that point first, those that are pointed to last."""
    waiting = {label: apps.get_model(label) for label, rows in made.items() if rows}
    removed: dict[str, int] = {}
    while waiting:
        pointed_to = {
            field.related_model
            for model in waiting.values()
            for field in model._meta.fields
            if field.is_relation and field.related_model is not model
        }
        for label, model in list(waiting.items()):
            if model not in pointed_to:
                for part in _parts(made[label]):
                    model._base_manager.filter(pk__in=part)._raw_delete(model._base_manager.db)
                removed[label] = len(made[label])
                del waiting[label]
    return removed
