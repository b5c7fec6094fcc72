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
from performance.engine import region
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
        facts = [_fact(self.row.code, one) for one in self.facts]
        others, theirs = self._others()
        known, month = self.indicators.values(), self.run.period
        return sheet_of(subject, self.scheme, known, month, [*facts, *theirs], others)

    def _others(self) -> tuple[list[Subject], list[Fact]]:
        """Everybody else of the run with the facts that some item needs of all; at most two queries."""
        column = next(one for one in self.scheme.columns if one.code == self.row.column)
        wide = [one.indicator for one in column.items if one.pooled or region.asks(one.form)]
        if not wide:
            return [], []
        rows = {one.pk: one for one in LevelSubject.objects.filter(run=self.run).exclude(pk=self.row.pk)}
        used = [self.indicators[code] for code in wide]
        keys = {key for one in used for key in (*one.numerator, *one.denominator)}
        facts = LevelFact.objects.filter(subject__in=rows, month=self.run.month, key__in=keys)
        found = [_fact(rows[one.subject_id].code, one) for one in facts]
        return [Subject(one.code, one.role, one.kind) for one in rows.values()], found

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


def _fact(code: str, one: LevelFact) -> Fact:
    return Fact(code, Month.of(one.month), one.key, number(one), one.kind, one.count)


def number(fact: LevelFact) -> Number:
    """A frozen fact as the engine takes it: whole numbers whole, others without the zeros of the column."""
    whole = fact.value == fact.value.to_integral_value()
    return int(fact.value) if whole else Decimal(fact.value).normalize()
