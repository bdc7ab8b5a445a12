"""Pictures as they come from a phone: known by their first bytes, held to a size, freed of what the camera noted about place, time and person.

Only the turn of the camera is kept, so that nobody's picture lies on its side. Nothing is drawn anew: that would need an imaging library at runtime.
"""

import struct
from typing import Literal

from django.utils.translation import gettext as _

from liandong.core.errors import Refused

LARGEST = 8 * 1024 * 1024
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"hIST"}
_DROPPED = {*range(0xE1, 0xF0), 0xFE} - {0xE2, 0xEE}  # notes of camera and programs; colour profile and Adobe's transform stay
_TURN = 0x0112


def refuse_size(size: int) -> None:
    if size > LARGEST:
        raise Refused(
            _("The picture has %(size)s MB; at most %(most)s MB, please. A phone can send a smaller one.")
            % {"size": size // 1024**2, "most": LARGEST // 1024**2},
            field="file",
        )


def cleaned(content: bytes) -> tuple[bytes, Literal["jpg", "png"]]:
    """The same picture without notes, and which kind it is. Refuses what is neither JPEG nor PNG, or broken."""
    refuse_size(len(content))
    try:
        if content.startswith(JPEG):
            return _jpeg(content), "jpg"
        if content.startswith(PNG):
            return _png(content), "png"
    except (struct.error, IndexError, ValueError) as error:
        raise Refused(_("This picture is broken. Please choose another one."), field="file") from error
    raise Refused(_("Please choose a picture: JPEG or PNG."), field="file")


def _jpeg(content: bytes) -> bytes:
    parts, at = [content[:2]], 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(at)
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:  # from here on the picture itself
            end = content.rfind(b"\xff\xd9")
            if end < at:
                raise ValueError(at)
            return b"".join([*parts, content[at : end + 2]])
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        segment = content[at : at + 2 + length]
        if len(segment) != 2 + length:
            raise ValueError(at)
        if marker not in _DROPPED:
            parts.append(segment)
        elif marker == 0xE1 and (turn := _turn(segment)) > 1:
            tiff = b"II*\0" + struct.pack("<LHHHLHHL", 8, 1, _TURN, 3, 1, turn, 0, 0)
            parts.append(b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff)
        at += 2 + length


def _turn(segment: bytes) -> int:
    """Which side is up, 1 to 8, from the camera's notes; 1 where they do not say."""
    if segment[4:10] != b"Exif\0\0":
        return 1
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack(f"{order}L", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        for number in range(min(count, 100)):
            entry = start + 2 + 12 * number
            tag, _kind, _n, value = struct.unpack(f"{order}HHLH", tiff[entry : entry + 10])
            if tag == _TURN:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _png(content: bytes) -> bytes:
    parts, at = [PNG], len(PNG)
    while at < len(content):
        (length,) = struct.unpack(">L", content[at : at + 4])
        name, chunk = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(chunk) != 12 + length:
            raise ValueError(at)
        if name in _KEPT_CHUNKS:
            parts.append(chunk)
        at += 12 + length
        if name == b"IEND":
            return b"".join(parts)
    raise ValueError(at)
