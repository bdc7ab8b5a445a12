"""What people are told about their files."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "import.finished",
    topic=Topic.WORK,
    title=_("“%(file)s” is in"),
    body=_("%(taken)s new, %(joined)s joined, %(refused)s refused."),
    email=False,
)
