"""Few cases: an item may say that a value is taken over more months, or of all who are scored alike together.

Definitions, general conventions: below the minimum n rolling months, else pooled by kind, else not assessed;
the page says which. What is missing stays missing: this is about numbers that are known and small.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.fact import Facts, Term, add_numbers, term
from performance.engine.formula import Expr, Formula, Number, parameter, result
from performance.engine.indicators import Indicator, IndicatorValue
from performance.engine.scheme import Item

ROLLING, POOLED = "rolling", "pooled"
# Rolling months help who had few and who had none this month; a pool only who has something of his own.
SMALL = {ROLLING: ("below_minimum_n", "empty_denominator"), POOLED: ("below_minimum_n",)}
DIVIDED = ("ratio", "complement")
Pair = tuple[Number, Number]


def enough(indicator: Indicator, item: Item) -> int:
    """The least denominator."""
    return max(1, indicator.minimum_n if item.minimum_n is None else item.minimum_n)


def widened(
    found: IndicatorValue, indicator: Indicator, item: Item, facts: Facts, siblings: Sequence[str]
) -> IndicatorValue:
    """The value over more months or of the siblings (with its own), as the item says; else as it was.

    The flag `rolling:7` or `pooled:9` names how many months or siblings were known and taken together.
    """
    code = found.reason.code if found.reason else ""
    if indicator.form not in DIVIDED:
        return found
    if item.rolling > 1 and code in SMALL[ROLLING]:
        months = [found.month.plus(-back) for back in range(item.rolling)]
        pairs = [_pair(indicator, facts, found.institution, month) for month in months]
        known = [pair for pair in pairs if not (pair[0].missing or pair[1].missing)]
        sides = [reduce(Expr.__add__, [pair[side].expr for pair in known]) for side in (0, 1)]
        if wider := _over(found, indicator, item, known, sides, ROLLING):
            return wider
    if item.pooled and code in SMALL[POOLED]:
        pairs = [_pair(indicator, facts, one, found.month) for one in siblings]
        known = [pair for pair in pairs if not (pair[0].missing or pair[1].missing)]
        sums = _sums(known)
        keys = ("+".join(indicator.numerator), "+".join(indicator.denominator))
        sides = [result(f"{POOLED}:{key}", number) for key, number in zip(keys, sums, strict=True)]
        return _over(found, indicator, item, known, sides, POOLED) or found
    return found


def _pair(indicator: Indicator, facts: Facts, code: str, month: Month) -> tuple[Term, Term]:
    return (
        term(indicator.numerator, facts, code, month), term(indicator.denominator, facts, code, month),
    )  # fmt: skip


def _sums(known: Sequence[tuple[Term, Term]]) -> Pair:
    return summed([(top.number, bottom.number) for top, bottom in known])


def _over(
    found: IndicatorValue, indicator: Indicator, item: Item, known: Sequence[tuple[Term, Term]],
    sides: Sequence[Expr], how: str,
) -> IndicatorValue | None:  # fmt: skip
    """The value of the sums with its formula; None where even together there are too few."""
    sums = _sums(known)
    if sums[1] < enough(indicator, item):
        return None
    top, bottom = sides
    scale = parameter("scale", indicator.scale)
    left = bottom - top if indicator.form == "complement" else top
    exact = (left if scale.exact == 1 else scale * left) / bottom
    assert exact.exact is not None, "both sums are known and the lower is above zero"
    above = indicator.part_of_whole and exact.exact > indicator.scale
    return replace(
        found, status="assessed", value=half_up(exact.exact, indicator.decimals), numerator=sums[0],
        denominator=sums[1], formula=Formula(indicator.form, exact.tokens), reason=None,
        flags=(*(("above_one",) if above else ()), f"{how}:{len(known)}"),
    )  # fmt: skip


def wider_pair(
    indicator: Indicator, item: Item, reason: str, months: Sequence[tuple[Number | None, Number | None]],
    pool: Pair | None,
) -> Pair | None:  # fmt: skip
    """The same choice for who is scored by the thousand: the two sums to divide, None where nothing helps.

    `months`: the own sums of the rolling months, this one first; `pool`: the sums of all siblings.
    """
    if indicator.form not in DIVIDED:
        return None
    least = enough(indicator, item)
    if item.rolling > 1 and reason in SMALL[ROLLING]:
        sums = summed(months)
        if sums[1] >= least:
            return sums
    if item.pooled and reason in SMALL[POOLED] and pool is not None and pool[1] >= least:
        return pool
    return None


def summed(pairs: Sequence[tuple[Number | None, Number | None]]) -> Pair:
    """Both sums over the pairs that are known; what is known by half counts nowhere."""
    known = [(top, bottom) for top, bottom in pairs if top is not None and bottom is not None]
    return add_numbers([top for top, _bottom in known]), add_numbers([bottom for _top, bottom in known])
