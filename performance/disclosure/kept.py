"""Public pages kept in the cache, by alliance; all of them go when something is confirmed."""

from __future__ import annotations

from django.core.cache import cache

from alliance.models import Alliance

KEPT = 300  # seconds a page may be old


def key(alliance: Alliance, *more: object) -> str:
    """Where a page is kept; another one after every `forget`."""
    mark = cache.get(_mark(alliance), 0)
    return ":".join(map(str, (alliance.pk, "open", mark, *more)))


def forget(alliance: Alliance) -> None:
    """Nobody reads what has just been switched off or replaced."""
    cache.add(_mark(alliance), 0, None)
    cache.incr(_mark(alliance))


def _mark(alliance: Alliance) -> str:
    return f"{alliance.pk}:open:mark"
