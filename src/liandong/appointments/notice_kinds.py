"""Messages about appointments. Values: title, starts_at, place, number, words. Those of quiet desks name neither desk nor place; none says what it is about."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "appointment.booked",
    topic=Topic.SIGN_UP,
    title=_("Your appointment: %(title)s"),
    body=_("%(starts_at)s, %(place)s, number %(number)s. If you cannot come, please cancel, so that somebody else can."),
)
register(
    "appointment.booked_quiet",
    topic=Topic.SIGN_UP,
    title=_("Your appointment"),
    body=_("%(starts_at)s, number %(number)s. Open it to see where. If you cannot come, please cancel."),
)
register(
    "appointment.reminder",
    topic=Topic.REMINDER,
    title=_("Tomorrow: %(title)s"),
    body=_("%(starts_at)s, %(place)s, number %(number)s. If you cannot come, please cancel, so that somebody else can."),
)
register(
    "appointment.reminder_quiet",
    topic=Topic.REMINDER,
    title=_("Your appointment is tomorrow"),
    body=_("%(starts_at)s, number %(number)s. Open it to see where. If you cannot come, please cancel."),
)
register(
    "appointment.called_off",
    topic=Topic.CHANGE,
    title=_("The desk had to cancel: %(title)s"),
    body=_("It was to be %(starts_at)s. %(words)s Open it to choose another time."),
    sms=True,
)
register(
    "appointment.called_off_quiet",
    topic=Topic.CHANGE,
    title=_("Your appointment had to be cancelled"),
    body=_("It was to be %(starts_at)s. Open it to choose another time."),
    sms=True,
)
