"""What signed visits tell a quarter: facts of checklist indicators and the items behind each (S3-11, 12, 15).

What was found in a village room counts for the institution it reports through (practice 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from alliance.models import Institution
from performance.engine.checkscore import KEYS, ItemScore, added, measured
from performance.engine.formula import Number
from performance.engine.spans import Span
from performance.models import OnsiteResult, OnsiteVisit

__all__ = ["KEYS", "OnsiteFact", "counts_for", "onsite_facts", "results", "score_of"]


@dataclass(frozen=True, slots=True)
class OnsiteFact:
    """One number of an institution and quarter, and the results it adds up."""

    key: str
    value: Number
    ids: tuple[int, ...]


def counts_for(place: Institution) -> Institution:
    """The institution for which a visit counts."""
    return place.parent if place.parent is not None else place


def onsite_facts(place: Institution, span: Span) -> dict[str, OnsiteFact]:
    """The facts that signed visits deliver for an institution with its village rooms, by key; one query."""
    parts: list[Mapping[str, int | Number]] = []
    ids: dict[str, list[int]] = defaultdict(list)
    for row in results(place.pk, span):
        said = measured(row.measures, score_of(row))
        parts.append(said)
        for key in said:
            ids[key].append(row.pk)
    return {key: OnsiteFact(key, value, tuple(ids[key])) for key, value in sorted(added(parts).items())}


def results(place_id: int, span: Span) -> QuerySet[OnsiteResult]:
    """The signed items of an institution and its rooms that serve an indicator, with what a list names."""
    found: QuerySet[OnsiteResult] = OnsiteResult.objects.filter(
        Q(visit__institution=place_id) | Q(visit__institution__parent=place_id),
        visit__quarter=span.first.first_day, visit__state=OnsiteVisit.State.SIGNED,
    )  # fmt: skip
    found = found.exclude(measures=[]).select_related("visit__institution", "visit__checklist", "answer")
    return found.order_by("visit__planned_on", "visit", "place")


def score_of(row: OnsiteResult) -> ItemScore:
    """A signed result as the engine takes it, with what was given back."""
    return ItemScore(row.item, row.outcome, row.full, row.now, row.units, row.failed)
