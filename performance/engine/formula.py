"""A formula with its numbers put in, as data: a page shows the line and links every number to its source.

Formulas are written with `Expr`, which computes and writes down at once: what is shown is what was computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.period import Month

Number = int | Decimal
SUM, PRODUCT, SINGLE = range(3)


@dataclass(frozen=True, slots=True)
class Operand:
    """One number of a formula and where it comes from.

    `origin`: a `fact` (then institution, month and evidence say which records count), a `parameter` of the
    scheme or the indicator, or a `result` computed before and shown elsewhere.
    """

    name: str
    value: Number | None
    origin: Literal["fact", "parameter", "result"]
    institution: str = ""
    month: Month | None = None
    evidence_kind: str = ""
    evidence_count: int = 0
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands between numbers: + − × ÷ ( ) ≥ ≤ < → Σ."""

    text: str
    kind: Literal["sign"] = "sign"


Token = Operand | Sign


@dataclass(frozen=True, slots=True)
class Formula:
    """`key` names the sentence a page shows in words; `tokens` is the same with numbers, left to right."""

    key: str
    tokens: tuple[Token, ...] = ()

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The numbers of the formula in reading order."""
        return tuple(token for token in self.tokens if isinstance(token, Operand))


@dataclass(frozen=True, slots=True)
class Expr:
    """An exact number together with the line that leads to it.

    `exact` is None when a number in it is missing or a divisor is zero: missing is not zero (conventions 21).
    """

    exact: Fraction | None
    tokens: tuple[Token, ...]
    level: int = SINGLE

    def __add__(self, other: Expr) -> Expr:
        exact = None if self.exact is None or other.exact is None else self.exact + other.exact
        return Expr(exact, (*self.tokens, Sign("+"), *other.tokens), SUM)

    def __sub__(self, other: Expr) -> Expr:
        exact = None if self.exact is None or other.exact is None else self.exact - other.exact
        return Expr(exact, (*self.tokens, Sign("−"), *other.above(SUM)), SUM)

    def __mul__(self, other: Expr) -> Expr:
        exact = None if self.exact is None or other.exact is None else self.exact * other.exact
        return Expr(exact, (*self.above(SUM), Sign("×"), *other.above(SUM)), PRODUCT)

    def __truediv__(self, other: Expr) -> Expr:
        exact = None if self.exact is None or not other.exact else self.exact / other.exact
        return Expr(exact, (*self.above(SUM), Sign("÷"), *other.above(PRODUCT)), PRODUCT)

    def above(self, level: int) -> tuple[Token, ...]:
        """The tokens, in brackets unless the expression binds tighter than `level`."""
        return self.tokens if self.level > level else (Sign("("), *self.tokens, Sign(")"))


def expr(operand: Operand) -> Expr:
    """One number as an expression."""
    return Expr(None if operand.value is None else Fraction(operand.value), (operand,))


def parameter(name: str, value: Number | None) -> Expr:
    """A number the scheme or the indicator's definition sets."""
    return expr(Operand(name, value, "parameter"))


def result(name: str, value: Number | None, institution: str = "") -> Expr:
    """A number the engine computed in an earlier step."""
    return expr(Operand(name, value, "result", institution))


def chain(*parts: Expr | str) -> tuple[Token, ...]:
    """Write expressions and comparison signs in a row, such as 15 ≤ 18.2 ≤ 25 → 100."""
    return tuple(
        token for part in parts for token in ((Sign(part),) if isinstance(part, str) else part.tokens)
    )
