"""What recognition has to say to people."""

from django.utils.translation import gettext_lazy as _

from liandong.notices import kinds
from liandong.notices.models import Topic

kinds.register(
    "service.confirmed",
    topic=Topic.RECORD,
    title=_("Your service hours are confirmed"),
    body=_("%(activity)s: %(minutes)s minutes, %(points)s points. Thank you."),
)
kinds.register(
    "service.corrected",
    topic=Topic.RECORD,
    title=_("A service record was corrected"),
    body=_("%(activity)s: %(old)s minutes became %(minutes)s, points %(points)s. Reason: %(reason)s"),
)
kinds.register(
    "service.withdrawn",
    topic=Topic.RECORD,
    title=_("A service record was withdrawn"),
    body=_("%(activity)s: %(old)s minutes no longer count. Reason: %(reason)s. Not right? Open the record and tell us."),
)
kinds.register(
    "certificate.issued",
    topic=Topic.RECORD,
    title=_("Your service certificate is ready"),
    body=_("Number %(code)s, %(minutes)s minutes. Save it as a picture or PDF."),
)
kinds.register(
    "certificate.superseded",
    topic=Topic.RECORD,
    title=_("A certificate of yours no longer holds"),
    body=_("A record in certificate %(code)s was corrected. Make a new one, it takes a moment."),
)
kinds.register(
    "certificate.revoked",
    topic=Topic.RECORD,
    title=_("A certificate of yours was revoked"),
    body=_("Number %(code)s. Reason: %(reason)s"),
)
kinds.register(
    "appeal.raised",
    topic=Topic.WORK,
    title=_("A volunteer says a record is not right"),
    body=_("%(activity)s, record %(number)s. Please answer within three working days."),
)
kinds.register(
    "appeal.answered",
    topic=Topic.RECORD,
    title=_("We looked into your record"),
    body=_("%(activity)s: %(words)s"),
)
kinds.register(
    "certificate.seal_asked",
    topic=Topic.WORK,
    title=_("A certificate waits for a second person"),
    body=_("Number %(code)s is to carry the e-seal. Please look and decide."),
)
kinds.register(
    "certificate.revoke_asked",
    topic=Topic.WORK,
    title=_("A certificate waits for a second person"),
    body=_("Number %(code)s is to be revoked. Please look and decide."),
)
kinds.register(
    "certificate.request_refused",
    topic=Topic.WORK,
    title=_("Your request for a certificate was not approved"),
    body=_("Number %(code)s. %(words)s"),
)
kinds.register(
    "certificate.sealed",
    topic=Topic.RECORD,
    title=_("Your certificate carries the e-seal now"),
    body=_("Number %(code)s. Download the PDF with the seal."),
)
kinds.register(
    "seal.registered",
    topic=Topic.WORK,
    title=_("An e-seal waits for a second person"),
    body=_("%(name)s of %(body)s. Compare it with the original and decide."),
)
kinds.register(
    "key.proposed",
    topic=Topic.WORK,
    title=_("A new signing key waits for a second person"),
    body=_("Reason: %(reason)s"),
)
kinds.register(
    "key.runs_out",
    topic=Topic.WORK,
    title=_("The signing key runs out soon"),
    body=_("It signs until %(day)s. Let two people put a new one in use; what was signed keeps holding."),
)
kinds.register(
    "batch.finished",
    topic=Topic.WORK,
    title=_("The certificates are ready"),
    body=_("%(body)s: %(made)s certificates in one file, to take away within seven days."),
)
kinds.register(
    "service.corrected_spent",
    topic=Topic.RECORD,
    title=_("A service record was corrected"),
    body=_("%(activity)s: %(old)s minutes became %(minutes)s. Reason: %(reason)s. What you have already spent stays yours, you owe nothing."),
)
kinds.register(
    "service.withdrawn_spent",
    topic=Topic.RECORD,
    title=_("A service record was withdrawn"),
    body=_(
        "%(activity)s: %(old)s minutes no longer count. Reason: %(reason)s. What you have already spent stays yours, you owe nothing."
        " Not right? Open the record and tell us."
    ),
)
kinds.register(
    "appeal.escalated",
    topic=Topic.WORK,
    title=_("A record said to be wrong is now with the hub"),
    body=_("%(activity)s, record %(number)s. Please answer within three working days."),
)
kinds.register(
    "claim.made",
    topic=Topic.WORK,
    title=_("A volunteer claims hours that no check-in shows"),
    body=_("%(activity)s. Please answer within five working days."),
)
kinds.register(
    "claim.escalated",
    topic=Topic.WORK,
    title=_("A claim of hours is now with the hub"),
    body=_("%(activity)s. Please answer within five working days."),
)
kinds.register(
    "claim.accepted",
    topic=Topic.RECORD,
    title=_("Your claim was accepted"),
    body=_("%(activity)s. A second person looks once more, then the hours come in."),
)
kinds.register(
    "claim.refused",
    topic=Topic.RECORD,
    title=_("Your claim could not be accepted"),
    body=_("%(activity)s: %(words)s Not right? The hub looks once more if you ask."),
)
kinds.register(
    "backfill.proposed",
    topic=Topic.WORK,
    title=_("Added hours wait for a second person"),
    body=_("%(activity)s, %(minutes)s minutes. Please look at the evidence and decide."),
)
kinds.register(
    "backfill.refused",
    topic=Topic.WORK,
    title=_("Added hours were not accepted"),
    body=_("%(activity)s: %(words)s"),
)
kinds.register(
    "backfill.share_high",
    topic=Topic.WORK,
    title=_("More than a tenth of the hours were added by hand"),
    body=_("%(organization)s: %(share)s %% of the hours of the last 90 days. Please look at them."),
)
kinds.register(
    "outlier.recheck",
    topic=Topic.WORK,
    title=_("Please check these hours again"),
    body=_("%(what)s. %(reason)s"),
)
kinds.register(
    "hours.due",
    topic=Topic.WORK,
    title=_("Hours to confirm soon"),
    body=_("%(n)s shifts of %(organization)s, by %(due_at)s. Order 67 asks for ten working days."),
)
kinds.register(
    "hours.late",
    topic=Topic.WORK,
    title=_("Hours are late"),
    body=_("%(n)s shifts of %(organization)s are not confirmed after ten working days. The volunteers wait."),
)
