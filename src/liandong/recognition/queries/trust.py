"""Rules in force, what waits for them, outliers and their rows."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.core import clock
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import scope
from liandong.projects.models import ProjectNeed
from liandong.recognition import outliers, rules
from liandong.recognition.models import ConfirmationRule, Outlier, OutlierLine, ServiceRecord

LOOK_BACK = dt.timedelta(days=60)
UNDECIDED = ("open", "recheck", "backfill")


class InForce:
    """The newest rule of each body and place, read once. A body's own goes before its place's, the nearer place's before the wider one's."""

    def __init__(self, versions: Iterable[ConfirmationRule]) -> None:
        self.by_body: dict[int, ConfirmationRule] = {}
        self.by_place: dict[int, ConfirmationRule] = {}
        for rule in versions:  # in the order of versions: later ones replace earlier ones
            if rule.organization_id is not None:
                self.by_body[rule.organization_id] = rule
            elif rule.territory_id is not None:
                self.by_place[rule.territory_id] = rule

    @property
    def any_on(self) -> bool:
        return any(rule.is_on for rule in (*self.by_body.values(), *self.by_place.values()))

    @property
    def rules(self) -> list[ConfirmationRule]:
        return sorted((*self.by_body.values(), *self.by_place.values()), key=lambda rule: -rule.version)

    def of(self, body: Organization) -> ConfirmationRule | None:
        """The rule that holds for a body, None where a person confirms."""
        places = body.territory.line_ids
        rule = self.by_body.get(body.pk) or next((self.by_place[pk] for pk in reversed(places) if pk in self.by_place), None)
        return rule if rule is not None and rule.is_on else None


def rules_in_force() -> InForce:
    return InForce(ConfirmationRule.objects.select_related("organization", "territory", "made_by").order_by("version"))


def waiting_to_confirm() -> QuerySet[Attendance]:
    """Volunteers' attendances of closed shifts that nobody confirmed, of the last weeks."""
    return Attendance.objects.filter(
        confirmed_at__isnull=True,
        out_at__isnull=False,
        sign_up__state=SignUp.State.CONFIRMED,
        sign_up__position__kind=Position.Kind.VOLUNTEER,
        sign_up__shift__closed_at__isnull=False,
        sign_up__shift__ends_at__gt=clock.now() - LOOK_BACK,
    )


def record_counts(attendances: Iterable[Attendance]) -> dict[tuple[int, int], int]:
    """(person, body) -> how many records that count; one query."""
    rows = list(attendances)
    people, bodies = {row.sign_up.person_id for row in rows}, {row.sign_up.shift.activity.host_id for row in rows}
    counted = ServiceRecord.objects.counting().filter(person__in=people, organization__in=bodies).order_by()
    return {(row["person"], row["organization"]): row["n"] for row in counted.values("person", "organization").annotate(n=Count("pk"))}


def attendances_seen(*, ratings: Callable[[Iterable[int]], Mapping[int, int]]) -> tuple[list[outliers.Seen], list[outliers.Event]]:
    """The volunteers' attendances of the last weeks as the tests take them, withdrawn ones left out, and what their activities left behind. Six queries."""
    since = clock.now() - LOOK_BACK
    rows = Attendance.objects.filter(
        sign_up__shift__ends_at__gt=since,
        sign_up__shift__ends_at__lte=clock.now(),
        out_at__isnull=False,
        sign_up__position__kind=Position.Kind.VOLUNTEER,
        sign_up__state=SignUp.State.CONFIRMED,
    )
    records = ServiceRecord.objects.current().filter(shift__ends_at__gt=since)
    values = ("sign_up", "minutes", "confirmed_by", "confirmed_at", "backfill__created_by", "backfill__created_at")
    known = {row[0]: row[1:] for row in records.values_list(*values)}
    zone = timezone.get_current_timezone()
    seen = []
    shift = "sign_up__shift"
    fields = (
        "sign_up", "sign_up__person", shift, f"{shift}__activity", f"{shift}__activity__host", "in_at", "out_at", "in_method", "in_device", "in_by",
        f"{shift}__starts_at", f"{shift}__ends_at", f"{shift}__activity__venue__latitude", f"{shift}__activity__venue__longitude",
    )  # fmt: skip
    for sign_up, person, shift_id, activity, host, in_at, out_at, method, device, in_by, starts_at, ends_at, lat, lng in rows.values_list(
        *fields
    ).iterator():
        minutes, confirmed_by, confirmed_at, entered_by, entered_at = known.get(sign_up, (None, None, None, None, None))
        if minutes == 0:
            continue
        if minutes is None:
            minutes = rules.served_window(in_at, out_at, shift_starts_at=starts_at, shift_ends_at=ends_at)[2]
        seen.append(
            outliers.Seen(
                sign_up=sign_up,
                person=person,
                shift=shift_id,
                activity=activity,
                host=host,
                in_at=in_at.astimezone(zone),
                out_at=out_at.astimezone(zone),
                minutes=minutes,
                method=method,
                device=device,
                in_by=in_by,
                place=(float(lat), float(lng)) if lat is not None and lng is not None else None,
                confirmed_by=confirmed_by,
                confirmed_at=confirmed_at,
                entered_by=entered_by,
                entered_at=entered_at and entered_at.astimezone(zone),
            )
        )
    sizes = Counter(row.activity for row in seen)
    crowds = [activity for activity, size in sizes.items() if size >= outliers.CROWD]
    return seen, _events(crowds, ratings(crowds) if crowds else {})


