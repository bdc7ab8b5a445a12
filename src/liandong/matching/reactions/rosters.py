"""Jobs of rosters: calculating, finding somebody for a place that came free, asking again before the time to answer is over, telling those who plan."""

import datetime as dt
import logging
from collections import defaultdict

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.activities.models import SignUp
from liandong.core import clock
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching import queries, services
from liandong.matching.models import Roster, RosterLine
from liandong.notices.services import notify

log = logging.getLogger("liandong.matching")
ASK_AGAIN = dt.timedelta(hours=24)  # before the time to answer is over


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
    row = Roster.objects.select_related("activity").get(pk=entry.on_key)
    asked = Entry.objects.filter(verb="roster.solve_asked", on=entry.on, pk__lt=entry.pk).order_by("-pk").first()
    who = Person.objects.filter(pk=asked.by_person).first() if asked is not None and asked.by_person is not None else None
    if who is not None and row.seconds >= 10:
        values = {"title": row.activity.title, "covered": str(row.covered), "required": str(row.required)}
        notify(who, kind="roster.solved", values=values, url=reverse("matching:roster", args=[row.pk]), once_key=f"roster.solved:{entry.pk}")


@react("roster_line.declined")
def find_somebody(entry: Entry) -> None:
    line = RosterLine.objects.select_related("roster__activity__leader", "roster__made_by", "shift", "position").filter(pk=entry.on_key).first()
    if line is None:
        return
    services.propose_substitutes(line)
    activity = line.roster.activity
    values = {"title": activity.title, "when": line.shift.starts_at.isoformat(), "position": line.position.name}
    for who in {person.pk: person for person in (line.roster.made_by, activity.leader) if person is not None}.values():
        if who.pk != entry.by_person:
            notify(
                who,
                kind="roster.declined",
                values=values,
                url=reverse("matching:roster", args=[line.roster_id]),
                once_key=f"roster.declined:{line.pk}",
            )


@react("suspension.made")
def look_again(entry: Entry) -> None:
    """A proposal to step in that names somebody who may not come any more is made anew."""
    body, person = entry.after["organization"], entry.after["person"]
    lines = RosterLine.objects.filter(
        roster__state=Roster.State.PUBLISHED, roster__activity__host=body, answer=RosterLine.Answer.DECLINED, shift__ends_at__gt=clock.now()
    ).exclude(substitutes=[])
    for line in lines:
        if any(step["add"][0] == person for step in line.substitutes if "add" in step):
            services.propose_substitutes(line)


@react("sign_up.cancelled")
def note_given_back(entry: Entry) -> None:
    place = SignUp.objects.filter(pk=entry.on_key, state=SignUp.State.CANCELLED).first()
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
