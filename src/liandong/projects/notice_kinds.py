"""Messages about projects: to the bodies that are asked, to those who run and approve them."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "pledge.proposed",
    topic=Topic.WORK,
    title=_("%(organization)s is asked: %(kind)s"),
    body=_("For “%(project)s”: %(words)s. Please agree or decline."),
)
register("pledge.agreed", topic=Topic.WORK, title=_("%(organization)s agreed: %(kind)s"), body=_("For “%(project)s”: %(words)s"), email=False)
register("pledge.declined", topic=Topic.WORK, title=_("%(organization)s declined: %(kind)s"), body=_("For “%(project)s”: %(reason)s"))
register("project.proposed", topic=Topic.WORK, title=_("To approve: “%(project)s”"), body=_("%(organization)s leads it."))
register("project.approved", topic=Topic.WORK, title=_("“%(project)s” may start"), body=_("Set up the first activity now."))
register("project.returned", topic=Topic.WORK, title=_("“%(project)s” came back"), body=_("%(reason)s"))
register("project.finished", topic=Topic.WORK, title=_("“%(project)s” is finished"), body=_("%(words)s"), email=False)
register("project.cancelled", topic=Topic.WORK, title=_("“%(project)s” was called off"), body=_("%(reason)s"))
register("milestone.late", topic=Topic.WORK, title=_("Late: %(milestone)s"), body=_("A step of “%(project)s” was due on %(due)s."))
