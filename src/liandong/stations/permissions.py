"""Stations are public once they have opened; the host keeps its own, the hub of the ground keeps all, goes on rounds and agrees with hosts."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, Actor, grants_of, may, scope
from liandong.stations.models import InspectionRound, ShelfTaking, Station, StationAgreement

__all__ = ["Actor"]


def kept_by(by: Actor) -> Q:
    """Stations that the person keeps: of their body, or on their ground."""
    return scope(by, Right.KEEP_VENUES, organization="venue__host", territory="venue__territory")


def visible_to(by: Actor) -> QuerySet[Station]:
    """All that have opened, closed ones too: a plaque of one says so. Those being prepared are seen by those who keep them."""
    return Station.objects.filter(~Q(state=Station.State.PLANNED) | kept_by(by))


def kept(by: Actor) -> QuerySet[Station]:
    return Station.objects.filter(kept_by(by))


def can_keep_station(by: Actor, station: Station) -> Decision:
    """Tap, pause, keep supplies and faults: the host, and the hub."""
    if runs_ground(by, station.venue.territory):
        return ALLOWED
    return may(by, Right.KEEP_VENUES, organization=station.venue.host)


def runs_ground(by: Actor, territory: Territory) -> bool:
    """Hub staff of this place."""
    return isinstance(by, System) or any(
        grant.territory is not None and Right.KEEP_VENUES in RIGHTS_OF[grant.role] and grant.territory.holds(territory) for grant in grants_of(by)
    )


def runs_some_ground(by: Actor) -> bool:
    return isinstance(by, System) or any(grant.territory is not None and Right.KEEP_VENUES in RIGHTS_OF[grant.role] for grant in grants_of(by))


def is_host(by: Actor, station: Station) -> bool:
    """Somebody of the body itself, not the hub."""
    return any(grant.organization_id == station.venue.host_id and Right.KEEP_VENUES in RIGHTS_OF[grant.role] for grant in grants_of(by))


def speaks_as(by: Actor, station: Station) -> str:
    """Whose word a tap of this person is: the host's own, or an inspector's."""
    return "host" if isinstance(by, System) or is_host(by, station) else "inspector"


def _of_hub(by: Actor, territory: Territory) -> Decision:
    if runs_ground(by, territory):
        return ALLOWED
    return deny(_("Only the hub of %(where)s does this.") % {"where": territory}, who_can=_("A manager of %(where)s") % {"where": territory})


def can_run(by: Actor, station: Station) -> Decision:
    """Open, close for good, change the kinds: the hub."""
    return _of_hub(by, station.venue.territory)


def can_propose(by: Actor, host: Organization, territory: Territory | None = None) -> Decision:
    """The body applies for itself; the hub of its ground invites it."""
    if runs_ground(by, territory or host.territory):
        return ALLOWED
    return may(by, Right.KEEP_VENUES, organization=host)


def can_agree(by: Actor, agreement: StationAgreement) -> Decision:
    """The side that has not yet agreed."""
    station = agreement.station
    return may(by, Right.KEEP_VENUES, organization=station.venue.host) if agreement.host_agreed_at is None else can_run(by, station)


def rounds_visible_to(by: Actor) -> QuerySet[InspectionRound]:
    """Of the person's ground, and those they walk."""
    mine = Q(inspector=by.pk) if by is not None and not isinstance(by, System) else Q()
    return InspectionRound.objects.filter(scope(by, Right.KEEP_VENUES, organization="", territory="territory") | mine)


def can_plan_round(by: Actor, territory: Territory) -> Decision:
    return _of_hub(by, territory)


def can_inspect(by: Actor, tour: InspectionRound) -> Decision:
    """The one who walks it, and the hub."""
    if not isinstance(by, System) and by is not None and by.pk == tour.inspector_id:
        return ALLOWED
    return _of_hub(by, tour.territory)


def can_offer_item(by: Actor, station: Station) -> Decision:
    """Put something on the shelf, or bring something for it: anybody who is signed in; the host decides what stays."""
    if by is None:
        return deny(_("Please sign in: the host may have a question."))
    return ALLOWED if station.state == Station.State.OPEN or can_keep_station(by, station) else deny(_("This station is not open."))


def can_reserve(by: Actor, station: Station) -> Decision:
    """Have something kept for a day."""
    if by is None:
        return deny(_("Please sign in, so that it can be kept for you."))
    return ALLOWED if station.state == Station.State.OPEN else deny(_("This station is not open."))


def can_give_up(by: Actor, taking: ShelfTaking) -> Decision:
    """Let a reserved piece go: who asked for it, and the host."""
    if not isinstance(by, System) and by is not None and by.pk == taking.person_id:
        return ALLOWED
    return can_keep_station(by, taking.item.station)
