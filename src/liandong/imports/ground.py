"""For the command line: which place and which body a file is brought for. An empty database gets both from the file's own title."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.imports.places import Bodies, Level, core_of
from liandong.imports.specs import Importer
from liandong.organizations import services as organizations
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import in_force

_AREA = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:街道|地区|镇|乡))")
_FIRM = re.compile(
    r"([\u4e00-\u9fffA-Za-z0-9（）()]{2,40}?(?:有限责任公司|股份有限公司|有限公司|公司|集团|银行[\u4e00-\u9fff]{0,8}支行|支行|医院|学校|酒店|中心))"
)
_REPORTED_BY = re.compile(r"(?:填报单位|报送单位|上报单位|单位名称|单位)\s*[:：]\s*([\u4e00-\u9fffA-Za-z0-9（）()]{2,40})")


def territory_for(file_name: str, lines: Sequence[str], *, name: str = "") -> tuple[Territory, bool]:
    """The place, and whether it had to be made. Refuses when it cannot be known which one is meant."""
    places = Territory.objects.filter(in_force())
    if name:
        found = list(places.filter(name=name)) or [place for place in places if core_of(place.name) == core_of(name)]
        if len(found) != 1:
            raise Refused(_("There is no place “%(name)s”, or more than one.") % {"name": name})
        return found[0], False
    roots = list(places.filter(parent__isnull=True))
    if len(roots) > 1:
        raise Refused(
            _("There are several places (%(names)s). Say which one: --territory NAME") % {"names": ", ".join(place.name for place in roots)}
        )
    if roots:
        return _where_work_is_done(roots[0]), False
    named = next((match[1] for line in (*lines, Path(file_name).stem) if (match := _AREA.search(fold(line)))), "")
    return organizations.create_territory(name=named or _("This street"), level=Level.STREET, parent=None, by=COMMAND_LINE), True


def _where_work_is_done(place: Territory) -> Territory:
    """Down the tree while there is no choice, at most to the street."""
    while place.level not in (Level.STREET, Level.COMMUNITY, Level.BUILDING):
        inside = list(Territory.objects.filter(in_force(), parent=place)[:2])
        if len(inside) != 1:
            return place
        place = inside[0]
    return place


def hub_for(territory: Territory, lines: Sequence[str]) -> tuple[Organization, bool]:
    """The body that keeps what is brought for the place: its hub; made when the place has none."""
    ids = territory.line_ids
    hubs = Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE)
    found = (
        hubs.filter(territory__path__startswith=territory.path).order_by("territory__path", "id").first() or hubs.filter(territory_id__in=ids).first()
    )
    if found:
        return found, False
    named = next((match[1] for line in lines if (match := _REPORTED_BY.search(fold(line)))), "")
    name = named if named and not Organization.objects.filter(name=named).exists() else _("%(place)s hub") % {"place": territory.name}
    if taken := Organization.objects.filter(name=name).first():
        return taken, False
    return organizations.create_organization(name=name, kind=Organization.Kind.HUB, territory=territory, by=COMMAND_LINE), True


def employer_for(file_name: str, lines: Sequence[str], territory: Territory, importer: Importer, *, slug: str = "") -> tuple[Organization, bool]:
    """The body whose employees a list holds: by its slug, else named by the title or the file, else one without a name yet."""
    if slug:
        found = Organization.objects.filter(slug=slug).first() or Organization.objects.filter(name=slug).first()
        if found is None:
            raise Refused(_("There is no body “%(name)s”.") % {"name": slug})
        return found, False
    bodies = Bodies(importer)
    for line in (*lines, Path(file_name).stem):
        if match := _FIRM.search(fold(line)):
            if found := bodies.find(match[1]):
                return found, False
            made = organizations.create_organization(name=match[1], kind=Organization.Kind.ENTERPRISE, territory=territory, by=COMMAND_LINE)
            return made, True
    name = _("Enterprise without a name")
    if found := Organization.objects.filter(name=name).first():
        return found, False
    return organizations.create_organization(name=name, kind=Organization.Kind.ENTERPRISE, territory=territory, by=COMMAND_LINE), True
