"""One institution's sheet: its indicator values, their points and its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from performance.engine import few, region
from performance.engine.exact import half_up, product
from performance.engine.fact import Facts, term
from performance.engine.forms import AgainstLast
from performance.engine.indicators import Indicator, IndicatorValue, evaluate
from performance.engine.inputs import Member, MonthInputs
from performance.engine.month import DimensionPoints, IndicatorScore, InstitutionScore
from performance.engine.scheme import Column, Item
from performance.engine.scoring import PLACES, Part, Scored, Total, score, total


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that belongs to one institution with a line of its own."""

    member: Member
    basis_fen: int
    values: tuple[IndicatorValue, ...]
    scores: tuple[IndicatorScore, ...]
    total: InstitutionScore

    @property
    def weight(self) -> Decimal:
        """Share weight in point-fen; nothing assessed shares nothing."""
        return product(self.total.score or Decimal(0), self.basis_fen)


def sheet_of(member: Member, basis_fen: int, inputs: MonthInputs, facts: Facts) -> Sheet:
    """Indicator values, points and score of one member from checked inputs and facts by place."""
    column = inputs.scheme.column_for(member.role, member.kind)
    assert column is not None, "checked before"
    items = {item.indicator: item for item in column.items}
    alike = [
        one.code
        for one in inputs.with_line
        if one.kind == member.kind and inputs.scheme.column_for(one.role, one.kind) is column
    ]
    values = {
        indicator.code: _value(indicator, items.get(indicator.code), member.code, inputs, facts, alike)
        for indicator in inputs.indicators
    }
    scored = {item.indicator: _scored(item, values[item.indicator], inputs, facts) for item in column.items}
    whole = total(
        [
            Part(code, item.weight, scored[code].score, item.when_missing or inputs.scheme.when_missing)
            for code, item in items.items()
        ]
    )
    scores = _indicator_scores(member.code, column, values, scored, whole)
    return Sheet(
        member, basis_fen, tuple(values.values()), scores, _institution_score(member, column, scores, whole)
    )


def _value(
    indicator: Indicator, item: Item | None, institution: str, inputs: MonthInputs, facts: Facts,
    alike: Sequence[str],
) -> IndicatorValue:  # fmt: skip
    minimum = item.minimum_n if item else None
    found = evaluate(indicator, facts=facts, institution=institution, month=inputs.month, minimum_n=minimum)
    return few.widened(found, indicator, item, facts, alike) if item else found


def _scored(item: Item, value: IndicatorValue, inputs: MonthInputs, facts: Facts) -> Scored:
    last, form = None, item.form
    indicator = next(indicator for indicator in inputs.indicators if indicator.code == item.indicator)
    if region.asks(form):
        form = region.against(form, _region(indicator, inputs, facts))
    if isinstance(form, AgainstLast):
        last = evaluate(
            indicator,
            facts=facts,
            institution=value.institution,
            month=inputs.month.plus(-form.months_back),
            minimum_n=item.minimum_n,
        ).value
    return score(form, value.value, last)


def _region(indicator: Indicator, inputs: MonthInputs, facts: Facts) -> tuple[Decimal, int] | None:
    """The mean over all members with a line of their own."""
    below = indicator.denominator
    return region.mean(indicator, [
        (
            term(indicator.numerator, facts, one.code, inputs.month).number,
            term(below, facts, one.code, inputs.month).number if below else 1,
        )
        for one in inputs.with_line
    ])  # fmt: skip


def _indicator_scores(
    institution: str,
    column: Column,
    values: Mapping[str, IndicatorValue],
    scored: Mapping[str, Scored],
    whole: Total,
) -> tuple[IndicatorScore, ...]:
    in_effect = dict(whole.weights)
    return tuple(
        IndicatorScore(
            institution=institution,
            indicator=item.indicator,
            dimension=item.dimension,
            weight=item.weight,
            weight_in_effect=in_effect.get(item.indicator),
            value=values[item.indicator].value,
            score=scored[item.indicator].score,
            formula=scored[item.indicator].formula,
            limited=scored[item.indicator].limited,
            reason=scored[item.indicator].reason,
        )
        for item in column.items
    )


def _institution_score(
    member: Member, column: Column, scores: Sequence[IndicatorScore], whole: Total
) -> InstitutionScore:
    dimensions = dict.fromkeys(item.dimension for item in column.items)
    return InstitutionScore(
        institution=member.code,
        column=column.code,
        status=whole.status,
        score=whole.score,
        points=whole.points,
        possible=whole.possible,
        missing=whole.missing,
        dimensions=tuple(_dimension(code, column, scores) for code in dimensions),
        formula=whole.formula,
    )


def _dimension(code: str, column: Column, scores: Sequence[IndicatorScore]) -> DimensionPoints:
    known = [part for part in scores if part.dimension == code and part.score is not None]
    points = sum((Fraction(part.weight) * Fraction(part.score or 0) for part in known), Fraction(0)) / 100
    possible = sum((part.weight for part in known), Decimal(0))
    return DimensionPoints(code, half_up(points, PLACES), possible, column.weight(code))
