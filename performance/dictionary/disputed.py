"""Definitions of indicators as things that may be disputed (S4-22): what there is, what settles it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext_lazy

from grouping.disputes import elsewhere
from performance.dictionary import book
from performance.models import SchemeVersion

KIND, SETTLED_BY = "performance.indicator", "performance.schemeversion"


def register() -> None:
    """Let definitions be disputed; called once, in the app's `ready()`."""
    elsewhere.register(
        elsewhere.Kind(KIND, gettext_lazy("Indicator dictionary"), offered, versions, SETTLED_BY)
    )


def offered() -> list[tuple[str, str]]:
    """(code, code and name) of every indicator of the dictionary."""
    english = (get_language() or "").startswith("en")
    return [
        (code, f"{code} {entry.indicator.name_en if english else entry.indicator.name_zh}")
        for code, entry in book.entries().items()
    ]


def versions(after: date) -> list[tuple[str, str]]:
    """(id, words) of the versions of performance schemes that begin after a day, newest first."""
    rows = SchemeVersion.objects.filter(from_date__gt=after)
    return [(str(row.pk), f"{row} · {row.from_date}") for row in rows]
