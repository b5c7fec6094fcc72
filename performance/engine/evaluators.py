"""Who judges, on an axis of its own beside the indicators' weights (A7; S3-21..26).

An indicator of opinion is rated by several kinds of evaluators; their means are weighed here. The weights are
dated data of a scheme's version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from performance.engine.exact import half_up

Kind = Literal["internal", "peer", "third_party", "authority", "patient"]
PLACES = 4


@dataclass(frozen=True, slots=True)
class Evaluators:
    """Weights of 100: own staff, other members, third party, health commission, patients."""

    internal: Decimal
    peer: Decimal
    third_party: Decimal
    authority: Decimal
    patient: Decimal

    @property
    def weights(self) -> Mapping[str, Decimal]:
        """By kind, in this order."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one kind of evaluator thinks: mean of 0..100 (four decimals), spread, and of how many raters.

    `spread` is the standard deviation over the raters, two decimals; both are None below the least number.
    """

    kind: Kind
    n: int
    mean: Decimal | None
    spread: Decimal | None


def opinion(kind: Kind, ratings: Iterable[Decimal], least: int) -> Opinion:
    """Mean and spread of the ratings; hidden when fewer than `least` people rated (S3-23)."""
    found = [Fraction(one) for one in ratings]
    if len(found) < max(least, 1):
        return Opinion(kind, len(found), None, None)
    mean = sum(found, Fraction(0)) / len(found)
    variance = sum(((one - mean) ** 2 for one in found), Fraction(0)) / len(found)
    root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return Opinion(kind, len(found), half_up(mean, PLACES), half_up(Fraction(root), 2))


def joined(opinions: Iterable[Opinion], evaluators: Evaluators) -> Decimal | None:
    """The weighted mean over the kinds that may be shown, four decimals; None where none may.

    A kind without enough raters takes no part and the others count more: missing is not zero.
    """
    weights = evaluators.weights
    known = [(Fraction(weights[one.kind]), Fraction(one.mean)) for one in opinions if one.mean is not None]
    held = sum((weight for weight, _mean in known), Fraction(0))
    return half_up(sum(weight * mean for weight, mean in known) / held, PLACES) if held else None
