"""Verbs on stars: propose a rule set, agree to it as a second person, note what was reached and what fell."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.accounts.services import person_of
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.honours import permissions
from liandong.honours.models import StarGrant, StarRule
from liandong.honours.queries.stars import totals_sql
from liandong.honours.rules import LONGEST_NAME, MOST_LEVELS
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Territory

Actor = Person | System
State = StarRule.State
LOCK = 0x57A25  # one note-taker of stars at a time


@transaction.atomic
def propose_rule(
    *,
    territory: Territory | None,
    name: str,
    star_hours: Sequence[int],
    medal_hours: Sequence[int] = (),
    star_names: Sequence[str] = (),
    medal_names: Sequence[str] = (),
    quality: str = "",
    quality_percent: int = 0,
    source: str,
    from_date: dt.date,
    by: Actor,
) -> StarRule:
    """A new version of the rule set of a place (None: everywhere). It holds from its day once a second person has agreed. Journal: star_rule.proposed."""
    require(permissions.can_keep_rules(by, territory))
    if territory is not None:
        Territory.objects.select_for_update(no_key=True).get(pk=territory.pk)
    steps = [*star_hours, *medal_hours]
    if not star_hours or len(steps) > MOST_LEVELS:
        raise Refused(_("Between one and twelve levels, please."), field="star_hours")
    if any(hours < 1 or hours > 100_000 for hours in steps) or any(low >= high for low, high in pairwise(steps)):
        raise Refused(_("Each level asks for more hours than the one before it; medals come after the last star."), field="star_hours")
    source, name = one_line(source, 200), one_line(name, 60)
    if len(source) < 4:
        raise Refused(_("Say where this rule is written: the paper and its number."), field="source")
    if from_date < clock.today():
        raise Refused(_("A rule set holds from today on at the earliest: what was reached before stays."), field="from_date")
    if quality and not 1 <= quality_percent <= 100:
        raise Refused(_("Between 1 and 100 percent, please."), field="quality_percent")
    last = StarRule.objects.filter(territory=territory).order_by("-version").first()
    if last is not None and last.state == State.PROPOSED:
        raise Refused(_("A proposal for this place is waiting already. Decide about it first."))
    rule = StarRule.objects.create(
        territory=territory,
        version=(last.version if last else 0) + 1,
        name=name or _("Star rule set"),
        star_hours=list(star_hours),
        medal_hours=list(medal_hours),
        star_names=[one_line(each, LONGEST_NAME) for each in star_names][: len(star_hours)],
        medal_names=[one_line(each, LONGEST_NAME) for each in medal_names][: len(medal_hours)],
        quality=quality,
        quality_percent=quality_percent if quality else 0,
        source=source,
        from_date=from_date,
        proposed_by=person_of(by),
        proposed_at=clock.now(),
    )
    journal.record("star_rule.proposed", on=rule, after={"hours": steps, "from_date": from_date, "version": rule.version}, by=by)
    return rule


@transaction.atomic
def decide_rule(rule: StarRule, *, agree: bool, reason: str = "", by: Actor) -> StarRule:
    """The second person agrees or not. Journal: star_rule.agreed, star_rule.refused."""
    rule.refresh_from_db(from_queryset=StarRule.objects.select_for_update(of=["self"]).select_related("territory"))
    require(permissions.can_decide_rule(by, rule))
    new = State.AGREED if agree else State.REFUSED
    require_transition(StarRule.TRANSITIONS, rule.state, new)
    reason = one_line(reason, 200)
    if not agree and len(reason) < 2:
        raise Refused(_("Say why not; the one who proposed it will read it."), field="reason")
    if agree and rule.from_date < clock.today():
        rule.from_date = clock.today()  # it waited longer than meant; nothing holds backwards
    rule.state, rule.decided_by, rule.decided_at, rule.reason = new, person_of(by), clock.now(), reason
    rule.save(update_fields=["state", "decided_by", "decided_at", "reason", "from_date"])
    journal.record(
        f"star_rule.{new}", on=rule, before={"state": State.PROPOSED}, after={"state": new, "from_date": rule.from_date}, reason=reason, by=by
    )
    if rule.proposed_by is not None:
        notices.notify(
            rule.proposed_by,
            kind=f"star_rule.{new}",
            values={"name": rule.name, "from_date": rule.from_date.isoformat(), "reason": reason},
            url=reverse("honours:rule", args=[rule.pk]),
            once_key=f"star_rule.{new}:{rule.pk}",
        )
    return rule


@transaction.atomic
def note_stars(people: Iterable[int] | None = None, *, tell: bool = True, by: Actor) -> tuple[int, int]:
    """Note each star reached since the last time, and each that fell because records were withdrawn; of everybody, or of these. Returns how many of each.

    A star once reached stays when the rule set changes; it falls only when the hours under it are taken back. Repeatable without harm. Tells each
    volunteer of the highest new one. Journal: stars.granted, stars.withdrawn.
    """
    now = clock.now()
    narrow = list(people) if people is not None else None
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            totals_sql(of_people=narrow is not None)  # noqa: S608 -- our own SQL
            + """
            insert into honours_stargrant (person_id, rule_id, level, needed_minutes, minutes, granted_at, withdraws_id, reason)
            select e.person_id, e.rule_id, e.level, e.needed, e.minutes, %(now)s, null, ''
            from expected e left join standing g on g.person_id = e.person_id and g.level = e.level where g.id is null
            union all
            select g.person_id, g.rule_id, g.level, g.needed_minutes, coalesce(t.minutes, 0), %(now)s, g.id, %(reason)s
            from standing g left join totals t on t.person_id = g.person_id where coalesce(t.minutes, 0) < g.needed_minutes
            returning id, person_id, level, withdraws_id""",
            {"day": clock.today(), "now": now, "people": narrow or [], "reason": "hours were taken back"},
        )
        rows = cursor.fetchall()
    reached: dict[int, list[tuple[int, int]]] = defaultdict(list)
    fell: dict[int, list[int]] = defaultdict(list)
    for pk, person, level, withdraws in rows:
        if withdraws is None:
            reached[person].append((level, pk))
        else:
            fell[person].append(level)
    journal.record_many(
        "stars.granted", on=[(Person(pk=pk), {"levels": sorted(level for level, _pk in got)}) for pk, got in sorted(reached.items())], by=by
    )
    journal.record_many("stars.withdrawn", on=[(Person(pk=pk), {"levels": sorted(levels)}) for pk, levels in sorted(fell.items())], by=by)
    if tell:
        _tell({max(got)[1] for got in reached.values()}, fell)
    return len(rows) - sum(map(len, fell.values())), sum(map(len, fell.values()))


def _tell(grants: set[int], fell: dict[int, list[int]]) -> None:
    url = reverse("honours:mine")
    for grant in StarGrant.objects.filter(pk__in=grants).select_related("person", "rule"):
        name = grant.rule.name_of(grant.level)
        kind = "star.named" if name else "star.reached"
        notices.notify(grant.person, kind=kind, values={"level": grant.level, "name": name}, url=url, once_key=f"star:{grant.pk}")
    for person in Person.objects.filter(pk__in=fell):
        level = min(fell[person.pk])
        notices.notify(person, kind="star.fell", values={"level": level}, url=url, once_key=f"star.fell:{person.pk}:{clock.today()}:{level}")
