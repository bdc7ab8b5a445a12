"""The corrections list: which certificates no longer hold, one bit each (Bitstring Status List 1.0)."""

import gzip
from collections.abc import Iterable

from liandong.recognition.credentials.encoding import Unreadable, b64, unb64

SIZE = 131_072  # the least that the standard allows, so that nobody can tell who looks


def encoded(indices: Iterable[int]) -> str:
    bits = bytearray(SIZE // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + b64(gzip.compress(bytes(bits), mtime=0))


def is_set(text: str, index: int) -> bool:
    if not text.startswith("u"):
        raise Unreadable("not a status list")
    bits = gzip.decompress(unb64(text[1:]))
    return bool(bits[index // 8] & (0x80 >> (index % 8)))


def place_of(number: int) -> tuple[int, int]:
    """(list, index in it) of a certificate."""
    return divmod(number, SIZE)
