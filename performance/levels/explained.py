"""One subject's score with every formula written down, from the facts frozen with its run.

The numbers are computed again by the engine of today; `agrees` says whether they are those that were kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from performance.engine.fact import Fact
from performance.engine.formula import Number
from performance.engine.indicators import Indicator, IndicatorValue
from performance.engine.levels import Subject, sheet_of
from performance.engine.month import IndicatorScore
from performance.engine.scheme import Scheme
from performance.engine.sheet import Sheet
from performance.models import LevelFact, LevelRun, LevelScore, LevelSubject
from performance.services import schemes


@dataclass(frozen=True)
class Explained:
    """A subject of a run, its scheme and what follows from its facts."""

    row: LevelSubject
    run: LevelRun

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme that scored it."""
        return self.run.scheme.scheme()

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Its indicators by code."""
        return {one.code: one for one in schemes.indicators_of(self.scheme, self.run.level)}

    @cached_property
    def facts(self) -> list[LevelFact]:
        """The facts frozen with the run; one query."""
        return list(LevelFact.objects.filter(subject=self.row).order_by("-month", "key"))

    @cached_property
    def sheet(self) -> Sheet:
        """Values, points and total with their formulas."""
        subject = Subject(self.row.code, self.row.role, self.row.kind)
        facts = [
            Fact(self.row.code, Month.of(one.month), one.key, number(one), one.kind, one.count)
            for one in self.facts
        ]
        return sheet_of(subject, self.scheme, self.indicators.values(), self.run.period, facts)

    @property
    def agrees(self) -> bool:
        """True when the engine of today gives the numbers that were kept; one query."""
        kept = {one.indicator: one for one in LevelScore.objects.filter(subject=self.row)}
        return self.row.score == self.sheet.total.score and all(
            (kept[one.indicator].value, kept[one.indicator].score) == (one.value, one.score)
            for one in self.sheet.scores
        )

    def pairs(self) -> Iterable[tuple[IndicatorValue, IndicatorScore]]:
        """Every scored indicator with its value, in the order of the scheme."""
        values = {one.code: one for one in self.sheet.values}
        return [(values[one.indicator], one) for one in self.sheet.scores]

    def plain(self, formula: Any) -> Mapping[str, Any]:
        """A formula as pages write it."""
        found: Any = to_plain(formula)
        return found


def number(fact: LevelFact) -> Number:
    """A frozen fact as the engine takes it: whole numbers whole, others without the zeros of the column."""
    whole = fact.value == fact.value.to_integral_value()
    return int(fact.value) if whole else Decimal(fact.value).normalize()
