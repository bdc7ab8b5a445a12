"""Messages about themes."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "themes.calculated",
    topic=Topic.WORK,
    title=_("The themes are calculated"),
    body=_("%(needs)s needs, %(themes)s themes."),
    email=False,
)
