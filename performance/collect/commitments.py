"""Facts of commitment letters: how many promises of the year were judged, how many were kept (S3-31).

Of the letter whose year a month counts; a promise nobody could judge is neither kept nor broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, total
from performance.engine.fact import Fact
from performance.engine.spans import counted
from performance.models import Letter

LETTER = "letter"
KEPT, PROMISED = "commitments_kept", "commitments"
JUDGED = {KEPT: ("met",), PROMISED: ("met", "broken")}
STATES = (Letter.State.ASSESSED, Letter.State.SETTLED)


def _letters(month: Month) -> QuerySet[Any]:
    year = counted(month, "year").first.year
    rows: QuerySet[Any] = Letter.objects.filter(year=year, state__in=STATES).select_related("institution")
    return rows.order_by("institution__code")


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for row in _letters(month):
        standings = [one["standing"] for one in row.outcome]
        for key in sorted(keys):
            number = sum(one in JUDGED[key] for one in standings)
            yield total(row.institution.code, month, key, LETTER, number, (row.pk,))


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    return {row.institution.code: (row.pk,) for row in _letters(month)}


def _rows(ids: Iterable[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = Letter.objects.filter(pk__in=list(ids)).select_related("institution")
    return rows


SOURCES = (Source(LETTER, frozenset(JUDGED), _read, _records, _rows),)
