"""What a page of a report is asked for: the month, the institution, within what the member may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import asked, words
from grouping import visible


@dataclass(frozen=True)
class Choice:
    """The months that can be chosen, newest first, and the one asked for (the newest with cases)."""

    month: Month
    months: list[tuple[Month, str]]


def month_of(request: Any, name: str = "month") -> Choice:
    """The month asked for and the others with cases the member sees; two queries."""
    seen = visible.documents(request.membership)
    found = seen.order_by("-month").values_list("month", flat=True).distinct()
    months = [Month.of(day) for day in found[:60]]
    chosen = asked.month(request, name) or (months[0] if months else Month.of(timezone.localdate()))
    shown = months if chosen in months else sorted({*months, chosen}, reverse=True)
    return Choice(chosen, [(month, words.month(month)) for month in shown])


def institution_of(request: Any) -> int | None:
    """The institution a list is narrowed to: the member's own, or the one asked for; 404 for any other."""
    own, text = request.membership.institution_id, request.GET.get("institution", "")
    if not text:
        return own  # type: ignore[no-any-return]
    found = whole_number(text)
    if found is None or own not in (None, found) or not Institution.objects.filter(pk=found).exists():
        raise Http404
    return found


def whole_number(text: str) -> int | None:
    """The whole number a text writes, or nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def places() -> dict[int, Institution]:
    """The institutions of the alliance by id; one query."""
    return {place.pk: place for place in Institution.objects.all()}
