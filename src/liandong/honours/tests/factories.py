"""A street with a hub of two colleagues, a community, volunteers with records, and people who were served."""

import datetime as dt
from itertools import count
from typing import Any

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.honours.models import Award, Honour, Nomination, StarGrant, StarRule
from liandong.honours.services import awards, nominations, stars
from liandong.needs.models import Need
from liandong.organizations.models import Role
from liandong.recognition.tests import factories as f
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile

_n = count(1)
WORDS = "一年里每周六给独居老人送餐，从没缺席。"


class Town:
    def __init__(self) -> None:
        self.street = f.territory("建外街道", level="street")
        self.place = f.territory(parent=self.street)
        self.hub = f.organization("建外枢纽", kind="hub", at=self.street)
        self.agency = f.organization(at=self.place)
        self.community_body = f.organization("北郎东社区居委会", kind="community", at=self.place)
        self.boss = self.signed(f.hub_manager(self.street, "陈立"))
        self.second = self.signed(f.hub_manager(self.street, "吴静", role=Role.HUB_STAFF))
        self.community = self.signed(f.manager(self.community_body, "刘敏"))
        self.staff = self.signed(f.manager(self.agency, "周敏"))
        self.neighbour = self.signed(f.person("钱居民"))

    def signed(self, person: Person) -> Person:
        f.account(person)
        return person

    def volunteer(self, name: str = "李晓雯", **values: Any) -> Person:
        person = self.signed(f.person(name, **values))
        VolunteerProfile.objects.create(person=person, residence=self.place, registered_on=clock.today())
        return person

    def serve(self, person: Person, hours: int, *, days_ago: int = 1) -> None:
        """Shifts of up to eight hours on different days."""
        while hours > 0:
            part = min(hours, 8)
            day = clock.day_bounds(clock.today() - dt.timedelta(days=days_ago))[0]
            of = f.shift(host=self.agency, starts_at=day + dt.timedelta(hours=9), minutes=part * 60)
            f.record(person, of=of, by=self.staff, late=0, stayed=part * 60)
            hours, days_ago = hours - part, days_ago + 1

    def star(self, person: Person) -> StarGrant:
        VolunteerProfile.objects.filter(person=person).update(brought_minutes=100 * 60)
        stars.note_stars(tell=False, by=self.boss)
        return StarGrant.objects.get(person=person, withdraws__isnull=True)

    def team(self, leader: Person) -> Team:
        team = Team.objects.create(name=f"夕阳红{next(_n)}", organization=self.agency, territory=self.place, leader=leader)
        TeamMembership.objects.create(team=team, person=leader, from_date=clock.today())
        return team

    def award(self, **values: Any) -> Award:
        today = clock.today()
        given = {
            "title": "2026 年度优秀志愿者",
            "whom_for": "person",
            "territory": self.street,
            "issuer": self.hub,
            "places": 2,
            "criteria": "常年坚持\n居民认可",
            "from_date": today.replace(month=1, day=1),
            "to_date": today,
            "nominate_until_date": today + dt.timedelta(days=10),
        }
        return awards.create_award(**{**given, **values}, by=self.boss)

    def nominated(self, award: Award, person: Person, *, by: Person | None = None, **values: Any) -> Nomination:
        return nominations.nominate(award, person=person, words=WORDS, **values, by=by or self.neighbour)

    def listed(self, award: Award, *people: Person) -> list[Nomination]:
        """On notice: proposed, endorsed, scored by two."""
        rows = [self.nominated(award, person) for person in people]
        for row in rows:
            nominations.endorse(row, words="情况属实", by=self.community)
        awards.close_nominations(award, by=self.boss)
        for row in rows:
            nominations.review(row, score=9, by=self.boss)
            nominations.review(row, score=8, by=self.second)
        awards.begin_notice(award, chosen=rows, by=self.boss)
        return rows

    def honoured(self, person: Person, *, clock_: Any) -> Honour:
        award = self.award()
        self.listed(award, person)
        clock_.advance(days=8)
        awards.ask_to_grant(award, by=self.boss)
        return awards.grant(award, by=self.second)[0]

    def served(self, *, people: int, volunteers: list[Person], days_ago: int = 3) -> tuple[Any, list[Person]]:
        """An activity with so many who were served."""
        day = clock.day_bounds(clock.today() - dt.timedelta(days=days_ago))[0]
        of = f.shift(host=self.agency, starts_at=day + dt.timedelta(hours=9))
        for person in volunteers:
            f.attended(person, of=of)
        there = [self.signed(f.person(f"王淑兰{n}")) for n in range(people)]
        for person in there:
            f.attended(person, of=of, kind="participant")
        return of.activity, there

    def need(self, asker: Person) -> Need:
        return Need.objects.create(
            words="换个灯泡",
            title="换个灯泡",
            territory=self.place,
            asker=asker,
            state="done",
            answer_due_at=clock.now(),
            submitted_at=clock.now(),
            closed_at=clock.now(),
        )


def propose(town: Town, **values: Any) -> StarRule:
    """A rule set of the street, with one medal."""
    given = {
        "territory": town.street,
        "name": "建外标准",
        "star_hours": [30, 60, 100, 200, 300],
        "medal_hours": [600],
        "medal_names": ["金质奖章"],
        "source": "建外办发〔2026〕3号",
    }
    return stars.propose_rule(**{"from_date": dt.date(2026, 6, 10), **given, **values}, by=town.boss)
