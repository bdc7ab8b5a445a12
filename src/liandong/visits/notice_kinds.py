"""Messages about visits, to those who go."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "visit.due",
    topic=Topic.WORK,
    title=_("Visit %(whom)s on %(due_date)s"),
    body=_("Open it at the door: notes and promises are written there."),
    email=False,
)
register(
    "visit.overdue",
    topic=Topic.WORK,
    title=_("The visit to %(whom)s is late"),
    body=_("It was planned for %(due_date)s. Go, move it, or call it off."),
)
register(
    "visit.plan_due",
    topic=Topic.WORK,
    title=_("%(whom)s should be visited"),
    body=_("Due %(due_date)s by the visiting plan. Put it on a day."),
    email=False,
)
register(
    "visit.promise_due", topic=Topic.WORK, title=_("Promised to %(whom)s for %(due_date)s"), body=_("Keep it, and note what came of it."), email=False
)
register(
    "visit.promise_overdue", topic=Topic.WORK, title=_("A promise to %(whom)s is late"), body=_("It was due %(due_date)s. They see that it is late.")
)
