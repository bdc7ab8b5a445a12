"""What became of a need, as steps to read. Plain facts in, steps out: the views gather the facts through the queries of every app."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from liandong.core import clock
from liandong.core.masking import mask_name
from liandong.needs.models import Need, NeedAnswer, Objection
from liandong.ui import words
from liandong.ui.listing import Link

State = Need.State


@dataclass
class Facts:
    """Everything known about a need. Rows of other apps come as they are; `show_*` say what this reader may open."""

    need: Need
    is_asker: bool = False
    sees_all: bool = False
    quote: str = ""
    answers: Sequence[NeedAnswer] = ()
    objections: Sequence[Objection] = ()
    joined: Sequence[Need] = ()
    same: Sequence[Need] = ()
    projects: Sequence[Any] = ()
    open_projects: frozenset[int] = frozenset()
    activities: Sequence[Any] = ()
    satisfaction: Any = None
    service_minutes: int = 0
    service_people: int = 0


@dataclass
class Step:
    """A step of the journey. `quote` and `ratio` are shown as what they are, `lines` as sentences."""

    title: str
    at: Any = ""
    icon: str = "check"
    state: str = "done"
    lines: list[Any] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quote: str = ""
    ratio: Any = None


@dataclass
class Figure:
    value: Any
    unit: str
    label: str


@dataclass
class Journey:
    figures: list[Figure]
    steps: list[Step]
    next_activity: Any = None


def journey_of(facts: Facts) -> Journey:
    done = [
        _asked(facts),
        _looked_at(facts),
        _taken(facts),
        _same_words(facts),
        _agreed(facts),
        *_projects(facts),
        *_activities(facts),
        _records(facts),
        _satisfaction(facts),
        _finished(facts),
        _ended(facts),
    ]
    steps = [step for step in done if step is not None]
    ahead = _next_activity(facts)
    steps += [step for step in [*_ahead(facts, ahead)] if step is not None]
    return Journey(_figures(facts), steps, ahead)


def short(value: Any) -> str:
    return words.day_short(value)


def whole_days(start: dt.datetime, end: dt.datetime) -> int:
    """Calendar days between two moments."""
    return (timezone.localdate(end) - timezone.localdate(start)).days


# Figures


def _figures(facts: Facts) -> list[Figure]:
    need = facts.need
    end = need.done_at or need.closed_at
    days = whole_days(need.submitted_at, end or clock.now())
    first = Figure(
        days,
        npgettext("figure", "day", "days", days),
        _("from asking to done") if need.done_at else _("until it ended") if end else _("since it was asked"),
    )
    others = 1 + len(facts.joined) + len(facts.same)
    second = Figure(others, npgettext("figure", "need", "needs", others), _("said the same"))
    return [first, second, _third_figure(facts)]


def _third_figure(facts: Facts) -> Figure:
    need = facts.need
    came = sum(_came(activity) for activity in facts.activities if is_over(activity))
    if came:
        return Figure(came, npgettext("figure", "person", "people", came), _("were there"))
    if need.answered_at is not None:
        days = whole_days(need.submitted_at, need.answered_at)
        return Figure(days, npgettext("figure", "day", "days", days), _("until the first answer"))
    if not need.is_open:
        return Figure("–", "", _("no answer was needed"))
    left = whole_days(clock.now(), need.answer_due_at)
    if need.is_overdue:
        return Figure(max(-left, 1), npgettext("figure", "day", "days", max(-left, 1)), _("the answer is late"))
    return Figure(left, npgettext("figure", "day", "days", left), _("until an answer is due"))


# Steps that lie behind


def _asked(facts: Facts) -> Step:
    need = facts.need
    step = Step(pgettext("journey", "Asked"), short(need.submitted_at), "messages", quote=facts.quote)
    asker_is_writer = need.submitted_by_id is not None and need.submitted_by_id == need.asker_id
    if need.submitted_by is not None and not asker_is_writer:
        name = mask_name(need.submitted_by.name)
        if need.is_wish and not facts.sees_all:
            step.lines.append(_("It was written down for them, and they agreed."))
        elif need.asker_organization is not None:
            step.lines.append(_("%(name)s wrote it down for %(organization)s.") % {"name": name, "organization": need.asker_organization.label})
        elif facts.is_asker:
            step.lines.append(_("%(name)s wrote it down for you, and you agreed.") % {"name": name})
        else:
            step.lines.append(_("%(name)s wrote it down for them, and they agreed.") % {"name": name})
    if need.is_wish and facts.is_asker:
        step.lines.append(_("Nobody learns who you are until you agree."))
    when = _wishes(facts)
    if when:
        step.lines.append(when)
    return step


def _wishes(facts: Facts) -> str:
    """When, for how many; the exact place only for those who see all of it: it may be somebody's home."""
    need = facts.need
    place = need.place if facts.sees_all and need.place != need.territory.name else ""
    parts = [need.wanted_words, _("%(n)s people") % {"n": need.people_count} if need.people_count else "", place]
    return _(", ").join(part for part in parts if part)


