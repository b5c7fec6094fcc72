"""Addresses of pages where no page is being answered: an API, a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf


@contextmanager
def page_addresses(code: str = "") -> Iterator[None]:
    """Inside, names of addresses lead to pages of an alliance: of the one asked, or of that with `code` where
    nobody asks.
    """
    prefix, urlconf = get_script_prefix(), get_urlconf()
    set_urlconf(settings.ALLIANCE_URLCONF)
    if code:
        set_script_prefix(f"/a/{code}/")
    try:
        yield
    finally:
        set_script_prefix(prefix)
        set_urlconf(urlconf)
