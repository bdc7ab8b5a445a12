"""Hosting together: proposed, answered, and what each side counts from then on."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import services as activities
from liandong.activities.models import Activity
from liandong.core import clock, workdays
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.overlap import permissions
from liandong.overlap.models import CoHosting, HostShare, OverlapDecision
from liandong.overlap.services.deciding import note_decision

Actor = Person | System
ANSWER_WORKDAYS = 3
OPEN = (Activity.State.DRAFT, Activity.State.PUBLISHED)


@transaction.atomic
def propose_co_hosting(
    activity: Activity,
    *,
    partners: Sequence[tuple[Organization, Activity | None]],
    asked_by: Organization | None = None,
    hours_percent: int | None = None,
    people_percent: int | None = None,
    words: str = "",
    by: Actor,
) -> list[CoHosting]:
    """Ask bodies to host the activity together (or, with `asked_by` a partner, ask the host to be let in). Each partner comes with its own activity that the joint one would
    replace, or None. Percents are what one partner counts; without them everybody counts the same. What is promised already stays; the host counts the rest.
    """
    activity = _locked(activity)
    asked_by = asked_by or activity.host
    require(permissions.can_propose(by, asked_by))
    if activity.state not in OPEN:
        raise Refused(_("This activity is over or cancelled."))
    if not partners:
        raise Refused(_("Choose with whom."), field="partners")
    if asked_by.pk != activity.host_id and [body.pk for body, _twin in partners] != [asked_by.pk]:
        raise Refused(_("A body proposes only itself as a partner."), field="partners")
    there = {row.partner_id: row for row in CoHosting.objects.filter(activity=activity, state__in=CoHosting.OPEN_STATES)}
    for body, twin in partners:
        if body.pk == activity.host_id:
            raise Refused(_("%(body)s is the host already.") % {"body": body.label}, field="partners")
        if body.pk in there:
            raise Refused(_("%(body)s has been asked already.") % {"body": body.label}, field="partners")
        if twin is not None and twin.host_id != body.pk:
            raise Refused(_("The other activity is not theirs."), field="partners")
    hours_left = 100 - sum(row.hours_percent for row in there.values())
    people_left = 100 - sum(row.people_percent for row in there.values())
    hours = hours_left // (len(partners) + 1) if hours_percent is None else hours_percent
    people = people_left // (len(partners) + 1) if people_percent is None else people_percent
    if min(hours, people) < 0 or hours * len(partners) > hours_left or people * len(partners) > people_left:
        raise Refused(_("The shares make more than 100 percent."), field="hours_percent")
    now = clock.now()
    made = []
    for body, twin in partners:
        row = CoHosting.objects.create(
            activity=activity,
            partner=body,
            asked_by=asked_by,
            twin=twin,
            hours_percent=hours,
            people_percent=people,
            words=one_line(words, 300),
            proposed_by=by if isinstance(by, Person) else None,
            proposed_at=now,
            answer_due_at=workdays.after_workdays(now, ANSWER_WORKDAYS),
        )
        if twin is not None:
            note_decision(activity, twin, kind=OverlapDecision.Kind.CO_HOST, organization=asked_by, by=by)
        journal.record(
            "co_hosting.proposed",
            on=row,
            after={"state": row.state, "activity": activity.code, "partner": body.pk, "hours": hours, "people": people},
            by=by,
        )
        made.append(row)
    return made


@transaction.atomic
def agree(co_hosting: CoHosting, *, words: str = "", by: Actor) -> CoHosting:
    """The asked side says yes. From now on the bodies count their shares of the joint activity."""
    co_hosting = _locked_row(co_hosting)
    require(permissions.can_answer(by, co_hosting))
    if co_hosting.state == CoHosting.State.AGREED:
        return co_hosting
    if co_hosting.activity.state not in OPEN:
        raise Refused(_("This activity is over or cancelled."))
    row = _step(co_hosting, CoHosting.State.AGREED, "co_hosting.agreed", words=words, by=by)
    write_shares(row.activity)
    return row


@transaction.atomic
def decline(co_hosting: CoHosting, *, words: str, by: Actor) -> CoHosting:
    """The asked side says no, with a few words."""
    co_hosting = _locked_row(co_hosting)
    require(permissions.can_answer(by, co_hosting))
    if not one_line(words, 300):
        raise Refused(_("Write a few words: the other side reads them."), field="words")
    return _step(co_hosting, CoHosting.State.DECLINED, "co_hosting.declined", words=words, by=by)


@transaction.atomic
def withdraw(co_hosting: CoHosting, *, by: Actor) -> CoHosting:
    """The proposal is taken back before it was answered."""
    co_hosting = _locked_row(co_hosting)
    require(permissions.can_withdraw(by, co_hosting))
    return _step(co_hosting, CoHosting.State.WITHDRAWN, "co_hosting.withdrawn", words="", by=by)


@transaction.atomic
def call_off_twin(co_hosting: CoHosting, *, by: Actor) -> Activity:
    """The partner's own activity gives way to the joint one: everybody who signed up is told, with the way to the joint one."""
    co_hosting = _locked_row(co_hosting)
    if co_hosting.state != CoHosting.State.AGREED or co_hosting.twin is None:
        raise Refused(_("Only an agreed joint activity replaces another."))
    joint = co_hosting.activity
    reason = _("We do it together with %(host)s: “%(title)s”. Come there: %(url)s") % {
        "host": joint.host.label,
        "title": joint.title[:60],
        "url": f"{settings.SITE_URL}/a/{joint.code}/",
    }
    twin = activities.cancel_activity(co_hosting.twin, reason=reason, by=by)
    journal.record("co_hosting.twin_called_off", on=co_hosting, after={"twin": twin.code, "activity": joint.code}, by=by)
    return twin


