"""How often something happened within a time, counted in the cache in one step each."""

from __future__ import annotations

from django.core.cache import cache


def counted(name: str, seconds: int) -> int:
    """How often within so many seconds, this one included; a window that ends between the two steps begins
    anew.
    """
    cache.add(name, 0, seconds)
    try:
        return int(cache.incr(name))
    except ValueError:
        cache.set(name, 1, seconds)
        return 1
