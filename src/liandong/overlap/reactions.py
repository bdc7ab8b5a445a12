"""What overlaps do, as jobs: tell the other side, tell the hub, mind the clock of answers, forget lists whose time is over."""

from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right
from liandong.overlap import queries
from liandong.overlap.models import CoHosting
from liandong.overlap.services import forget_expired
from liandong.projects.models import Project


def _tell(people: list[Person], *, kind: str, values: dict[str, Any], url: str, once: str, actor: str = "") -> int:
    """Each once, and not the one who did it."""
    told = 0
    for person in {person.pk: person for person in people}.values():
        if f"accounts.person:{person.pk}" != actor:
            told += notify(person, kind=kind, values=values, url=url, once_key=once) is not None
    return told


def _signers(body: Organization) -> list[Person]:
    return list(organizations.people_with(body, Right.SIGN_COMPACT))


def _other_side(row: CoHosting) -> Organization:
    """The side that did not answer: it proposed."""
    return row.asked_by


def page_of(row: CoHosting) -> str:
    return reverse("overlap:hosting", args=[row.pk])


@react("co_hosting.proposed", "co_hosting.agreed", "co_hosting.declined", "co_hosting.withdrawn")
def tell_of_co_hosting(entry: Entry) -> None:
    row = CoHosting.objects.select_related("activity__host", "partner", "asked_by", "proposed_by").get(pk=entry.on_key)
    asks = entry.verb in ("co_hosting.proposed", "co_hosting.withdrawn")
    people = _signers(row.invited if asks else _other_side(row))
    if not asks and row.proposed_by is not None:
        people.append(row.proposed_by)
    if asks and row.asked_by_id == row.activity.host_id:
        people += _signers(row.activity.host)  # when the hub proposed in its name
    values = {
        "body": (row.asked_by if asks else row.invited).label,
        "title": row.activity.title,
        "words": row.words if asks else row.answer_words,
        "due": row.answer_due_at.isoformat(),
    }
    _tell(people, kind=entry.verb, values=values, url=page_of(row), once=f"entry:{entry.pk}", actor=entry.by)


@react("overlap.hub_asked")
def tell_hub(entry: Entry) -> None:
    key = str(entry.after.get("thing", ""))
    thing: Any = (
        Activity.objects.select_related("host", "territory").get(pk=int(key[1:]))
        if key.startswith("a")
        else Project.objects.select_related("lead", "territory").get(pk=int(key[1:]))
    )
    values = {"body": (thing.host if isinstance(thing, Activity) else thing.lead).label, "title": str(thing)}
    people = list(organizations.hub_people(thing.territory, Right.MANAGE_ACTIVITIES))
    _tell(people, kind=entry.verb, values=values, url=f"{reverse('overlap:list')}#{key}", once=f"hub_asked:{key}", actor=entry.by)


@app.periodic(cron="40 1 * * *", periodic_id="overlap_daily")  # UTC: 9:40 in China
@app.task(name="liandong.overlap_daily", queueing_lock="overlap_daily")
def daily(timestamp: int = 0) -> None:
    forget_expired()
    remind()


def remind() -> int:
    """Those who have not answered in time, once, and the hub of the place."""
    told = 0
    for row in queries.waiting_answers():
        if row.is_late:
            people = _signers(row.invited) + list(organizations.hub_people(row.activity.territory, Right.MANAGE_ACTIVITIES))
            values = {"body": row.asked_by.label, "title": row.activity.title}
            told += _tell(people, kind="co_hosting.late", values=values, url=page_of(row), once=f"co_hosting.late:{row.pk}")
    return told
