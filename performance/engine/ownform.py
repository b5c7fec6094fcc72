"""An alliance's own formula as a form a month can freeze: what is divided by what, times a factor (S0-10).

The small language (engine.expression) says more than a scheme can score by: of it, a sum of facts, one sum
over another, and what is left of a whole. The rest can be tried, and is refused here with what to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.refusal import Refused
from performance.engine.expression import Binary, Name, Node, Number

MOST_DEEP = 20


class OwnFormRefused(Refused):
    """A formula that no scheme can score by; `name` is the term it is about."""

    reasons = {
        "shape": "A scheme scores a sum of facts, one sum divided by another, or what is left of a whole, "
        "each times one number. Write it so, or keep it as a trial.",
        "scale": "The factor must be above zero.",
        "twice": "%(name)s stands twice in one sum.",
        "indicator": "%(name)s is a rate itself. Write the facts it divides instead.",
    }


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of an engine's indicator."""

    form: Literal["ratio", "amount", "complement"]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    scale: Decimal


def shape_of(node: Node, facts: frozenset[str], others: Mapping[str, Node]) -> Shape:
    """The form of a formula. Names that are no facts are indicators of `others`, put in as sums.

    Raises OwnFormRefused. Names are known and circles are ruled out before (engine.expressions).
    """
    scale, above, below = _factors(node)
    if scale <= 0:
        raise OwnFormRefused("scale")
    if len(above) != 1 or len(below) > 1:
        raise OwnFormRefused("shape")
    decimal = Decimal(scale.numerator) / Decimal(scale.denominator)
    if not below:
        return Shape("amount", _sum(above[0], facts, others), (), decimal)
    whole, top = _sum(below[0], facts, others), above[0]
    if isinstance(top, Binary) and top.sign == "−":
        if sorted(_sum(top.left, facts, others)) != sorted(whole):
            raise OwnFormRefused("shape")
        return Shape("complement", _sum(top.right, facts, others), whole, decimal)
    return Shape("ratio", _sum(top, facts, others), whole, decimal)


def _factors(node: Node) -> tuple[Fraction, list[Node], list[Node]]:
    """The number, the parts above and the parts below the line of a product."""
    if isinstance(node, Number):
        return Fraction(node.value), [], []
    if isinstance(node, Binary) and node.sign in ("×", "÷"):
        scale, above, below = _factors(node.left)
        factor, over, under = _factors(node.right)
        if node.sign == "×":
            return scale * factor, above + over, below + under
        if not factor:
            raise OwnFormRefused("scale")
        return scale / factor, above + under, below + over
    return Fraction(1), [node], []


def _sum(node: Node, facts: frozenset[str], others: Mapping[str, Node], deep: int = 0) -> tuple[str, ...]:
    """The facts a sum adds, each once."""
    if isinstance(node, Binary) and node.sign == "+":
        found = (*_sum(node.left, facts, others, deep), *_sum(node.right, facts, others, deep))
        for name in found:
            if found.count(name) > 1:
                raise OwnFormRefused("twice", name=name)
        return found
    if isinstance(node, Name):
        if node.name in facts:
            return (node.name,)
        return _of_indicator(node.name, facts, others, deep)
    raise OwnFormRefused("shape")


def _of_indicator(name: str, facts: frozenset[str], others: Mapping[str, Node], deep: int) -> tuple[str, ...]:
    scale, above, below = _factors(others[name])
    if scale != 1 or below or len(above) != 1 or deep > MOST_DEEP:
        raise OwnFormRefused("indicator", name=name)
    return _sum(above[0], facts, others, deep + 1)
