"""Messages of rosters."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "roster.asked",
    topic=Topic.SIGN_UP,
    title=_("You are on the roster: %(title)s"),
    body=_("%(shifts)s. Can you come? Please say so by %(due)s; if not, it is easy to change."),
    sms=True,
)
register(
    "roster.solved",
    topic=Topic.WORK,
    title=_("The roster is calculated: %(title)s"),
    body=_("%(covered)s of %(required)s places are filled."),
    email=False,
)
register(
    "roster.declined",
    topic=Topic.WORK,
    title=_("A place on the roster is free again: %(title)s"),
    body=_("%(when)s, %(position)s. The roster page proposes who could step in."),
)
