"""The hub's console: six figures, what needs a hand, what waits longest and why, where needs stop, hours, teams, bodies."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, Window
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, SignUp
from liandong.core import clock, memory, workdays
from liandong.insight import queries
from liandong.insight.filters import Filters
from liandong.insight.indicators import INDICATORS
from liandong.insight.memory import kept
from liandong.insight.spans import TWELVE_MONTHS, span_of
from liandong.matching import queries as matching
from liandong.matching.models import Roster, RotaHost, Turn
from liandong.matching.queries import rotas as turning
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.overlap import queries as overlap
from liandong.overlap.models import CoHosting
from liandong.portal.workspaces import address
from liandong.projects.models import Milestone, Pledge, Project, ProjectNeed
from liandong.recognition import permissions as may_look
from liandong.recognition import queries as recognition
from liandong.recognition.models import Outlier, ServiceRecord
from liandong.themes import queries as themes
from liandong.themes.words import trend_words
from liandong.ui import words
from liandong.visits import queries as visits

MOST_ROWS = 7  # of one list on the console
ALERT, TODO = "alerts", "todo"
T = TypeVar("T")


@dataclass(frozen=True)
class Stat:
    label: Any
    value: str
    unit: Any
    href: str
    note: str = ""
    tone: str = ""


def figure_href(key: str, filters: Filters, **changes: Any) -> str:
    return address("insight:figure", key, query=filters.query(**changes))


def compared(pair: queries.Pair, *, hours: bool = False) -> str:
    """比去年 4,312 多 13%."""
    if not pair.before:
        return _("no figure a year ago")
    before = words.thousands(round(pair.before / 60) if hours else pair.before)
    change = pair.change or 0
    if change > 0:
        return _("%(before)s a year ago, +%(change)s%%") % {"before": before, "change": change}
    if change < 0:
        return _("%(before)s a year ago, −%(change)s%%") % {"before": before, "change": -change}
    return _("%(before)s a year ago too") % {"before": before}


def strip(filters: Filters, needs: queries.NeedFigures, days: dict[dt.date, int]) -> list[Stat]:
    minutes = queries.Pair(queries.sum_over(days, filters.span), queries.sum_over(days, filters.span.year_before()))
    people = kept("people", filters, lambda: queries.people_pair(filters))
    running, late = queries.project_figures(filters)
    liked = queries.satisfaction(filters)
    in_time = needs.in_time_percent
    overdue = ngettext("%(n)s answer overdue", "%(n)s answers overdue", needs.overdue) % {"n": needs.overdue} if needs.overdue else _("none overdue")
    behind = ngettext("%(n)s behind its day", "%(n)s behind their day", late) % {"n": late} if late else _("all on their day")
    asked = _("%(answers)s of %(asked)s answered") % {"answers": words.thousands(liked.answers), "asked": words.thousands(liked.asked)}
    return [
        Stat(
            INDICATORS["service-hours"].label,
            words.thousands(round(minutes.now / 60)),
            pgettext("unit", "h"),
            figure_href("service-hours", filters),
            compared(minutes, hours=True),
        ),
        Stat(INDICATORS["people"].label, words.thousands(people.now), pgettext("unit", "people"), figure_href("people", filters), compared(people)),
        Stat(
            INDICATORS["new-needs"].label,
            words.thousands(needs.new.now),
            pgettext("unit", "needs"),
            figure_href("new-needs", filters),
            compared(needs.new),
        ),
        Stat(
            INDICATORS["answered-in-time"].label,
            "–" if in_time is None else f"{in_time}%",
            "",
            figure_href("answered-in-time", filters),
            overdue,
            "warn" if needs.overdue else "",
        ),
        Stat(
            INDICATORS["running-projects"].label,
            words.thousands(running),
            pgettext("unit", "projects"),
            figure_href("running-projects", filters),
            behind,
            "warn" if late else "",
        ),
        Stat(
            INDICATORS["satisfaction"].label,
            "–" if liked.mean is None else f"{liked.mean:.1f}",
            "" if liked.margin is None else _("±%(margin)s of 5") % {"margin": f"{max(liked.margin, 0.1):.1f}"},
            figure_href("satisfaction", filters),
            asked,
        ),
    ]


# What needs a hand


@dataclass(frozen=True)
class Row:
    """One thing to do. `days` is what is left, negative when it is late; it sorts the list."""

    kind: str  # ALERT or TODO
    tag: str
    tone: str
    icon: str
    strong: Any
    text: Any
    days: int
    due: str
    due_tone: str
    action: str
    href: str


@dataclass
class Hand:
    rows: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {ALERT: 0, TODO: 0})

    def add(self, rows: list[Row], total: int) -> None:
        self.rows += rows
        if rows:
            self.counts[rows[0].kind] += total

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def shown(self, kind: str = "") -> list[Row]:
        chosen = [row for row in self.rows if kind in ("", row.kind)]
        return sorted(chosen, key=lambda row: (row.kind != ALERT, row.days))[:MOST_ROWS]


LONGEST_TITLE = 14


def brief(title: str) -> str:
    """A title that leaves room for the rest of its row."""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def due_words(days: int) -> tuple[str, str]:
    if days < 0:
        return ngettext("%(n)s day over", "%(n)s days over", -days) % {"n": -days}, "danger"
    if days == 0:
        return pgettext("due", "today"), "warn"
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}, "warn" if days <= 1 else ""


def waited_words(days: int) -> tuple[str, str]:
    return (ngettext("waiting %(n)s day", "waiting %(n)s days", days) % {"n": days} if days > 0 else _("since today")), "warn" if days >= 7 else ""


def days_to(moment: dt.datetime | dt.date) -> int:
    return (words.local_date(moment) - clock.today()).days


def with_total(rows: Any, limit: int = MOST_ROWS) -> tuple[list[Any], int]:
    """The first rows and the number of all, in one query."""
    found = list(rows.annotate(total_count=Window(Count("pk")))[:limit])
    return found, found[0].total_count if found else 0


def hand_of(filters: Filters, *, by: Person) -> Hand:
    """Alerts first, then to-do, each by urgency."""
    hand = Hand()
    territory = filters.territory
    assert territory is not None
    inside = territory.path

    late, total = with_total(queries.overdue_needs(filters).defer("search"))
    hand.add([_overdue(need) for need in late], total)

    late, total = with_total(
        Milestone.objects.filter(
            done_date__isnull=True, due_date__lt=clock.today(), project__state=Project.State.RUNNING, project__territory__path__startswith=inside
        )
        .select_related("project")
        .order_by("due_date", "id")
    )
    hand.add([_milestone(row) for row in late], total)

    soon = clock.now() + dt.timedelta(days=14)
    headless = Activity.objects.filter(
        state=Activity.State.PUBLISHED,
        leader__isnull=True,
        first_starts_at__gt=clock.now(),
        first_starts_at__lt=soon,
        territory__path__startswith=inside,
    )
    found, total = with_total(headless.select_related("host").order_by("first_starts_at", "id"))
    hand.add([_leaderless(activity) for activity in found], total)

    unsigned = Pledge.objects.filter(
        state=Pledge.State.PROPOSED, project__state__in=[Project.State.PROPOSED, Project.State.RUNNING], project__territory__path__startswith=inside
    )
    found, total = with_total(unsigned.select_related("project", "organization").order_by("project__created_at", "id"))
    hand.add([_unsigned(pledge) for pledge in found], total)

    proposed = Project.objects.filter(state=Project.State.PROPOSED, territory__path__startswith=inside)
    found, total = with_total(proposed.select_related("lead").order_by("created_at", "id"))
    hand.add([_proposed(project) for project in found], total)

    shifts = kept("unconfirmed", filters, lambda: unconfirmed(Q(shift__activity__host__territory__in=queries.inside(territory))))
    late_count = bisect_left(shifts, clock.today(), key=lambda shift: words.local_date(confirm_due(shift.ends_at)))
    hand.add([_to_confirm(shift) for shift in shifts[: min(late_count, MOST_ROWS)]], late_count)
    hand.add([_to_confirm(shift) for shift in shifts[late_count : late_count + MOST_ROWS]], len(shifts) - late_count)

    for rows, total in for_a_minute(f"odd:{by.pk}", territory, lambda: [odd_rows(territory, by=by)]):
        hand.add(rows, total)

    for rows, total in for_a_minute("visits", territory, lambda: visit_rows(visits.waiting(Q(territory__path__startswith=inside)))):
        hand.add(rows, total)

    alarms, late = overlaps_of(territory, by=by)
    hand.add(alarms[:MOST_ROWS], len(alarms))
    hand.add(late[:MOST_ROWS], len(late))

    for rows, total in for_a_minute("rosters", territory, lambda: [roster_rows(territory), *turn_rows(territory)]):
        hand.add(rows, total)

    applied = Organization.objects.filter(state=Organization.State.APPLIED, territory__path__startswith=inside).order_by("created_at", "id")
    found, total = with_total(applied)
    hand.add([_applied(organization) for organization in found], total)
    if year := workdays.unannounced_year():
        hand.add([_working_days(year)], 1)
    return hand


@dataclass(frozen=True)
class Unconfirmed:
    """A shift that is over, with volunteers who came and have no record."""

    pk: int
    ends_at: dt.datetime
    title: str
    waiting: int


def unconfirmed(where: Q) -> list[Unconfirmed]:
    """All of them, oldest first, in one grouped statement."""
    rows = SignUp.objects.filter(
        where,
        ~Exists(ServiceRecord.objects.filter(sign_up=OuterRef("pk"))),
        state=SignUp.State.CONFIRMED,
        position__kind=Position.Kind.VOLUNTEER,
        attendance__isnull=False,
        shift__ends_at__lte=clock.now(),
    )
    grouped = (
        rows.values_list("shift_id", "shift__ends_at", "shift__activity__title").annotate(waiting=Count("pk")).order_by("shift__ends_at", "shift_id")
    )
    return [Unconfirmed(*row) for row in grouped]


def _overdue(need: Need) -> Row:
    days = days_to(need.answer_due_at)
    who = need.claimed_by.label if need.claimed_by else need.territory.name
    days = min(days, -1) if days < 0 else 0
    due, tone = due_words(days) if days else (_("due today"), "danger")
    return Row(
        ALERT,
        _("Overdue"),
        "danger",
        "clock",
        brief(need.title),
        _(", no answer from %(who)s") % {"who": who},
        days,
        due,
        tone,
        _("Chase"),
        address("needs:desk", need.number),
    )


def odd_rows(territory: Territory, *, by: Person) -> tuple[list[Row], int]:
    """Hours that look odd, the weightiest first, as far as the reader may look into them."""
    seen = may_look.outliers_visible_to(by).filter(organization__territory__in=queries.inside(territory))
    found, total = with_total(recognition.outliers_to_look_at(seen))
    return [_odd(row) for row in found], total


def _odd(outlier: Outlier) -> Row:
    """Hours that look odd: somebody looks before they count for good."""
    days = -days_to(outlier.found_at)
    return Row(
        ALERT, _("Odd hours"), "warn", "eye", brief(outlier.organization.label), _(": %(what)s") % {"what": recognition.words_of(outlier).title}, 5 - days,
        *waited_words(days), _("Look"), address("recognition:outlier", outlier.pk),
    )  # fmt: skip


def _working_days(year: int) -> Row:
    """Deadlines count working days; those of a year are known when its notice is out."""
    return Row(
        TODO, _("Calendar"), "neutral", "calendar", str(year), _(": its holidays and working weekends are not entered yet"), 20, "", "", _("Enter"),
        address("organizations:calendar"),
    )  # fmt: skip


def _milestone(milestone: Milestone) -> Row:
    days = days_to(milestone.due_date)
    due, tone = due_words(days)
    return Row(
        ALERT, _("Late"), "danger", "alert-triangle", brief(milestone.project.name), _(": “%(step)s” is not done") % {"step": milestone.name}, days, due, tone,
        _("Look"), address("projects:project", milestone.project.number),
    )  # fmt: skip


def _leaderless(activity: Activity) -> Row:
    assert activity.first_starts_at is not None
    days = days_to(activity.first_starts_at)
    return Row(
        ALERT, _("No leader"), "warn", "user", brief(activity.title), _(" on %(day)s has no leader") % {"day": words.day_short(activity.first_starts_at)}, days,
        *due_words(days), _("Name one"), address("activities:edit", activity.code),
    )  # fmt: skip


def _unsigned(pledge: Pledge) -> Row:
    days = -days_to(pledge.project.created_at)
    due, tone = waited_words(days)
    text = _(": %(who)s has not agreed to the %(what)s") % {"who": pledge.organization.label, "what": str(pledge.get_kind_display()).lower()}
    return Row(
        TODO,
        _("Compact"),
        "neutral",
        "link",
        brief(pledge.project.name),
        text,
        20 - days,
        due,
        tone,
        _("Open"),
        address("projects:project", pledge.project.number),
    )


def _proposed(project: Project) -> Row:
    days = -days_to(project.created_at)
    due, tone = waited_words(days)
    return Row(
        TODO,
        _("Project"),
        "neutral",
        "folder",
        brief(project.name),
        _(" by %(who)s waits for approval") % {"who": project.lead.label},
        10 - days,
        due,
        tone,
        _("Decide"),
        address("projects:project", project.number),
    )


def visit_rows(waiting: list[visits.Waiting]) -> list[tuple[list[Row], int]]:
    """Visits on a day that is near or over, people the plan has waited for long, promises to keep: rows of each kind and the number of all."""
    texts = {"visit": _(": a visit is planned"), "plan": _(": should be visited by the plan"), "promise": _(": “%(what)s” was promised")}
    found = []
    for kind, text in texts.items():
        group = [row for row in waiting if row.kind == kind]
        hrefs = {"visit": "visits:visit", "promise": "visits:visit", "plan": "visits:plan"}
        rows = [
            _visit(
                row.whom,
                row.day,
                text % {"what": brief(row.words)} if kind == "promise" else text,
                address(hrefs[kind], *([row.number] if row.number else [])),
            )
            for row in group
        ]
        if rows:
            found.append((rows, group[0].total))
    return found


def _visit(whom: str, day: dt.date, text: str, href: str) -> Row:
    days = days_to(day)
    return Row(TODO, _("Visit"), "danger" if days < 0 else "neutral", "map-2", brief(whom), text, days, *due_words(days), _("Look"), href)


def confirm_due(ends_at: dt.datetime) -> dt.datetime:
    return workdays.after_workdays(ends_at, recognition.CONFIRM_WORKDAYS)


def _to_confirm(shift: Unconfirmed) -> Row:
    days = days_to(confirm_due(shift.ends_at))
    people = ngettext(": hours of %(n)s volunteer not confirmed", ": hours of %(n)s volunteers not confirmed", shift.waiting) % {"n": shift.waiting}
    return Row(
        ALERT if days < 0 else TODO, _("Hours"), "danger" if days < 0 else "neutral", "clipboard-check", brief(shift.title), people, days, *due_words(days),
        _("Confirm"), address("recognition:confirm_shift", shift.pk),
    )  # fmt: skip


def overlaps_of(territory: Territory, *, by: Person) -> tuple[list[Row], list[Row]]:
    """Overlaps on the ground and proposals past their time."""
    late = overlap.waiting_answers(territory=territory).filter(answer_due_at__lt=clock.now())[:100]
    return for_a_minute(
        "overlaps",
        territory,
        lambda: (
            [_overlap(alarm.title, alarm.first_day, alarm.list_url) for alarm in overlap.alarms_on(by, territories=[territory])],
            [_unanswered(row) for row in late],
        ),
    )


def for_a_minute(name: str, territory: Territory, make: Callable[[], T]) -> T:
    """Rows that do not hang on the period, in the language of the page."""
    return memory.for_a_minute(f"portal.hub:{name}:{territory.pk}:{get_language()}", make)


def _overlap(title: str, day: dt.date | None, href: str) -> Row:
    days = days_to(day) if day is not None else 14
    return Row(
        ALERT, _("Overlapping"), "warn", "alert-triangle", title, "", days, *(due_words(days) if day is not None else ("", "")), _("See it"), href
    )


def _unanswered(row: CoHosting) -> Row:
    days = days_to(row.answer_due_at)
    text = _(": %(who)s has not answered the proposal to do it together") % {"who": row.invited.label}
    return Row(
        ALERT, _("Co-hosting"), "warn", "link", brief(row.activity.title), text, days, *due_words(days), _("Look"), address("overlap:hosting", row.pk)
    )


def roster_rows(territory: Territory) -> tuple[list[Row], int]:
    found, total = with_total(matching.waiting_on(territory=territory))
    return [_roster(row) for row in found], total


def _roster(row: Roster) -> Row:
    assert row.activity.first_starts_at is not None
    return roster_row(row.pk, title=row.activity.title, starts=row.activity.first_starts_at, missing=row.missing)


def roster_row(key: int, *, title: str, starts: dt.datetime | dt.date, missing: int) -> Row:
    days = days_to(starts)
    text = ngettext(": %(n)s place on the roster is missing", ": %(n)s places on the roster are missing", missing) % {"n": missing}
    return Row(
        "todo", pgettext("list of work", "Roster"), "warn", "table", brief(title), text, days, *due_words(days), _("Look"),
        address("matching:roster", key),
    )  # fmt: skip


def turn_rows(territory: Territory) -> list[tuple[list[Row], int]]:
    """Dates to host that nobody has, and hosts that ask for a pause."""
    found, total = with_total(turning.open_turns(territory))
    asked, waiting = with_total(turning.pauses_asked(territory))
    return [([_open_turn(turn) for turn in found], total), ([_pause(host) for host in asked], waiting)]


def _open_turn(turn: Turn) -> Row:
    days = days_to(turn.turn_date)
    text = _(": nobody hosts on %(day)s") % {"day": words.day_short(turn.turn_date)}
    return Row(
        "todo", pgettext("list of work", "Turn"), "warn", "calendar", brief(turn.rota.name), text, days, *due_words(days), _("Look"),
        address("matching:turn", turn.pk),
    )  # fmt: skip


def _pause(host: RotaHost) -> Row:
    assert host.pause_asked_at is not None
    waited = -days_to(host.pause_asked_at)
    text = _(": %(who)s asks for a pause") % {"who": host.organization.label}
    return Row(
        "todo", pgettext("list of work", "Turn"), "neutral", "calendar", brief(host.rota.name), text, 10 - waited, *waited_words(waited), _("Answer"),
        address("matching:rota_host", host.pk),
    )  # fmt: skip


def _applied(organization: Organization) -> Row:
    days = -days_to(organization.created_at)
    due, tone = waited_words(days)
    return Row(
        TODO,
        _("Joining"),
        "neutral",
        "clipboard-text",
        organization.name,
        _(" applies to join"),
        5 - days,
        due,
        tone,
        _("Review"),
        address("organizations:organization", organization.slug),
    )


# What waits longest, and the piece it lacks


@dataclass(frozen=True)
class Waiting:
    need: Need
    note: str
    missing: str
    days: int
    href: str


def waiting_longest(filters: Filters, *, limit: int = 5) -> list[Waiting]:
    """The oldest open needs without a published activity, and what each lacks."""
    rows = list(queries.waiting_needs(filters).defer("search")[:limit])
    promised: dict[int, set[str]] = {}
    has_project: set[int] = set()
    links = ProjectNeed.objects.filter(need__in=[need.pk for need in rows]).exclude(project__state=Project.State.CANCELLED)
    for need_id, kind, state in links.values_list("need_id", "project__pledges__kind", "project__pledges__state"):
        has_project.add(need_id)
        if state in {Pledge.State.AGREED, Pledge.State.KEPT}:
            promised.setdefault(need_id, set()).add(kind)
    found = []
    for need in rows:
        people = ngettext("%(n)s person", "%(n)s people", need.people_count) % {"n": need.people_count} if need.people_count else ""
        note = _(", ").join(part for part in (need.territory.name, people) if part)
        days = (clock.today() - words.local_date(need.submitted_at)).days
        found.append(
            Waiting(need, note, missing_piece(need, need.pk in has_project, promised.get(need.pk, set())), days, address("needs:desk", need.number))
        )
    return found


def missing_piece(need: Need, has_project: bool, promised: set[str]) -> str:
    """The first thing that a need lacks, by name."""
    if need.state == Need.State.SUBMITTED:
        return _("no answer")
    if need.claimed_by_id is None and not has_project:
        return _("no organisation")
    if not has_project:
        return _("no plan")
    if Pledge.Kind.PLACE not in promised:
        return _("no place")
    if Pledge.Kind.PLAN not in promised:
        return _("no plan")
    if Pledge.Kind.HOURS not in promised:
        return _("no hands")
    return _("no day")


# Charts and tables


STEP_LABELS = {
    "asked": lambda: pgettext("step", "Asked"),
    "matched": lambda: pgettext("step", "Matched"),
    "project": lambda: pgettext("step", "Project"),
    "activity": lambda: pgettext("step", "Activity"),
    "done": lambda: pgettext("step", "Done"),
}


def funnel_steps(filters: Filters) -> list[dict[str, Any]]:
    over = filters.over(span_of(TWELVE_MONTHS))
    rows = []
    for step in queries.funnel(over):
        days = step.median_days
        median = "" if days is None else _("%(n)s days") % {"n": f"{days:.0f}" if days >= 10 else f"{days:.1f}".removesuffix(".0")}
        rows.append({"label": STEP_LABELS[step.key](), "count": step.count, "median": median, "href": figure_href(f"needs-{step.key}", over)})
    return rows


def days_of(filters: Filters) -> dict[dt.date, int]:
    return kept("days", filters, lambda: queries.minutes_by_day(filters))


def hours_chart(days: dict[dt.date, int]) -> dict[str, Any]:
    firsts, now, before = queries.by_month(days)
    ends = (firsts[0], firsts[-1])
    labels = [words.month(first) if words.english() or first in ends else str(first.month) for first in firsts]
    return {"labels": labels, "values": [round(value / 60) for value in now], "before": [round(value / 60) for value in before]}


@dataclass(frozen=True)
class TeamLine:
    row: queries.TeamRow
    href: str
    hours_href: str
    came_href: str
    watch: str
    text: str
    longest: int


def team_lines(filters: Filters) -> tuple[int, int, list[TeamLine]]:
    teams, people, rows = kept("teams", filters, lambda: queries.team_table(filters))
    longest = max((row.minutes for row in rows), default=0)
    lines = [
        TeamLine(
            row,
            address("volunteers:team", row.team.pk),
            figure_href("service-hours", filters, team=row.team.pk),
            figure_href("show-up", filters, team=row.team.pk),
            watch_words(row),
            words.thousands(round(row.minutes / 60)) if row.minutes >= 6000 else words.hours(row.minutes),
            longest,
        )
        for row in rows
    ]
    return teams, people, lines


def organization_lines(filters: Filters) -> list[dict[str, Any]]:
    """The bodies that organised most hours, with the addresses of the body and of its rows."""
    rows = kept("organizations", filters, lambda: queries.top_organizations(filters))
    return [
        {
            **row,
            "href": address("organizations:organization", row["organization__slug"]),
            "hours_href": figure_href("service-hours", filters, organization=row["organization__slug"], territory=""),
        }
        for row in rows
    ]


def watch_words(row: queries.TeamRow) -> str:
    if row.team.leader_id is None:
        return _("no leader")
    if row.led >= queries.MANY_SHIFTS:
        return _("one leader, %(n)s shifts") % {"n": row.led}
    if row.members and row.idle >= max(5, row.members // 4):
        return _("%(n)s stayed away for %(days)s days") % {"n": row.idle, "days": queries.IDLE_DAYS}
    return ""


def rising_themes(filters: Filters) -> list[dict[str, Any]]:
    """Themes that more people speak of than before."""
    territory = filters.territory
    assert territory is not None
    rows = for_a_minute("rising", territory, lambda: themes.rising(territory))
    return [
        {
            "label": row.theme.label,
            "href": address("themes:theme", row.theme.number),
            "people": ngettext("%(n)s person", "%(n)s people", row.people) % {"n": words.thousands(row.people)},
            "trend": trend_words(row.trend, 0),
        }
        for row in rows
    ]


def match_line(filters: Filters) -> str:
    """What the newest calculation of packages came to."""
    territory = filters.territory
    assert territory is not None
    return for_a_minute("packages", territory, lambda: _match_line(territory))


def _match_line(territory: Territory) -> str:
    inside = Territory.objects.filter(path__startswith=territory.path, level=Territory.Level.STREET).values_list("pk", flat=True)
    run = matching.last_run([*territory.line_ids, *inside])
    if run is None:
        return _("Plan, hours, place, money and time, found together for each need.")
    values = {"met": run.met_count, "of": run.done_count, "when": words.when(run.finished_at)}
    return _("%(met)s of %(of)s needs can be met together, as of %(when)s") % values


def as_of() -> str:
    now = timezone.localtime(clock.now())
    return (
        f"{now.day} {words.month(now.date())} {now.year}, {words.clock(now)}"
        if words.english()
        else f"{now.year} 年 {now.month} 月 {now.day} 日 {words.clock(now)}"
    )
