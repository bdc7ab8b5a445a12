"""What suits the volunteer of the demo, something they said no to, somebody who asks them by name; and a position of the agency with people found and asked."""

import datetime as dt
from random import Random
from typing import Any

from django.db import connection

from liandong.accounts.models import Person
from liandong.activities import services as activities
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.matching import queries, services
from liandong.matching.models import Invitation
from liandong.matching.services.ground import PLANNER
from liandong.notices.models import Notice
from liandong.organizations.models import Membership, Territory
from liandong.volunteers.models import Skill, TeamMembership, VolunteerProfile

SKILLS = ("小家电维修", "电脑手机", "活动主持")
SLOTS = ("wd_am", "sat_am", "sun_am", "sun_pm", "wd_eve")
ASKED = 6
READ = (
    Person,
    Territory,
    Activity,
    Shift,
    Position,
    SignUp,
    Attendance,
    VolunteerProfile,
    VolunteerProfile.skills.through,
    TeamMembership,
    Membership,
)


def prepare(town: Any) -> None:
    """What the volunteer of the demo can do and when, whatever the size of the town. Before they are asked onto a roster."""
    profile = VolunteerProfile.objects.get(person=town.cast["volunteer"])
    profile.availability = sorted({*profile.availability, *SLOTS})
    profile.save(update_fields=["availability"])
    profile.skills.add(*Skill.objects.filter(name__in=SKILLS))
    with connection.cursor() as cursor:  # a district has just been written: what asks now is planned by what there is
        cursor.execute("analyze " + ", ".join(model._meta.db_table for model in READ))


def plant(town: Any) -> None:
    """Through the verbs, after everything else has been set up."""
    rng = Random(f"{town.seed}-suggesting")  # noqa: S311 -- repeatable on purpose
    volunteer, agency = town.cast["volunteer"], town.cast["agency"]
    found = queries.suggestions_for(volunteer)[0]
    if len(found) < ASKED:
        return
    shown = queries.with_activities([one.place for one in found])
    services.refuse_suggestion(shown[found[3].place.activity], by=volunteer)
    others = [one for place, one in enumerate(found) if place != 3]
    own = [one for one in others if one.place.host == town.social[0].pk]
    chosen = (own or others)[0]
    _ask(town, rng, chosen.place.position, volunteer=volunteer, agency=agency)
    town.say(f"{len(found)} suggestions for the volunteer, people asked by name")


def _ask(town: Any, rng: Random, pk: int, *, volunteer: Person, agency: Person) -> None:
    """Some come, one cannot, the others have not said; the volunteer of the demo is among the last."""
    position = Position.objects.select_related("shift__activity__host", "shift__activity__territory__parent").get(pk=pk)
    _required, skills = queries.skills_asked(position)
    fitting = queries.who_fits(position, by=PLANNER, skills=skills).exclude(person=volunteer)
    people = list(Person.objects.filter(pk__in=list(fitting.values_list("person", flat=True)[:ASKED])).order_by("pk"))
    services.invite(position, people=[*people, volunteer], by=PLANNER)
    made = Invitation.objects.filter(position=position)
    asked_at = town.now - dt.timedelta(hours=rng.randint(3, 20))
    made.update(invited_by=agency, invited_at=asked_at)
    Notice.objects.filter(kind="position.invited").update(created_at=asked_at)
    if people:
        services.decline_invitation(made.get(person=people[0]), by=people[0])
    for person in people[1:2]:
        activities.sign_up(position, person=person, by=person)
