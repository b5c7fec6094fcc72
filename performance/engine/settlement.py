"""From the frozen inputs of a month to its money: facts -> indicators -> scores -> shares of the pool.

Share weight = score x dated basis (performance-pay base); the pool is divided by largest remainder (walls 2).
Pure: the same inputs give the same bytes, today and in ten years (N31).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from alliance.lib.money import Part as Share
from alliance.lib.money import split_pool
from alliance.lib.refusal import Refused
from performance.engine.exact import exact_sum, half_up, product
from performance.engine.fact import Fact, Facts, FactsRefused, add_numbers, tabulate
from performance.engine.forms import AgainstLast
from performance.engine.formula import Formula, parameter, result
from performance.engine.indicators import Indicator, IndicatorValue, Reason, evaluate
from performance.engine.month import (
    FORMAT,
    DimensionPoints,
    IndicatorScore,
    InstitutionScore,
    Line,
    Member,
    MonthInputs,
    MonthResult,
)
from performance.engine.restore import restore
from performance.engine.scheme import Column, Item, SchemeRefused, check
from performance.engine.scoring import PLACES, Part, Scored, Total, score, total


class InputsRefused(Refused):
    """Inputs from which no month can be computed; the reason and what it is about."""

    reasons = {
        "format": "The inputs have the format %(about)s, which this version does not read.",
        "repeated": "%(about)s is given twice.",
        "through": "%(about)s is paid through an institution that has no line of its own.",
        "no_column": "The scheme has no column for %(about)s.",
        "no_basis": "%(about)s has no performance-pay base.",
        "basis_without_line": "%(about)s has a performance-pay base but no line of its own.",
        "negative_basis": "The performance-pay base of %(about)s is negative.",
        "not_in_force": "%(about)s is not yet in force in the month.",
    }


@dataclass(frozen=True, slots=True)
class _Sheet:
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


def recompute(frozen: bytes | str | Mapping[str, object]) -> MonthResult:
    """Compute a month again from its frozen inputs (canonical JSON or the same as a mapping); no database.

    Raises ShapeRefused for data that are not inputs, and what `settle` raises.
    """
    data = frozen if isinstance(frozen, Mapping) else json.loads(frozen)
    return settle(restore(MonthInputs, data))


def settle(inputs: MonthInputs) -> MonthResult:
    """Indicators, scores, shares and lines of a month. An institution without a score gets nothing, with reason.

    Lines' fen add up to the pool. When a missing indicator blocks, status is `blocked` and there are no lines.
    Raises InputsRefused, FactsRefused, SchemeRefused, SplitRefused (all_weights_zero, pool_out_of_range).
    """
    _check(inputs)
    facts = report_through(inputs.facts, inputs.members)
    bases = {basis.institution: basis.fen for basis in inputs.bases}
    sheets = [_sheet(member, bases[member.code], inputs, facts) for member in _with_line(inputs.members)]
    blocked_by = tuple(sheet.member.code for sheet in sheets if sheet.total.status == "blocked")
    return MonthResult(
        month=inputs.month,
        status="blocked" if blocked_by else "settled",
        inputs_digest=inputs.digest,
        scheme=inputs.scheme.code,
        scheme_version=inputs.scheme.version,
        scheme_digest=inputs.scheme.digest,
        pool_fen=inputs.pool.fen,
        weight=exact_sum([sheet.weight for sheet in sheets]),
        values=tuple(value for sheet in sheets for value in sheet.values),
        scores=tuple(part for sheet in sheets for part in sheet.scores),
        totals=tuple(sheet.total for sheet in sheets),
        lines=() if blocked_by else _lines(inputs.pool.fen, sheets),
        blocked_by=blocked_by,
    )


def report_through(facts: Iterable[Fact], members: Sequence[Member]) -> Facts:
    """Facts by place, those of a member `through` another added to the other's (practice 1: village rooms).

    A sum with a missing addend is missing. Raises FactsRefused: repeated, negative, institution.
    """
    home = {member.code: member.through or member.code for member in members}
    gathered: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in tabulate(facts).values():
        if fact.institution not in home:
            raise FactsRefused("institution", fact)
        gathered[home[fact.institution], str(fact.month), fact.key].append(fact)
    return tabulate(_together(place[0], group) for place, group in gathered.items())


def _together(institution: str, facts: Sequence[Fact]) -> Fact:
    values = [fact.value for fact in facts if fact.value is not None]
    return Fact(
        institution,
        facts[0].month,
        facts[0].key,
        add_numbers(values) if len(values) == len(facts) else None,
        "+".join(sorted({fact.evidence_kind for fact in facts})),
        sum(fact.evidence_count for fact in facts),
    )


def _with_line(members: Sequence[Member]) -> list[Member]:
    return [member for member in members if not member.through]


def _check(inputs: MonthInputs) -> None:
    if inputs.format != FORMAT:
        raise InputsRefused("format", about=inputs.format)
    _refuse_repeated([indicator.code for indicator in inputs.indicators])
    _refuse_repeated([member.code for member in inputs.members])
    _refuse_repeated([basis.institution for basis in inputs.bases])
    if problems := check(inputs.scheme, {indicator.code: indicator for indicator in inputs.indicators}):
        raise SchemeRefused(problems)
    _check_dates(inputs)
    _check_members(inputs)


def _refuse_repeated(codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise InputsRefused("repeated", about=code)


def _check_dates(inputs: MonthInputs) -> None:
    last_day = inputs.month.last_day
    if inputs.scheme.effective_from > last_day:
        raise InputsRefused("not_in_force", about=f"{inputs.scheme.code} {inputs.scheme.version}")
    for basis in inputs.bases:
        if basis.effective_from > last_day:
            raise InputsRefused("not_in_force", about=basis.institution)
        if basis.fen < 0:
            raise InputsRefused("negative_basis", about=basis.institution)


def _check_members(inputs: MonthInputs) -> None:
    paid = {member.code: member for member in _with_line(inputs.members)}
    bases = {basis.institution for basis in inputs.bases}
    for member in inputs.members:
        if member.through and member.through not in paid:
            raise InputsRefused("through", about=member.code)
    for code, member in paid.items():
        if inputs.scheme.column_for(member.role, member.kind) is None:
            raise InputsRefused("no_column", about=code)
        if code not in bases:
            raise InputsRefused("no_basis", about=code)
    for code in sorted(bases - set(paid)):
        raise InputsRefused("basis_without_line", about=code)


def _sheet(member: Member, basis_fen: int, inputs: MonthInputs, facts: Facts) -> _Sheet:
    column = inputs.scheme.column_for(member.role, member.kind)
    assert column is not None, "checked before"
    items = {item.indicator: item for item in column.items}
    values = {
        indicator.code: _value(indicator, items.get(indicator.code), member.code, inputs, facts)
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
    return _Sheet(
        member, basis_fen, tuple(values.values()), scores, _institution_score(member, column, scores, whole)
    )


def _value(
    indicator: Indicator, item: Item | None, institution: str, inputs: MonthInputs, facts: Facts
) -> IndicatorValue:
    minimum = item.minimum_n if item else None
    return evaluate(indicator, facts=facts, institution=institution, month=inputs.month, minimum_n=minimum)


def _scored(item: Item, value: IndicatorValue, inputs: MonthInputs, facts: Facts) -> Scored:
    last = None
    if isinstance(item.form, AgainstLast):
        indicator = next(indicator for indicator in inputs.indicators if indicator.code == item.indicator)
        last = evaluate(
            indicator,
            facts=facts,
            institution=value.institution,
            month=inputs.month.plus(-item.form.months_back),
            minimum_n=item.minimum_n,
        ).value
    return score(item.form, value.value, last)


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


def _lines(pool_fen: int, sheets: Sequence[_Sheet]) -> tuple[Line, ...]:
    split = split_pool(pool_fen, {sheet.member.code: sheet.weight for sheet in sheets})
    by_code = {sheet.member.code: sheet for sheet in sheets}
    weight = exact_sum([sheet.weight for sheet in sheets])
    return tuple(_line(pool_fen, weight, by_code[share.code], share) for share in split.parts)


def _line(pool_fen: int, weight: Decimal, sheet: _Sheet, share: Share) -> Line:
    whole = sheet.total
    factors = result("score", whole.score, whole.institution) * parameter("basis_fen", sheet.basis_fen)
    quota = parameter("pool_fen", pool_fen) * factors / result("weight", weight)
    reason = Reason("nothing_assessed", whole.missing) if whole.score is None else None
    return Line(
        institution=share.code,
        fen=share.fen,
        score=whole.score,
        basis_fen=sheet.basis_fen,
        weight=sheet.weight,
        quota=half_up(quota.exact or Fraction(0), PLACES),
        remainder_rank=share.remainder_rank,
        got_extra_fen=share.got_extra_fen,
        formula=Formula("share", quota.tokens),
        reason=reason,
    )
