"""Verbs on projects: the compact of three parties, milestones, and what they do to the needs below."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock, search
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import queries as journal_queries
from liandong.journal import services as journal
from liandong.needs import services as needs_services
from liandong.needs.models import Category, Need
from liandong.organizations.models import Organization, Territory
from liandong.projects import permissions, queries
from liandong.projects.models import Milestone, Pledge, Project, ProjectNeed

Actor = Person | System
State = Project.State
EDITABLE = ("name", "goal", "category", "manager", "budget_fen", "spent_fen", "starts_date", "ends_date")


@transaction.atomic
def create_project(
    *,
    name: str,
    lead: Organization,
    territory: Territory,
    needs: Iterable[Need] = (),
    goal: str = "",
    category: str = "",
    manager: Person | None = None,
    budget_fen: int = 0,
    starts_date: dt.date | None = None,
    ends_date: dt.date | None = None,
    by: Actor,
) -> Project:
    """A draft that answers needs: every one of them becomes planned, and is taken over by the lead when nobody has yet."""
    needs = sorted(needs, key=lambda need: need.pk)
    require(permissions.can_create(by, lead))
    name = _line(name, 80)
    if not name:
        raise Refused(_("Give the project a name."), field="name")
    _check(starts_date=starts_date, ends_date=ends_date, budget_fen=budget_fen)
    project = Project.objects.create(
        name=name,
        lead=lead,
        territory=territory,
        goal=clean_words(goal),
        category=category if category in Category.values else Category.OTHER,
        manager=manager or (by if isinstance(by, Person) else None),
        budget_fen=budget_fen,
        starts_date=starts_date,
        ends_date=ends_date,
        created_by=by if isinstance(by, Person) else None,
        created_at=clock.now(),
        search=search.vector(name, goal),
    )
    journal.record("project.created", on=project, after={"state": project.state, "lead": lead.pk, "needs": [need.number for need in needs]}, by=by)
    for need in needs:
        _link(project, need, by=by)
    return project


@transaction.atomic
def edit_project(project: Project, *, version: int, by: Actor, **values: Any) -> Project:
    """Change what is known of a project. `version` is the one the person saw: a newer one is a Conflict with both values."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    _require_open(project)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"edit_project has no {', '.join(sorted(unknown))}")
    if "name" in values:
        values["name"] = _line(values["name"], 80)
        if not values["name"]:
            raise Refused(_("Give the project a name."), field="name")
    changed = {name: value for name, value in values.items() if getattr(project, name) != value}
    if project.version != version and changed:
        name = next(iter(changed))
        last = journal_queries.history_of(project).last()
        raise Conflict(
            _("Somebody changed this project while you were writing. Nothing of yours has been saved yet."),
            mine=changed[name],
            theirs=getattr(project, name),
            who=_name_of(last.by) if last is not None else "",
            when=last.at if last is not None else None,
        )
    _check(**{name: values.get(name, getattr(project, name)) for name in ("starts_date", "ends_date", "budget_fen", "spent_fen")})
    if not changed:
        return project
    before = {name: _plain(getattr(project, name)) for name in changed}
    _write(project, **changed, version=project.version + 1)
    Project.objects.filter(pk=project.pk).update(search=search.vector(project.name, project.goal))
    journal.record("project.edited", on=project, before=before, after={name: _plain(value) for name, value in changed.items()}, by=by)
    return project


