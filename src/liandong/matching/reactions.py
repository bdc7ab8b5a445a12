"""Jobs of rosters: calculating, finding somebody for a place that came free, asking again before the time to answer is over, telling those who plan."""

import datetime as dt
import logging
from collections import defaultdict

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.activities.models import Activity, SignUp
from liandong.activities.queries import with_place_in_queue
from liandong.activities.services import place_of
from liandong.core import clock
from liandong.core.errors import Refused
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching import queries, services
from liandong.matching.models import Draw, MatchRun, Roster, RosterLine
from liandong.notices.services import notify

log = logging.getLogger("liandong.matching")
ASK_AGAIN = dt.timedelta(hours=24)  # before the time to answer is over


def _key(entry: Entry) -> int:
    return int(entry.on.rpartition(":")[2])


@app.task(name="liandong.matching_solve", queue="matching")
def solve(roster_id: int) -> None:
    row = Roster.objects.select_related("activity__host__territory", "activity__territory").filter(pk=roster_id).first()
    if row is None:
        return
    try:
        services.work_on_roster(row)
    except Exception:
        log.exception("calculation of roster %s broke", roster_id)


@react("roster.solved")
def tell_solved(entry: Entry) -> None:
    row = Roster.objects.select_related("activity").get(pk=_key(entry))
    asked = Entry.objects.filter(verb="roster.solve_asked", on=entry.on, pk__lt=entry.pk).order_by("-pk").first()
    who = Person.objects.filter(pk=asked.by.rpartition(":")[2]).first() if asked and asked.by.startswith("accounts.person:") else None
    if who is not None and row.seconds >= 10:
        values = {"title": row.activity.title, "covered": str(row.covered), "required": str(row.required)}
        notify(who, kind="roster.solved", values=values, url=reverse("matching:roster", args=[row.pk]), once_key=f"roster.solved:{entry.pk}")


@react("roster_line.declined")
def find_somebody(entry: Entry) -> None:
    line = RosterLine.objects.select_related("roster__activity__leader", "roster__made_by", "shift", "position").filter(pk=_key(entry)).first()
    if line is None:
        return
    services.propose_substitutes(line)
    activity = line.roster.activity
    values = {"title": activity.title, "when": line.shift.starts_at.isoformat(), "position": line.position.name}
    for who in {person.pk: person for person in (line.roster.made_by, activity.leader) if person is not None}.values():
        if f"accounts.person:{who.pk}" != entry.by:
            notify(
                who,
                kind="roster.declined",
                values=values,
                url=reverse("matching:roster", args=[line.roster_id]),
                once_key=f"roster.declined:{line.pk}",
            )


@react("sign_up.cancelled")
def note_given_back(entry: Entry) -> None:
    place = SignUp.objects.filter(pk=_key(entry), state=SignUp.State.CANCELLED).first()
    if place is None:
        return
    if SignUp.objects.filter(position=place.position_id, person=place.person_id, state=SignUp.State.CONFIRMED).exists():
        return  # given back and taken again meanwhile
    lines = RosterLine.objects.filter(
        person=place.person_id, shift=place.shift_id, position=place.position_id, roster__state=Roster.State.PUBLISHED, asked_at__isnull=False
    ).exclude(answer=RosterLine.Answer.DECLINED)
    for line in lines.select_related("roster"):
        services.note_cancelled(line)


@app.periodic(cron="15 1-12 * * *", periodic_id="rosters")  # UTC: 9:15 to 20:15 in China
@app.task(name="liandong.matching_remind", queueing_lock="matching_remind")
def remind_of_rosters(timestamp: int = 0) -> None:
    remind()


def remind() -> int:
    """Who has not answered hears of it once more a day before the time is over; when it is over, those who plan hear who is missing. Gives how many were told."""
    told = 0
    of_person: dict[tuple[int, int], RosterLine] = {}
    for line in queries.unanswered(before=clock.now() + ASK_AGAIN):
        of_person.setdefault((line.roster_id, line.person_id), line)
    late: dict[int, list[RosterLine]] = defaultdict(list)
    for line in of_person.values():
        values = {"title": line.roster.activity.title}
        if line.answer_due_at is not None and line.answer_due_at <= clock.now():
            late[line.roster_id].append(line)
        elif line.asked_at is not None and line.asked_at < clock.now() - ASK_AGAIN:
            url = reverse("matching:answer", args=[line.roster_id])
            values |= {"due": line.answer_due_at.isoformat() if line.answer_due_at else ""}
            told += notify(line.person, kind="roster.ask_again", values=values, url=url, once_key=f"roster.ask_again:{line.pk}") is not None
    for lines in late.values():
        roster = lines[0].roster
        values = {"title": roster.activity.title, "n": str(len(lines))}
        for who in {person.pk: person for person in (roster.made_by, roster.activity.leader) if person is not None}.values():
            key = f"roster.late:{roster.pk}:{max(line.pk for line in lines)}"
            told += notify(who, kind="roster.late", values=values, url=reverse("matching:roster", args=[roster.pk]), once_key=key) is not None
    return told


