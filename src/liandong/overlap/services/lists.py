"""Lists of people as digests: put in, replaced, deleted, forgotten."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.overlap import digests, permissions
from liandong.overlap.models import BeneficiaryChange, BeneficiaryDigest, BeneficiaryList

Actor = Person | System
KEPT_DAYS = 30  # after the activity
DAY, MONTH = dt.timedelta(days=1), dt.timedelta(days=30)


@transaction.atomic
def keep_list(activity: Activity, *, people: Sequence[frozenset[str]], by: Actor) -> BeneficiaryList:
    """Keep the digests of those an activity is for, in place of an earlier list.

    Refuses short lists, too many lists in a day or a month, and a list that differs from another list of the body by one to four people: each of these could be
    used to find out about a single person. The same list again changes nothing and counts as nothing.
    """
    activity = Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory").get(pk=activity.pk)
    Organization.objects.select_for_update().get(pk=activity.host_id)
    require(permissions.can_keep_list(by, activity))
    if activity.state not in (Activity.State.DRAFT, Activity.State.PUBLISHED):
        raise Refused(_("This activity is over or cancelled."), field="people")
    if len(people) < digests.LEAST:
        raise Refused(
            _("A list has at least %(n)s people. Fewer are not compared, so that nobody can be found out.") % {"n": digests.LEAST}, field="people"
        )
    before = BeneficiaryList.objects.filter(activity=activity).first()
    differing = _nearest_difference(activity.host, people)
    if before is not None and differing.get(before.pk) == 0:
        return before
    if near := [n for n in differing.values() if 0 < n < digests.APART]:
        raise Refused(
            _(
                "This list differs from another list of your body by %(n)s people only. To protect single people, lists are the same or differ by at least %(least)s."
            )
            % {"n": min(near), "least": digests.APART},
            field="people",
        )
    _refuse_too_many(activity.host)
    if before is not None:
        before.delete()
    now = clock.now()
    last = activity.last_ends_at or now
    kept = BeneficiaryList.objects.create(
        activity=activity,
        organization=activity.host,
        people_count=len(people),
        content=digests.content_of(people),
        made_by=by if isinstance(by, Person) else None,
        made_at=now,
        expires_date=(max(last, now) + dt.timedelta(days=KEPT_DAYS)).date(),
    )
    BeneficiaryDigest.objects.bulk_create(
        [BeneficiaryDigest(list=kept, person_number=number, digest=digest) for number, known in enumerate(people, 1) for digest in sorted(known)],
        batch_size=5_000,
    )
    BeneficiaryChange.objects.create(organization=activity.host, changed_by=kept.made_by, changed_at=now)
    journal.record("beneficiary_list.kept", on=activity, after={"people": len(people)}, by=by)
    return kept


def _nearest_difference(organization: Organization, people: Sequence[frozenset[str]]) -> dict[int, int]:
    """How many people each current list of the body differs from this one."""
    known = [digest for person in people for digest in person]
    owner = {digest: number for number, person in enumerate(people) for digest in person}
    found: dict[int, int] = {}
    for kept in BeneficiaryList.objects.filter(organization=organization):
        rows = list(BeneficiaryDigest.objects.filter(list=kept, digest__in=known).values_list("person_number", "digest"))
        theirs, ours = {number for number, _digest in rows}, {owner[digest] for _number, digest in rows}
        found[kept.pk] = (kept.people_count - len(theirs)) + (len(people) - len(ours))
    return found


def _refuse_too_many(organization: Organization) -> None:
    now = clock.now()
    made = list(
        BeneficiaryChange.objects.filter(organization=organization, changed_at__gt=now - MONTH)
        .order_by("-changed_at")
        .values_list("changed_at", flat=True)
    )
    today = [moment for moment in made if moment > now - DAY]
    if len(today) >= digests.A_DAY:
        raise TooMany(
            _("Your body has put in %(n)s lists today. Go on tomorrow.") % {"n": len(today)},
            seconds=int((today[-1] + DAY - now).total_seconds()),
            field="people",
        )
    if len(made) >= digests.A_MONTH:
        raise TooMany(
            _("Your body has put in %(n)s lists in 30 days, that is the most.") % {"n": len(made)},
            seconds=int((made[-1] + MONTH - now).total_seconds()),
            field="people",
        )


@transaction.atomic
def delete_list(activity: Activity, *, by: Actor) -> None:
    """Forget the list at once. It does not give back any of the day's lists."""
    activity = Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory").get(pk=activity.pk)
    require(permissions.can_keep_list(by, activity))
    deleted, _each = BeneficiaryList.objects.filter(activity=activity).delete()
    if deleted:
        journal.record("beneficiary_list.deleted", on=activity, by=by)


@transaction.atomic
def forget_expired() -> int:
    """Lists whose time is over. Digests go first, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from overlap_beneficiarydigest d using overlap_beneficiarylist l where l.id = d.list_id and l.expires_date < %s", [clock.today()]
        )
    gone, _each = BeneficiaryList.objects.filter(expires_date__lt=clock.today()).delete()
    BeneficiaryChange.objects.filter(changed_at__lt=clock.now() - 2 * MONTH).delete()
    return gone
