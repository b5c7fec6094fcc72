"""Prepared packages and comparisons, kept between workers: read and compared once, then taken from the cache.

What is kept can always be made again: without a cache, or after a change of the code that made it, it is made
anew. The bytes are signed with a key of the application: nobody who reaches the cache can slip in others.
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from alliance.tenancy.scope import current_alliance_id

T = TypeVar("T")
DAYS = 7
ENGINE = Path(__file__).resolve().parent.parent / "engine"
MARK = hashlib.sha256().digest_size


def kept(name: str, make: Callable[[], T]) -> T:
    """What `make` returns for this alliance, from the cache if another worker has made it.

    `name` holds everything the value depends on: digests of the content.
    """
    key = _key(name)
    found = _opened(_asked(key))
    if found is None:
        found = (make(),)
        put(name, found[0])
    return cast(T, found[0])


def put(name: str, value: object) -> None:
    """Keep a value that was made already, for the other workers."""
    body = zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)
    try:
        cache.set(_key(name), _mark(body) + body, DAYS * 86_400)
    except (RedisError, OSError):
        return  # a cache that is away costs time only


def _key(name: str) -> str:
    return f"{current_alliance_id()}:{_code()}:{name}"


def _asked(key: str) -> bytes | None:
    try:
        return cast("bytes | None", cache.get(key))
    except (RedisError, OSError):
        return None


def _opened(blob: bytes | None) -> tuple[object] | None:
    """The value, if the bytes are ours."""
    if blob is None or not hmac.compare_digest(blob[:MARK], _mark(blob[MARK:])):
        return None
    return (pickle.loads(zlib.decompress(blob[MARK:])),)  # noqa: S301  signed by us, checked above


def _mark(body: bytes) -> bytes:
    return hmac.digest(f"kept {settings.BLIND_KEY}".encode(), body, "sha256")


@lru_cache(maxsize=1)
def _code() -> str:
    """The code that makes the values: another one never reads what it would not have made."""
    body = hashlib.sha256()
    for path in sorted(ENGINE.glob("*.py")):
        body.update(path.read_bytes())
    return body.hexdigest()[:16]
