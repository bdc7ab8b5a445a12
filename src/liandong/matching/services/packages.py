"""Which plan, hours, place, money and time together meet needs: calculated as a job or at once, made a project in one go, or asked for where one piece is missing."""

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions, queries
from liandong.matching.models import MatchRun, PieceCall, Resource, ResourceUse
from liandong.matching.problems import packages as packing
from liandong.matching.services.ground import Actor
from liandong.matching.solver import package as solver
from liandong.matching.words import packages as package_words
from liandong.needs.models import Need
from liandong.notices.services import notify
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right, Territory
from liandong.projects import services as projects
from liandong.projects.models import Pledge, Project
from liandong.venues.models import Venue

MATCHER = System("matcher")
MOST_NEEDS = 60
CHOOSE_SECONDS = 20.0
AT_ONCE_SECONDS = 3.0
BEAT_SECONDS = 0.5
RUNS_KEPT = 10  # of a place; the journal keeps their figures
State = MatchRun.State


# The whole board, as a job


@transaction.atomic
def match_needs(territory: Territory, *, by: Actor) -> MatchRun:
    """Calculate the packages of the most urgent needs of a place. One calculation of a place at a time; one that has gone silent is given up."""
    require(permissions.can_match(by, territory))
    ground = Territory.objects.select_for_update().get(pk=territory.pk)
    working = MatchRun.objects.filter(territory=ground, state=State.WORKING).first()
    if working is not None and not working.is_silent(clock.now()):
        return working
    if working is not None:
        _end(working, State.FAILED)
    now = clock.now()
    run = MatchRun.objects.create(
        territory=ground, need_count=min(MOST_NEEDS, queries.needs_to_match(ground).count()), asked_by=by if isinstance(by, Person) else None, asked_at=now,
        beat_at=now,
    )  # fmt: skip
    from procrastinate.contrib.django import app

    app.configure_task("liandong.matching_packages", queue="matching").defer(run_id=run.pk)
    journal.record("match_run.asked", on=run, after={"needs": run.need_count}, by=by)
    return run


@transaction.atomic
def stop_matching(run: MatchRun, *, by: Actor) -> MatchRun:
    """Stop; what was found so far is kept."""
    row = MatchRun.objects.select_for_update(of=("self",)).select_related("territory").get(pk=run.pk)
    require(permissions.can_match(by, row.territory))
    if row.state == State.WORKING and not row.is_stop_asked:
        row.is_stop_asked = True
        row.save(update_fields=["is_stop_asked"])
        journal.record("match_run.stop_asked", on=row, by=by)
    return row


def match_now(territory: Territory, *, by: Actor) -> MatchRun:
    """The same without a job: for the demo town and tests."""
    require(permissions.can_match(by, territory))
    now = clock.now()
    run = MatchRun.objects.create(territory=territory, asked_by=by if isinstance(by, Person) else None, asked_at=now, beat_at=now)
    return work_on_run(run)


def work_on_run(run: MatchRun) -> MatchRun:
    """Called by the job: need after need, told as it goes, stopped when asked; then the choice among what was found."""
    if run.state != State.WORKING:
        return run
    began = heard = time.monotonic()
    needs = list(queries.needs_to_match(run.territory)[:MOST_NEEDS])
    rows = MatchRun.objects.filter(pk=run.pk, state=State.WORKING)
    rows.update(need_count=len(needs))
    found: list[solver.Answered] = []
    stopped = False
    try:
        question = packing.frame_for(needs).question()
        for need in question.needs:
            found.append(solver.answer(question, need))
            if time.monotonic() - heard > BEAT_SECONDS:
                heard = time.monotonic()
                rows.update(done_count=len(found), beat_at=clock.now())
                stopped = not rows.filter(is_stop_asked=False).exists()
            if stopped:
                break
        stopped = stopped or rows.filter(is_stop_asked=True).exists()
        made = packing.together(question, found, until=time.monotonic() + CHOOSE_SECONDS)
    except Exception:
        if not transaction.get_connection().needs_rollback:
            _end(run, State.FAILED)
        raise
    return _settle(run, made, needs=len(needs), done=len(found), stopped=stopped, seconds=time.monotonic() - began)