# Draws


@react("activity.published", "activity.repeated")
def announce_draws(entry: Entry) -> None:
    """Of the activity that was published, or of its copies."""
    codes = entry.after.get("codes")
    rows = Activity.objects.filter(code__in=codes) if codes else Activity.objects.filter(pk=_key(entry))
    for activity in rows.filter(places_by=Activity.PlacesBy.DRAW, state=Activity.State.PUBLISHED):
        services.announce_draw(activity)


@react("activity.edited")
def keep_draw_before_start(entry: Entry) -> None:
    row = Draw.objects.filter(activity=_key(entry), state=Draw.State.OPEN).first()
    if row is not None:
        services.keep_before_start(row)


@app.periodic(cron="*/5 * * * *", periodic_id="draws")
@app.task(name="liandong.matching_close_draws", queueing_lock="matching_close_draws")
def close_draws(timestamp: int = 0) -> None:
    for row in queries.draws_to_close():
        try:
            services.close_draw(row)
        except Refused:  # called off between reading and locking
            continue


@react("draw.announced", "draw.closed")
def tell_who_runs_the_draw(entry: Entry) -> None:
    """Announced: choose day and public number. Closed: draw."""
    row = Draw.objects.select_related("activity__leader", "activity__created_by").get(pk=_key(entry))
    activity = row.activity
    if activity.state != Activity.State.PUBLISHED or row.state == Draw.State.DRAWN:
        return
    values = {"title": activity.title, "closes_at": row.closes_at.isoformat(), "rule": row.public_rule}
    kind = "draw.to_plan" if entry.verb == "draw.announced" else "draw.to_hold"
    for who in {person.pk: person for person in (activity.leader, activity.created_by) if person is not None}.values():
        notify(who, kind=kind, values=values, url=reverse("matching:run_draw", args=[activity.code]), once_key=f"{kind}:{row.pk}")


@react("draw.drawn")
def tell_results(entry: Entry) -> None:
    """Everybody who entered hears of it; who got nothing also how many tickets they have next time."""
    row = Draw.objects.select_related("activity__venue").get(pk=_key(entry))
    activity = row.activity
    waiting = SignUp.objects.filter(shift__activity=activity, state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING)).exclude(slip="")
    entries = list(with_place_in_queue(waiting).select_related("person", "position", "shift"))
    tickets = queries.tickets_of({queries.one_person(one.person) for one in entries})
    for one in entries:
        values = {
            "title": activity.title,
            "position": one.position.name,
            "starts_at": one.shift.starts_at.isoformat(),
            "place": place_of(activity),
            "place_in_queue": str(one.place_in_queue),  # type: ignore[attr-defined]
            "tickets": str(tickets[queries.one_person(one.person)]),
        }
        kind = "draw.won" if one.state == SignUp.State.CONFIRMED else "draw.lost" if one.drawn_rank else "activities.waiting"
        notify(one.person, kind=kind, values=values, url=reverse("activities:ticket", args=[one.code]), once_key=f"draw:{row.pk}:{one.pk}")


# Packages


@app.task(name="liandong.matching_packages", queue="matching")
def match_packages(run_id: int) -> None:
    run = MatchRun.objects.select_related("territory").filter(pk=run_id).first()
    if run is None:
        return
    try:
        services.work_on_run(run)
    except Exception:
        log.exception("calculation of packages %s broke", run_id)


@react("match_run.finished")
def tell_matched(entry: Entry) -> None:
    """Whoever asked and waited for long hears of it."""
    run = MatchRun.objects.select_related("territory", "asked_by").get(pk=_key(entry))
    if run.asked_by is not None and run.seconds >= 10:
        values = {"place": run.territory.name, "met": str(run.met_count), "needs": str(run.need_count)}
        url = f"{reverse('matching:packages')}?place={run.territory_id}"
        notify(run.asked_by, kind="match_run.finished", values=values, url=url, once_key=f"match_run.finished:{run.pk}")
