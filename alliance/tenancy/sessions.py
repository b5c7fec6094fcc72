"""Limits of a session: idle time, absolute age, and the end of disabled accounts (walls.md section 5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from alliance.roles import roles
from alliance.web import live

REQUIRED, OFFERED = "required", "offered"  # values of the setting SECOND_FACTOR
FACTOR = "factor"  # session key: this user has set up a second factor


def factor_missing(request: Any, membership: Any) -> bool:
    """True when this session must still pass the second factor before the membership's pages open.

    Due where a role needs it, and for everybody who has set one up.
    """
    if request.user.is_verified():
        return False
    needed = any(roles()[code].second_factor for code in membership.roles if code in roles())
    return bool(request.session.get(FACTOR) or (needed and settings.SECOND_FACTOR != OFFERED))


def factor_page(request: Any) -> str:
    """The address that asks for the code, or that sets the factor up where there is none yet."""
    return settings.LOGIN_URL + ("code/" if request.session.get(FACTOR) else "enrol/")


class SessionLimitsMiddleware:
    """Ends sessions that idled or grew too old; Django's own backend ends those of disabled accounts at
    once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault("began", now)
            seen = request.session.get("seen", now)
            if now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                if request.path_info.startswith("/api/"):
                    return JsonResponse({"error": _("The session has ended. Sign in again.")}, status=401)
            elif (now - seen > 30 and not live.is_quiet(request)) or "seen" not in request.session:
                request.session["seen"] = now
        response = self.get_response(request)
        if request.user.is_authenticated:
            # What one person saw stays in no cache, also not of the browser: desks are shared.
            add_never_cache_headers(response)
        return response


class MaximumLengthValidator:
    """A password of more than 128 characters only costs hashing time."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when the password is longer than the limit."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Use at most %(limit)d characters.") % {"limit": self.max_length}