@transaction.atomic
def _settle(run: MatchRun, made: packing.Together, *, needs: int, done: int, stopped: bool, seconds: float) -> MatchRun:
    row = MatchRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if row.state != State.WORKING:
        return row
    require_transition(MatchRun.TRANSITIONS, row.state, State.STOPPED if stopped else State.DONE)
    row.state, row.finished_at, row.seconds = State.STOPPED if stopped else State.DONE, clock.now(), round(seconds, 2)
    row.result, row.met_count, row.alone_count, row.is_proven = made.rows, made.met, made.alone, made.proven and done == needs
    row.need_count, row.done_count = needs, done
    row.save()
    after = {"needs": needs, "looked_at": done, "met": made.met, "proven": row.is_proven}
    journal.record("match_run.finished", on=row, after=after, by=MATCHER)
    older = MatchRun.objects.filter(territory=row.territory_id).exclude(state=State.WORKING).order_by("-pk").values("pk")[RUNS_KEPT:]
    MatchRun.objects.filter(pk__in=list(older.values_list("pk", flat=True))).delete()
    return row


@transaction.atomic
def _end(run: MatchRun, state: str) -> None:
    run.state, run.finished_at = State(state), clock.now()
    run.save(update_fields=["state", "finished_at"])
    journal.record("match_run.failed", on=run, by=MATCHER)


# At once


def answer_now(need: Need) -> dict[str, Any]:
    """The packages of one need as if it were the only one, or what lacks least. Nothing is written."""
    question = packing.frame_for([need]).question()
    return packing.row_of(need.pk, solver.answer(question, question.needs[0]))


def answer_together(needs: Iterable[Need]) -> packing.Together:
    """The packages of a few chosen needs together. Nothing is written."""
    chosen = list(needs)
    if not chosen:
        return packing.Together([], 0, 0, True)
    question = packing.frame_for(chosen).question()
    answers = [solver.answer(question, need) for need in question.needs]
    return packing.together(question, answers, until=time.monotonic() + AT_ONCE_SECONDS)


# From package to project


@transaction.atomic
def make_project_of(need: Need, *, package: dict[str, Any], by: Actor) -> Project:
    """A project that answers the need, with everybody in the package asked for their part. Refuses when something of it is gone meanwhile."""
    used = [package["plan"], *(part["resource"] for part in (*package["hours"], *package["money"]))]
    rows = {row.pk: row for row in Resource.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in used if pk]).order_by("pk")}
    row = Need.objects.select_for_update(of=("self",)).select_related("territory__parent", "claimed_by__territory").get(pk=need.pk)
    if package["missing"] or package["plan"] is None or package["venue"] is None:
        raise Refused(_("A piece is still missing. Ask for it first."))
    plan = Resource.objects.select_related("organization__territory").get(pk=package["plan"])
    lead = permissions.lead_for(by, need=row, plan=plan)
    require(permissions.can_make_project(by, need=row, plan=plan))
    assert lead is not None
    if gone := gone_of(row, package, rows):
        raise Refused(_("Taken by others meanwhile: %(what)s. Look at the packages again.") % {"what": gone})
    starts = timezone.localtime(packing.moment(package["start"]))
    with translation.override(settings.LANGUAGE_CODE):
        name = one_line(f"{row.territory.name.removesuffix('社区')}{plan.title}", 80)
        goal = _("%(need)s: %(plan)s, %(when)s.") % {
            "need": row.title,
            "plan": (plan.words or plan.title).rstrip("。.！!"),
            "when": package_words.when_words(package),
        }
        parts = _parts(row, package, plan)
    project = projects.create_project(
        name=name, lead=lead, territory=row.territory, needs=[row], goal=goal, category=row.category, budget_fen=package["cost"], starts_date=starts.date(),
        by=by,
    )  # fmt: skip
    for organization, kind, words, uses in parts:
        pledge = projects.add_pledge(project, organization=organization, kind=kind, words=words, by=by)
        for key, amount in uses:
            use = ResourceUse.objects.create(resource_id=key, pledge=pledge, amount=amount, on_date=starts.date(), made_at=clock.now())
            journal.record("resource.asked", on=use.resource, after={"project": project.number, "amount": amount}, by=by)
    return project


Part = tuple[Organization, str, str, list[tuple[int, int]]]


