"""Rules by which hours are confirmed without a person, and the job that does it. What lies outside of them goes to a person."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import Attendance
from liandong.core import actors, clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Territory
from liandong.recognition import permissions, queries, rules
from liandong.recognition.models import ConfirmationRule, OutlierLine
from liandong.recognition.permissions import Actor
from liandong.recognition.services.records import confirm_service

AT_ONCE = 500


@transaction.atomic
def set_rule(
    *,
    organization: Organization | None = None,
    territory: Territory | None = None,
    is_on: bool = True,
    min_confidence: int = 80,
    max_minutes: int = 240,
    min_records: int = 1,
    reason: str,
    by: Actor,
) -> ConfirmationRule:
    """The rule of a body or a place from now on, as a new version. The same again answers with the one in force. Journal: confirmation_rule.set."""
    require(permissions.can_set_rule(by, organization=organization, territory=territory))
    if (organization is None) == (territory is None):
        raise Refused(_("Choose a body or a place."), field="organization")
    reason = clean_words(reason)[:200]
    if not reason:
        raise Refused(_("Say why this can be trusted."), field="reason")
    if not 50 <= min_confidence <= 99:
        raise Refused(_("Between 50 and 99 percent, please."), field="min_confidence")
    if not 30 <= max_minutes <= 720:
        raise Refused(_("Between 30 and 720 minutes, please."), field="max_minutes")
    if not 0 <= min_records <= 50:
        raise Refused(_("Between 0 and 50, please."), field="min_records")
    versions = list(ConfirmationRule.objects.select_for_update().order_by("version"))
    bounds = (is_on, min_confidence, max_minutes, min_records)
    same = [rule for rule in versions if (rule.organization_id, rule.territory_id) == (organization and organization.pk, territory and territory.pk)]
    if same and (same[-1].is_on, same[-1].min_confidence, same[-1].max_minutes, same[-1].min_records) == bounds:
        return same[-1]
    rule = ConfirmationRule.objects.create(
        version=versions[-1].version + 1 if versions else 1,
        organization=organization,
        territory=territory,
        is_on=is_on,
        min_confidence=min_confidence,
        max_minutes=max_minutes,
        min_records=min_records,
        reason=reason,
        made_by=by if isinstance(by, Person) else None,
        made_at=clock.now(),
    )
    journal.record("confirmation_rule.set", on=rule, after={"version": rule.version, "bounds": bounds}, reason=reason, by=by)
    return rule


def confirm_inside_rules(*, by: Actor = actors.SCHEDULER) -> int:
    """Confirm what is inside the rule of its body, each in a transaction of its own. Returns how many. May run again without harm.

    Inside means: the shift is closed, the confidence is high enough and nothing speaks against it, not too long, not by hand,
    not the person's first service with this body, and no open outlier is about it.
    """
    in_force = queries.rules_in_force()
    if not in_force.any_on:
        return 0
    waiting = queries.waiting_to_confirm().filter(
        ~Exists(OutlierLine.objects.filter(sign_up=OuterRef("sign_up"), outlier__state__in=queries.UNDECIDED))
    )
    done = 0
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        rows = list(Attendance.objects.filter(pk__in=keys[start : start + AT_ONCE]).select_related("sign_up__shift__activity__host__territory"))
        trusted = {row.pk: rule for row in rows if (rule := in_force.of(row.sign_up.shift.activity.host)) is not None}
        rows = [row for row in rows if row.pk in trusted]
        evidence, by_hand, known = activities.evidence_of(rows), queries.by_hand_of(rows), queries.record_counts(rows)
        for row in rows:
            rule, shift = trusted[row.pk], row.sign_up.shift
            minutes = rules.served_in(shift, row)[2]
            shown = evidence[row.pk]
            if (
                row.pk in by_hand
                or shown.against
                or shown.confidence < rule.min_confidence
                or not 1 <= minutes <= rule.max_minutes
                or known.get((row.sign_up.person_id, shift.activity.host_id), 0) < rule.min_records
            ):
                continue
            try:
                confirm_service(row.sign_up, rule=rule, by=by)
            except Refused:  # an overlap, more than a day: for a person
                continue
            done += 1
    return done
