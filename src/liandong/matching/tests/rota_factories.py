"""Four firms on the first community's ground that host in turn, and the hub above them."""

import datetime as dt
from typing import Any

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.services import rotas
from liandong.needs.tests.factories import Town, organization, staff
from liandong.organizations.models import Role

NAMES = ("禾木科技园", "远航物流", "青禾印务", "明达电子")


class Round(Town):
    """It is Wednesday 2026-06-10. Eight Saturdays, four weeks apart, from 2026-06-20."""

    def __init__(self) -> None:
        super().__init__()
        self.firms = [organization(name, on=self.north, kind="enterprise") for name in NAMES]
        self.people = [staff(f"联络{number}", of=firm, role=Role.ORG_MANAGER) for number, firm in enumerate(self.firms)]

    def dates(self, n: int = 8) -> list[dt.date]:
        first = clock.today() + dt.timedelta(days=10)
        return [first + dt.timedelta(weeks=4 * number) for number in range(n)]

    def draft(self, **fields: Any) -> Rota:
        values: dict[str, Any] = {
            "name": "邻里下午茶", "territory": self.street, "dates": self.dates(), "rhythm": "weeks", "place": "一层大厅", "by": self.hub_manager,
        } | fields  # fmt: skip
        made = rotas.make_rota(**values)
        rotas.add_hosts(made, organizations=self.firms, by=self.hub_manager)
        made.refresh_from_db()
        return made

    def running(self, **fields: Any) -> Rota:
        return rotas.start_rota(self.draft(**fields), by=self.hub_manager)

    def host(self, rota: Rota, number: int) -> RotaHost:
        return RotaHost.objects.get(rota=rota, organization=self.firms[number])

    def staff_of(self, turn: Turn) -> Person:
        assert turn.host is not None
        return self.people[[firm.pk for firm in self.firms].index(turn.host.organization_id)]


def who(rota: Rota) -> list[str]:
    """The hosts in the order of the dates."""
    return [turn.host.organization.name if turn.host else "" for turn in rota.turns.order_by("turn_date").select_related("host__organization")]
