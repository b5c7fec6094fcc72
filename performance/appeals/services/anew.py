"""A month computed anew from what it was frozen with: the same engine, other facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from alliance.lib.money import SplitRefused
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import standing
from performance.dues import sharing
from performance.dues.sharing import Scores
from performance.engine.inputs import MonthInputs
from performance.engine.month import MonthResult
from performance.engine.restore import ShapeRefused, restore
from performance.engine.settlement import settle
from performance.models import Line, Settlement


def settled_anew(settlement: Settlement, corrected: Mapping[tuple[str, str], Decimal]) -> dict[str, int]:
    """Fen by institution code if these facts (institution code, name) of the month had been known; the pool
    is divided anew in full.

    Raises AppealRefused (fact, not_frozen, blocked).
    """
    return {line.institution: line.fen for line in computed(settlement, corrected).lines}


def computed(settlement: Settlement, corrected: Mapping[tuple[str, str], Decimal]) -> MonthResult:
    """The same month with scores and all. Raises AppealRefused (fact, not_frozen, blocked)."""
    try:
        result = settle(with_facts(frozen(settlement), corrected))
    except SplitRefused:
        raise AppealRefused("blocked") from None
    if result.status == "blocked":
        raise AppealRefused("blocked")
    return result


def scores(settlement: Settlement) -> Scores:
    """The scores of a month as they stand with the corrections in the books, by code of the institution."""
    facts = standing.of_month(settlement).facts
    if facts or standing.corrected(settlement) is not None:
        return sharing.scores_of(computed(settlement, facts))
    rows = Line.objects.filter(settlement=settlement)
    return dict(rows.values_list("institution__code", "score"))


def with_facts(inputs: MonthInputs, corrected: Mapping[tuple[str, str], Decimal]) -> MonthInputs:
    """The same month with these facts (institution code, name) of it. Raises AppealRefused (fact)."""
    for (code, name), value in corrected.items():
        if not value.is_finite() or value < 0:
            raise AppealRefused("fact", name=f"{code} {name}")
    facts = tuple(
        replace(fact, value=like(fact.value, corrected[fact.institution, fact.key]))
        if fact.month == inputs.month and (fact.institution, fact.key) in corrected
        else fact
        for fact in inputs.facts
    )
    return replace(inputs, facts=facts)


def like(before: Any, after: Decimal) -> Any:
    """A count stays a count: whole numbers where the fact was whole."""
    whole = after == after.to_integral_value()
    return int(after) if whole and not isinstance(before, Decimal) else after


def frozen(settlement: Settlement) -> MonthInputs:
    """The inputs a month was computed from, or those of the last posted correction under a lock exception.

    Raises AppealRefused (not_frozen).
    """
    last = standing.corrected(settlement)
    try:
        return restore(MonthInputs, json.loads(bytes(last.inputs) if last else settlement.frozen()))
    except (ShapeRefused, ValueError):
        raise AppealRefused("not_frozen") from None
