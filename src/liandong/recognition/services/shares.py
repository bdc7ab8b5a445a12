"""The bearer shows a part of a certificate by a link, until a day of their choice or until they end it."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.recognition import permissions
from liandong.recognition.models import Certificate, CertificateShare
from liandong.recognition.permissions import Actor

LONGEST_DAYS = 366
MOST_OPEN = 20


@transaction.atomic
def share_certificate(certificate: Certificate, *, shows: str, shows_name: bool, days: int, note: str = "", by: Actor) -> CertificateShare:
    """Make a link that shows what the bearer chose and no more. Refuses longer than a year. Journal: certificate.shared."""
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    require(permissions.can_share(by, certificate))
    if shows not in CertificateShare.Shows.values:
        raise Refused(_("Please choose one of the answers."), field="shows")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A link lasts from one day to one year."), field="days")
    if certificate.state != Certificate.State.VALID:
        raise Refused(_("This certificate no longer holds. Make a new one and show that."))
    at = clock.now()
    if certificate.shares.filter(ended_at__isnull=True, expires_at__gt=at).count() >= MOST_OPEN:
        raise Refused(_("Twenty links are open already. End one first."))
    share = CertificateShare.objects.create(
        certificate=certificate,
        shows=shows,
        shows_name=shows_name,
        note=one_line(note, 60),
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    journal.record("certificate.shared", on=certificate, after={"shows": shows, "name": shows_name, "days": days}, by=by)
    return share


@transaction.atomic
def end_share(share: CertificateShare, *, by: Actor) -> CertificateShare:
    """The link shows nothing more. Journal: certificate.share_ended."""
    share = CertificateShare.objects.select_for_update(of=("self",)).select_related("certificate").get(pk=share.pk)
    require(permissions.can_share(by, share.certificate))
    if share.ended_at is None:
        share.ended_at = clock.now()
        share.save(update_fields=["ended_at"])
        journal.record("certificate.share_ended", on=share.certificate, by=by)
    return share


def count_opening(share: CertificateShare) -> None:
    """How often it was opened; nobody's address is kept."""
    CertificateShare.objects.filter(pk=share.pk).update(opened=F("opened") + 1)
