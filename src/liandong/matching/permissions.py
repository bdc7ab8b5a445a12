"""Who may see and make rosters. Planning is running the activity; answering is for the person alone."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities import permissions as activities
from liandong.activities.models import Activity
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.matching.models import Roster, RosterLine

Actor = Person | System


def can_plan(by: Actor, activity: Activity) -> Decision:
    """Make, calculate, change, publish and withdraw rosters: whoever runs the activity."""
    return activities.can_manage(by, activity)


def can_see(by: Actor, activity: Activity) -> Decision:
    """See a roster: those who check the people of the activity."""
    return activities.can_check_people(by, activity)


def visible_to(person: Person | None) -> QuerySet[Roster]:
    """Rosters of activities the person works on."""
    rows = Roster.objects.select_related(
        "activity__host__territory", "activity__territory", "activity__venue", "activity__leader", "made_by", "copied_from"
    )
    if person is None:
        return rows.none()
    return rows.filter(activity__in=Activity.objects.filter(activities.worked_on_by(person)))


def can_answer(by: Actor, line: RosterLine) -> Decision:
    if isinstance(by, Person) and by.pk == line.person_id:
        return ALLOWED
    return deny(_("Only the person asked can answer."), who_can=_("The person asked"))


def asked_of(person: Person | None) -> QuerySet[Roster]:
    """Published rosters in which a person has been asked."""
    if person is None:
        return Roster.objects.none()
    asked = RosterLine.objects.filter(roster=OuterRef("pk"), person=person, asked_at__isnull=False)
    return Roster.objects.filter(Q(state=Roster.State.PUBLISHED), Exists(asked)).select_related(
        "activity__host", "activity__venue", "activity__territory", "activity__leader"
    )
