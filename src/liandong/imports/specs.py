"""What a kind of file is made of. An app that owns the things registers how its rows are read, recognised and written (`<app>/import_specs.py`); this app knows
none of them.

An importer works batch by batch: `read` turns cells into values, `plan` recognises what is known already (it only reads), `write` writes what is new.
A dry run stops after `plan`, so what the preview promises is what happens.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from liandong.accounts.models import Person
from liandong.core.actors import COMMAND_LINE, System
from liandong.imports.models import ImportIssue, ImportRun
from liandong.imports.normalising import Parsed

if TYPE_CHECKING:
    from liandong.imports.effects import Writer

Level = ImportIssue.Level


@dataclass(frozen=True)
class Column:
    """A column that a kind of file may have.

    `aliases`: how it is headed out there (compared without spaces and brackets). `avoid`: a header with this word is another column. `fits`: does a cell look
    like it; used when the headers do not tell. `sample`: for the template.
    """

    key: str
    label: Any
    aliases: tuple[str, ...]
    needed: bool = False
    avoid: tuple[str, ...] = ()
    fits: Callable[[Any], bool] | None = None
    sample: str = ""
    hint: Any = ""


@dataclass
class Problem:
    """Something to be said about a cell. `values` fill the message and hold nothing that has to stay masked."""

    code: str
    level: str
    column: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Row:
    """A row of the file on its way in."""

    number: int
    cells: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    outcome: str = ""
    who: str = ""

    def cell(self, key: str) -> Any:
        return self.cells.get(key, "")

    def take(self, key: str, found: Parsed, *, level: str = Level.WARNING) -> Any:
        """The parsed value; what was not clean about it becomes a problem of that cell."""
        if found.code:
            self.say(found.code, key, level=NOTES.get(found.code, level), **found.values)
        return found.value

    def say(self, code: str, column: str = "", *, level: str = Level.WARNING, **values: Any) -> None:
        self.problems.append(Problem(code, level, column, values))

    def note(self, code: str, column: str = "", **values: Any) -> None:
        self.say(code, column, level=Level.NOTE, **values)

    def refuse(self, code: str, column: str = "", **values: Any) -> None:
        self.say(code, column, level=Level.ERROR, **values)

    @property
    def refused(self) -> bool:
        return any(problem.level == Level.ERROR for problem in self.problems)

    @property
    def warned(self) -> bool:
        return any(problem.level == Level.WARNING for problem in self.problems)


# Codes that only tell: the value was understood.
NOTES = {"hours_about": Level.NOTE, "count_about": Level.NOTE, "count_unknown": Level.NOTE, "phone_several": Level.NOTE}


class Importer:
    """One run of one kind. Subclasses say how."""

    kind: ClassVar[str]
    label: ClassVar[Any]
    noun: ClassVar[Any]
    columns: ClassVar[Sequence[Column]]
    made_labels: ClassVar[dict[str, Any]] = {}
    needs_organization: ClassVar[bool] = False
    # (model made, other model, field both have): see effects.take_back
    leaning: ClassVar[Sequence[tuple[str, str, str]]] = ()

    def __init__(self, run: ImportRun, *, dry: bool) -> None:
        self.run = run
        self.dry = dry
        self.by: Person | System = run.uploaded_by or COMMAND_LINE
        self.headers: dict[str, str] = {}  # as they stand in the file; a unit may stand there

    def read(self, row: Row) -> None:
        """Cells into `row.values`, problems said. No database."""
        raise NotImplementedError

    def plan(self, rows: list[Row]) -> None:
        """Set the outcome of every row that is not refused: taken, joined or unchanged. Reads only; what it promises `write` does."""
        raise NotImplementedError

    def write(self, rows: list[Row], writer: "Writer") -> None:
        raise NotImplementedError

    def made(self) -> dict[str, int]:
        """What came into being besides the rows themselves since it was asked last, by key of `made_labels`."""
        return {}

    @classmethod
    def column(cls, key: str) -> Column | None:
        return next((column for column in cls.columns if column.key == key), None)

    @classmethod
    def needed(cls) -> list[Column]:
        return [column for column in cls.columns if column.needed]


_importers: dict[str, type[Importer]] = {}


def register(importer: type[Importer]) -> None:
    _importers[importer.kind] = importer


def importer_of(kind: str) -> type[Importer]:
    """The importer of a kind; an unknown kind is a fault."""
    return _importers[kind]


def kinds() -> list[str]:
    """In the order of the choices of the model."""
    return [kind for kind in ImportRun.Kind.values if kind in _importers]


def keys(columns: Iterable[Column]) -> list[str]:
    return [column.key for column in columns]