def _looked_at(facts: Facts) -> Step | None:
    need = facts.need
    if need.accepted_at is None or need.claimed_by is not None:
        return None
    return Step(
        _("Looked at"), short(need.accepted_at), "eye", lines=[_("The hub has read it and is looking for somebody.")], links=_answer_link(facts)
    )


def _taken(facts: Facts) -> Step | None:
    need = facts.need
    if need.claimed_by is None or need.claimed_at is None:
        return None
    who = need.claimed_by.label + (f" {mask_name(need.handler.name)}" if need.handler is not None else "")
    lines = [_("%(who)s has taken it over.") % {"who": who}]
    if need.answered_at is not None:
        days = whole_days(need.submitted_at, need.answered_at)
        kept = need.answered_at <= need.answer_due_at
        if kept:
            lines.append(
                ngettext(
                    "Promised an answer in 3 working days, it came after %(n)s day.",
                    "Promised an answer in 3 working days, it came after %(n)s days.",
                    days,
                )
                % {"n": days}
                if days
                else _("Promised an answer in 3 working days, it came the same day.")
            )
        else:
            lines.append(
                ngettext("The answer came after %(n)s day, later than promised.", "The answer came after %(n)s days, later than promised.", days)
                % {"n": days}
            )
    elif need.is_overdue:
        lines.append(_("The answer was due %(day)s. It is late, and the hub has been told.") % {"day": short(need.answer_due_at)})
    else:
        lines.append(_("You hear from them by %(day)s.") % {"day": short(need.answer_due_at)})
    return Step(_("Somebody took it on"), short(need.claimed_at), "check", lines=lines, links=_answer_link(facts))


def _answer_link(facts: Facts) -> list[Link]:
    count = len(facts.answers)
    return [Link(ngettext("%(n)s answer", "%(n)s answers", count) % {"n": count}, "#answers", icon="clock")] if count else []


def _same_words(facts: Facts) -> Step | None:
    others = [*facts.joined, *facts.same]
    if not others:
        return None
    places = {need.territory_id for need in [*others, facts.need]}
    count = len(others) + 1
    line = (
        _("%(count)s needs from %(places)s communities say it.") % {"count": count, "places": len(places)}
        if len(places) > 1
        else _("%(count)s needs of this community say it.") % {"count": count}
    )
    dates = [need.closed_at for need in facts.joined if need.closed_at] + [project.created_at for project in facts.projects if facts.same]
    return Step(
        _("Others asked the same"),
        short(min(dates)) if dates else "",
        "stack-2",
        lines=[line],
        links=[Link(_("See them"), "#same", icon="users")] if any(other.is_public for other in others) else [],
    )


