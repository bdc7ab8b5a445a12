"""Keys and seals, as they are read."""

from django.db.models import QuerySet

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.organizations.models import Organization, Right, RoleGrant
from liandong.organizations.permissions import RIGHTS_OF, in_force
from liandong.recognition.models import RegisteredSeal, SigningKey

_KEEPERS = [role for role, rights in RIGHTS_OF.items() if Right.VET_ORGANIZATIONS in rights]


def keys() -> QuerySet[SigningKey]:
    """Every key there was, the newest first."""
    return SigningKey.objects.select_related("proposed_by", "decided_by").order_by("-number")


def public_keys() -> dict[int, str]:
    """{number: public key} of every key that ever signed."""
    return dict(SigningKey.objects.exclude(public_key="").values_list("number", "public_key"))


def active_key() -> SigningKey | None:
    return SigningKey.objects.filter(state=SigningKey.State.ACTIVE).first()


def key_keepers() -> list[Person]:
    """Who may propose and approve keys."""
    grants = RoleGrant.objects.filter(in_force(), role__in=_KEEPERS, from_date__lte=clock.today(), territory__isnull=False).select_related("person")
    return list({grant.person_id: grant.person for grant in grants.order_by("id")}.values())


def seal_in_use(organization: Organization) -> RegisteredSeal | None:
    """The seal of a body that may be applied today."""
    seal = RegisteredSeal.objects.filter(organization=organization, state=RegisteredSeal.State.ACTIVE).first()
    return seal if seal and (seal.expires_on is None or seal.expires_on >= clock.today()) else None


def key_id(number: int) -> int:
    return SigningKey.objects.values_list("pk", flat=True).get(number=number)