@transaction.atomic
def propose_project(project: Project, *, by: Actor) -> Project:
    """Ask the hub to approve. The goal is written, and somebody has been asked for place, plan and hours."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    require_transition(Project.TRANSITIONS, project.state, State.PROPOSED)
    if not project.goal:
        raise Refused(_("Write what the project wants to reach first."), field="goal")
    if unasked := [
        kind for kind in queries.NEEDED if kind not in queries.kinds_in(project, Pledge.State.PROPOSED, Pledge.State.AGREED, Pledge.State.KEPT)
    ]:
        raise Refused(_("Nobody has been asked yet for: %(kinds)s.") % {"kinds": _named(unasked)})
    return _step(project, State.PROPOSED, "project.proposed", by=by)


@transaction.atomic
def return_project(project: Project, *, reason: str, by: Actor) -> Project:
    """Not yet: back to the lead with what is to be mended."""
    project = _locked(project)
    require(permissions.can_approve(by, project))
    require_transition(Project.TRANSITIONS, project.state, State.DRAFT)
    return _step(project, State.DRAFT, "project.returned", by=by, reason=_some_words(reason, "reason"))


@transaction.atomic
def approve_project(project: Project, *, by: Actor) -> Project:
    """Let it run. Place, plan and hours are agreed."""
    project = _locked(project)
    require(permissions.can_approve(by, project))
    require_transition(Project.TRANSITIONS, project.state, State.RUNNING)
    if missing := queries.missing_to_start(project):
        raise Refused(_("Not agreed yet: %(kinds)s.") % {"kinds": _named(missing)})
    return _step(project, State.RUNNING, "project.approved", by=by, approved_at=clock.now())


@transaction.atomic
def finish_project(project: Project, *, words: str, spent_fen: int | None = None, by: Actor) -> Project:
    """It is done, with what came of it: its needs are done too, and their askers are asked. Promises still open stay open to be judged."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    require_transition(Project.TRANSITIONS, project.state, State.DONE)
    words = _some_words(words, "words")
    spent = project.spent_fen if spent_fen is None else spent_fen
    _check(spent_fen=spent)
    done = 0
    for link in project.need_links.select_related("need").order_by("need_id"):
        if link.need.state in (Need.State.PLANNED, Need.State.ACTIVE):
            needs_services.finish_need(link.need, words=words, with_project=True, by=by)
            done += 1
    return _step(
        project,
        State.DONE,
        "project.finished",
        by=by,
        finished_at=clock.now(),
        closing_words=words,
        spent_fen=spent,
        after={"needs_done": done, "spent_fen": spent},
    )


@transaction.atomic
def cancel_project(project: Project, *, reason: str, by: Actor) -> Project:
    """Call it off, with the reason: its needs wait for another project."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    require_transition(Project.TRANSITIONS, project.state, State.CANCELLED)
    reason = _some_words(reason, "reason")
    for link in project.need_links.select_related("need").order_by("need_id"):
        if link.need.state in (Need.State.PLANNED, Need.State.ACTIVE):
            needs_services.unplan_need(link.need, reason=reason, by=by)
    return _step(project, State.CANCELLED, "project.cancelled", by=by, reason=reason, finished_at=clock.now(), closing_words=reason)


# The compact


@transaction.atomic
def add_pledge(project: Project, *, organization: Organization, kind: str, words: str, quantity: int | None = None, by: Actor) -> Pledge:
    """Ask a body for something the project needs. The same body and kind again: the line is asked anew with the new words."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    _require_open(project)
    words = _line(words, 200)
    if not words:
        raise Refused(_("Say what is asked for in a few words."), field="words")
    pledge = Pledge.objects.select_for_update().filter(project=project, organization=organization, kind=kind).first()
    if pledge is not None and pledge.state in (Pledge.State.KEPT, Pledge.State.BROKEN):
        raise Refused(_("Whether this promise was kept has been said already."), field="kind")
    before = {"state": pledge.state, "words": pledge.words} if pledge is not None else {}
    if pledge is None:
        pledge = Pledge(project=project, organization=organization, kind=kind)
    pledge.words, pledge.quantity, pledge.state = words, quantity, Pledge.State.PROPOSED
    pledge.agreed_by, pledge.agreed_at, pledge.answer_words = None, None, ""
    pledge.save()
    journal.record(
        "pledge.proposed",
        on=pledge,
        before=before,
        after={"state": pledge.state, "project": project.number, "organization": organization.pk, "kind": str(kind), "words": words},
        by=by,
    )
    return pledge


@transaction.atomic
def agree_pledge(pledge: Pledge, *, words: str = "", by: Actor) -> Pledge:
    """The body says yes."""
    pledge = _locked_pledge(pledge)
    require(permissions.can_sign(by, pledge))
    if pledge.state == Pledge.State.AGREED:
        return pledge
    require_transition(Pledge.TRANSITIONS, pledge.state, Pledge.State.AGREED)
    _require_open(pledge.project)
    return _pledge_step(
        pledge,
        Pledge.State.AGREED,
        "pledge.agreed",
        by=by,
        agreed_by=by if isinstance(by, Person) else None,
        agreed_at=clock.now(),
        answer_words=_line(words, 200),
    )


@transaction.atomic
def decline_pledge(pledge: Pledge, *, words: str, by: Actor) -> Pledge:
    """The body says no, with words."""
    pledge = _locked_pledge(pledge)
    require(permissions.can_sign(by, pledge))
    require_transition(Pledge.TRANSITIONS, pledge.state, Pledge.State.DECLINED)
    return _pledge_step(pledge, Pledge.State.DECLINED, "pledge.declined", by=by, answer_words=_line(_some_words(words, "words"), 200))