def _parts(need: Need, package: dict[str, Any], plan: Resource) -> list[Part]:
    """(body, kind of promise, words, [(resource, how much)]) of a package: one promise of each kind for each body."""
    venue = Venue.objects.select_related("host").get(pk=package["venue"])
    when = package_words.when_words(package)
    parts: list[Part] = [
        (venue.host, Pledge.Kind.PLACE, _("%(place)s, %(when)s") % {"place": venue.name, "when": when}, []),
        (plan.organization, Pledge.Kind.PLAN, _("%(plan)s, %(when)s") % {"plan": plan.title, "when": when}, [(plan.pk, 1)]),
    ]
    found = Resource.objects.select_related("organization", "skill").in_bulk([part["resource"] for part in (*package["hours"], *package["money"])])
    hours: dict[int, list[dict[str, Any]]] = defaultdict(list)
    money: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for group, given in ((hours, package["hours"]), (money, package["money"])):
        for part in given:
            group[found[part["resource"]].organization_id].append(part)
    for body, given in hours.items():
        words = _("%(what)s, %(when)s") % {"what": _(", ").join(package_words.hours_words(part) for part in given), "when": when}
        parts.append((_body(found, body), Pledge.Kind.HOURS, words, [(part["resource"], part["minutes"]) for part in given]))
    for body, given in money.items():
        words = _("%(money)s for “%(plan)s”") % {"money": package_words.money_words(sum(part["fen"] for part in given)), "plan": plan.title}
        parts.append((_body(found, body), Pledge.Kind.MONEY, words, [(part["resource"], part["fen"]) for part in given]))
    return [(body, kind, one_line(words, 200), uses) for body, kind, words, uses in parts]


def _body(resources: dict[int, Resource], key: int) -> Organization:
    return next(row.organization for row in resources.values() if row.organization_id == key)


def gone_of(need: Need, package: dict[str, Any], rows: dict[int, Resource]) -> str:
    """What of a package is no longer to be had, by name; "" when all of it is."""
    frame = packing.frame_for([need])
    start, end = package["start"], package["end"]
    if start is None or start * 60 < clock.now().timestamp():
        return _("the time")
    left = packing.left_of(rows.values(), day=timezone.localtime(packing.moment(start)).date())
    for key, amount in packing.asked_of(package).items():
        resource = rows.get(key)
        if resource is None or key not in frame.resources or left[key].amount < amount or not packing.is_for(frame.resources[key], need):
            return resource.title if resource is not None else _("a resource")
    venue = frame.venues.get(package["venue"])
    if venue is None or any(busy.start < end and start < busy.end for busy in frame.busy.get(venue.pk, ())):
        return venue.name if venue is not None else _("the place")
    return ""


# The one missing piece


@transaction.atomic
def ask_for_piece(need: Need, *, by: Actor) -> list[PieceCall]:
    """Ask bodies that have such a thing, or could, for the piece the need lacks: up to five, each once for this need."""
    row = Need.objects.select_for_update(of=("self",)).select_related("territory__parent", "claimed_by__territory").get(pk=need.pk)
    require(permissions.can_ask(by, row))
    if not queries.is_to_match(row):
        raise Refused(_("This need is no longer waiting for a package."))
    nearest = answer_now(row)["nearest"]
    if nearest is None:
        raise Refused(_("Nothing is missing any more: there is a complete package."))
    piece = nearest["missing"][0]
    with translation.override(settings.LANGUAGE_CODE):
        words = package_words.missing_words(piece)
        title = row.title if row.is_public else str(row.get_category_display())
    calls = []
    for body in queries.bodies_for_piece(row, nearest):
        call = PieceCall.objects.create(
            need=row, organization=body, piece=piece["code"], asked_by=by if isinstance(by, Person) else None, asked_at=clock.now()
        )
        journal.record("piece.asked", on=call, after={"need": row.number, "organization": body.pk, "piece": piece["code"]}, by=by)
        for person in organizations.people_with(body, Right.SIGN_COMPACT):
            values = {"need": title, "piece": words, "organization": body.label}
            url = f"{reverse('matching:resources')}?call={call.pk}"
            notify(person, kind="package.piece_asked", values=values, url=url, once_key=f"package.piece:{call.pk}")
        calls.append(call)
    if not calls:
        raise Refused(_("Everybody around here who might have it has been asked already."))
    return calls
