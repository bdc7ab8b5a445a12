"""How bytes become text here: base64url, base58btc, and JSON in one form only."""

import base64
import json
from typing import Any

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LARGEST = 512 * 1024  # characters of anything a stranger brings


class Unreadable(ValueError):
    """What somebody brought is not what it says it is."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Strict: the one spelling of these bytes or Unreadable, so that no two texts mean the same signature."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Unreadable("not base64url") from error
    if b64(data) != text:
        raise Unreadable("not base64url")
    return data


def base58(data: bytes) -> str:
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unbase58(text: str) -> bytes:
    number = 0
    for letter in text:
        digit = _BASE58.find(letter)
        if digit < 0:
            raise Unreadable("not base58")
        number = number * 58 + digit
    data = b"\0" * (len(text) - len(text.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8)
    if base58(data) != text:
        raise Unreadable("not base58")
    return data


def canonical(value: Any) -> bytes:
    """JSON Canonicalization Scheme (RFC 8785) for strings, whole numbers, lists and objects with ASCII names: all that we sign."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_json(data: bytes | str) -> Any:
    """JSON from a stranger: bounded, no name twice in an object."""
    if len(data) > LARGEST:
        raise Unreadable("too long")
    try:
        return json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a name twice")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(name)
