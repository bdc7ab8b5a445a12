"""The workbench of one body: what waits for its people, what comes next, what runs, what it came to."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import Activity, Position, SignUp
from liandong.core import clock
from liandong.insight import queries as insight
from liandong.insight.filters import HOST, MEMBERS, Filters
from liandong.insight.indicators import INDICATORS
from liandong.insight.spans import YEAR, span_of
from liandong.matching import queries as matching
from liandong.matching.queries.waiting import Waiting, waiting_for
from liandong.needs.models import Need
from liandong.organizations import permissions as rights
from liandong.organizations.models import Membership, Organization, Right
from liandong.overlap import queries as overlap
from liandong.overlap.models import CoHosting
from liandong.portal.hub import (
    Row,
    Stat,
    Unconfirmed,
    brief,
    confirm_due,
    days_to,
    due_words,
    figure_href,
    roster_row,
    unconfirmed,
    visit_rows,
    waited_words,
    with_total,
)
from liandong.portal.workspaces import address
from liandong.projects.models import Milestone, Pledge, Project
from liandong.recognition.models import RecordAppeal
from liandong.themes import queries as themes
from liandong.ui import words
from liandong.visits import queries as visits

MOST_ROWS = 8


@dataclass
class Todo:
    rows: list[Row] = field(default_factory=list)
    total: int = 0

    def add(self, rows: list[Row], total: int) -> None:
        self.rows += rows
        self.total += total

    @property
    def shown(self) -> list[Row]:
        return sorted(self.rows, key=lambda row: row.days)[:MOST_ROWS]


def needs_near(body: Organization) -> Q:
    """Needs a body answers for: those it took on, and for a community those asked on its ground that nobody took on yet."""
    near = Q(claimed_by=body)
    if body.party == Organization.Party.COMMUNITY:
        near |= Q(claimed_by__isnull=True, territory__path__startswith=body.territory.path)
    return near


def todo_of(body: Organization, *, by: Person) -> Todo:
    """What waits, as far as the reader may do it."""
    todo = Todo()

    def may(right: str) -> bool:
        return rights.holds(by, right, organization=body)

    if may(Right.CLAIM_NEEDS):
        needs = Need.objects.filter(needs_near(body), state__in=[Need.State.SUBMITTED, Need.State.ACCEPTED, Need.State.CLAIMED]).filter(
            Q(answered_at__isnull=True) | Q(state=Need.State.CLAIMED)
        )
        found, total = with_total(needs.defer("search").order_by("answer_due_at", "id"))
        todo.add([_need(need) for need in found], total)

        for rows, total in visit_rows(visits.waiting(Q(host=body))):
            todo.add(rows, total)

    if may(Right.SIGN_COMPACT):
        pledges = Pledge.objects.filter(
            organization=body, state=Pledge.State.PROPOSED, project__state__in=[Project.State.DRAFT, Project.State.PROPOSED, Project.State.RUNNING]
        )
        found, total = with_total(pledges.select_related("project").order_by("project__created_at", "id"))
        todo.add([_pledge(pledge) for pledge in found], total)

        found, total = with_total(overlap.waiting_answers(organization=body))
        todo.add([_co_hosting(row) for row in found], total)

    soon = clock.now() + dt.timedelta(days=14)
    places = Position.objects.filter(shift__activity=OuterRef("pk"), kind=Position.Kind.VOLUNTEER)
    helpers = SignUp.objects.filter(shift__activity=OuterRef("pk"), state=SignUp.State.CONFIRMED, position__kind=Position.Kind.VOLUNTEER)
    undrawn = Q(places_by=Activity.PlacesBy.DRAW, drawn_at__isnull=True)
    short = Activity.objects.filter(
        Q(leader__isnull=True) | (Exists(places) & ~Exists(helpers) & ~undrawn),
        host=body,
        state=Activity.State.PUBLISHED,
        first_starts_at__gt=clock.now(),
        first_starts_at__lt=soon,
    )
    if may(Right.MANAGE_ACTIVITIES):
        found, total = with_total(short.order_by("first_starts_at", "id"))
        todo.add([_short(activity) for activity in found], total)

        waits = waiting_for(body, most=MOST_ROWS)
        makers = {"roster": _roster, "draw": _draw, "turn": _turn}
        for kind, make in makers.items():
            group = [row for row in waits if row.kind == kind]
            todo.add([make(row) for row in group], group[0].total if group else 0)

    if may(Right.CONFIRM_SERVICE):
        shifts = unconfirmed(Q(shift__activity__host=body))
        todo.add([_hours(shift) for shift in shifts[:MOST_ROWS]], len(shifts))

        appeals = RecordAppeal.objects.filter(record__organization=body, state=RecordAppeal.State.OPEN).select_related("record", "person")
        found, total = with_total(appeals.order_by("answer_due_at", "id"))
        todo.add([_appeal(appeal) for appeal in found], total)

    if may(Right.MANAGE_PROJECTS):
        late = Milestone.objects.filter(
            project__lead=body, project__state=Project.State.RUNNING, done_date__isnull=True, due_date__lt=clock.today() + dt.timedelta(days=3)
        )
        found, total = with_total(late.select_related("project").order_by("due_date", "id"))
        todo.add([_milestone(milestone) for milestone in found], total)
    return todo


def _roster(row: Waiting) -> Row:
    return roster_row(row.key, title=row.title, starts=row.day, missing=row.missing)


def _draw(row: Waiting) -> Row:
    """The list is closed: everybody who entered waits for the draw."""
    days = days_to(row.day)
    return Row(
        "todo", pgettext("list of work", "Draw"), "warn", "ticket", brief(row.title), _(": the list is closed"), min(days, 3), *due_words(days), _("Draw"),
        address("matching:run_draw", row.code),
    )  # fmt: skip


def _turn(row: Waiting) -> Row:
    """A turn to host: say yes, answer a swap, or write for the next."""
    days = days_to(row.day)
    if days < 0:
        text, action = _(": a few words for the next host"), _("Write")
        return Row(
            "todo", pgettext("list of work", "Turn"), "neutral", "calendar", brief(row.title), text, 10 + days, *waited_words(-days), action,
            address("matching:turn", row.key),
        )  # fmt: skip
    text = _(": somebody would like to exchange %(day)s") if row.is_asked else _(": your turn on %(day)s")
    return Row(
        "todo", pgettext("list of work", "Turn"), "warn", "calendar", brief(row.title), text % {"day": words.day_short(row.day)}, min(days, 7), *due_words(days),
        _("Answer"), address("matching:turn", row.key),
    )  # fmt: skip


def _need(need: Need) -> Row:
    days = days_to(need.answer_due_at)
    if need.answered_at is not None:
        waited = -days_to(need.claimed_at or need.submitted_at)
        due, tone = waited_words(waited)
        return Row(
            "todo",
            _("Need"),
            "neutral",
            "message",
            brief(need.title),
            _(": answered, not yet matched"),
            14 - waited,
            due,
            tone,
            _("Match"),
            address("needs:desk", need.number),
        )
    text = _(", taken on, not answered") if need.claimed_by_id else _(", nobody has taken it on")
    action = _("Answer") if need.claimed_by_id else _("Take on")
    return Row(
        "todo",
        _("Overdue") if days < 0 else _("Need"),
        "danger" if days < 0 else "warn" if days <= 1 else "neutral",
        "clock",
        brief(need.title),
        text,
        days,
        *due_words(days),
        action,
        address("needs:desk", need.number),
    )


def _pledge(pledge: Pledge) -> Row:
    waited = -days_to(pledge.project.created_at)
    text = _(": you are asked for the %(what)s") % {"what": str(pledge.get_kind_display()).lower()}
    return Row(
        "todo",
        _("Compact"),
        "neutral",
        "link",
        brief(pledge.project.name),
        text,
        5 - waited,
        *waited_words(waited),
        _("Answer"),
        address("projects:project", pledge.project.number),
    )


def _co_hosting(row: CoHosting) -> Row:
    days = days_to(row.answer_due_at)
    text = _(": %(who)s proposes to do it together") % {"who": row.asked_by.label}
    return Row(
        "todo", _("Co-hosting"), "danger" if days < 0 else "warn", "link", brief(row.activity.title), text, days, *due_words(days), _("Answer"),
        address("overlap:hosting", row.pk),
    )  # fmt: skip


def _short(activity: Activity) -> Row:
    assert activity.first_starts_at is not None
    days = days_to(activity.first_starts_at)
    if activity.leader_id is None:
        text, action = _(" has no leader"), _("Name one")
        href = address("activities:edit", activity.code)
    else:
        text, action = _(" has no volunteer yet"), _("Call for people")
        href = address("activities:share", activity.code) or address("activities:manage", activity.code)
    return Row("todo", _("Activity"), "warn", "calendar", brief(activity.title), text, days, *due_words(days), action, href)


def _hours(shift: Unconfirmed) -> Row:
    days = days_to(confirm_due(shift.ends_at))
    text = ngettext(": hours of %(n)s volunteer not confirmed", ": hours of %(n)s volunteers not confirmed", shift.waiting) % {"n": shift.waiting}
    return Row(
        "todo",
        _("Hours"),
        "danger" if days < 0 else "neutral",
        "clipboard-check",
        brief(shift.title),
        text,
        days,
        *due_words(days),
        _("Confirm"),
        address("recognition:confirm_shift", shift.pk),
    )


def _appeal(appeal: RecordAppeal) -> Row:
    days = days_to(appeal.answer_due_at)
    text = _(" says that the record of %(day)s is not right") % {"day": words.day_short(appeal.record.service_date)}
    return Row(
        "todo",
        _("Correction"),
        "danger" if days < 0 else "warn",
        "user",
        appeal.person.masked_name,
        text,
        days,
        *due_words(days),
        _("Settle"),
        address("recognition:answer_appeal", appeal.pk),
    )


def _milestone(milestone: Milestone) -> Row:
    days = days_to(milestone.due_date)
    text = _(": “%(step)s” is not done") % {"step": milestone.name}
    return Row(
        "todo",
        _("Step"),
        "danger" if days < 0 else "neutral",
        "flag",
        brief(milestone.project.name),
        text,
        days,
        *due_words(days),
        _("Look"),
        address("projects:project", milestone.project.number),
    )


# Coming and running


@dataclass(frozen=True)
class Coming:
    activity: Activity
    note: str
    href: str
    value: str
    value_note: str


def coming(body: Organization, *, limit: int = 6) -> list[Coming]:
    """Next activities the body hosts, with how many people are signed up."""
    rows = (
        activities.with_counts(
            Activity.objects.filter(host=body, state__in=[Activity.State.PUBLISHED, Activity.State.DRAFT], last_ends_at__gt=clock.now())
        )
        .select_related("venue")
        .defer("search")
        .order_by("first_starts_at", "id")[:limit]
    )
    found = []
    for activity in rows:
        when = words.when(activity.first_starts_at) if activity.first_starts_at else ""
        where = activity.venue.name if activity.venue else activity.place
        people = activity.volunteers_count + activity.participants_count
        note = _(", ").join(part for part in (when, where) if part)
        href = address("activities:manage", activity.code) or address("activities:activity", activity.code)
        value_note = _("signed up") if activity.state == Activity.State.PUBLISHED else activity.get_state_display()
        found.append(Coming(activity, note, href, words.thousands(people) if activity.state == Activity.State.PUBLISHED else "", str(value_note)))
    return found


@dataclass(frozen=True)
class Running:
    project: Project
    note: str
    href: str
    tag: str
    tone: str


def running(body: Organization, *, limit: int = 6) -> list[Running]:
    """Projects the body leads or has promised something to."""
    promised = Pledge.objects.filter(project=OuterRef("pk"), organization=body).exclude(state=Pledge.State.DECLINED)
    steps = Milestone.objects.filter(project=OuterRef("pk"))
    rows = (
        Project.objects.filter(Q(lead=body) | Exists(promised), state__in=[Project.State.DRAFT, Project.State.PROPOSED, Project.State.RUNNING])
        .select_related("lead")
        .defer("search")
        .annotate(all_steps=insight._count(steps), done_steps=insight._count(steps.filter(done_date__isnull=False)))
        .order_by("-created_at", "-id")[:limit]
    )
    found = []
    for project in rows:
        lead = _("we lead") if project.lead_id == body.pk else _("led by %(who)s") % {"who": project.lead.label}
        steps_text = (
            _("%(done)s of %(all)s steps done") % {"done": project.done_steps, "all": project.all_steps} if project.all_steps else _("no steps yet")
        )
        tone = {"running": "primary", "proposed": "warn"}.get(project.state, "draft")
        found.append(
            Running(
                project,
                _("%(lead)s, %(steps)s") % {"lead": lead, "steps": steps_text},
                address("projects:project", project.number),
                str(project.get_state_display()),
                tone,
            )
        )
    return found


def figures(body: Organization) -> list[Stat]:
    """What the year came to. For an enterprise, what its people did; for the others, what they organised."""
    side = MEMBERS if body.party == Organization.Party.ENTERPRISE else HOST
    own, hosted = Filters(span_of(YEAR), None, body, side=side), Filters(span_of(YEAR), None, body)
    minutes = insight.records(own).order_by().aggregate(minutes=Sum("counted"), people=Count("person", distinct=True))
    needs = insight.need_figures(hosted)
    held = insight.shifts_count(hosted)
    people = minutes["people"]
    hidden = side == MEMBERS and 0 < people < insight.SMALL
    in_time = needs.in_time_percent
    note = _("fewer than five people") if hidden else ngettext("by %(n)s person", "by %(n)s people", people) % {"n": people}
    label = _("Hours our people served") if side == MEMBERS else INDICATORS["service-hours"].label
    stats = [
        Stat(
            label,
            "–" if hidden else words.thousands(round((minutes["minutes"] or 0) / 60)),
            pgettext("unit", "h"),
            "" if hidden else figure_href("service-hours", own),
            note,
        )
    ]
    liked = insight.satisfaction(hosted)
    stats += [
        Stat(INDICATORS["shifts"].label, words.thousands(held), pgettext("unit", "shifts"), figure_href("shifts", hosted), _("hosted this year")),
        Stat(
            INDICATORS["finished-needs"].label,
            words.thousands(needs.done),
            pgettext("unit", "needs"),
            figure_href("finished-needs", hosted),
            _("asked or taken on by us"),
        ),
        Stat(
            INDICATORS["answered-in-time"].label,
            "–" if in_time is None else f"{in_time}%",
            "",
            figure_href("answered-in-time", hosted),
            ngettext("%(n)s answer overdue", "%(n)s answers overdue", needs.overdue) % {"n": needs.overdue} if needs.overdue else _("none overdue"),
            "warn" if needs.overdue else "",
        ),
        Stat(
            INDICATORS["satisfaction"].label,
            "–" if liked.mean is None else f"{liked.mean:.1f}",
            "" if liked.margin is None else _("±%(margin)s of 5") % {"margin": f"{max(liked.margin, 0.1):.1f}"},
            figure_href("satisfaction", hosted),
            _("%(answers)s of %(asked)s answered") % {"answers": words.thousands(liked.answers), "asked": words.thousands(liked.asked)},
        ),
    ]
    return stats


def whom(body: Organization) -> str:
    """For whom a need is written down here: a community asks for its people, the others for themselves."""
    return "whom=person" if body.party == Organization.Party.COMMUNITY else "whom=organization"


def quick_actions(body: Organization, person: Person) -> list[dict[str, Any]]:
    """What one starts here, only what one may."""
    held = {right for right in Right if rights.holds(person, right, organization=body)}
    people = {"enterprise": _("Register an employee"), "community": _("Register a resident")}.get(body.party, _("Register a person"))
    entries = [
        (_("Write down a need"), address("needs:submit", query=whom(body)), "message", Right.SEE_WORK),
        (_("Set up a project"), address("projects:new", query=f"organization={body.slug}"), "folder", Right.MANAGE_PROJECTS),
        (_("Set up an activity"), address("activities:new", query=f"org={body.slug}"), "calendar-plus", Right.MANAGE_ACTIVITIES),
        (people, address("organizations:register_person", body.slug), "user-plus", Right.MANAGE_PEOPLE),
        (_("Import a list"), address("imports:upload", query=f"organization={body.slug}"), "file-import", Right.IMPORT),
        (_("Ask in a survey"), address("surveys:new", query=f"organization={body.slug}"), "clipboard-check", Right.CLAIM_NEEDS),
    ]
    return [{"label": label, "href": href, "icon": icon} for label, href, icon, right in entries if href and right in held]


def packages(body: Organization) -> list[dict[str, Any]]:
    """Service packages that are offered to a firm of this size."""
    if body.party != Organization.Party.ENTERPRISE:
        return []
    return [{"title": each.title, "note": each.summary, "href": address("themes:package", each.pk)} for each in themes.packages_for_body(body)]


def people_and_calls(body: Organization) -> tuple[int, int]:
    """(how many people belong to it, how many needs lack one piece that it was asked for), in one query."""
    people = Membership.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=clock.today()), organization=OuterRef("pk"))
    found = Organization.objects.filter(pk=body.pk).annotate(
        people=insight._count(people), calls=insight._count(matching.calls_to([body]).select_related(None))
    )
    counts = found.values("people", "calls").get()
    return counts["people"], counts["calls"]


def asked_for_pieces(body: Organization, calls: int) -> Row:
    """Needs around the body that lack one thing only."""
    strong = ngettext("%(n)s need", "%(n)s needs", calls) % {"n": calls}
    return Row(
        "todo", _("We were asked"), "neutral", "gift", strong, _(": only one piece is missing, have we got it?"), 5, "", "", _("Look"),
        address("matching:resources", query=f"organization={body.slug}"),
    )  # fmt: skip


def first_steps(body: Organization, person: Person) -> list[dict[str, Any]]:
    """For a body that has just joined: what to do first, in order."""
    people = {"enterprise": _("Bring in your employees"), "community": _("Bring in your volunteers")}.get(body.party, _("Bring in your people"))
    steps = [
        (
            people,
            _("One list from Excel is enough; you see every row before it goes in."),
            address("imports:upload", query=f"organization={body.slug}"),
            "file-import",
        ),
        (_("Write down the first need"), _("One sentence, in the words of those who ask."), address("needs:submit", query=whom(body)), "message"),
        (
            _("Set up the first activity"),
            _("From a project or from nothing; poster and link are made for you."),
            address("activities:new", query=f"org={body.slug}"),
            "calendar-plus",
        ),
    ]
    return [{"title": title, "note": note, "href": href, "icon": icon} for title, note, href, icon in steps if href]
