"""The town of the needs, with a firm on the community's ground that is visited."""

import datetime as dt
from typing import Any

from liandong.core import clock
from liandong.needs.tests import factories as needs
from liandong.visits import services
from liandong.visits.models import Visit, VisitPlan

NOTES = "今天去了清禾电子，见到行政陈姐。公司最近业务不错。员工中午吃饭没地方热饭，希望附近有个共享微波炉。她说年轻人多，想组织一次联谊。大家对社区很热情。"


class Town(needs.Town):
    def __init__(self) -> None:
        super().__init__()
        self.firm = needs.organization("清禾电子有限公司", on=self.north, kind="enterprise")
        self.firm.staff_count = 46
        self.firm.save()
        self.boss = needs.staff("陈宇", of=self.firm)

    def plan(self, **fields: Any) -> VisitPlan:
        return services.create_plan(
            **{"host": self.community, "organization": self.firm, "every_weeks": 4, "handler": self.worker, "by": self.worker, **fields}
        )

    def visit(self, **fields: Any) -> Visit:
        return services.plan_visit(
            **{"host": self.community, "organization": self.firm, "planned_date": clock.today(), "handler": self.worker, "by": self.worker, **fields}
        )

    def done(self, visit: Visit | None = None, *, notes: str = NOTES, promises: tuple[services.Promise, ...] = (), **fields: Any) -> Visit:
        return services.finish_visit(visit or self.visit(), notes=notes, promises=promises, **{"by": self.worker, **fields})

    def home(self, **fields: Any) -> Visit:
        return self.visit(organization=None, name="赵奶奶", place="3 号楼 402", territory=self.north, **fields)


def days(number: int) -> dt.date:
    return clock.today() + dt.timedelta(days=number)
