"""One-time links: what stands in the address, and the hash that alone is stored. Pure.

The text of a link follows from a key of the alliance, the campaign, the number of the link and how often it
was replaced: it never has to be kept. 80 bits in letters and digits that cannot be mistaken for each other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u
LENGTH = 16
SHAPE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
MISREAD = str.maketrans("ilou", "110v")


def text_of(key: bytes, campaign: int, number: int, turn: int = 0) -> str:
    """The link's text, 16 characters: what the address ends with. `turn` counts replaced texts."""
    name = f"survey:{campaign}:{number}" + (f":{turn}" if turn else "")
    body = hmac.digest(key, name.encode(), hashlib.sha256)
    value = int.from_bytes(body[:10], "big")
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(LENGTH)))


def spaced(text: str) -> str:
    """In groups of four, as it is printed and typed."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read(typed: str) -> str:
    """What a person typed, in the one form; "" where it is no link. Full-width letters and digits, as a
    Chinese input method writes them, are the same.
    """
    plain = unicodedata.normalize("NFKC", typed).lower().replace("-", "").replace(" ", "").translate(MISREAD)
    return plain if SHAPE.fullmatch(plain) else ""
