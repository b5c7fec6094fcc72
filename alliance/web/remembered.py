"""The conditions a person last used in a list, offered again the next time: in a cookie of that person's own.

Desks are shared, so the cookie bears the sign-in's number and is signed. Only conditions that are chosen from
a list are kept: what is typed may be the number of a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

DAYS = 180
SALT = "xietong.remembered"


@dataclass(frozen=True)
class Last:
    """Conditions of the last time: their names in words, and the address that sets them."""

    text: str
    query: str


def last(request: Any, name: str, filterset: Any) -> Last | None:
    """What this person last chose here; None while the address holds conditions, or nothing was chosen."""
    if any(value for key, value in request.GET.items() if key != "view"):
        return None
    try:
        kept = request.get_signed_cookie(_cookie(request, name), salt=SALT)
    except (KeyError, BadSignature):
        return None
    chosen = QueryDict(kept)
    words = [str(filterset.base_filters[key].label) for key in chosen if key in filterset.base_filters]
    return Last(_(", ").join(words), chosen.urlencode()) if words else None


def keep(request: Any, response: HttpResponse, name: str, conditions: Sequence[str]) -> HttpResponse:
    """Keep those of the address's conditions that are chosen from a list."""
    chosen = QueryDict(mutable=True)
    for key in (*conditions, "view"):
        if value := request.GET.get(key):
            chosen[key] = value[:60]
    if any(key in chosen for key in conditions) and response.status_code == 200:
        response.set_signed_cookie(
            _cookie(request, name), chosen.urlencode(), salt=SALT, max_age=DAYS * 86_400, httponly=True,
            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response


def _cookie(request: Any, name: str) -> str:
    return f"last-{name}-{request.membership.pk}"
