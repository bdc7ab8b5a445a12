"""What the views of rewards begin and end with."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from liandong.accounts.models import Person
from liandong.core.ids import clean_code
from liandong.rewards import permissions, queries
from liandong.rewards.models import Redemption, Reward

ICONS = {Reward.Kind.GOODS: "gift", Reward.Kind.VOUCHER: "ticket", Reward.Kind.SERVICE: "heart-handshake", Reward.Kind.PLACE: "calendar"}
TONES = {
    Redemption.State.RESERVED: "primary",
    Redemption.State.USED: "success",
    Redemption.State.EXPIRED: "neutral",
    Redemption.State.RETURNED: "neutral",
    Redemption.State.REFUNDED: "warn",
}
REWARD_TONES = {"waiting": "warn", "open": "success", "paused": "neutral", "declined": "danger", "ended": "neutral"}


def viewer(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def reward_or_404(request: HttpRequest, number: str) -> Reward:
    rows = queries.in_full().filter(pk__in=permissions.visible_to(viewer(request)).values("pk"))
    return get_object_or_404(rows, number=clean_code(number))