def write_shares(activity: Activity) -> None:
    """Lay the stretches of all hosts end to end: the host first, with what the agreed partners leave, then each partner in the order they agreed."""
    agreed = list(CoHosting.objects.filter(activity=activity, state=CoHosting.State.AGREED).order_by("answered_at", "pk"))
    HostShare.objects.filter(activity=activity).delete()
    if not agreed:
        return
    parts = [(activity.host_id, 100 - sum(row.hours_percent for row in agreed), 100 - sum(row.people_percent for row in agreed))]
    parts += [(row.partner_id, row.hours_percent, row.people_percent) for row in agreed]
    hours = people = 0
    rows = []
    for organization, hour_part, people_part in parts:
        rows.append(
            HostShare(
                activity=activity,
                organization_id=organization,
                hours_from=hours,
                hours_to=hours + hour_part,
                people_from=people,
                people_to=people + people_part,
            )
        )
        hours, people = hours + hour_part, people + people_part
    HostShare.objects.bulk_create(rows)


def _step(row: CoHosting, state: str, verb: str, *, words: str, by: Actor) -> CoHosting:
    require_transition(CoHosting.TRANSITIONS, row.state, state)
    before = row.state
    row.state, row.answer_words = state, one_line(words, 300)
    row.answered_by, row.answered_at = by if isinstance(by, Person) else None, clock.now()
    row.save(update_fields=["state", "answer_words", "answered_by", "answered_at"])
    journal.record(verb, on=row, before={"state": before}, after={"state": state, "activity": row.activity.code}, by=by)
    return row


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory", "venue").get(pk=activity.pk)


def _locked_row(row: CoHosting) -> CoHosting:
    """The activity is locked first, as everywhere: two answers about one activity come one after the other."""
    activity = _locked(row.activity)
    row = (
        CoHosting.objects.select_for_update(of=("self",))
        .select_related("partner__territory", "asked_by__territory", "twin__host__territory", "twin__territory")
        .get(pk=row.pk)
    )
    row.activity = activity
    return row
