"""Volunteers and teams for tests."""

import datetime as dt
import itertools
from typing import Any

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.organizations.models import Organization
from liandong.organizations.tests import factories as bodies
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile

_next = itertools.count(1)
LONG_AGO = dt.date(2020, 1, 1)


def volunteer(*, person: Person | None = None, **values: Any) -> VolunteerProfile:
    return VolunteerProfile.objects.create(person=person or people.person(), **{"registered_on": LONG_AGO, **values})


def team(*, name: str = "", organization: Organization | None = None, leader: Person | None = None, **values: Any) -> Team:
    body = organization or bodies.organization()
    made = Team(name=name or f"邻里队{next(_next)}", organization=body, territory=values.pop("territory", body.territory), leader=leader, **values)
    made.save()
    if leader:
        member(made, person=leader)
    return made


def member(team: Team, *, person: Person | None = None, **values: Any) -> TeamMembership:
    return TeamMembership.objects.create(team=team, person=person or people.person(), **{"from_date": LONG_AGO, **values})
