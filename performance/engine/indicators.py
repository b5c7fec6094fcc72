"""Indicators as data: which facts are divided by which, in what unit, and when the result may be trusted.

Definitions sections 1 and 4; conventions 10 (every number carries its trail) and 21 (missing is not zero).
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.fact import Facts, Term, term
from performance.engine.formula import Expr, Formula, Number, Operand, parameter
from performance.engine.restore import ShapeRefused, restore

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "indicators.toml"
Pair = tuple[Term, Term]
Unit = Literal[
    "ratio", "yuan", "days", "per_1000", "per_100", "percent", "per_10000", "per_100000", "minutes", "years",
    "count", "points", "grade", "weight", "ddd", "tce",
]  # fmt: skip
# Stands below an amount, so that every form is a pair of terms.
WHOLE = Term(1, (), parameter("one", 1))


@dataclass(frozen=True, slots=True)
class Indicator:
    """The form of an indicator. A term is a sum of facts; `scale` 100 gives percent, 1000 per thousand.

    `ratio`: scale x numerator / denominator.
    `complement`: scale x (denominator - numerator) / denominator: what is left of a whole.
    `amount`: scale x numerator, without a denominator.
    `change`: scale x (mean now - mean then) / mean then, mean = numerator / denominator (the numerator alone
    without one), then = `months_back` months earlier. `minimum_n` applies to the denominator (a scheme may
    set its own). `part_of_whole` marks a share: above one it is shown as it is and flagged. `direction` band:
    good inside a band only; none: for reading, no scheme may score it.
    """

    code: str
    name_zh: str
    name_en: str
    unit: Unit
    direction: Literal["higher", "lower", "band", "none"]
    form: Literal["ratio", "change", "amount", "complement"]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    scale: Decimal
    decimals: int
    minimum_n: int
    definition_zh: str
    definition_en: str
    source: str
    months_back: int = 0
    part_of_whole: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no number: a code and what it is about (facts, indicators), for a page to say in words."""

    code: str
    about: tuple[str, ...] = ()
    n: Number | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One indicator of one institution. `value` is rounded once, half-up, to the indicator's decimals.

    `numerator` and `denominator` are the sums of facts; of a change they are the mean now and the mean then,
    rounded to two decimals for showing. `flags` may hold `above_one`.
    """

    code: str
    institution: str
    month: Month
    status: Literal["assessed", "not_assessed"]
    value: Decimal | None
    numerator: Number | None
    denominator: Number | None
    formula: Formula
    reason: Reason | None = None
    flags: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[Operand, ...]:
        """The facts the value rests on: institution, month, key, kind and count of records of each."""
        return tuple(part for part in self.formula.operands if part.origin == "fact")


def read_indicators(text: str) -> dict[str, Indicator]:
    """Read the register of indicators from TOML (tables `[[indicator]]`), by code.

    Raises ShapeRefused for a wrong field, a repeated code, an empty term or a change without its distance.
    """
    register: dict[str, Indicator] = {}
    for number, row in enumerate(tomllib.loads(text).get("indicator", [])):
        path = f"$.indicator[{number}]"
        indicator = restore(Indicator, row, path)
        if indicator.code in register:
            raise ShapeRefused("form", path=path, problem=f"the code {indicator.code} appears twice.")
        check_form(indicator, path)
        register[indicator.code] = indicator
    return register


def shipped_indicators() -> dict[str, Indicator]:
    """The six indicators the product ships with, by code."""
    return read_indicators(SHIPPED.read_text(encoding="utf-8"))


def check_form(indicator: Indicator, path: str) -> None:
    """Refuse a form whose parts do not fit together. Raises ShapeRefused with the path."""
    divides = indicator.form in ("ratio", "complement")
    if not indicator.numerator or (divides and not indicator.denominator):
        raise ShapeRefused("form", path=path, problem="numerator and denominator each name a fact.")
    if indicator.form == "amount" and indicator.denominator:
        raise ShapeRefused("form", path=path, problem="an amount has no denominator.")
    if not indicator.denominator and indicator.minimum_n:
        raise ShapeRefused("form", path=path, problem="minimum_n counts a denominator, and there is none.")
    if (indicator.form == "change") != (indicator.months_back > 0):
        raise ShapeRefused("form", path=path, problem="a change, and only a change, looks months back.")
    if indicator.scale <= 0 or indicator.decimals < 0 or indicator.minimum_n < 0:
        raise ShapeRefused("form", path=path, problem="scale, decimals or minimum_n is out of range.")


def evaluate(
    indicator: Indicator, *, facts: Facts, institution: str, month: Month, minimum_n: int | None = None
) -> IndicatorValue:
    """Compute one indicator of one institution and month from `tabulate`d facts.

    Not assessed, with the reason, when a fact is missing (`missing_fact`), a denominator is zero
    (`empty_denominator`), n is below the minimum (`below_minimum_n`; without `minimum_n` the indicator's own)
    or the earlier mean is zero (`base_is_zero`).
    """
    months = [month, month.plus(-indicator.months_back)] if indicator.form == "change" else [month]
    pairs = [_pair(indicator, facts, institution, at) for at in months]
    reason = _obstacle(indicator, pairs, indicator.minimum_n if minimum_n is None else minimum_n)
    scale = parameter("scale", indicator.scale)
    found, top, bottom = _worked_out(indicator, scale, pairs)
    exact = None if reason else found.exact
    above = indicator.part_of_whole and exact is not None and exact > indicator.scale
    return IndicatorValue(
        code=indicator.code,
        institution=institution,
        month=month,
        status="not_assessed" if exact is None else "assessed",
        value=None if exact is None else half_up(exact, indicator.decimals),
        numerator=top,
        denominator=bottom,
        formula=Formula(indicator.form, found.tokens),
        reason=reason,
        flags=("above_one",) if above else (),
    )


def _pair(indicator: Indicator, facts: Facts, institution: str, month: Month) -> Pair:
    below = indicator.denominator
    top = term(indicator.numerator, facts, institution, month)
    return top, term(below, facts, institution, month) if below else WHOLE


def _obstacle(indicator: Indicator, pairs: list[Pair], minimum: int) -> Reason | None:
    missing = tuple(key for pair in pairs for part in pair for key in part.missing)
    if missing:
        return Reason("missing_fact", tuple(dict.fromkeys(missing)))
    for _, bottom in pairs:
        if not bottom.number:
            return Reason("empty_denominator", indicator.denominator)
        if indicator.denominator and bottom.number < minimum:
            return Reason("below_minimum_n", indicator.denominator, bottom.number, minimum)
    if len(pairs) > 1 and not pairs[1][0].number:
        return Reason("base_is_zero", indicator.numerator)
    return None


def _worked_out(
    indicator: Indicator, scale: Expr, pairs: list[Pair]
) -> tuple[Expr, Number | None, Number | None]:
    """The expression and the two numbers to show beside it: the sums of facts, of a change the means."""
    if indicator.form == "change":
        return _change(scale, pairs, divides=bool(indicator.denominator))
    top, bottom = pairs[0]
    if indicator.form == "amount":
        return _scaled(scale, top.expr), top.number, None
    if indicator.form == "complement":
        return scale * (bottom.expr - top.expr) / bottom.expr, top.number, bottom.number
    return _scaled(scale, top.expr) / bottom.expr, top.number, bottom.number


def _scaled(scale: Expr, number: Expr) -> Expr:
    return number if scale.exact == 1 else scale * number


def _change(scale: Expr, pairs: list[Pair], *, divides: bool) -> tuple[Expr, Number | None, Number | None]:
    """The means now and then are shown with two decimals."""
    now, then = (top.expr / bottom.expr if divides else top.expr for top, bottom in pairs)
    shown = [None if mean.exact is None else half_up(mean.exact, 2) for mean in (now, then)]
    return scale * (now - then) / then, shown[0], shown[1]
