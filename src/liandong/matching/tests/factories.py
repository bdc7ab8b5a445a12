"""A street with a fair: two shifts on Saturday and Sunday, two positions, volunteers with and without the certificate."""

from typing import Any

from liandong.accounts.models import Account, Person
from liandong.activities.models import Position, Shift
from liandong.activities.tests import factories as activities
from liandong.matching import services
from liandong.matching.models import Roster
from liandong.needs.tests.factories import Town
from liandong.organizations.models import Role
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

ELECTRICIAN = "电工"


def with_account(person: Person) -> Person:
    if not Account.objects.filter(person=person).exists():
        Account.objects.create_account(person=person, phone=f"1370000{person.pk:04}")
    return person


class Fair(Town):
    """It is Wednesday 2026-06-10; the fair is on Saturday 13 June: 9:00 and 14:00, each two guides and one safety officer."""

    def __init__(self) -> None:
        super().__init__()
        self.host = activities.make_organization("暖邻社工", territory=self.north)
        self.planner = with_account(activities.make_staff(self.host, "周敏", Role.ORG_MANAGER))
        self.stranger = with_account(activities.make_person("路人"))
        self.activity = activities.make_activity(host=self.host, leader=self.planner, title="年末修理集市")
        self.morning = activities.make_shift(self.activity, starts_at=activities.at(3, 9))
        self.afternoon = activities.make_shift(self.activity, starts_at=activities.at(3, 14))
        for shift in (self.morning, self.afternoon):
            activities.make_position(shift, name="登记引导", capacity=2, order=0)
            activities.make_position(shift, name="安全员", capacity=1, order=1)
        self.skill = Skill.objects.get_or_create(name=ELECTRICIAN)[0]
        self.team = Team.objects.create(name="巧手队", organization=self.host, territory=self.north)
        self.people = [self.volunteer(f"王小{name}") for name in "兰芳英霞"]
        self.electrician = self.volunteer("刘师傅", skills=[self.skill])

    def volunteer(self, name: str, *, skills: Any = (), team: bool = True, availability: Any = ()) -> Person:
        person = with_account(activities.make_person(name))
        profile = VolunteerProfile.objects.create(
            person=person, residence=self.north, availability=list(availability), registered_on=self.activity.created_at.date()
        )
        profile.skills.set(skills)
        if team:
            TeamMembership.objects.create(team=self.team, person=person, from_date=self.activity.created_at.date())
        return person

    def position(self, shift: Shift, name: str) -> Position:
        return Position.objects.get(shift=shift, name=name)

    def roster(self, *, solved: bool = True, **fields: Any) -> Roster:
        values: dict[str, Any] = {"teams": [self.team], "skills": {"安全员": [ELECTRICIAN]}, "by": self.planner} | fields
        made = services.make_roster(self.activity, **values)
        return services.solve_now(made, seconds=5, by=self.planner) if solved else made