def _agreed(facts: Facts) -> Step | None:
    pledges = [pledge for project in facts.projects for pledge in project.pledges.all()]
    standing = [pledge for pledge in pledges if pledge.state in ("agreed", "kept", "broken")]
    asked = [pledge for pledge in pledges if pledge.state == "proposed"]
    if not standing:
        need = facts.need
        return (
            Step(pgettext("journey", "Matched"), short(need.matched_at), "link", lines=[_("Somebody who can do it has been found.")])
            if need.matched_at and not facts.projects
            else None
        )
    lines = [f"{pledge.organization.label}{_(': ')}{pledge.words}" for pledge in standing]
    if asked and facts.need.is_open:
        names = _(", ").join(dict.fromkeys(pledge.organization.label for pledge in asked))
        lines.append(_("Still asked: %(names)s.") % {"names": names})
    dates = [pledge.agreed_at for pledge in standing if pledge.agreed_at]
    parties = len({pledge.organization_id for pledge in standing})
    title = _("Three parties agreed") if parties >= 3 else _("Agreed who brings what")
    return Step(
        title,
        short(max(dates)) if dates else "",
        "link",
        lines=lines,
        links=_project_link(facts, standing[0].project_id, _("The agreement"), "#compact"),
    )


def _project_link(facts: Facts, pk: int, label: str, anchor: str = "") -> list[Link]:
    project = next(project for project in facts.projects if project.pk == pk)
    if pk not in facts.open_projects:
        return []
    return [Link(label, reverse("projects:project", args=[project.number]) + anchor, icon="file-text")]


def _projects(facts: Facts) -> list[Step]:
    steps = []
    for project in facts.projects:
        lines: list[Any] = [project.name]
        if project.budget_fen or project.spent_fen:
            lines.append(
                _("Budget %(budget)s, spent %(spent)s.") % {"budget": words.yuan(project.budget_fen), "spent": words.yuan(project.spent_fen)}
                if project.spent_fen
                else _("Budget %(budget)s.") % {"budget": words.yuan(project.budget_fen)}
            )
        if project.state in ("draft", "proposed"):
            lines.append(_("Being prepared."))
        steps.append(
            Step(
                pgettext("journey", "Project"),
                short(project.approved_at or project.created_at),
                "folder",
                lines=lines,
                links=_project_link(facts, project.pk, _("Project and money")),
            )
        )
    return steps


def is_over(activity: Any) -> bool:
    """It is finished, or its last shift has ended."""
    return activity.state == "finished" or (
        activity.state == "published" and activity.last_ends_at is not None and activity.last_ends_at < clock.now()
    )


def _came(activity: Any) -> int:
    return max(activity.served_count or 0, activity.came_count)


def _activities(facts: Facts) -> list[Step]:
    over = [activity for activity in facts.activities if is_over(activity)]
    steps = [_activity(activity) for activity in over[-2:]]
    before = over[:-2]
    if before:
        came = sum(_came(activity) for activity in before)
        line = _("%(count)s earlier activities, %(came)s people came.") % {"count": len(before), "came": came}
        steps.insert(
            0,
            Step(
                _("Activities"),
                short(before[0].first_starts_at),
                "calendar",
                lines=[line],
                links=[_activity_link(activity) for activity in before[-2:]],
            ),
        )
    return steps


def _activity(activity: Any) -> Step:
    served, helped = activity.served_count or activity.participants_count, activity.volunteers_count
    line = (
        _("%(served)s people came, %(helped)s volunteers helped.") % {"served": served, "helped": helped}
        if served and helped
        else _("%(served)s people came.") % {"served": served}
        if served
        else _("%(helped)s volunteers were there.") % {"helped": helped}
        if helped
        else _("It took place.")
    )
    lines = [line] + ([activity.outcome] if activity.outcome else [])
    links = [_activity_link(activity)]
    if activity.came_count:
        links.append(
            Link(
                ngettext("%(n)s check-in", "%(n)s check-ins", activity.came_count) % {"n": activity.came_count}, _activity_page(activity), icon="scan"
            )
        )
    return Step(pgettext("journey", "Activity"), short(activity.first_starts_at), "calendar", lines=lines, links=links)


def _activity_page(activity: Any) -> str:
    return reverse("activities:activity", args=[activity.code])


def _activity_link(activity: Any) -> Link:
    return Link(activity.title, _activity_page(activity), icon="calendar-event")


