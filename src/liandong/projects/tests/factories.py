"""A project in the town of the needs' tests, as far along as a test wants it."""

from typing import Any

from liandong.needs.tests.factories import Town
from liandong.projects import services
from liandong.projects.models import Pledge, Project

WORDS = {Pledge.Kind.PLACE: "出活动站一层", Pledge.Kind.PLAN: "出方案，管安全", Pledge.Kind.HOURS: "出 12 位员工"}


def project(town: Town, *, needs: Any = None, **fields: Any) -> Project:
    needs = [town.need()] if needs is None else needs
    values = {"name": "小家电义诊", "lead": town.agency, "territory": town.north, "goal": "修好 40 件家电", "by": town.agency_manager, **fields}
    return services.create_project(needs=needs, **values)


def pledges(town: Town, on: Project, *, agreed: bool = False) -> list[Pledge]:
    """Place from the community, plan from the agency, hours from the enterprise."""
    rows = []
    for kind, body, by in (
        (Pledge.Kind.PLACE, town.community, town.manager),
        (Pledge.Kind.PLAN, town.agency, town.agency_manager),
        (Pledge.Kind.HOURS, town.enterprise, town.firm_manager),
    ):
        pledge = services.add_pledge(on, organization=body, kind=kind, words=WORDS[kind], by=town.agency_manager)
        rows.append(services.agree_pledge(pledge, by=by) if agreed else pledge)
    return rows


def running(town: Town, **fields: Any) -> Project:
    row = project(town, **fields)
    pledges(town, row, agreed=True)
    services.propose_project(row, by=town.agency_manager)
    return services.approve_project(row, by=town.hub_manager)
