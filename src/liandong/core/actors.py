"""System actors: what acts when no person does. Named, so that the journal never says 'somebody'."""

from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """A named part of Liandong that acts on its own, such as the waiting list."""

    name: str

    def __str__(self) -> str:
        return f"system:{self.name}"


WAITLIST = System("waitlist")
IMPORTER = System("importer")
SCHEDULER = System("scheduler")
DOOR = System("door")
DEMO = System("demo")
COMMAND_LINE = System("command-line")
