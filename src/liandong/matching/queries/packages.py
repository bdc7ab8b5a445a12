"""Reading resources, calculations of packages, and who could be asked for a missing piece."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from liandong.accounts.models import Person
from liandong.matching import permissions
from liandong.matching.models import MatchRun, PieceCall, Resource, ResourceUse
from liandong.matching.problems import packages as packing
from liandong.matching.words.packages import Things
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.venues.models import Venue

TO_MATCH = (Need.State.ACCEPTED, Need.State.CLAIMED, Need.State.MATCHED)
MOST_ASKED = 5
Kind = Organization.Kind
SOCIAL = (Kind.AGENCY, Kind.ASSOCIATION, Kind.GRASSROOTS)
FIRMS = (Kind.ENTERPRISE, Kind.UNION_BRANCH)
# Who could have a piece that nobody has on the list.
COULD: dict[str, tuple[str, ...]] = {
    "plan": SOCIAL,
    "hours": FIRMS,
    "money": (Kind.FOUNDATION, Kind.UNION_BRANCH),
    "venue": (Kind.COMMUNITY, Kind.ENTERPRISE),
    "time": (),  # only the body whose plan it is
}


def needs_to_match(territory: Territory) -> QuerySet[Need]:
    """Needs of a place that somebody has looked at and that no project answers yet, the most urgent and oldest first. Wishes go their own way."""
    rows = Need.objects.filter(state__in=TO_MATCH, is_wish=False, territory__path__startswith=territory.path)
    return rows.select_related("territory").defer("search").order_by("-urgency", "submitted_at", "pk")


def is_to_match(need: Need) -> bool:
    return need.state in TO_MATCH and not need.is_wish


def resources_for(person: Person, *, organization: Organization | None = None, kind: str = "", state: str = "", text: str = "") -> QuerySet[Resource]:
    """Resources one may see, the newest first; withdrawn ones only when asked for."""
    rows = permissions.resources_visible_to(person)
    if organization is not None:
        rows = rows.filter(organization=organization)
    if kind in Resource.Kind.values:
        rows = rows.filter(kind=kind)
    if state in Resource.State.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.exclude(state=Resource.State.WITHDRAWN)
    if text := text.strip():
        rows = rows.filter(
            Q(title__icontains=text) | Q(words__icontains=text) | Q(organization__name__icontains=text) | Q(skill__name__icontains=text)
        )
    return rows.order_by("-saved_at", "-pk")


def uses_of(resource: Resource) -> list[ResourceUse]:
    """What was asked for, the newest first."""
    return list(resource.uses.select_related("pledge__project").order_by("-made_at", "-pk")[:50])


def calls_to(organizations: Iterable[Organization]) -> QuerySet[PieceCall]:
    """Needs that still wait and for whose missing piece these bodies were asked."""
    return (
        PieceCall.objects.filter(organization__in=list(organizations), need__state__in=TO_MATCH)
        .select_related("need__territory", "organization")
        .order_by("-asked_at", "-pk")
    )


def calls_of(need: Need) -> list[PieceCall]:
    return list(PieceCall.objects.filter(need=need).select_related("organization").order_by("asked_at", "pk"))


def run_at_work(territory: Territory) -> MatchRun | None:
    return MatchRun.objects.filter(territory=territory, state=MatchRun.State.WORKING).select_related("territory").first()


def last_run(places: Iterable[int]) -> MatchRun | None:
    """The newest calculation that came to something, of any of these places."""
    done = (MatchRun.State.DONE, MatchRun.State.STOPPED)
    return MatchRun.objects.filter(territory__in=list(places), state__in=done).select_related("territory").order_by("-finished_at", "-pk").first()


def things_of(rows: Iterable[dict[str, Any]]) -> Things:
    """The resources and venues that kept packages name. Three queries."""
    resources: set[int] = set()
    venues: set[int] = set()
    for row in rows:
        for package in (row["chosen"], row["nearest"], *row["packages"]):
            if package is not None:
                resources |= {package["plan"], *(part["resource"] for part in (*package["hours"], *package["money"]))} - {None}
                venues |= {package["venue"]} - {None}
    found = Resource.objects.filter(pk__in=resources).select_related("organization__territory", "skill", "territory").in_bulk()
    rooms = Venue.objects.filter(pk__in=venues).select_related("host", "territory").in_bulk()
    return Things(found, rooms, packing.left_of(found.values()))


def bodies_for_piece(need: Need, nearest: dict[str, Any], *, limit: int = MOST_ASKED) -> list[Organization]:
    """Whom to ask for the piece: bodies of the street with such a thing on the list, then those of a kind that could have it; not those asked before."""
    piece = nearest["missing"][0]
    code, values = piece["code"], piece["values"]
    street = packing.street_path(need.territory)
    has: QuerySet[Any] = Resource.objects.filter(organization=OuterRef("pk")).exclude(state=Resource.State.WITHDRAWN)
    if code == "hours":
        has = has.filter(kind=Resource.Kind.HOURS)
        has = has.filter(skill__name=values["skill"]) if values["skill"] else has.filter(skill__isnull=True)
    elif code == "money":
        has = has.filter(kind=Resource.Kind.MONEY)
    elif code == "plan":
        has = has.filter(kind=Resource.Kind.PLAN, topics__contains=[need.category])
    elif code == "time":
        has = has.filter(pk=nearest["plan"])
    else:
        has = Venue.objects.filter(host=OuterRef("pk"), is_open=True, capacity__gte=values["people"])
    asked = PieceCall.objects.filter(need=need, organization=OuterRef("pk"))
    above = need.territory.line_ids
    bodies = Organization.objects.filter(
        Q(territory__path__startswith=street) | Q(territory__in=above), ~Exists(asked), Q(Exists(has)) | Q(kind__in=COULD[code]),
        state=Organization.State.ACTIVE,
    )  # fmt: skip
    order = Case(When(Exists(has), then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(bodies.select_related("territory").order_by(order, F("staff_count").desc(nulls_last=True), "pinyin", "pk")[:limit])


def call_counts(needs: Iterable[int]) -> dict[int, int]:
    """Need -> how many bodies were asked for its missing piece."""
    rows = PieceCall.objects.filter(need__in=list(needs)).order_by().values("need").annotate(n=Count("pk"))
    return {row["need"]: row["n"] for row in rows}
