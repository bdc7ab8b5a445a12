"""Messages about the account itself."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "account.password_set",
    topic=Topic.SECURITY,
    title=_("Your password was changed"),
    body=_("If this was not you, call your hub at once."),
    sms=True,
)
register(
    "account.phone_changed",
    topic=Topic.SECURITY,
    title=_("The phone for signing in was changed"),
    body=_("If this was not you, call your hub at once."),
    sms=True,
)
