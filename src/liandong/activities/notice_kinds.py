"""The messages of activities. Values: title, position, starts_at, place, place_in_queue, slip, contact_phone, reason; of suspensions: body, until_date, contact."""

from django.utils.translation import gettext_lazy as _

from liandong.notices import kinds
from liandong.notices.models import Topic

kinds.register(
    "activities.signed_up",
    topic=Topic.SIGN_UP,
    title=_("You have a place: %(title)s"),
    body=_("%(starts_at)s, %(place)s, %(position)s. Your personal code is inside."),
)
kinds.register(
    "activities.waiting",
    topic=Topic.SIGN_UP,
    title=_("You are on the waiting list: %(title)s"),
    body=_("Place %(place_in_queue)s for %(position)s. When somebody cancels, you move up by yourself and hear from us."),
)
kinds.register(
    "activities.in_draw",
    topic=Topic.SIGN_UP,
    title=_("You are in the draw: %(title)s"),
    body=_("%(position)s. Your number on the list is %(slip)s. Places go by draw; you hear from us either way."),
)
kinds.register(
    "activities.moved_up",
    topic=Topic.SIGN_UP,
    title=_("A place has come free for you: %(title)s"),
    body=_("%(starts_at)s, %(place)s, %(position)s. If you cannot come, please give the place back."),
    sms=True,
)
kinds.register(
    "activities.sign_up_cancelled",
    topic=Topic.SIGN_UP,
    title=_("Your place was taken back: %(title)s"),
    body=_("%(starts_at)s, %(position)s. %(reason)s Questions: %(contact_phone)s"),
    sms=True,
)
kinds.register(
    "activities.changed",
    topic=Topic.CHANGE,
    title=_("Time or place has changed: %(title)s"),
    body=_("Now %(starts_at)s, %(place)s. If this does not suit you, you can cancel."),
    sms=True,
)
kinds.register(
    "activities.cancelled",
    topic=Topic.CHANGE,
    title=_("Called off: %(title)s"),
    body=_("It was to be %(starts_at)s. Reason: %(reason)s Questions: %(contact_phone)s"),
    sms=True,
)
kinds.register(
    "activities.reminder_day",
    topic=Topic.REMINDER,
    title=_("Coming up: %(title)s"),
    body=_("%(starts_at)s, %(place)s, %(position)s. If you cannot come, please give the place back in time."),
)
kinds.register(
    "activities.reminder_soon",
    topic=Topic.REMINDER,
    title=_("Starting soon: %(title)s"),
    body=_("%(starts_at)s, %(place)s, %(position)s. Scan the code at the door when you arrive."),
)
kinds.register(
    "activities.to_finish",
    topic=Topic.WORK,
    title=_("It is over: %(title)s"),
    body=_("Please write down what came of it, so that the hours can be confirmed."),
)
kinds.register(
    "activities.cancelled_late",
    topic=Topic.WORK,
    title=_("Cannot come after all: %(who)s"),
    body=_("%(title)s, %(position)s, %(starts_at)s. The first on the waiting list moves up by itself."),
)
kinds.register(
    "activities.room_gone",
    topic=Topic.WORK,
    title=_("An activity has no room any more: %(title)s"),
    body=_("%(room)s, %(starts_at)s. Choose another room or another time."),
    sms=True,
)
kinds.register(
    "activities.suspended",
    topic=Topic.CHANGE,
    title=_("%(body)s has suspended you from its activities until %(until_date)s."),
    body=_("Reason: %(reason)s Questions: %(contact)s"),
)
kinds.register(
    "activities.suspension_lifted",
    topic=Topic.CHANGE,
    title=_("You can come to the activities of %(body)s again"),
    body=_("Reason: %(reason)s Sign up as before."),
)
