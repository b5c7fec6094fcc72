"""Start pages: the choice of an alliance, and what needs doing today."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from alliance.tenancy.middleware import memberships
from alliance.web.access import permit


@login_required
def root(request: Any) -> HttpResponseBase:
    """Go to the only alliance, or choose one."""
    found = memberships(request.user)
    codes = list(dict.fromkeys(membership.alliance.code for membership in found))
    if len(codes) == 1:
        return redirect(f"/a/{codes[0]}/")
    return redirect("me")


@login_required
def me(request: Any) -> HttpResponse:
    """My memberships, over all alliances."""
    return render(request, "me.html", {"memberships": memberships(request.user)})


@permit("home.view")
def home(request: Any) -> HttpResponse:
    """What needs doing today."""
    return render(request, "home.html", {})
