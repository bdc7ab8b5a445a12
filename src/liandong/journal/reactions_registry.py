"""Who answers to which verb. An app's `reactions.py` says `@react("shift.signed_up")`; the journal defers it by name, so hands still only reach down."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from procrastinate.contrib.django import app

_names: dict[str, list[str]] = defaultdict(list)
_functions: dict[str, Callable[..., Any]] = {}


def react(*verbs: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run the function as a job, given the journal entry, after any of these verbs has been committed. It must be repeatable without harm."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{function.__module__}.{function.__name__}"
        _functions[name] = function
        for verb in verbs:
            if name not in _names[verb]:
                _names[verb].append(name)
        return function

    return register


def names_for(verb: str) -> list[str]:
    return _names.get(verb, [])


def defer(name: str, *, entry_id: int) -> None:
    app.configure_task("liandong.react", queue="reactions").defer(reaction=name, entry_id=entry_id)


def run(name: str, *, entry_id: int) -> None:
    """Called by the worker."""
    from liandong.journal.models import Entry

    _functions[name](Entry.objects.get(pk=entry_id))