@transaction.atomic
def keep_pledge(pledge: Pledge, *, kept: bool = True, by: Actor) -> Pledge:
    """Judge an agreed promise: kept or not. What was judged broken may still be kept later."""
    pledge = _locked_pledge(pledge)
    require(permissions.can_manage(by, pledge.project))
    state = Pledge.State.KEPT if kept else Pledge.State.BROKEN
    if pledge.state == state:
        return pledge
    require_transition(Pledge.TRANSITIONS, pledge.state, state)
    return _pledge_step(pledge, state, "pledge.kept" if kept else "pledge.broken", by=by)


# Milestones


@transaction.atomic
def add_milestone(project: Project, *, name: str, due_date: dt.date, by: Actor) -> Milestone:
    """A step with its day."""
    project = _locked(project)
    require(permissions.can_manage(by, project))
    _require_open(project)
    name = _line(name, 80)
    if not name:
        raise Refused(_("Give the step a name."), field="name")
    milestone = Milestone.objects.create(project=project, name=name, due_date=due_date)
    journal.record("milestone.added", on=milestone, after={"project": project.number, "name": name, "due_date": due_date}, by=by)
    return milestone


@transaction.atomic
def finish_milestone(milestone: Milestone, *, done_date: dt.date | None = None, proof: str = "", by: Actor) -> Milestone:
    """Done, on a day, with what proves it. Done once stays done."""
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("project").get(pk=milestone.pk)
    require(permissions.can_manage(by, milestone.project))
    if milestone.done_date is not None:
        return milestone
    done_date = done_date or clock.today()
    if done_date > clock.today():
        raise Refused(_("This day is still to come."), field="done_date")
    milestone.done_date, milestone.proof = done_date, _line(proof, 200)
    milestone.save(update_fields=["done_date", "proof"])
    journal.record("milestone.finished", on=milestone, after={"done_date": done_date, "late": done_date > milestone.due_date}, by=by)
    return milestone


# Inside


def _locked(project: Project) -> Project:
    project.refresh_from_db(from_queryset=Project.objects.select_for_update())
    return project


def _locked_pledge(pledge: Pledge) -> Pledge:
    pledge.refresh_from_db(from_queryset=Pledge.objects.select_for_update())
    return pledge


def _write(project: Project, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=list(fields))


def _step(project: Project, state: str, verb: str, *, by: Actor, reason: str = "", after: dict[str, Any] | None = None, **changes: Any) -> Project:
    old = project.state
    _write(project, state=state, version=project.version + 1, **changes)
    journal.record(verb, on=project, before={"state": old}, after={"state": state, **(after or {})}, reason=reason, by=by)
    return project


def _pledge_step(pledge: Pledge, state: str, verb: str, *, by: Actor, **changes: Any) -> Pledge:
    old = pledge.state
    for name, value in {"state": state, **changes}.items():
        setattr(pledge, name, value)
    pledge.save(update_fields=["state", *changes])
    journal.record(verb, on=pledge, before={"state": old}, after={"state": state}, reason=pledge.answer_words, by=by)
    return pledge


def _link(project: Project, need: Need, *, by: Actor) -> ProjectNeed:
    if need.state in (Need.State.PLANNED, Need.State.ACTIVE):
        raise Refused(_("“%(need)s” is part of another project already.") % {"need": need.title}, field="needs")
    needs_services.plan_need(need, organization=project.lead, by=by)
    return ProjectNeed.objects.create(project=project, need=need, added_at=clock.now())


def _require_open(project: Project) -> None:
    if project.state not in Project.OPEN_STATES:
        raise Refused(_("This project has ended. Nothing of it can be changed any more."))


def _check(*, starts_date: dt.date | None = None, ends_date: dt.date | None = None, budget_fen: int = 0, spent_fen: int = 0) -> None:
    if starts_date and ends_date and ends_date < starts_date:
        raise Refused(_("The last day is before the first day."), field="ends_date")
    if budget_fen < 0 or spent_fen < 0:
        raise Refused(_("Money cannot be less than nothing."), field="budget")


def _named(kinds: Iterable[Pledge.Kind]) -> str:
    return _(", ").join(str(kind.label) for kind in kinds)


def _line(text: str, length: int) -> str:
    """One line, spaces tidied, Chinese punctuation kept."""
    return " ".join(clean_words(text).split())[:length]


def _some_words(words: str, field: str) -> str:
    words = clean_words(words)
    if len(words) < 2:
        raise Refused(_("Write a few words: everybody who takes part reads them."), field=field)
    return words


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Person) else value


def _name_of(actor: str) -> str:
    """The masked name behind a key of the journal."""
    person = Person.objects.filter(pk=actor.rpartition(":")[2]).first() if actor.startswith("accounts.person:") else None
    return person.masked_name if person is not None else actor
