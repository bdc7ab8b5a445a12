"""Two entries of one person become one: what the apps above say and do, without being known here. Each has it in its own `joining.py`.

`@hindrance`: asked before anything is written; gives in words, for whoever joins, why it cannot be right yet.
`@moves(*models)`: carries the rows of these models over itself, in the same transaction, and answers with how many of the first.
Rows of all other models follow by their keys to the person. Where the entry that stays has the same already, or a table takes no change, a row stays
where it was, under the entry that was joined.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from liandong.accounts.models import Account, Consent, Person
from liandong.accounts.permissions import Actor

Hindrance = Callable[[Person, Person], Iterable[str]]
Move = Callable[[Person, Person, Actor], int]


_hindrances: list[Hindrance] = []
_moves: dict[Move, str] = {}
_moved: set[type[models.Model]] = {Person, Account, Consent}
FORBIDDEN = "42501"  # what a trigger answers that keeps rows as they are


def hindrance(function: Hindrance) -> Hindrance:
    if function not in _hindrances:
        _hindrances.append(function)
    return function


def moves(*own: type[models.Model]) -> Callable[[Move], Move]:
    def register(function: Move) -> Move:
        _moved.update(own)
        _moves[function] = own[0]._meta.label
        return function

    return register


def hindrances(person: Person, into: Person) -> list[str]:
    """Everything that speaks against joining these two now, each in words; nothing is written."""
    if person.pk == into.pk or person.merged_into_id or into.merged_into_id:
        return [_("These two entries cannot be joined: one of them is already joined to another.")]
    autodiscover_modules("joining")
    found = [str(words) for ask in _hindrances for words in ask(person, into)]
    if person.id_number_hash and into.id_number_hash:
        found.insert(0, _("These are two people: their ID numbers differ."))
    elif not any(getattr(person, field) and getattr(person, field) == getattr(into, field) for field in ("name", "phone", "birth_date")):
        found.insert(0, _("Nothing says that this is one person: neither name nor mobile number nor date of birth agree."))
    if Account.objects.filter(person__in=[person, into]).count() == 2:
        found.append(_("Both entries have an account. One of them must be closed first."))
    return found


def any_row(*rows: models.QuerySet[Any]) -> bool:
    """Whether one of these has a row, whatever its model. One statement."""
    first, *others = (one.order_by().values_list("pk") for one in rows)
    return first.union(*others, all=True).exists()


def carry_over(person: Person, into: Person, *, keys: Iterable[tuple[type[models.Model], Any]], by: Actor) -> dict[str, int]:
    """Label of the model -> rows that changed hands. `person.merged_into` is `into` by now."""
    autodiscover_modules("joining")
    carried = {label: number for move, label in _moves.items() if (number := move(person, into, by))}
    for model, field in keys:
        if model not in _moved and (number := follow(model._default_manager.filter(**{field.name: person}), field.name, into=into)):
            carried[model._meta.label] = carried.get(model._meta.label, 0) + number
    return carried


def follow(rows: models.QuerySet[Any], key: str, *, into: Person) -> int:
    """Give these rows to `into`; which it cannot have, stay. How many went."""
    try:
        with transaction.atomic():
            return rows.order_by().update(**{key: into})
    except DatabaseError as trouble:
        if _forbids(trouble):
            return 0
        if not isinstance(trouble, IntegrityError):
            raise
    went = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                went += rows.model._default_manager.filter(pk=pk).update(**{key: into})
        except IntegrityError:
            continue
    return went


def _forbids(trouble: DatabaseError) -> bool:
    return getattr(trouble.__cause__, "sqlstate", "") == FORBIDDEN
