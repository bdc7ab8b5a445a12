"""What needs do, as jobs, when something has happened: tell those who asked, tell those who answer for them, mind the clock."""

import datetime as dt
from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.workdays import is_workday
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.needs import queries
from liandong.needs.models import Need, NeedAnswer, Objection
from liandong.notices.services import notify
from liandong.organizations.models import Right
from liandong.organizations.queries import hub_people

# What the asker hears of, and under which kind of message.
TELL_ASKER = {
    "need.claimed": "need.taken",
    "need.declined": "need.declined",
    "need.merged": "need.merged",
    "need.planned": "need.planned",
    "need.unplanned": "need.unplanned",
    "need.activated": "need.activated",
    "need.done": "need.done",
}


def _need(entry: Entry) -> Need:
    return Need.objects.select_related("territory", "asker", "submitted_by", "claimed_by__territory", "handler", "merged_into").get(pk=entry.on_key)


def page_of(need: Need) -> str:
    return reverse("needs:need", args=[need.number])


def desk_of(need: Need) -> str:
    return reverse("needs:desk", args=[need.number])


def _tell(people: list[Person], entry: Entry, *, kind: str, url: str, values: dict[str, Any]) -> None:
    """Everybody but the one who did it."""
    for person in people:
        if person.pk != entry.by_person:
            notify(person, kind=kind, values=values, url=url, once_key=f"entry:{entry.pk}")


@react("need.submitted")
def tell_of_new_need(entry: Entry) -> None:
    need = _need(entry)
    if need.state != Need.State.SUBMITTED or need.outside_number or entry.by_person is None:
        return  # lists that are taken in at once would bury everybody in messages
    values = {"title": need.title, "place": need.territory.name, "due_at": need.answer_due_at.isoformat()}
    _tell(queries.people_to_tell(need), entry, kind="need.submitted", url=desk_of(need), values=values)


@react(*TELL_ASKER)
def tell_asker(entry: Entry) -> None:
    need = _need(entry)
    target = need.merged_into if need.merged_into is not None else need
    values = {
        "title": need.title,
        "organization": need.claimed_by.label if need.claimed_by is not None else "",
        "words": need.closing_words,
        "into": target.title if target.is_public else need.title,
    }
    _tell(queries.asking_people(need), entry, kind=TELL_ASKER[entry.verb], url=page_of(need), values=values)


@react("need.answered")
def tell_of_answer(entry: Entry) -> None:
    need = _need(entry)
    answer = NeedAnswer.objects.get(pk=entry.after["answer"])
    _tell(queries.asking_people(need), entry, kind="need.answered", url=page_of(need), values={"title": need.title, "words": answer.words[:200]})


@react("need.objected")
def tell_of_objection(entry: Entry) -> None:
    need = _need(entry)
    objection = Objection.objects.get(pk=entry.after["objection"])
    values = {"title": need.title, "words": objection.words[:200], "due_at": objection.answer_due_at.isoformat()}
    _tell(queries.people_to_tell(need), entry, kind="need.objected", url=desk_of(need), values=values)


@react("need.withdrawn")
def tell_of_withdrawal(entry: Entry) -> None:
    need = _need(entry)
    if need.claimed_by is not None:
        _tell(queries.people_to_tell(need), entry, kind="need.withdrawn", url=desk_of(need), values={"title": need.title})


@react("need.confirmed")
def tell_of_confirmation(entry: Entry) -> None:
    need = _need(entry)
    _tell([need.handler] if need.handler is not None else [], entry, kind="need.confirmed", url=desk_of(need), values={"title": need.title})


TELL_OTHER_SIDE = ("wish.agreed", "wish.declined", "wish.offer_withdrawn")


@react("wish.offered", "wish.met", "wish.moved_up", *TELL_OTHER_SIDE)
def tell_the_two_sides(entry: Entry) -> None:
    """The asking side hears of an offer, the giver that their turn has come, each of what the other answered. Nobody is named."""
    introduction = queries.introduction(entry.after["introduction"])
    if introduction is None or entry.after["state"] == "waiting":
        return
    need = introduction.need
    givers, askers = queries.people_behind(introduction)
    by_giver = entry.by_person in {person.pk for person in givers}
    people = {
        "wish.offered": askers,
        "wish.met": [*givers, *askers],
        "wish.moved_up": [*givers, *askers],
    }.get(entry.verb, askers if by_giver else givers)
    for person in people:
        kind = "wish.offered" if entry.verb == "wish.moved_up" and person in askers else entry.verb
        _tell([person], entry, kind=kind, url=page_of(need), values={"title": need.title})


@app.periodic(cron="10 0-11 * * *", periodic_id="needs_answers_due")  # UTC: 8:10 to 19:10 in China
@app.task(name="liandong.needs_remind", queueing_lock="needs_remind")
def remind_of_answers(timestamp: int = 0) -> None:
    remind(at=clock.now())


def remind(*, at: dt.datetime) -> int:
    """Before the last working day ends, and once when it is over. Each person hears of each clock at most twice."""
    if not is_workday(clock.today()):
        return 0
    told = 0
    thing: Any
    for thing in [*queries.to_remind(before=at + dt.timedelta(hours=24)), *queries.objections_to_remind(before=at + dt.timedelta(hours=24))]:
        need = thing if isinstance(thing, Need) else thing.need
        late = thing.answer_due_at < at
        hub = hub_people(need.territory, Right.TRIAGE_NEEDS) if late else []
        for person in {each.pk: each for each in (*queries.people_to_tell(need), *hub)}.values():
            notice = notify(
                person,
                kind="need.overdue" if late else "need.due",
                values={"title": need.title, "place": need.territory.name, "due_at": thing.answer_due_at.isoformat()},
                url=desk_of(need),
                once_key=f"{'overdue' if late else 'due'}:{thing._meta.model_name}:{thing.pk}",
            )
            told += notice is not None
    return told
