"""A street with what it takes to mend appliances: a plan, engineers, hands, a room, money. It is Wednesday 2026-06-10, 10:00."""

from typing import Any

from liandong.matching import services
from liandong.matching.models import Resource
from liandong.needs import services as needs
from liandong.needs.models import Need
from liandong.needs.tests import factories as town
from liandong.organizations.models import Organization, Role
from liandong.venues.models import Venue
from liandong.volunteers.models import Skill

REPAIR = "小家电维修"
WORDS = "电饭煲坏了，扔了可惜，找不到人修。"


class Street(town.Town):
    def __init__(self) -> None:
        super().__init__()
        self.skill = Skill.objects.get_or_create(name=REPAIR)[0]
        self.fund = town.organization("微光基金会", on=self.street, kind="foundation")
        self.fund_manager = town.staff("罗微", of=self.fund)
        self.stranger = town.staff("外人", of=town.organization("远处公司", on=town.street("远街道"), kind="enterprise"), role=Role.ORG_MANAGER)
        self.room = self.venue()
        self.plan = self.give(
            self.agency, "plan", title="小家电义诊", topics=["other"], matters=["电饭煲", "收音机"], minutes=120, capacity=40, times=2, fen=30_000,
            features=["indoors"], slots=["sat_am"], work=[{"skill": REPAIR, "minutes": 240}, {"skill": "", "minutes": 60}],
        )  # fmt: skip
        self.engineers = self.give(
            self.enterprise, "hours", title="维修工程师", skill=self.skill, minutes=300, is_monthly=True, slots=["sat_am", "sun_am"]
        )
        self.hands = self.give(self.community, "hours", title="人手", minutes=600)
        self.money = self.give(self.fund, "money", title="邻里微基金", fen=50_000)

    def venue(self, **fields: Any) -> Venue:
        values = {"name": "活动站", "host": self.community, "territory": self.north, "address": "12 号楼", "capacity": 30, "is_step_free": True}
        return Venue.objects.create(**values | fields)

    def give(self, body: Organization, kind: str, **values: Any) -> Resource:
        from liandong.core.actors import DEMO

        return services.make_resource(organization=body, kind=kind, territory=self.street, by=DEMO, **values)

    def asked(self, words: str = WORDS, **fields: Any) -> Need:
        """A need that somebody has looked at."""
        need = self.need(words, category="other", **fields)
        return needs.claim_need(need, organization=self.community, by=self.hub_manager)
