"""Photographs without what cameras write beside the picture: place, time, device, owner (walls 4, 5).

JPEG and PNG by their content; everything that is not the picture itself is left out, without decoding it.
"""

from alliance.lib.refusal import Refused

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
# Chunks a PNG is drawn from; all others are remarks.
DRAWN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"}


class PictureRefused(Refused):
    """Not a picture we keep."""

    reasons = {
        "picture": "This is no JPEG or PNG picture. Take the photo again, or save it as JPEG.",
        "cut": "The picture is cut off. Take the photo again.",
    }


def bare(content: bytes) -> tuple[bytes, str]:
    """The picture without remarks, and its type. Raises PictureRefused (picture, cut)."""
    if content.startswith(JPEG):
        return _jpeg(content), "image/jpeg"
    if content.startswith(PNG):
        return _png(content), "image/png"
    raise PictureRefused("picture")


def _jpeg(content: bytes) -> bytes:
    """Segments before the scan, without application data (but JFIF and Adobe's colours) and comments."""
    kept, at = bytearray(content[:2]), 2
    while at + 4 <= len(content):
        mark, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at] != 0xFF or length < 2 or at + 2 + length > len(content):
            break
        if mark == 0xDA:  # the scan: the picture to its end, and nothing after it
            end = content.rfind(b"\xff\xd9")
            if end < at:
                break
            return bytes(kept + content[at : end + 2])
        if mark not in (0xE1, *range(0xE2, 0xEE), 0xEF, 0xFE):
            kept += content[at : at + 2 + length]
        at += 2 + length
    raise PictureRefused("cut")


def _png(content: bytes) -> bytes:
    kept, at = bytearray(PNG), len(PNG)
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            break
        if kind in DRAWN:
            kept += content[at:end]
        if kind == b"IEND":
            return bytes(kept)
        at = end
    raise PictureRefused("cut")
