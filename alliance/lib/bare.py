"""Pictures without what the camera wrote beside them: place, time, device, owner. Pure.

Who complains without a name sends photos from a phone; the pixels stay as they are, byte for byte, and so
does which way is up. Sources: JPEG (ITU T.81 annex B), Exif 2.32 (tag 0x0112), PNG (ISO 15948).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
ORIENTATION = 0x0112
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SEEN = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
    b"hIST",
}  # fmt: skip


class Unreadable(ValueError):
    """The picture is cut or is none."""


def bare(content: bytes, kind: str) -> bytes:
    """The picture without its metadata; `kind` is its media type, another kind comes back as it is.

    What stands behind the end of a picture goes too: phones hang a second one with its own data there.
    Raises Unreadable.
    """
    try:
        if kind == "image/jpeg":
            return _jpeg(content)
        if kind == "image/png":
            return SIGNATURE + b"".join(_png(content))
    except (struct.error, IndexError, ValueError):
        raise Unreadable from None
    return content


def _jpeg(data: bytes) -> bytes:
    if data[:2] != b"\xff\xd8":
        raise Unreadable
    kept, at, turned = [data[:2]], 2, b""
    while (marker := _marker(data, at)) != EOI:
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end > len(data):
            raise Unreadable
        body = data[at + 4 : end]
        if marker == APP1 and not turned:
            turned = _turned(body)
        if marker == SOS:
            end = _scanned(data, end)
        if _stays(marker, body):
            kept.append(data[at:end])
        at = end
    return b"".join([kept[0], turned, *kept[1:], b"\xff\xd9"])


def _marker(data: bytes, at: int) -> int:
    if data[at] != 0xFF:
        raise Unreadable
    return data[at + 1]


def _stays(marker: int, body: bytes) -> bool:
    """Segments of the picture itself; of the applications' own the frame, the colours and their transform."""
    if marker == APP2:
        return body.startswith(b"ICC_PROFILE\x00")
    return marker in (APP0, APP14) or not (APP0 <= marker <= APP15 or marker == COMMENT)


def _scanned(data: bytes, at: int) -> int:
    """Where the next marker stands behind the data of a scan; restarts and stuffed bytes belong to it."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _turned(body: bytes) -> bytes:
    """A segment that says only which way is up; nothing where the picture stands upright or does not say."""
    way = _orientation(body)
    if not 2 <= way <= 8:
        return b""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, way, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _orientation(body: bytes) -> int:
    if not body.startswith(b"Exif\0\0"):
        return 0
    order = {b"II": "<", b"MM": ">"}.get(body[6:8], "")
    if not order:
        return 0
    try:
        first = 6 + struct.unpack_from(f"{order}I", body, 10)[0]
        for number in range(struct.unpack_from(f"{order}H", body, first)[0]):
            at = first + 2 + 12 * number
            if struct.unpack_from(f"{order}H", body, at)[0] == ORIENTATION:
                return int(struct.unpack_from(f"{order}H", body, at + 8)[0])
    except struct.error:
        pass
    return 0


def _png(data: bytes) -> Iterator[bytes]:
    if not data.startswith(SIGNATURE):
        raise Unreadable
    at, name = len(SIGNATURE), b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise Unreadable
        if name in SEEN:
            yield data[at:end]
        at = end