def _records(facts: Facts) -> Step | None:
    if not facts.service_minutes:
        return None
    line = _("%(people)s volunteers, %(hours)s hours of service, confirmed one by one.") % {
        "people": facts.service_people,
        "hours": words.hours(facts.service_minutes),
    }
    return Step(_("Service recorded"), "", "award", lines=[line])


def _satisfaction(facts: Facts) -> Step | None:
    result = facts.satisfaction
    if result is None or not result.asked:
        return None
    asked_on = max((activity.last_ends_at for activity in facts.activities if is_over(activity) and activity.last_ends_at), default=None)
    step = Step(_("Asked how it was"), short(asked_on), "heart")
    if result.is_shown:
        step.ratio = result
        step.lines = [_("Nobody can see who chose what.")]
    else:
        step.lines = [
            _("%(asked)s people were asked, %(answered)s answered. Below 5 answers nothing is shown, so that nobody can be guessed.")
            % {"asked": result.asked, "answered": result.answered}
        ]
    return step


def _finished(facts: Facts) -> Step | None:
    need = facts.need
    if need.done_at is None:
        return None
    lines = [need.closing_words] if need.closing_words else []
    if need.state == State.CONFIRMED:
        lines.append(_("You said: done.") if facts.is_asker else _("The person who asked says: done."))
        if need.asker_words and (facts.is_asker or facts.sees_all):
            lines.append(f"“{need.asker_words}”")
    return Step(pgettext("journey", "Done"), short(need.done_at), "circle-check", lines=lines)


def _ended(facts: Facts) -> Step | None:
    need = facts.need
    if need.state == State.DECLINED:
        return Step(_("It cannot be done"), short(need.closed_at), "ban", lines=[need.closing_words])
    if need.state == State.WITHDRAWN:
        return Step(
            pgettext("journey", "Taken back"),
            short(need.closed_at),
            "x",
            lines=[need.closing_words] if need.closing_words else [_("The person who asked took it back.")],
        )
    if need.state == State.MERGED and need.merged_into is not None:
        target = need.merged_into
        links = (
            [Link(target.title, reverse("needs:need", args=[target.number]), icon="arrow-right")]
            if target.is_public or target.asker_id == need.asker_id
            else []
        )
        return Step(
            _("Joined with another need"), short(need.closed_at), "stack-2", lines=[_("Somebody asked the same. It goes on there.")], links=links
        )
    return None


# Steps that lie ahead


def _next_activity(facts: Facts) -> Any:
    """The first published activity that has not begun."""
    coming = [
        a
        for a in facts.activities
        if a.state == "published" and a.first_starts_at is not None and a.last_ends_at is not None and a.last_ends_at > clock.now()
    ]
    return min(coming, key=lambda activity: activity.first_starts_at, default=None)


def _ahead(facts: Facts, ahead: Any) -> list[Step]:
    need = facts.need
    steps: list[Step] = []

    def add(title: str, icon: str, line: str = "", at: Any = "") -> None:
        steps.append(Step(title, at, icon, "next", [line] if line else []))

    if need.state in (State.SUBMITTED, State.ACCEPTED):
        line = (
            _("The answer is late. The hub has been told.")
            if need.is_overdue
            else _("You hear from us by %(day)s.") % {"day": short(need.answer_due_at)}
        )
        add(_("Somebody takes it on"), "check", line if need.answered_at is None else "")
    if need.state in (State.SUBMITTED, State.ACCEPTED, State.CLAIMED):
        add(_("Find a plan, hands and a place"), "link")
    if need.state in (State.CLAIMED, State.MATCHED, State.PLANNED) and ahead is None:
        add(_("Do it"), "calendar")
    if ahead is not None:
        add(_("Coming up"), "hand-stop", _("%(title)s. You can come, or lend a hand.") % {"title": ahead.title}, short(ahead.first_starts_at))
    if need.is_open:
        add(_("Ask whether it is done"), "heart")
    elif need.state == State.DONE:
        add(_("You have the last word") if facts.is_asker else _("The person who asked has the last word"), "heart", _("Done, or not yet?"))
    return steps
