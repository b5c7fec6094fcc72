"""The public page (S2-53): no sign-in, no cookie, no session; kept in the cache, limited by address.

An alliance that does not exist, one that is switched off, and a month that is not released are one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from alliance.lib.documents import Part
from alliance.lib.period import Month
from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from alliance.web import public, words
from performance.disclosure import kept, services


@require_safe
def page(request: HttpRequest, code: str, month: Month | None = None) -> HttpResponse:
    """The month asked for, or the latest released; 404 where there is nothing to show."""
    if refused := public.too_often(request, "open"):
        return refused
    with public.spoken(request) as language:
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
            "parts": [_shown(part) for part in row.parts(language)], "none_said": words.DASH,
            "released_at": row.confirmed_at,
            "months": [(one.period, words.month(one.month)) for one in rows],
        }  # fmt: skip
        return render_to_string("performance/disclosure/open.html", context)


@dataclass(frozen=True)
class Shown:
    """A part as the page shows it: every cell knows its heading, a column without any value is left out."""

    heading: str
    text: str
    heads: Sequence[str] = ()
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()


def _shown(part: Part) -> Shown:
    if part.table is None:
        return Shown(part.heading, part.text)
    heads, rows = part.table.heads, part.table.rows
    kept = [at for at in range(1, len(heads)) if any(row[at] != words.DASH for row in rows)]
    return Shown(
        part.heading, part.text, [heads[at] for at in (0, *kept)],
        [(row[0], [(heads[at], row[at]) for at in kept]) for row in rows],
    )  # fmt: skip


def _nothing() -> str:
    return render_to_string("performance/disclosure/nothing.html", {})
