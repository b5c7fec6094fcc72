"""The API's door: who asks, for which alliance, and how errors read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.access import who_may


def address(name: str, *args: object, alliance: Any) -> str:
    """The address of an API view for a browser signed in to several alliances: it names the one meant."""
    within = reverse(f"api:{name}", "config.urls", args=args)
    return f"{within.replace(f'/a/{alliance.code}/', '/', 1)}?{urlencode({'alliance': alliance.code})}"


class TokenAuthentication(authentication.BaseAuthentication):
    """The middleware has already opened the alliance of a valid key; here its user becomes the request's."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if "Authorization" not in request.headers:
            return None
        membership = request._request.membership if getattr(request._request, "by_token", False) else None
        if membership is None:
            raise exceptions.AuthenticationFailed(_("The key is unknown, expired or revoked."))
        return membership.user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser; answers 401, not 403, where nobody is signed in."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class IsMember(permissions.IsAuthenticated):
    """Signed in, and a member of the alliance the request is for; a view's `permits` names the action it
    needs.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        membership = getattr(request._request, "membership", None)
        if not super().has_permission(request, view) or membership is None:
            return False
        # HEAD answers by the handler of GET, so it needs the same right.
        needed = getattr(view, "permits", {}).get("GET" if request.method == "HEAD" else request.method)
        if needed is None or membership.can(needed):
            return True
        self.message = who_may(needed)
        return False


def explain(error: Exception, context: dict[str, Any]) -> Response | None:
    """One form for every error: {"error": ..., "fields": {...}}."""
    from rest_framework.views import exception_handler  # its module imports this one while it loads

    if isinstance(error, Http404):  # its own sentence names a class of the program, in English
        error = exceptions.NotFound(_("Nothing is at this address"))
    response = exception_handler(error, context)
    if response is None:
        return None
    data = response.data
    if isinstance(data, dict) and set(data) == {"detail"}:
        response.data = {"error": data["detail"]}
    elif isinstance(data, dict):
        response.data = {"error": _("The request has errors."), "fields": data}
    return response
