"""The public page (S2-53): no sign-in, no cookie, no session; kept in the cache, limited by address.

An alliance that does not exist, one that is switched off, and a month that is not released are one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from alliance.lib.period import Month
from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from alliance.web import words
from performance.disclosure import kept, services

ROOT = "/open/"


def without_cookies(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Middleware: at a public address nobody is anybody; no cookie is read, none is set."""

    def answer(request: Any) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        request.COOKIES = {}
        response = get_response(request)
        response.cookies.clear()
        response["Vary"] = "Accept-Language"
        return response

    return answer


class Throttle(SimpleRateThrottle):
    """So many pages a minute from one address (setting `open`)."""

    scope = "open"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By address."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@require_safe
def page(request: HttpRequest, code: str, month: Month | None = None) -> HttpResponse:
    """The month asked for, or the latest released; 404 where there is nothing to show."""
    throttle = Throttle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]
        answer = HttpResponse(_("Too many pages at once. Try again in a minute."), status=429)
        answer["Retry-After"] = str(int(throttle.wait() or 0) + 1)
        return answer
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    held = content(code, month, language)
    answer = HttpResponse(held) if held else HttpResponseNotFound(_nothing())
    patch_cache_control(answer, public=True, max_age=kept.KEPT)
    return answer


def content(code: str, month: Month | None, language: str) -> str:
    """The page as HTML; "" where there is none. Kept by alliance, month and language."""
    alliance = Alliance.objects.filter(code=code).first()
    if alliance is None:
        return ""
    key = kept.key(alliance, month, language)
    held: str | None = cache.get(key)
    if held is None:
        held = _written(alliance, month, language)
        cache.set(key, held, kept.KEPT)
    return held


def _written(alliance: Alliance, month: Month | None, language: str) -> str:
    with transaction.atomic(), act_in(alliance):
        if not services.switched_on():
            return ""
        rows = services.released()
        row = next((one for one in rows if month is None or one.period == month), None)
        if row is None:
            return ""
        context = {
            "alliance_name": alliance.name, "code": alliance.code, "month": row.period, "language": language,
            "parts": row.parts(language), "released_at": row.confirmed_at,
            "months": [(one.period, words.month(one.month)) for one in rows],
        }  # fmt: skip
        return render_to_string("performance/disclosure/open.html", context)


def _nothing() -> str:
    return render_to_string("performance/disclosure/nothing.html", {})
