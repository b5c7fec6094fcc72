"""Where to go after a form: a page of ours only."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest) -> str:
    """The page named by `next` if it is on this site, else the start page (N42)."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    local = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if local and wanted.startswith("/") else "/"
