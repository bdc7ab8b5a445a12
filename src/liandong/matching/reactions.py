"""Jobs of rosters: calculating, finding somebody for a place that came free, telling those who plan."""

import logging

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.activities.models import SignUp
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching import services
from liandong.matching.models import Roster, RosterLine
from liandong.notices.services import notify

log = logging.getLogger("liandong.matching")


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
