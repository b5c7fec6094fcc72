"""Sealing of personal data, keyed blind indexes for equality search, and the masks shown on screens.

Source: walls section 5. Keys are arguments: this module reads no setting and stores nothing.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alliance.lib.identity import mask_account, mask_id, mask_name, mask_phone
from alliance.lib.refusal import Refused

# What hides personal data has one address; the masks live beside the readers of the same numbers.
__all__ = [
    "BlindIndex",
    "KeyRing",
    "SealRefused",
    "blind_index",
    "blind_key",
    "hashed",
    "mask_account",
    "mask_id",
    "mask_name",
    "mask_phone",
    "open_",
    "seal",
    "sealed_with",
]

KEY_BYTES = 32
_VERSION = 1
_NONCE_BYTES = 12
_TAG_BYTES = 16
# HMAC with SHA-256 (RFC 2104): the hash's block, and the key's two shapes.
_HASH_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


class SealRefused(Refused):
    """A key ring or a sealed value cannot be used. The message never holds the value."""

    reasons = {
        "key_length": "The key %(key_id)s is not 32 bytes long.",
        "key_id": "A key id is 1 to 32 ASCII characters, and the current one must be in the ring.",
        "unknown_key": "The value was sealed with the key %(key_id)s, which is not in the ring.",
        "damaged": "The sealed value is damaged, was changed, or belongs to another place.",
    }


@dataclass(frozen=True)
class KeyRing:
    """AES-256 keys by id; new values are sealed with `current`, old ones opened with the key they name."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise SealRefused("key_id")
        for key_id, key in self.keys.items():
            if not (1 <= len(key_id) <= 32 and key_id.isascii()):
                raise SealRefused("key_id")
            if len(key) != KEY_BYTES:
                raise SealRefused("key_length", key_id=key_id)


def seal(key_ring: KeyRing, text: str, *, context: str = "") -> bytes:
    """Encrypt text with AES-256-GCM under the ring's current key.

    Shape: version, length of the key id, key id, 12 random bytes, ciphertext with tag. `context` (such as
    "7.person.id_number") is not stored: opening needs the same one, so a value moved to another row fails.
    """
    header = bytes((_VERSION, len(key_ring.current))) + key_ring.current.encode("ascii")
    nonce = os.urandom(_NONCE_BYTES)
    cipher = AESGCM(key_ring.keys[key_ring.current])
    return header + nonce + cipher.encrypt(nonce, text.encode("utf-8"), header + context.encode("utf-8"))


class Sealer:
    """Seals many texts of one column: what `seal` makes, without its preparation each time."""

    def __init__(self, key_ring: KeyRing, *, context: str = "") -> None:
        self._header = bytes((_VERSION, len(key_ring.current))) + key_ring.current.encode("ascii")
        self._cipher = AESGCM(key_ring.keys[key_ring.current])
        self._bound = self._header + context.encode("utf-8")

    def seal(self, texts: Sequence[str]) -> list[bytes]:
        """Seal each text under a nonce of its own."""
        random = os.urandom(_NONCE_BYTES * len(texts))
        nonces = [random[at : at + _NONCE_BYTES] for at in range(0, len(random), _NONCE_BYTES)]
        header, bound, encrypt = self._header, self._bound, self._cipher.encrypt
        return [
            header + nonce + encrypt(nonce, text.encode("utf-8"), bound)
            for nonce, text in zip(nonces, texts, strict=True)
        ]


def open_(key_ring: KeyRing, blob: bytes | memoryview, *, context: str = "") -> str:
    """Decrypt what `seal` made, with the same context. Raises SealRefused (unknown_key, damaged)."""
    sealed = bytes(blob)
    key_id = sealed_with(sealed)
    if key_id not in key_ring.keys:
        raise SealRefused("unknown_key", key_id=key_id)
    header, rest = sealed[: 2 + len(key_id)], sealed[2 + len(key_id) :]
    nonce, body = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    try:
        plain = AESGCM(key_ring.keys[key_id]).decrypt(nonce, body, header + context.encode("utf-8"))
        return plain.decode("utf-8")
    except (InvalidTag, UnicodeDecodeError):
        raise SealRefused("damaged") from None


def sealed_with(blob: bytes | memoryview) -> str:
    """Return the key id a sealed value names (to find what a key change must seal anew).

    Raises SealRefused (damaged).
    """
    sealed = bytes(blob)
    length = sealed[1] if len(sealed) > 1 else 0
    shortest = 2 + length + _NONCE_BYTES + _TAG_BYTES
    if len(sealed) < shortest or sealed[0] != _VERSION or not 1 <= length <= 32:
        raise SealRefused("damaged")
    try:
        return sealed[2 : 2 + length].decode("ascii")
    except UnicodeDecodeError:
        raise SealRefused("damaged") from None


def blind_key(master: bytes, alliance_code: str, purpose: str) -> bytes:
    """Derive the 32-byte key of one alliance and purpose ("id_number", "phone") by HKDF-SHA256.

    Two alliances never share a key, so equal numbers cannot be matched between them.
    Raises SealRefused (key_length) when the master is shorter than 32 bytes.
    """
    if len(master) < KEY_BYTES:
        raise SealRefused("key_length", key_id="master")
    names = [name.encode("utf-8") for name in ("blind-index", alliance_code, purpose)]
    info = b"".join(len(name).to_bytes(4, "big") + name for name in names)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def blind_index(key: bytes, value: str) -> str:
    """Return the HMAC-SHA256 of an already normalised value as 64 hexadecimal characters, for `=` search."""
    return hmac.digest(key, value.encode("utf-8"), hashlib.sha256).hex()


class BlindIndex:
    """Computes many tokens under one key: what `blind_index` returns, with the key worked in only once."""

    def __init__(self, key: bytes) -> None:
        block = (key if len(key) <= _HASH_BLOCK else hashlib.sha256(key).digest()).ljust(_HASH_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def of(self, value: str) -> str:
        """Return the token of an already normalised value (RFC 2104)."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value.encode("utf-8"))
        outer.update(inner.digest())
        return outer.hexdigest()


def hashed(text: str) -> str:
    """What a table keeps of a secret nobody can guess (a link, a key): SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
