"""The rotating code at the door: a new token every 30 seconds, each good for 90, signed with the shift's own secret.

Also what else a shift signs: the link of a tablet at the door, the PIN somebody types there, and the hashes of the list that a leader's phone takes along.
What was given out stays good to the end of the shift when the key of the site changes: door and tablet also take the keys before it, the others need none.
"""

import hashlib
import hmac
import re

from django.conf import settings

from liandong.activities.models import Kiosk, Shift, SignUp
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


def _mac(secret: str, words: str, *, key: str = "") -> str:
    digest = hmac.new(f"{key or settings.SECRET_KEY}:{secret}".encode(), words.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    return "".join(_BASE32[number >> 5 * place & 31] for place in range(MAC_LENGTH))


def _is_ours(mac: str, secret: str, words: str) -> bool:
    """Every key is tried in full, so that the time it takes says nothing."""
    return sum(hmac.compare_digest(mac, _mac(secret, words, key=key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)) > 0


def token(shift: Shift) -> str:
    """The token of this half minute."""
    step = int(clock.now().timestamp()) // STEP_SECONDS
    return f"{_base36(shift.pk)}-{_base36(step)}-{_mac(shift.secret, f'door:{shift.pk}:{step}')}"


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
    if shift is None or not _is_ours(match[3], shift.secret, f"door:{shift.pk}:{step}"):
        raise Forged
    age = clock.now().timestamp() - step * STEP_SECONDS
    if not 0 <= age < VALID_SECONDS:
        raise Expired(shift)
    return shift


# The tablet at the door

_KIOSK = re.compile(rf"([0-9a-z]{{1,9}})-([{_BASE32}]{{{MAC_LENGTH}}})")


def kiosk_token(kiosk: Kiosk) -> str:
    """The end of the link that makes a tablet the kiosk of one shift."""
    return f"{_base36(kiosk.pk)}-{_mac(kiosk.secret, f'kiosk:{kiosk.pk}')}"


def read_kiosk(value: str) -> Kiosk:
    """The kiosk of a link, whether it still works or not. Raises Forged."""
    match = _KIOSK.fullmatch(value)
    if match is None or match[1] != _base36(pk := int(match[1], 36)):
        raise Forged
    kiosk = (
        Kiosk.objects.select_related("shift__activity__host__territory", "shift__activity__territory", "made_by").filter(pk=pk).first()
        if pk < 2**62
        else None
    )
    if kiosk is None or not _is_ours(match[2], kiosk.secret, f"kiosk:{kiosk.pk}"):
        raise Forged
    return kiosk


def pin_of(row: SignUp) -> str:
    """Six digits that stand for the personal code at a tablet. Made from the shift's secret, kept nowhere."""
    digest = hmac.new(row.shift.secret.encode(), f"pin:{row.pk}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 900_000 + 100_000}"


# The list a phone takes along


def list_key(shift: Shift) -> str:
    """The key under which a phone knows the codes of the list without holding them: 64 hex letters."""
    return hmac.new(shift.secret.encode(), b"list", hashlib.sha256).hexdigest()


def list_hash(key: str, code: str) -> str:
    """The first 12 hex letters of the keyed hash of a code; the phone works out the same."""
    return hmac.new(bytes.fromhex(key), code.encode(), hashlib.sha256).hexdigest()[:12]


def turn_hash(shift: Shift, turn: int, key: int) -> str:
    """Order of chance for a spot check: nobody can choose who is next."""
    return hmac.new(shift.secret.encode(), f"spot:{turn}:{key}".encode(), hashlib.sha256).hexdigest()


def _base36(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, 36)
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + letters
        if not number:
            return letters
