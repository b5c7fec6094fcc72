"""From the frozen inputs of a month to its money: facts -> indicators -> scores -> shares of the pool.

Share weight = score x dated basis (performance-pay base); the pool is divided by largest remainder (walls 2).
Pure: the same inputs give the same bytes, today and in ten years (N31).
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from alliance.lib.money import Part as Share
from alliance.lib.money import split_pool
from performance.engine.exact import exact_sum, half_up
from performance.engine.formula import Formula, parameter, result
from performance.engine.indicators import Reason
from performance.engine.inputs import MonthInputs, check_inputs, report_through
from performance.engine.month import Line, MonthResult
from performance.engine.restore import restore
from performance.engine.scoring import PLACES
from performance.engine.sheet import Sheet, sheet_of


def recompute(frozen: bytes | str | Mapping[str, object]) -> MonthResult:
    """Compute a month again from its frozen inputs (canonical JSON or the same as a mapping); no database.

    Raises ShapeRefused for data that are not inputs, and what `settle` raises.
    """
    data = frozen if isinstance(frozen, Mapping) else json.loads(frozen)
    return settle(restore(MonthInputs, data))


def settle(inputs: MonthInputs) -> MonthResult:
    """Indicator values, scores and lines (fen) of a month; the lines add up to the pool.

    An institution without a score gets nothing, with the reason. When the scheme lets a missing indicator
    block, the status is `blocked` and there are no lines.
    Raises InputsRefused, FactsRefused, SchemeRefused, SplitRefused (all_weights_zero, pool_out_of_range).
    """
    check_inputs(inputs)
    facts = report_through(inputs.facts, inputs.members)
    bases = {basis.institution: basis.fen for basis in inputs.bases}
    sheets = [sheet_of(member, bases[member.code], inputs, facts) for member in inputs.with_line]
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


def _lines(pool_fen: int, sheets: Sequence[Sheet]) -> tuple[Line, ...]:
    split = split_pool(pool_fen, {sheet.member.code: sheet.weight for sheet in sheets})
    by_code = {sheet.member.code: sheet for sheet in sheets}
    weight = exact_sum([sheet.weight for sheet in sheets])
    return tuple(_line(pool_fen, weight, by_code[share.code], share) for share in split.parts)


def _line(pool_fen: int, weight: Decimal, sheet: Sheet, share: Share) -> Line:
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
