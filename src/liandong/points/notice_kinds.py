"""Messages about points."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register("points.gift", topic=Topic.RECORD, title=_("%(name)s gave you %(points)s points"), body=_("They are in your account now."), email=False)
register(
    "points.pool_gift",
    topic=Topic.RECORD,
    title=_("%(name)s has %(points)s points for you"),
    body=_("From the caring pool, where neighbours give. Spend them on whatever helps you."),
)
register(
    "points.expiring",
    topic=Topic.RECORD,
    title=_("%(points)s points are yours until %(day)s"),
    body=_("Spend them, or give them to family. What is left then helps neighbours in need through the caring pool."),
)
register(
    "points.family_asked",
    topic=Topic.RECORD,
    title=_("%(name)s says that you are family"),
    body=_("If that is so, say yes: then you can give each other points. If not, say no; nobody is told."),
)
register(
    "points.family_confirmed",
    topic=Topic.RECORD,
    title=_("%(name)s confirmed: you are family"),
    body=_("Now you can give each other points."),
    email=False,
)
