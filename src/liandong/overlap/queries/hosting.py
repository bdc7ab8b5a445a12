"""Who hosts together, what each counts, what waits for an answer."""

from typing import Any

from django.db.models import F, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.organizations.models import Organization
from liandong.overlap import permissions
from liandong.overlap.models import BeneficiaryList, CoHosting, HostShare


def proposals_for(person: Person | None) -> QuerySet[CoHosting]:
    """All proposals the person may see, open ones first, then the newest."""
    return permissions.co_hostings_visible_to(person).order_by("-proposed_at", "-pk")


def waiting_answers(*, organization: Organization | None = None, territory: Any = None) -> QuerySet[CoHosting]:
    """Proposals without an answer: those a body has to answer, or all on a ground; the nearest due first."""
    rows = CoHosting.objects.filter(state=CoHosting.State.PROPOSED).select_related("activity__host", "partner", "asked_by", "twin")
    if organization is not None:
        asked = Q(partner=organization) & ~Q(asked_by=F("partner")) | Q(activity__host=organization, asked_by=F("partner"))
        rows = rows.filter(asked)
    if territory is not None:
        rows = rows.filter(activity__territory__path__startswith=territory.path)
    return rows.order_by("answer_due_at", "pk")


def co_hostings_of(activity: Activity) -> list[CoHosting]:
    """Open proposals and agreements about an activity, oldest first."""
    rows = CoHosting.objects.filter(activity=activity, state__in=CoHosting.OPEN_STATES).select_related(
        "partner__territory", "asked_by", "twin", "activity__host"
    )
    return list(rows.order_by("proposed_at", "pk"))


def shares_of(activity: Activity) -> list[HostShare]:
    """What each host counts, the host first; empty when the activity is its host's alone."""
    return list(HostShare.objects.filter(activity=activity).select_related("organization").order_by("hours_from", "people_from", "pk"))


def joint_instead_of(activity: Activity) -> CoHosting | None:
    """The agreement by which another activity takes the place of this one."""
    return CoHosting.objects.filter(twin=activity, state=CoHosting.State.AGREED).select_related("activity__host", "activity__venue").first()


def list_of(activity: Activity) -> BeneficiaryList | None:
    return BeneficiaryList.objects.filter(activity=activity).first()
