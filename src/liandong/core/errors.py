"""The ways a verb says no. Each carries a sentence for the person who asked."""

from typing import Any


class Denied(Exception):
    """The person may see the thing but lacks the right for this verb. Becomes a 403 that says who can grant it."""

    def __init__(self, reason: Any = "", *, who_can: Any = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.who_can = who_can


class Refused(Exception):
    """A rule forbids the verb now. Becomes a form error (422); `field` names the form field it belongs to."""

    def __init__(self, reason: Any, *, field: str | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.field = field


class TooMany(Refused):
    """Tried too often. Becomes a 429; `seconds` says when to try again."""

    def __init__(self, reason: Any, *, seconds: int, field: str | None = None) -> None:
        super().__init__(reason, field=field)
        self.seconds = max(int(seconds), 1)


class Conflict(Exception):
    """Somebody else changed the thing in the meantime. Becomes a 409 that shows both values."""

    def __init__(self, reason: Any, *, mine: Any = "", theirs: Any = "", who: Any = "", when: Any = None) -> None:
        super().__init__(str(reason))
        self.reason, self.mine, self.theirs, self.who, self.when = reason, mine, theirs, who, when
