"""Start pages: the choice of an alliance, and what needs doing today."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from alliance.services import inbox
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
def me(request: Any) -> HttpResponseBase:
    """My memberships over all alliances; a post chooses one for this session."""
    found = memberships(request.user, places=True)
    if request.method == "POST":
        chosen = next((one for one in found if str(one.pk) == request.POST.get("membership")), None)
        if chosen is None:
            raise Http404
        request.session["institution"] = chosen.institution_id
        return redirect(f"/a/{chosen.alliance.code}/")
    return render(request, "me.html", {"memberships": found})


@permit("home.view")
def home(request: Any) -> HttpResponse:
    """What needs doing today; to the bell of every page only how much it is."""
    now = timezone.now()
    todos = inbox.waiting(by=request.membership, now=now)
    total = sum(todo.count for todo in todos)
    if request.htmx and request.htmx.target == "bell":
        return HttpResponse(str(total or ""), content_type="text/plain")
    context = {"figures": inbox.figures(by=request.membership, now=now), "total": total, **split(todos)}
    return render(request, "home.html", context)


def split(todos: list[inbox.Todo]) -> dict[str, Any]:
    """Late ones apart from the rest, each with how many things they stand for."""
    late = [todo for todo in todos if todo.state == "late"]
    rest = [todo for todo in todos if todo.state != "late"]
    return {
        "late": late,
        "rest": rest,
        "late_count": sum(todo.count for todo in late),
        "rest_count": sum(todo.count for todo in rest),
    }
