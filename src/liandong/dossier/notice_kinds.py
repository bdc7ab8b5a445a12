"""Messages about dossiers."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "dossier.claim_accepted",
    topic=Topic.RECORD,
    title=_("“%(name)s” stands in your dossier"),
    body=_("%(organization)s has checked it."),
)
register("dossier.claim_refused", topic=Topic.RECORD, title=_("“%(name)s” was not accepted"), body=_("%(organization)s: %(answer)s"))
register(
    "dossier.transfer_asked",
    topic=Topic.RECORD,
    title=_("Shall you move from %(from)s to %(to)s?"),
    body=_("Your records stay with you either way. Open your dossier to say yes or no."),
)
register(
    "dossier.transfer_waits",
    topic=Topic.WORK,
    title=_("%(count)s to move from %(from)s to %(to)s"),
    body=_("Your yes is needed."),
    email=False,
)
register(
    "dossier.transfer_done", topic=Topic.RECORD, title=_("You belong to %(to)s now"), body=_("Everything recorded at %(from)s stays in your dossier.")
)
register(
    "dossier.evaluation_due",
    topic=Topic.WORK,
    title=_("Evaluate the service of “%(activity)s” by %(due_date)s"),
    body=_("%(count)s volunteers wait for a word. Order 67 gives ten working days."),
    email=False,
)
