"""请人看一看: the nightly look for what a person should see, and what a person decides about it."""

from collections.abc import Callable, Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import actors, clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import outliers, permissions, queries
from liandong.recognition.models import Outlier, OutlierLine, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services.records import withdraw_record

State = Outlier.State


class _Ratings:
    """Who knows how often activities were rated: an app above hands in its reader once (`hold_ratings`)."""

    def __init__(self) -> None:
        self.read: Callable[[Iterable[int]], Mapping[int, int]] = lambda activities: {}


ratings = _Ratings()


def hold_ratings(read: Callable[[Iterable[int]], Mapping[int, int]]) -> None:
    ratings.read = read


@transaction.atomic
def scan(*, by: Actor = actors.SCHEDULER) -> int:
    """Look at the attendances of the last weeks and write down what a person should see. What is known already stays as it was decided,
    unless it has grown by half: then it is open again. Returns how many are new. Journal: outliers.scanned on each body concerned."""
    seen, events = queries.attendances_seen(ratings=ratings.read)
    found = outliers.find(seen, events)
    now = clock.now()
    known = {row.key: row for row in Outlier.objects.select_for_update().filter(key__in=[each.key for each in found])}
    fresh, grown = [], []
    for each in found:
        values = {"weight": each.weight, "facts": each.facts, "line_count": len(each.lines), "minutes": each.minutes}
        if (row := known.get(each.key)) is None:
            row = Outlier(
                key=each.key,
                kind=each.kind,
                organization_id=each.host,
                person_id=each.person,
                other_id=each.other,
                shift_id=each.shift,
                found_at=now,
                **values,
            )
            fresh.append(row)
        elif row.line_count < len(each.lines):
            if 2 * len(each.lines) >= 3 * row.line_count:
                row.state, row.found_at = State.OPEN, now
            for name, value in values.items():
                setattr(row, name, value)
            grown.append(row)
    Outlier.objects.bulk_create(fresh, batch_size=1000)
    Outlier.objects.bulk_update(grown, ["weight", "facts", "line_count", "minutes", "state", "found_at"], batch_size=1000)
    rows = {row.key: row for row in [*fresh, *grown]}
    lines = [OutlierLine(outlier=rows[each.key], sign_up_id=line) for each in found if each.key in rows for line in each.lines]
    OutlierLine.objects.bulk_create(lines, ignore_conflicts=True, batch_size=5000)
    journal.record_many("outlier.found", on=[(row, {"kind": row.kind, "weight": row.weight}) for row in fresh], by=by)
    return len(fresh)


@transaction.atomic
def decide_outlier(outlier: Outlier, *, state: str, reason: str, by: Actor) -> Outlier:
    """What a person made of it: right after all, check again, to back-fill, or hours withdrawn. With a reason; the decision is kept.

    Finding it right is the hub's; a body may ask for more or take hours back. Withdrawing takes back every record it is about. Journal: outlier.decided.
    """
    outlier = Outlier.objects.select_for_update(of=("self",)).select_related("organization__territory").get(pk=outlier.pk)
    require(permissions.can_decide_outlier(by, outlier) if state == State.ACCEPTED else permissions.can_note_outlier(by, outlier))
    reason = clean_words(reason)[:300]
    if (outlier.state, outlier.reason) == (state, reason):
        return outlier
    require_transition(Outlier.TRANSITIONS, outlier.state, state)
    if not reason:
        raise Refused(_("Say why; it stands beside the hours."), field="reason")
    before, outlier.state = outlier.state, state
    outlier.reason, outlier.decided_at, outlier.decided_by = reason, clock.now(), by if isinstance(by, Person) else None
    outlier.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    withdrawn = []
    if state in (State.WITHDRAWN, State.BACKFILL):
        records = ServiceRecord.objects.counting().filter(sign_up__in=outlier.lines.values("sign_up")).order_by("person", "pk")
        if state == State.BACKFILL:
            records = records.filter(backfill__isnull=True)
        for record in records.select_related("person"):
            if not (isinstance(by, Person) and record.person_id == by.pk):
                withdrawn.append(withdraw_record(record, reason=reason, by=by).number)
    journal.record("outlier.decided", on=outlier, before={"state": before}, after={"state": state, "withdrawn": withdrawn}, reason=reason, by=by)
    if state == State.RECHECK:
        for person in queries.who_can_confirm(outlier.organization):
            notices.notify(
                person,
                kind="outlier.recheck",
                values={"what": str(Outlier.Kind(outlier.kind).label), "reason": reason},
                url=queries.outlier_url(outlier),
                once_key=f"outlier.recheck:{outlier.pk}:{outlier.decided_at:%Y%m%d%H%M}",
            )
    return outlier
