"""Service records, claims, back-fills and certificates when two entries of one person become one.

They follow by their key: hours are neither written anew nor added up by hand, and a certificate says what it said. Said here is when that cannot be right.
"""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from liandong.accounts.joining import any_row, follow, hindrance, moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.recognition.models import Backfill, Certificate, CertificateLine, CertificateRequest, ServiceClaim, ServiceRecord
from liandong.ui import words

SHOWN = 5


def span(record: ServiceRecord) -> str:
    return _("%(number)s “%(activity)s” %(from)s to %(to)s") % {
        "number": record.number,
        "activity": record.activity_name,
        "from": f"{words.day_short(record.starts_at)} {words.clock(record.starts_at)}",
        "to": words.clock(record.ends_at),
    }


def overlapping(person: Person, into: Person) -> list[tuple[ServiceRecord, ServiceRecord]]:
    """Confirmed services of the two at the same time, the earliest first. One query."""
    rows = list(ServiceRecord.objects.counting().filter(person__in=[person, into]).order_by("starts_at", "pk"))
    days: dict[object, list[ServiceRecord]] = {}
    for row in rows:
        if row.person_id == into.pk:
            days.setdefault(row.service_date, []).append(row)
    return [
        (mine, theirs)
        for mine in rows
        if mine.person_id == person.pk
        for theirs in days.get(mine.service_date, ())
        if mine.starts_at < theirs.ends_at and theirs.starts_at < mine.ends_at
    ]


@hindrance
def services_at_one_time(person: Person, into: Person) -> Iterator[str]:
    """Hours served twice at one time are never added up silently: each pair is named, and one of it is put right first."""
    pairs = overlapping(person, into)
    for mine, theirs in pairs[:SHOWN]:
        yield _("Confirmed services at the same time: %(one)s; %(other)s. Correct or withdraw one of them first.") % {
            "one": span(mine), "other": span(theirs)
        }  # fmt: skip
    if len(pairs) > SHOWN:
        yield _("And %(n)s more at the same time.") % {"n": len(pairs) - SHOWN}


@hindrance
def one_vouched_for_the_other(person: Person, into: Person) -> Iterator[str]:
    """Nobody confirms their own service: what one entry confirmed of the other was by one person alone."""
    two = [person.pk, into.pk]
    own = [
        ServiceRecord.objects.filter(person__in=two, confirmed_by__in=two),
        Backfill.objects.filter(Q(created_by__in=two) | Q(decided_by__in=two), person__in=two),
        CertificateRequest.objects.filter(Q(asked_by__in=two) | Q(decided_by__in=two), certificate__person__in=two),
    ]
    if any_row(*own):
        yield _(
            "One of the two entries confirmed the service or a certificate of the other. Nobody does that for themselves: look into it before you join them."
        )


@hindrance
def one_service_claimed_twice(person: Person, into: Person) -> Iterator[str]:
    """A claim or back-fill that waits for the same shift under both."""
    claims = ServiceClaim.objects.filter(state__in=("open", "accepted"))
    fills = Backfill.objects.filter(state=Backfill.State.WAITING)
    for rows in (claims, fills):
        there = list(rows.filter(person=into).values_list("shift", flat=True))
        for row in rows.filter(person=person, shift__in=there).select_related("shift__activity")[:SHOWN]:
            yield _("The same service waits to be answered under both entries: %(number)s, “%(activity)s”. Answer one of them first.") % {
                "number": row.number, "activity": row.shift.activity.title
            }  # fmt: skip


@moves(ServiceRecord, Certificate)
def follow_records(person: Person, into: Person, by: Actor) -> int:
    """With the sign-ups they stand on. A withdrawn record of a shift in which the other entry served stays with its sign-up, and a certificate with its records."""
    went = follow(ServiceRecord.objects.filter(person=person, sign_up__person=into), "person", into=into)
    elsewhere = CertificateLine.objects.filter(record__person=person).values("certificate")
    follow(Certificate.objects.filter(person=person).exclude(pk__in=elsewhere), "person", into=into)
    return went
