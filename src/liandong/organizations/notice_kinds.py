"""Messages about the calendar."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "calendar.missing",
    topic=Topic.WORK,
    title=_("The working days of %(year)s are not entered yet"),
    body=_("Enter the notice of the State Council, so that deadlines count right."),
)
