"""The rotating code at the door: a new token every 30 seconds, each good for 90, signed with the shift's own secret."""

import hashlib
import hmac
import re

from django.conf import settings

from liandong.activities.models import Shift
from liandong.core import clock

STEP_SECONDS = 30
VALID_SECONDS = 90
MAC_LENGTH = 20  # base32 letters: 100 bits
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(rf"([0-9a-z]{{1,9}})-([0-9a-z]{{1,9}})-([{_BASE32}]{{{MAC_LENGTH}}})")


class Forged(Exception):
    """Not a token of ours."""


class Expired(Exception):
    """A token of ours, too old. Carries the shift."""

    def __init__(self, shift: Shift) -> None:
        super().__init__(str(shift.pk))
        self.shift = shift


def _mac(shift: Shift, step: int) -> str:
    digest = hmac.new(f"{settings.SECRET_KEY}:{shift.secret}".encode(), f"door:{shift.pk}:{step}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    return "".join(_BASE32[number >> 5 * place & 31] for place in range(MAC_LENGTH))


def token(shift: Shift) -> str:
    """The token of this half minute."""
    step = int(clock.now().timestamp()) // STEP_SECONDS
    return f"{_base36(shift.pk)}-{_base36(step)}-{_mac(shift, step)}"


def read(value: str) -> Shift:
    """The shift a token stands for. Raises Forged or Expired."""
    match = _SHAPE.fullmatch(value)
    if match is None:
        raise Forged
    shift_id, step = int(match[1], 36), int(match[2], 36)
    if match[1] != _base36(shift_id) or match[2] != _base36(step):
        raise Forged
    shift = (
        Shift.objects.select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
        .filter(pk=shift_id)
        .first()
        if shift_id < 2**62
        else None
    )
    if shift is None or not hmac.compare_digest(match[3], _mac(shift, step)):
        raise Forged
    age = clock.now().timestamp() - step * STEP_SECONDS
    if not 0 <= age < VALID_SECONDS:
        raise Expired(shift)
    return shift


def _base36(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, 36)
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + letters
        if not number:
            return letters
