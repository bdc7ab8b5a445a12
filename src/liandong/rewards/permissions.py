"""Who may offer, look at an offer, take one, take a voucher in."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import RIGHTS_OF, Actor, grants_of, may, may_anywhere, scope
from liandong.rewards.models import Redemption, Reward


def listed() -> QuerySet[Reward]:
    """What stands in the catalogue today."""
    today = clock.today()
    return Reward.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gte=today), state=Reward.State.OPEN, from_date__lte=today, host__state=Organization.State.ACTIVE
    )


def visible_to(by: Actor) -> QuerySet[Reward]:
    """What was ever taken in is public; the rest is seen by those who offer and those who look at offers."""
    shown = Q(state__in=(*Reward.RUNNING, Reward.State.ENDED))
    if by is None:
        return Reward.objects.filter(shown)
    mine = scope(by, Right.KEEP_VENUES, organization="host") | scope(by, Right.VET_ORGANIZATIONS, organization="", territory="territory")
    return Reward.objects.filter(shown | mine)


def can_offer(by: Actor, host: Organization) -> Decision:
    return may(by, Right.KEEP_VENUES, organization=host)


def can_offer_anywhere(by: Actor) -> Decision:
    return may_anywhere(by, Right.KEEP_VENUES)


def can_decide(by: Actor, reward: Reward) -> Decision:
    """The hub of the ground, and never who proposed it."""
    decision = may(by, Right.VET_ORGANIZATIONS, territory=reward.territory)
    if decision and isinstance(by, Person) and by.pk == reward.proposed_by_id:
        return deny(_("Somebody else than who proposed it has to look at it."), who_can=_("The hub"))
    return decision


def can_decide_anywhere(by: Actor) -> Decision:
    return may_anywhere(by, Right.VET_ORGANIZATIONS)


def serves_at(by: Actor, host: Organization) -> bool:
    """One of the body's own people: a role on the body itself; for a hub, on its ground. Others around it do not take its vouchers in."""
    for grant in grants_of(by):
        if Right.CHECK_PEOPLE not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id == host.pk:
            return True
        if host.kind == Organization.Kind.HUB and grant.territory_id is not None and grant.territory_id == host.territory_id:
            return True
    return False


def can_take_in_anywhere(by: Actor) -> Decision:
    """Somebody who takes vouchers in at some body."""
    return may_anywhere(by, Right.CHECK_PEOPLE)


def can_use(by: Actor, redemption: Redemption) -> Decision:
    """The offering body's own people, and never the one whose voucher it is."""
    if isinstance(by, System):
        return ALLOWED
    if not serves_at(by, redemption.reward.host):
        return deny(_("Only those who work at %(host)s take this voucher in.") % {"host": redemption.reward.host.label})
    if isinstance(by, Person) and by.pk == redemption.person_id:
        return deny(
            _("This is your own voucher: a colleague takes it in."), who_can=_("A colleague at %(host)s") % {"host": redemption.reward.host.label}
        )
    return ALLOWED


def can_redeem(by: Actor, reward: Reward) -> Decision:
    return ALLOWED if isinstance(by, Person) else deny(_("Points are spent by whoever has earned them."))


def can_give_back(by: Actor, redemption: Redemption) -> Decision:
    if isinstance(by, System) or (isinstance(by, Person) and by.pk == redemption.person_id):
        return ALLOWED
    return deny(_("This is somebody else's voucher."))


def can_keep_rule(by: Actor) -> Decision:
    """The rule holds for the whole site: a hub's manager writes it."""
    return may_anywhere(by, Right.KEEP_TERRITORIES)


def can_see_board(by: Actor) -> Decision:
    """The board of promises: who sees figures of a territory."""
    if isinstance(by, System) or any(grant.territory_id is not None and Right.SEE_FIGURES in RIGHTS_OF[grant.role] for grant in grants_of(by)):
        return ALLOWED
    return deny(_("This board is for the hub."), who_can=_("A manager of your hub"))


def hosts_of(by: Actor) -> QuerySet[Organization]:
    """The bodies whose offers and vouchers the person keeps."""
    return Organization.objects.filter(scope(by, Right.KEEP_VENUES, organization="pk"))


def decidable_by(by: Actor) -> QuerySet[Reward]:
    """Offers on the ground the person looks after."""
    return Reward.objects.filter(scope(by, Right.VET_ORGANIZATIONS, organization="", territory="territory"))


def can_choose_asking(by: Actor, person: Person) -> Decision:
    if isinstance(by, Person) and by.pk == person.pk:
        return ALLOWED
    return deny(_("Everybody chooses this for themselves."))
