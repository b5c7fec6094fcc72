"""What follows from a score or a change beside the points: steps of reward, weights raised, grades.

Numbers are dated parameters and come from outside. S0-41, S0-53..55, S2-16, S2-40; X6-8, X6-13.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.money import split_pool
from performance.engine.exact import half_up
from performance.engine.forms import FormRefused

PLACES = 4


def add_deduct(
    start: Decimal, events: Iterable[tuple[Decimal, int]], *, floor: Decimal, ceiling: Decimal
) -> Decimal:
    """Points after all events, each its points times how often; limited once at the end, four decimals.

    Raises FormRefused (floor_above_ceiling).
    """
    if floor > ceiling:
        raise FormRefused("floor_above_ceiling")
    found = Fraction(start) + sum((Fraction(points) * count for points, count in events), Fraction(0))
    return half_up(min(Fraction(ceiling), max(Fraction(floor), found)), PLACES)


def raised(weights: Mapping[str, Decimal], code: str, to: Decimal) -> dict[str, Decimal]:
    """Weights of 100 with one set to a new value, the others in their proportions (S0-41); four decimals.

    The others fill up to 100 by largest remainder, ties by code. Raises KeyError and FormRefused
    (negative_weight, all_weights_zero).
    """
    others = {name: weight for name, weight in weights.items() if name != code}
    if weights[code] < 0 or to < 0 or to > 100 or any(weight < 0 for weight in others.values()):
        raise FormRefused("negative_weight")
    if not any(others.values()):
        raise FormRefused("all_weights_zero")
    rest = int((100 - to) * 10**PLACES)
    shares = split_pool(rest, others).fen_by_code()
    found = {name: half_up(Fraction(share, 10**PLACES), PLACES) for name, share in shares.items()}
    return {name: half_up(Fraction(to), PLACES) if name == code else found[name] for name in weights}


@dataclass(frozen=True, slots=True)
class StepRule:
    """Every `step` of improvement gives `reward` percent; `fall`: a relative fall of cost counts (A13).

    `mode` step counts whole steps, linear any part; `cap` percent at most (None: no cap).
    """

    step: Decimal
    reward: Decimal
    mode: Literal["step", "linear"]
    fall: bool = False
    cap: Decimal | None = None

    def change(self, now: Decimal | None, last: Decimal | None) -> Fraction | None:
        """Improvement in points of the value, of a cost in percent of the last; None: not assessed."""
        if now is None or last is None or (self.fall and not last):
            return None
        if self.fall:
            return 100 * (Fraction(last) - Fraction(now)) / Fraction(last)
        return Fraction(now) - Fraction(last)

    def percent(self, now: Decimal | None, last: Decimal | None) -> Fraction | None:
        """The exact reward in percent; a change for the worse gives 0, nothing is deducted."""
        change = self.change(now, last)
        if change is None:
            return None
        steps = max(change, Fraction(0)) / Fraction(self.step)
        found = (math.floor(steps) if self.mode == "step" else steps) * Fraction(self.reward)
        return found if self.cap is None else min(found, Fraction(self.cap))

    def fen(self, now: Decimal | None, last: Decimal | None, budget_fen: int) -> int | None:
        """The reward of a budget in fen, rounded once half-up."""
        found = self.percent(now, last)
        return None if found is None else int(half_up(found * budget_fen / 100, 0))


Grade = Literal["excellent", "pass", "fail"]


def grade(score: Decimal | Fraction, *, excellent: Decimal, fail: Decimal) -> Grade:
    """The grade of a year (S2-40): excellent from the upper line on, fail below the lower."""
    return "excellent" if score >= excellent else "fail" if score < fail else "pass"
