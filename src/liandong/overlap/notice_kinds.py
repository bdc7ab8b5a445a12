"""Messages about hosting together, and to the hub as go-between."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "co_hosting.proposed",
    topic=Topic.WORK,
    title=_("%(body)s proposes to do it together: “%(title)s”"),
    body=_("%(words)s Please answer by %(due)s."),
)
register("co_hosting.agreed", topic=Topic.WORK, title=_("%(body)s agreed: “%(title)s” is done together"), body=_("%(words)s"), email=False)
register("co_hosting.declined", topic=Topic.WORK, title=_("%(body)s declined to do “%(title)s” together"), body=_("%(words)s"))
register("co_hosting.withdrawn", topic=Topic.WORK, title=_("%(body)s took the proposal back: “%(title)s”"), body="", email=False)
register(
    "co_hosting.late", topic=Topic.WORK, title=_("Not answered in time: “%(title)s”"), body=_("%(body)s proposed to do it together. Please answer.")
)
register(
    "overlap.hub_asked",
    topic=Topic.WORK,
    title=_("Two bodies plan something alike: “%(title)s”"),
    body=_("%(body)s asks you to bring them together. Only you see both plans."),
)
