"""The kinds of message. An app registers its own in `<app>/notice_kinds.py`; the words are made in the reader's language when they are read or sent."""

from dataclasses import dataclass
from typing import Any

from liandong.notices.models import Topic


@dataclass(frozen=True)
class Kind:
    """`title` and `body` are lazy texts with %(name)s places. `sms` and `email`: whether it leaves Liandong unless the person says otherwise."""

    name: str
    topic: str
    title: Any
    body: Any
    sms: bool
    email: bool
    icon: str


_ICONS = {
    Topic.SIGN_UP: "calendar",
    Topic.REMINDER: "clock",
    Topic.CHANGE: "alert-triangle",
    Topic.RECORD: "check",
    Topic.NEED: "message",
    Topic.WORK: "inbox",
    Topic.SECURITY: "shield-check",
}
_BY_EMAIL = {Topic.CHANGE, Topic.WORK, Topic.SECURITY}
_kinds: dict[str, Kind] = {}


def register(name: str, *, topic: str, title: Any, body: Any = "", sms: bool = False, email: bool | None = None) -> None:
    """Make a kind known. E-mail goes out for changes, work and security unless `email` says otherwise."""
    topic = Topic(topic)
    _kinds[name] = Kind(
        name=name, topic=topic, title=title, body=body, sms=sms, email=topic in _BY_EMAIL if email is None else email, icon=_ICONS[topic]
    )


def kind_of(name: str) -> Kind:
    """The kind; an unknown name is a fault."""
    return _kinds[name]


def is_known(name: str) -> bool:
    return name in _kinds


def names() -> list[str]:
    return sorted(_kinds)
