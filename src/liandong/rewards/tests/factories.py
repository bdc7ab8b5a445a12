"""A street with a barber and a shop that give for points, and a volunteer who has some."""

import uuid
from typing import Any

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import DEMO
from liandong.needs.tests import factories as needs
from liandong.points import services as points
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.services import offering, taking
from liandong.rewards.services.taking import Asked


class Town(needs.Town):
    """The street; a barber with a boss and a hand; a shop; a volunteer with 100 points."""

    def __init__(self) -> None:
        super().__init__()
        self.barber = needs.organization("椿树理发店", on=self.north, kind="enterprise")
        self.boss = needs.staff("陈宇", of=self.barber)
        self.hand = needs.staff("小马", of=self.barber, role="org_staff")
        self.shop = needs.organization("永安粮油店", on=self.south, kind="enterprise")
        self.grocer = needs.staff("郭平", of=self.shop)
        self.volunteer = needs.person("李晓雯")
        self.earn(self.volunteer, 100)

    def earn(self, person: Person, amount: int) -> None:
        given = {"source": points.issue_account(), "target": points.account_of(person), "kind": "starter"}
        points.transfer(uuid.uuid4(), amount=amount, by=DEMO, **given)

    def rice(self, **values: Any) -> Reward:
        """Goods: five pieces at 20 points."""
        return offer(
            self.shop, by=self.grocer, **{"kind": "goods", "title": "东北大米 5 斤", "points": 20, "stock": 5, "where_words": "店里前台", **values}
        )

    def haircut(self, **values: Any) -> Reward:
        """A service at home for 30 points, let in by the hub."""
        made = offer(self.barber, by=self.boss, **{"kind": "service", "title": "上门理发", "points": 30, "category": "elders", **values})
        return offering.decide(made, let_in=True, by=self.hub_manager) if made.state == Reward.State.WAITING else made

    def take(self, reward: Reward, *, by: Person | None = None, key: uuid.UUID | None = None, **values: Any) -> Redemption:
        asked = Asked(words="想请师傅来家里给我理个发，腿脚不便。", territory=self.north, place="3 号楼 201") if reward.is_service else None
        return taking.redeem(reward, **{"key": key or uuid.uuid4(), "seen_points": reward.points, "asked": asked, **values}, by=by or self.volunteer)


def offer(host: Any, *, by: Person, **values: Any) -> Reward:
    """On offer from today on, ten a month."""
    return offering.offer(host, **{"monthly_count": 10, "valid_days": 30, "from_date": clock.today(), **values}, by=by)