def _events(activities: list[int], rated: Mapping[int, int]) -> list[outliers.Event]:
    if not activities:
        return []
    came = Attendance.objects.filter(sign_up__shift__activity__in=activities, sign_up__position__kind=Position.Kind.PARTICIPANT).order_by()
    guests = dict(came.values_list("sign_up__shift__activity").annotate(n=Count("pk")))
    rows = Activity.objects.filter(pk__in=activities).values_list("pk", "host", "project")
    answered = dict(
        ProjectNeed.objects.filter(project__in=[row[2] for row in rows if row[2]]).order_by().values_list("project").annotate(n=Count("pk"))
    )
    return [outliers.Event(pk, host, guests.get(pk, 0), rated.get(pk, 0), answered.get(project, 0)) for pk, host, project in rows]


# Pages


def outlier_url(outlier: Outlier) -> str:
    return reverse("recognition:outlier", args=[outlier.pk])


def outliers_to_look_at(rows: QuerySet[Outlier], *, state: str = "", kind: str = "") -> QuerySet[Outlier]:
    """The weightiest first. `state` "decided" shows the others."""
    rows = rows.filter(state__in=[s for s in Outlier.State.values if s not in UNDECIDED]) if state == "decided" else rows.filter(state__in=UNDECIDED)
    if kind in Outlier.Kind.values:
        rows = rows.filter(kind=kind)
    return rows.select_related("organization", "person", "other", "shift__activity", "decided_by").order_by("-weight", "-found_at", "-id")


def lines_about(outlier: Outlier, *, seen_by: Person) -> QuerySet[OutlierLine]:
    """The attendances behind a finding, as far as they are of bodies for which the reader confirms: what somebody does elsewhere is not theirs to see."""
    return (
        outlier.lines.filter(scope(seen_by, Right.CONFIRM_SERVICE, organization="sign_up__shift__activity__host"))
        .select_related("sign_up__person", "sign_up__shift__activity", "sign_up__attendance")
        .order_by("sign_up__shift__starts_at", "sign_up__attendance__in_at", "pk")
        .annotate(confirmed_at=F("sign_up__attendance__confirmed_at"))
    )


def outliers_about(sign_ups: Iterable[int]) -> dict[int, list[Outlier]]:
    """Sign-up -> what a person should look at first; one query."""
    found: dict[int, list[Outlier]] = {}
    for line in OutlierLine.objects.filter(sign_up__in=list(sign_ups), outlier__state__in=UNDECIDED).select_related("outlier"):
        found.setdefault(line.sign_up_id, []).append(line.outlier)
    return found


@dataclass(frozen=True)
class Words:
    """What an outlier says, for people."""

    title: str
    why: str


def words_of(outlier: Outlier) -> Words:
    """Why it stands there, in a sentence with its numbers."""
    facts: dict[str, Any] = outlier.facts
    name = outlier.person.masked_name if outlier.person else ""
    other = outlier.other.masked_name if outlier.other else ""
    match outlier.kind:
        case "same_phone":
            why = _("%(people)s people checked in with the same phone within %(seconds)s seconds.") % facts
        case "same_second":
            why = _("%(people)s people came at %(came)s and left at %(left)s, to the second.") % facts
        case "night_wave":
            why = _("One account added %(records)s records by hand in one night, the last at %(at)s.") % facts
        case "many_hours":
            hours = {"hours": round(facts["minutes_week"] / 60), "usual": round(facts["usual"] / 60, 1), "times": facts["times"]}
            why = _("%(hours)s hours in one week, %(times)s times what others give (%(usual)s hours).") % hours
        case "ghost_crowd":
            why = _("%(people)s volunteers, nobody served, no rating, no need behind it.") % facts
        case "one_confirmer":
            hours = {"hours": round(facts["sum_minutes"] / 60), "records": facts["records"], "usual": round(facts["usual"] / 60, 1)}
            why = _("%(hours)s hours (%(records)s records) confirmed within one hour; usual are %(usual)s hours.") % hours
        case "never_seen":
            why = _("%(records)s services in two months, none seen by a scan or a code: all were written down by hand.") % facts
        case "pair":
            why = _("%(name)s and %(other)s wrote down each other's hours by hand, %(records)s times.") % {"name": name, "other": other, **facts}
        case "travel" if facts["gap"] < 0:
            why = _("Two activities at the same time: they overlap by %(minutes)s minutes.") % {"minutes": -facts["gap"]}
        case _:
            why = _("%(km)s km apart, with %(gap)s minutes between: faster than any bus.") % facts
    about = (
        outlier.shift.activity.title
        if outlier.shift
        else name
        if outlier.kind != "pair"
        else _("%(name)s and %(other)s") % {"name": name, "other": other}
    )
    return Words(about or outlier.organization.label, why)
