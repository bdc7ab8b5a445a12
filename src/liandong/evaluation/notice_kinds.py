"""The one question evaluation asks."""

from django.utils.translation import gettext_lazy as _

from liandong.notices import kinds
from liandong.notices.models import Topic

kinds.register(
    "rating.asked",
    topic=Topic.RECORD,
    title=_("How was it?"),
    body=_("%(activity)s: one tap, without your name. Nobody can see what you chose."),
    sms=False,
)
