"""What recognition has to say to people."""

from django.utils.translation import gettext_lazy as _

from liandong.notices import kinds
from liandong.notices.models import Topic

kinds.register(
    "service.confirmed",
    topic=Topic.RECORD,
    title=_("Your service hours are confirmed"),
    body=_("%(activity)s: %(minutes)s minutes, %(points)s points. Thank you."),
    sms=False,
)
kinds.register(
    "service.corrected",
    topic=Topic.RECORD,
    title=_("A service record was corrected"),
    body=_("%(activity)s: %(old)s minutes became %(minutes)s, points %(points)s. Reason: %(reason)s"),
    sms=False,
)
kinds.register(
    "service.withdrawn",
    topic=Topic.RECORD,
    title=_("A service record was withdrawn"),
    body=_("%(activity)s: %(old)s minutes no longer count. Reason: %(reason)s. Not right? Open the record and tell us."),
    sms=False,
)
kinds.register(
    "certificate.issued",
    topic=Topic.RECORD,
    title=_("Your service certificate is ready"),
    body=_("Number %(code)s, %(minutes)s minutes. Save it as a picture or PDF."),
    sms=False,
)
kinds.register(
    "certificate.superseded",
    topic=Topic.RECORD,
    title=_("A certificate of yours no longer holds"),
    body=_("A record in certificate %(code)s was corrected. Make a new one, it takes a moment."),
    sms=False,
)
kinds.register(
    "certificate.revoked",
    topic=Topic.RECORD,
    title=_("A certificate of yours was revoked"),
    body=_("Number %(code)s. Reason: %(reason)s"),
    sms=False,
)
kinds.register(
    "appeal.raised",
    topic=Topic.WORK,
    title=_("A volunteer says a record is not right"),
    body=_("%(activity)s, record %(number)s. Please answer within three working days."),
    sms=False,
)
kinds.register(
    "appeal.answered",
    topic=Topic.RECORD,
    title=_("We looked into your record"),
    body=_("%(activity)s: %(words)s"),
    sms=False,
)
