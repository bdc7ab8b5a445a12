"""Names of places and bodies as people write them: 秀水, 秀水社区, 秀水社区居委会 are one place. Looked up within reach of the run, never guessed."""

import re
from collections import defaultdict
from functools import lru_cache

from liandong.core.ids import short_code
from liandong.core.pinyin import pinyin_of
from liandong.core.text import fold
from liandong.imports.effects import Writer
from liandong.imports.models import ImportRun
from liandong.imports.normalising import is_formula
from liandong.imports.permissions import reaches
from liandong.imports.specs import Importer, Row
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import holds, in_force

Level = Territory.Level
_TAIL = re.compile(
    r"(社区居民委员会|社区居委会|居民委员会|社区委员会|村民委员会|社区党委|社区服务站|社区工作站|居委会|村委会|街道办事处|地区办事处|办事处|社区|街道|地区)$"
)
_BODY_TAIL = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团公司|公司|集团)$")


@lru_cache(maxsize=4096)
def core_of(name: str) -> str:
    """'永安里西社区居委会' -> '永安里西'."""
    name = re.sub(r"\s", "", fold(name))
    return _TAIL.sub("", name) or name


class Places:
    """Territories in reach: everything inside the street (or what there is) around the run's own place."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer
        run = importer.run
        self.top = top_of(run.territory)
        self._by_name: dict[str, list[Territory]] = defaultdict(list)
        known = list(Territory.objects.filter(in_force(), path__startswith=self.top.path).order_by("path"))
        for territory in known:
            self._add(territory)
        # A street that has no communities yet gets them from its own lists, if whoever brings them may keep places.
        bare = not any(place.level == Level.COMMUNITY for place in known) or bool(run.made.get("places"))
        self.may_make = bare and run.territory.level != Level.COMMUNITY and holds(importer.by, Right.KEEP_TERRITORIES, territory=run.territory)
        self._new: list[tuple[Row, Territory]] = []
        self.made = 0

    def _add(self, territory: Territory) -> None:
        self._by_name[core_of(territory.name)].append(territory)

    def find(self, name: str) -> Territory | None:
        """The place of this name; None when there is none or when two share it."""
        found = self._by_name.get(core_of(name), [])
        exact = [place for place in found if place.name == re.sub(r"\s", "", fold(name))]
        found = exact or [place for place in found if place.level == Level.COMMUNITY] or found
        return found[0] if len(found) == 1 else None

    def find_in(self, text: str) -> Territory | None:
        """The one community whose name stands in the text; the longest name wins."""
        text = re.sub(r"\s", "", fold(text))
        named = [
            (len(core), places[0])
            for core, places in self._by_name.items()
            if len(core) >= 2 and core in text and len(places) == 1 and places[0].level != Level.STREET
        ]
        named.sort(key=lambda pair: -pair[0])
        return named[0][1] if named and (len(named) == 1 or named[0][0] > named[1][0]) else None

    def find_or_make(self, name: str, row: Row) -> Territory | None:
        if (found := self.find(name)) or not self.may_make:
            return found
        core = core_of(name)
        if not re.fullmatch(r"[\u3400-\u9fffA-Za-z0-9·]{2,20}", core) or is_formula(name) or self._by_name.get(core):
            return None
        written = re.sub(r"\s", "", fold(name))
        full = written if written.endswith(("村", "小区")) else core + "社区"
        place = Territory(name=full[:60], level=Level.COMMUNITY, parent=self.top)
        self._add(place)
        self._new.append((row, place))
        self.made += 1
        return place

    def write(self, writer: Writer) -> None:
        for _row, place in self._new:
            if found := Territory.objects.filter(parent=place.parent, name=place.name, to_date__isnull=True).first():  # another list was faster
                place.pk, place.path = found.pk, found.path
                continue
            place.save()
            writer.created(None, place)
            writer.record("territory.created", [place], lambda place: {"name": place.name, "level": place.level})
        self._new = []


def top_of(territory: Territory) -> Territory:
    """The street around the place; the place itself when it is as large as that or larger."""
    while territory.level in (Level.COMMUNITY, Level.BUILDING) and territory.parent is not None:
        territory = territory.parent
    return territory


class Bodies:
    """Organisations by the names that lists use."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer
        self._by_name: dict[str, Organization] = {}
        self._by_core: dict[str, list[Organization]] = defaultdict(list)
        self._new: list[tuple[Row, Organization]] = []
        self._reached: dict[int, bool] = {}
        self.made = 0
        for body in Organization.objects.exclude(state=Organization.State.CLOSED).select_related("territory").order_by("id"):
            self._add(body)

    def _add(self, body: Organization) -> None:
        for name in {body.name, body.short_name} - {""}:
            self._by_name.setdefault(re.sub(r"\s", "", fold(name)), body)
        for core in {
            _BODY_TAIL.sub("", re.sub(r"\s", "", fold(body.name))),
            core_of(body.name) if body.kind == Organization.Kind.COMMUNITY else "",
        } - {""}:
            if body not in self._by_core[core]:
                self._by_core[core].append(body)

    def find(self, name: str) -> Organization | None:
        """By its name, its short name, its name without 有限公司, a community by its place; None when two would fit."""
        written = re.sub(r"\s", "", fold(name))
        if found := self._by_name.get(written):
            return found
        for core in (_BODY_TAIL.sub("", written), core_of(written)):
            fitting = self._by_core.get(core, [])
            if core != written and core_of(written) == core and _TAIL.search(written):
                fitting = [body for body in fitting if body.kind == Organization.Kind.COMMUNITY]
            if len(fitting) == 1:
                return fitting[0]
        return None

    def reached(self, body: Organization) -> bool:
        """May this run say who belongs to the body? A body that the run itself has made: yes."""
        if body.pk is None:
            return True
        if body.pk not in self._reached:
            self._reached[body.pk] = reaches(self.importer.by, body)
        return self._reached[body.pk]

    def apply_for(self, name: str, row: Row) -> Organization | None:
        """A body that nobody has admitted yet: entered as applied, for the hub to admit. Only where the run's own place may admit bodies."""
        run = self.importer.run
        if not holds(self.importer.by, Right.VET_ORGANIZATIONS, territory=run.territory):
            return None
        written = fold(name)
        if (
            not 4 <= len(written) <= 100
            or is_formula(name)
            or not re.search(r"[\u3400-\u9fffA-Za-z]{2}", written)
            or re.search(r"[=<>{}|\\]", written)
        ):
            return None
        body = Organization(name=written, kind=Organization.Kind.ENTERPRISE, state=Organization.State.APPLIED, territory=run.territory)
        self._add(body)
        self._new.append((row, body))
        self.made += 1
        return body

    def write(self, writer: Writer) -> None:
        for _row, body in self._new:
            if found := Organization.objects.filter(name=body.name).first():  # another list was faster
                body.pk = found.pk
                continue
            body.slug = f"{pinyin_of(body.name)[:40] or 'org'}-{short_code(4).lower()}"
            body.save()
            writer.created(None, body)
            writer.record("organization.applied", [body], lambda body: {"name": body.name, "kind": body.kind})
        self._new = []


def home_body(run: ImportRun) -> Organization | None:
    """The body that keeps what the run brings: the one it was brought for, else the hub of the place."""
    if run.organization is not None:
        return run.organization
    paths = [run.territory.path]
    ids = run.territory.line_ids
    keepers = Organization.objects.filter(kind__in=[Organization.Kind.HUB, Organization.Kind.GOVERNMENT], state=Organization.State.ACTIVE)
    here = keepers.filter(territory__path__startswith=paths[0]).order_by("territory__path", "kind", "id")
    around = keepers.filter(territory_id__in=ids).order_by("-territory__path", "id")
    hubs = [body for body in (*here, *around) if body.kind == Organization.Kind.HUB]
    return next(iter(hubs or [*here, *around]), None)
