"""Promises about the whole database. Each app keeps its own in `<app>/invariants.py`; `liandong check-invariants` asks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.module_loading import autodiscover_modules

SHOWN = 20


@dataclass(frozen=True)
class Invariant:
    """`find` gives the rows that break the promise; none means that it holds."""

    key: str
    promise: str
    find: Callable[[], list[Any]]


_known: dict[str, Invariant] = {}


def invariant(key: str, promise: str) -> Callable[[Callable[[], list[Any]]], Callable[[], list[Any]]]:
    """Register a function that returns the offending rows, e.g. `@invariant("INV1.sum", "Each transfer sums to zero")`."""

    def register(find: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
        _known[key] = Invariant(key, promise, find)
        return find

    return register


def invariant_sql(key: str, promise: str, sql: str) -> None:
    """Register a query whose rows break the promise. It reads at most SHOWN + 1 of them."""
    invariant(key, promise)(lambda: rows_of(sql))


def rows_of(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS offending LIMIT {SHOWN + 1}")  # noqa: S608 -- written by us, no value from outside
        return cursor.fetchall()


def all_invariants() -> list[Invariant]:
    autodiscover_modules("invariants")
    return sorted(_known.values(), key=lambda each: each.key)


def broken() -> dict[str, list[Any]]:
    """Key -> offending rows of every promise that does not hold. Tests end with `assert broken() == {}`."""
    found = {each.key: each.find() for each in all_invariants()}
    return {key: rows for key, rows in found.items() if rows}
