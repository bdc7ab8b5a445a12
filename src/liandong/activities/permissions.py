"""Who may do what with activities. The leader of an activity checks its people without any role."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, DoorScan, Position, SignUp
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import holds_anywhere, may, scope
from liandong.projects.models import Project
from liandong.projects.permissions import sees_in_full

Actor = Person | System


def _runs(by: Actor | None, activity: Activity, right: str) -> Decision:
    if isinstance(by, System):
        return ALLOWED
    return may(by, right, organization=activity.host, territory=activity.territory)


def can_create(by: Actor | None, host: Organization) -> Decision:
    return ALLOWED if isinstance(by, System) else may(by, Right.MANAGE_ACTIVITIES, organization=host)


def can_add_to(by: Actor | None, project: Project, host: Organization) -> Decision:
    """An activity of a project: by its leading body, a body of its compact, or whoever works on it."""
    if isinstance(by, System) or host.pk == project.lead_id or project.pledges.filter(organization=host).exists():
        return ALLOWED
    if isinstance(by, Person) and sees_in_full(by, project):
        return ALLOWED
    return deny(_("This project belongs to other bodies."), who_can=_("Somebody who manages %(where)s") % {"where": project.lead})


def can_manage(by: Actor | None, activity: Activity) -> Decision:
    """Edit, publish, repeat, cancel, finish."""
    return _runs(by, activity, Right.MANAGE_ACTIVITIES)


def can_check_people(by: Actor | None, activity: Activity) -> Decision:
    """See the list of people, check them in and out, sign up for others."""
    if isinstance(by, Person) and activity.leader_id == by.pk:
        return ALLOWED
    return _runs(by, activity, Right.CHECK_PEOPLE)


def can_see_work(by: Actor | None, activity: Activity) -> Decision:
    """The parts of the page that are for staff."""
    if isinstance(by, Person) and activity.leader_id == by.pk:
        return ALLOWED
    return _runs(by, activity, Right.SEE_WORK)


def can_sign_up(by: Actor | None, person: Person, position: Position) -> Decision:
    """For oneself, or for somebody else as staff. Work positions are filled by staff."""
    if isinstance(by, System):
        return ALLOWED
    if position.kind == Position.Kind.STAFF:
        return can_manage(by, position.shift.activity)
    if by is not None and by.pk == person.pk:
        return ALLOWED
    return can_check_people(by, position.shift.activity)


def can_allow_clash(by: Actor | None, position: Position) -> Decision:
    return can_manage(by, position.shift.activity)


def can_cancel_sign_up(by: Actor | None, sign_up: SignUp) -> Decision:
    if isinstance(by, Person) and by.pk == sign_up.person_id:
        return ALLOWED
    return can_check_people(by, sign_up.shift.activity)


def can_check_in(by: Actor | None, sign_up: SignUp, *, method: str) -> Decision:
    """The code at the door is for oneself; tickets and lists are for those who check people."""
    if method == Attendance.Method.VENUE_CODE and isinstance(by, Person) and by.pk == sign_up.person_id:
        return ALLOWED
    return can_check_people(by, sign_up.shift.activity)


def can_settle(by: Actor | None, scan: DoorScan) -> Decision:
    """By those who check people, never about oneself."""
    if isinstance(by, Person) and scan.sign_up is not None and by.pk == scan.sign_up.person_id:
        return deny(_("Nobody decides about their own check-in."), who_can=_("Somebody else who checks people at this activity can do it."))
    return can_check_people(by, scan.shift.activity)


def can_give_place(by: Actor | None, sign_up: SignUp) -> Decision:
    """Where somebody is, only they say."""
    if isinstance(by, Person) and by.pk == sign_up.person_id:
        return ALLOWED
    return deny(_("Only the person can say where they are."))


def can_correct(by: Actor | None, attendance: Attendance) -> Decision:
    """Times are put right by those who manage the activity, never by the person whose times they are."""
    if isinstance(by, Person) and by.pk == attendance.sign_up.person_id:
        return deny(_("Nobody corrects their own times."), who_can=_("Somebody else who manages this activity can do it."))
    return can_manage(by, attendance.sign_up.shift.activity)


def can_suspend(by: Actor | None, organization: Organization, person: Person | None = None) -> Decision:
    """Keep somebody from the body's activities, lift it, read why: those who keep its people, never about themselves."""
    if person is not None and isinstance(by, Person) and by.pk == person.pk:
        return deny(_("Nobody decides about themselves."), who_can=_("Somebody else who manages %(where)s") % {"where": organization})
    return ALLOWED if isinstance(by, System) else may(by, Right.MANAGE_PEOPLE, organization=organization)


def visible_to(person: Person | None) -> Q:
    """What is published is there for everybody; a draft for those who work on it."""
    query = ~Q(state=Activity.State.DRAFT)
    if person is not None:
        query |= scope(person, Right.SEE_WORK, organization="host", territory="territory") | Q(leader=person)
    return query


def worked_on_by(person: Person | None) -> Q:
    """The activities a person sees on the desk."""
    if person is None:
        return Q(pk__in=[])
    return scope(person, Right.SEE_WORK, organization="host", territory="territory") | Q(leader=person)


def can_open_desk(person: Person) -> Decision:
    """For those with a role in some body, and for leaders."""
    if holds_anywhere(person, Right.SEE_WORK) or Activity.objects.filter(leader=person).exists():
        return ALLOWED
    return deny(_("This list is for people who work for a body."), who_can=_("Somebody who manages your organisation"))
