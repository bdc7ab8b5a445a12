"""What a body has to give: put on the list, changed, paused, taken off."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions
from liandong.matching.models import Resource
from liandong.matching.services.ground import Actor
from liandong.needs.models import Category
from liandong.organizations.models import Organization
from liandong.volunteers.models import VolunteerProfile

Kind = Resource.Kind
EDITABLE = (
    "title", "words", "topics", "matters", "skill", "minutes", "is_monthly", "work", "features", "capacity", "times", "fen", "slots", "from_date", "to_date",
    "territory",
)  # fmt: skip
# What a kind does not have stays empty.
ONLY = {
    "topics": (Kind.PLAN, Kind.MONEY), "matters": (Kind.PLAN,), "skill": (Kind.HOURS,), "minutes": (Kind.PLAN, Kind.HOURS), "is_monthly": (Kind.HOURS,),
    "work": (Kind.PLAN,), "features": (Kind.PLAN,), "capacity": (Kind.PLAN,), "times": (Kind.PLAN,), "fen": (Kind.PLAN, Kind.MONEY),
}  # fmt: skip
MOST_MATTERS = 12


@transaction.atomic
def make_resource(*, organization: Organization, kind: str, by: Actor, **values: Any) -> Resource:
    """Put something on the list of what a body has to give."""
    require(permissions.can_keep_resources(by, organization))
    now = clock.now()
    row = Resource(
        organization=organization, kind=Kind(kind), territory=values.pop("territory", None) or organization.territory,
        made_by=by if isinstance(by, Person) else None, made_at=now, saved_at=now,
    )  # fmt: skip
    _fill(row, values)
    row.save()
    journal.record("resource.made", on=row, after={"kind": str(row.kind), "title": row.title, "organization": organization.pk}, by=by)
    return row


@transaction.atomic
def edit_resource(resource: Resource, *, by: Actor, **values: Any) -> Resource:
    """Change it. What was asked for already stays asked for."""
    row = _locked(resource)
    require(permissions.can_keep_resources(by, row.organization))
    if row.state == Resource.State.WITHDRAWN:
        raise Refused(_("It has been taken off the list. Put a new one on."))
    before = {name: getattr(row, name) for name in EDITABLE}
    _fill(row, values)
    changed = [name for name in EDITABLE if getattr(row, name) != before[name]]
    if not changed:
        return row
    row.saved_at = clock.now()
    row.save(update_fields=[*changed, "saved_at"])
    journal.record(
        "resource.edited", on=row, before={name: _plain(before[name]) for name in changed}, after={name: _plain(getattr(row, name)) for name in changed}, by=by
    )  # fmt: skip
    return row


@transaction.atomic
def set_resource_state(resource: Resource, *, state: str, by: Actor) -> Resource:
    """Pause it, have it out again, or take it off for good. Promises made of it stand."""
    row = _locked(resource)
    require(permissions.can_keep_resources(by, row.organization))
    if row.state == state:
        return row
    require_transition(Resource.TRANSITIONS, row.state, state)
    before, row.state, row.saved_at = row.state, Resource.State(state), clock.now()
    row.save(update_fields=["state", "saved_at"])
    verb = {"open": "resource.opened", "paused": "resource.paused", "withdrawn": "resource.withdrawn"}[state]
    journal.record(verb, on=row, before={"state": str(before)}, after={"state": str(state)}, by=by)
    return row


def _locked(resource: Resource) -> Resource:
    return Resource.objects.select_for_update(of=("self",)).select_related("organization__territory", "territory", "skill").get(pk=resource.pk)


def _fill(row: Resource, values: dict[str, Any]) -> None:
    """Set what was given, and refuse what cannot be."""
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"a resource has no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        if row.kind in ONLY.get(name, Kind.values):
            setattr(row, name, value)
    row.title, row.words = one_line(row.title, 60), one_line(row.words, 300)
    row.topics = [topic for topic in Category.values if topic in row.topics]
    row.matters = list(dict.fromkeys(word for each in row.matters if (word := one_line(each, 12))))[:MOST_MATTERS]
    row.slots = [slot for slot in VolunteerProfile.Slot.values if slot in row.slots]
    row.features = [feature for feature in Resource.Feature.values if feature in row.features]
    row.work = [{"skill": part["skill"], "minutes": part["minutes"]} for part in row.work if part["minutes"] > 0]
    if not row.title:
        raise Refused(_("Say in a few words what it is."), field="title")
    if row.kind == Kind.MONEY and row.fen <= 0:
        raise Refused(_("Say how much money it is."), field="fen")
    if row.kind == Kind.HOURS and row.minutes <= 0:
        raise Refused(_("Say how many hours it is."), field="hours")
    if row.kind == Kind.PLAN and row.minutes <= 0:
        raise Refused(_("Say how long it takes."), field="hours")
    if row.kind == Kind.PLAN and not row.topics:
        raise Refused(_("Say for which needs the plan is."), field="topics")
    if row.fen < 0:
        raise Refused(_("Money cannot be less than nothing."), field="fen")
    if {Resource.Feature.INDOORS, Resource.Feature.OUTDOORS} <= set(row.features):
        raise Refused(_("A room is either indoors or in the open."), field="features")
    if row.from_date and row.to_date and row.to_date < row.from_date:
        raise Refused(_("The last day is before the first day."), field="to_date")
    if not row.territory.holds(row.organization.territory) and not row.organization.territory.holds(row.territory):
        raise Refused(_("Choose a place of your own ground, or one around it."), field="territory")


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value.isoformat() if hasattr(value, "isoformat") else value
