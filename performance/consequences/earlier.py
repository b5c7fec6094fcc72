"""Years decided before this system, as streaks and honours read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from performance.engine.consequences import Grade
from performance.engine.standing import Earlier
from performance.models import EarlierScore, EarlierYear


def earlier_years(first: int, last: int) -> Mapping[int, Mapping[int, Earlier]]:
    """What checked decisions say of the years from `first` to `last`, by institution and year; one query."""
    rows = EarlierScore.objects.filter(
        decision__state=EarlierYear.State.CONFIRMED, decision__year__range=(first, last)
    )
    found: dict[int, dict[int, Earlier]] = {}
    for row in rows.select_related("decision"):
        own = found.setdefault(row.institution_id, {})
        own[row.decision.year] = Earlier(row.score, cast("Grade", row.grade), row.decision_id)
    return found
