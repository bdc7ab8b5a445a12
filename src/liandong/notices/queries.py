"""Reading messages and preferences."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.notices.kinds import is_known, kind_of
from liandong.notices.models import Channel, Notice, Preference, Topic
from liandong.notices.permissions import visible_to
from liandong.ui import words as ui_words

ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?)?")
OUTSIDE = (Channel.SMS, Channel.EMAIL)


def inbox(person: Person) -> QuerySet[Notice]:
    """Unread first, then the newest."""
    return visible_to(person).order_by(F("read_at").desc(nulls_first=True), "-created_at", "-id")


def unread_count(person: Person) -> int:
    return Notice.objects.filter(person=person, read_at__isnull=True).count()


def words_of(notice: Notice) -> tuple[str, str]:
    """Title and body in the language of the reader now. A kind that is no longer known, or a value it lacks, still gives something to read."""
    if not is_known(notice.kind):
        return _("A message"), ""
    kind = kind_of(notice.kind)
    values = _Values({name: _spoken(value) for name, value in notice.values.items()})
    return str(kind.title) % values, str(kind.body) % values


def _spoken(value: Any) -> Any:
    """A moment or a day, kept as ISO text, is said as 11月28日 14:00 or 28 Nov 14:00, 11月28日 or 28 Nov."""
    if not isinstance(value, str) or not ISO.fullmatch(value):
        return value
    if len(value) == len("2026-11-28"):
        day = parse_date(value)
        return ui_words.day_short(day) if day else value
    moment = parse_datetime(value)
    return f"{ui_words.day_short(moment)} {ui_words.clock(moment)}" if moment else value


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class Switch:
    """One cell of the table of preferences."""

    topic: str
    channel: str
    wanted: bool
    fixed: bool

    @property
    def name(self) -> str:
        return f"{self.topic}.{self.channel}"


def default_of(topic: str, channel: str) -> bool:
    """What a topic does unless the person says otherwise. Kinds narrow it: an SMS leaves only for kinds that were registered with it."""
    return True


def wanted(person: Person, topic: str, channel: str) -> bool:
    """Whether a message of the topic may take the channel to this person. Security always may."""
    if topic == Topic.SECURITY:
        return True
    chosen = Preference.objects.filter(person=person, topic=topic, channel=channel).values_list("wanted", flat=True).first()
    return default_of(topic, channel) if chosen is None else chosen


def switches_of(person: Person) -> list[tuple[Any, list[Switch]]]:
    """All topics with their switches, in the order of the table."""
    chosen = {(row.topic, row.channel): row.wanted for row in Preference.objects.filter(person=person)}
    table = []
    for topic in Topic:
        fixed = topic == Topic.SECURITY
        row = [
            Switch(topic.value, channel.value, fixed or chosen.get((topic.value, channel.value), default_of(topic, channel)), fixed)
            for channel in Channel
        ]
        table.append((topic.label, row))
    return table
