"""The messages of bookings. Values: room, venue, starts_at, ends_at, title, who, reason, answer_by_at."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "bookings.requested",
    topic=Topic.WORK,
    title=_("Somebody asks for %(room)s"),
    body=_("%(who)s, %(starts_at)s: %(title)s. The time is held until %(answer_by_at)s."),
)
register("bookings.agreed", topic=Topic.CHANGE, title=_("You have the room: %(room)s"), body=_("%(venue)s, %(starts_at)s."))
register(
    "bookings.declined",
    topic=Topic.CHANGE,
    title=_("The room was declined: %(room)s"),
    body=_("%(venue)s, %(starts_at)s. %(reason)s"),
    sms=True,
)
register(
    "bookings.lapsed",
    topic=Topic.CHANGE,
    title=_("Nobody answered in time: %(room)s"),
    body=_("%(venue)s, %(starts_at)s. The time is no longer held for you. Please ask again or choose another room."),
    sms=True,
)
register(
    "bookings.cancelled",
    topic=Topic.CHANGE,
    title=_("Your room was taken back: %(room)s"),
    body=_("%(venue)s, %(starts_at)s. %(reason)s"),
    sms=True,
)
register("bookings.moved", topic=Topic.CHANGE, title=_("Your booking was moved: %(room)s"), body=_("Now %(venue)s, %(starts_at)s."), sms=True)
register(
    "bookings.released",
    topic=Topic.CHANGE,
    title=_("The room was freed: %(room)s"),
    body=_("Nobody had checked in by then. If you still need it, see whether it is free."),
)
register(
    "bookings.soon",
    topic=Topic.REMINDER,
    title=_("Your room is ready: %(room)s"),
    body=_("%(starts_at)s. Tap “We are here” when you come, or the room goes to others %(minutes)s minutes later."),
)
register(
    "bookings.came_free",
    topic=Topic.SIGN_UP,
    title=_("%(room)s has come free"),
    body=_("%(venue)s, %(starts_at)s. Whoever taps first has it."),
    sms=True,
)
