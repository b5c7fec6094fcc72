"""Scoring forms as data: how a value becomes points of 100. Exact arithmetic, nothing rounded here.

Where the requirements name no formula (X6-8, X6-9, S2-16, S3-16, S3-58), the one written at the class holds.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.canonical import later
from alliance.lib.refusal import Refused
from performance.engine.formula import Expr, Sign, chain, parameter, result

Direction = Literal["higher", "lower"]
Mode = Literal["pp", "relative"]
HUNDRED = parameter("full_points", 100)


class FormRefused(Refused):
    """A form whose parameters contradict each other, or weights that cannot be used."""

    reasons = {
        "target_not_above_base": "The target must be above the base.",
        "zero_at_not_above_target": "The value that gives 0 points must be above the target.",
        "thresholds_not_ascending": "The thresholds must ascend, and there must be one.",
        "points_out_of_range": "The points of a step lie between 0 and 100.",
        "low_above_high": "The lower end of the band is above its upper end.",
        "months_back_not_positive": "The earlier period must lie in the past.",
        "floor_above_ceiling": "The least points are above the most.",
        "full_not_positive": "The full mark of an opinion is above 0.",
        "green_not_better": "Green begins where amber has not yet begun.",
        "negative_weight": "A weight is negative.",
        "all_weights_zero": "All weights are zero.",
    }


class ScoringForm(ABC):
    """What every form answers; each carries the word `kind` and, except the two-sided band, `direction`."""

    __slots__ = ()

    def refusal(self) -> str:
        """The reason (of FormRefused) why these parameters contradict each other; empty when they do not."""
        return ""

    @abstractmethod
    def points(self, value: Expr, last: Expr) -> Expr:
        """Points before they are limited to 0..100; `last` is the own earlier value (`own_last` only)."""


@dataclass(frozen=True, slots=True)
class LinearHigher(ScoringForm):
    """Higher is better: 0 points at `base`, 100 at `target`: 100 x (value - base) / (target - base)."""

    base: Decimal
    target: Decimal
    kind: Literal["linear_higher"] = "linear_higher"
    direction: Literal["higher"] = "higher"

    def refusal(self) -> str:
        return "target_not_above_base" if self.target <= self.base else ""

    def points(self, value: Expr, last: Expr) -> Expr:
        base, target = parameter("base", self.base), parameter("target", self.target)
        return HUNDRED * (value - base) / (target - base)


@dataclass(frozen=True, slots=True)
class LinearLower(ScoringForm):
    """Lower is better: 100 at `target`, 0 at `zero_at`: 100 x (zero_at - value) / (zero_at - target)."""

    target: Decimal
    zero_at: Decimal
    kind: Literal["linear_lower"] = "linear_lower"
    direction: Literal["lower"] = "lower"

    def refusal(self) -> str:
        return "zero_at_not_above_target" if self.zero_at <= self.target else ""

    def points(self, value: Expr, last: Expr) -> Expr:
        target, zero_at = parameter("target", self.target), parameter("zero_at", self.zero_at)
        return HUNDRED * (zero_at - value) / (zero_at - target)


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold (inclusive) and the points it gives."""

    at: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Steps(ScoringForm):
    """Points of the greatest threshold reached; lower is better: of the smallest not exceeded; else 0."""

    direction: Direction
    steps: tuple[Step, ...]
    kind: Literal["steps"] = "steps"

    def refusal(self) -> str:
        at = [step.at for step in self.steps]
        if not at or at != sorted(set(at)):
            return "thresholds_not_ascending"
        fine = all(0 <= step.points <= 100 for step in self.steps)
        return "" if fine else "points_out_of_range"

    def points(self, value: Expr, last: Expr) -> Expr:
        higher, exact = self.direction == "higher", value.exact or Fraction(0)
        ordered = self.steps[::-1] if higher else self.steps
        for step in ordered:
            if exact == step.at or (exact > step.at) == higher:
                return _looked_up(value, "≥" if higher else "≤", step.at, step.points)
        return _looked_up(value, "<" if higher else ">", ordered[-1].at, Decimal(0))


@dataclass(frozen=True, slots=True)
class Band(ScoringForm):
    """100 points inside [low, high]; outside they fall per unit of distance, at a rate a side (S3-58)."""

    low: Decimal
    high: Decimal
    penalty_below: Decimal
    penalty_above: Decimal
    kind: Literal["band"] = "band"

    def refusal(self) -> str:
        return "low_above_high" if self.low > self.high else ""

    def points(self, value: Expr, last: Expr) -> Expr:
        low, high = parameter("low", self.low), parameter("high", self.high)
        exact = value.exact or Fraction(0)
        if exact < self.low:
            return HUNDRED - parameter("penalty_below", self.penalty_below) * (low - value)
        if exact > self.high:
            return HUNDRED - parameter("penalty_above", self.penalty_above) * (value - high)
        return Expr(Fraction(100), chain(low, "≤", value, "≤", high, "→", HUNDRED))


@dataclass(frozen=True, slots=True)
class AgainstMean(ScoringForm):
    """Against a mean (S3-16): score_at_mean, plus or minus slope x change.

    `relative`: change = 100 x (value - mean) / mean, of a mean below 0 by its size; `pp`: value - mean, for
    what is a rate of growth itself and may be near 0. `mean` None: the mean of the region is computed from
    everybody's facts (`performance.engine.region`), which sets `computed` to of how many.
    """

    direction: Direction
    mean: Decimal | None
    score_at_mean: Decimal
    slope: Decimal
    kind: Literal["mean"] = "mean"
    computed: int = later(0)
    mode: Literal["pp", "relative"] = later("relative")

    def points(self, value: Expr, last: Expr) -> Expr:
        mean, start = parameter("mean", self.mean), parameter("score_at_mean", self.score_at_mean)
        if self.computed:
            mean = result(f"region_mean:{self.computed}", self.mean)
        change = _change(self.mode, parameter("slope", self.slope), value, mean)
        return start + change if self.direction == "higher" else start - change


@dataclass(frozen=True, slots=True)
class AgainstLast(ScoringForm):
    """Against the own value `months_back` months earlier: score_at_equal, plus or minus slope x change.

    `pp`: change = value - last; `relative`: 100 x (value - last) / last, of a value below 0 by its size.
    """

    direction: Direction
    mode: Mode
    score_at_equal: Decimal
    slope: Decimal
    months_back: int = 1
    kind: Literal["own_last"] = "own_last"

    def refusal(self) -> str:
        return "" if self.months_back > 0 else "months_back_not_positive"

    def points(self, value: Expr, last: Expr) -> Expr:
        start, slope = parameter("score_at_equal", self.score_at_equal), parameter("slope", self.slope)
        change = _change(self.mode, slope, value, last)
        return start + change if self.direction == "higher" else start - change


@dataclass(frozen=True, slots=True)
class AddDeduct(ScoringForm):
    """Points added or deducted for every event counted: start + points x value, between floor and ceiling.

    Deductions (`points` below 0) belong to what should be rare, additions to what is wanted.
    """

    start: Decimal
    points_each: Decimal
    floor: Decimal
    ceiling: Decimal
    kind: Literal["add_deduct"] = "add_deduct"

    @property
    def direction(self) -> Direction:
        """Which way is better follows from the sign."""
        return "lower" if self.points_each < 0 else "higher"

    def refusal(self) -> str:
        if self.floor > self.ceiling:
            return "floor_above_ceiling"
        return "" if self.floor >= 0 and self.ceiling <= 100 else "points_out_of_range"

    def points(self, value: Expr, last: Expr) -> Expr:
        found = parameter("start", self.start) + parameter("points_each", self.points_each) * value
        exact = found.exact or Fraction(0)
        for name, sign, end in (("floor", "<", self.floor), ("ceiling", ">", self.ceiling)):
            if exact < end if sign == "<" else exact > end:
                limit = parameter(name, end)
                return Expr(limit.exact, chain(found, sign, limit, "→", limit))
        return found


@dataclass(frozen=True, slots=True)
class Expert(ScoringForm):
    """An opinion on a scale from 0 to `full` (S3-21): 100 x value / full."""

    full: Decimal
    kind: Literal["expert"] = "expert"
    direction: Literal["higher"] = "higher"

    def refusal(self) -> str:
        return "full_not_positive" if self.full <= 0 else ""

    def points(self, value: Expr, last: Expr) -> Expr:
        return HUNDRED * value / parameter("full", self.full)


@dataclass(frozen=True, slots=True)
class Lights(ScoringForm):
    """A traffic light: green from `green_at` on, amber from `amber_at` on, else red, each with its points.

    Where lower is better, green up to `green_at`, amber up to `amber_at`.
    """

    direction: Direction
    green_at: Decimal
    amber_at: Decimal
    green: Decimal
    amber: Decimal
    red: Decimal
    kind: Literal["lights"] = "lights"

    def refusal(self) -> str:
        better = (
            self.green_at > self.amber_at if self.direction == "higher" else self.green_at < self.amber_at
        )
        if not better:
            return "green_not_better"
        ordered = 100 >= self.green >= self.amber >= self.red >= 0
        return "" if ordered else "points_out_of_range"

    def points(self, value: Expr, last: Expr) -> Expr:
        higher = self.direction == "higher"
        exact = value.exact or Fraction(0)
        for name, at in (("green", self.green_at), ("amber", self.amber_at)):
            if exact >= at if higher else exact <= at:
                return _looked_up(value, "≥" if higher else "≤", at, getattr(self, name))
        return _looked_up(value, "<" if higher else ">", self.amber_at, self.red)


Form = LinearHigher | LinearLower | Steps | Band | AgainstMean | AgainstLast | AddDeduct | Expert | Lights


def _change(mode: Mode, slope: Expr, value: Expr, other: Expr) -> Expr:
    """How far a value lies from another, which below 0 counts by its size, so that better stays better."""
    if mode == "pp":
        return slope * (value - other)
    if other.exact is not None and other.exact < 0:
        size = Expr(-other.exact, (Sign("|"), *other.tokens, Sign("|")))
        return slope * HUNDRED * (value - other) / size
    return slope * HUNDRED * (value - other) / other


def _looked_up(value: Expr, sign: str, at: Decimal, points: Decimal) -> Expr:
    found = parameter("points", points)
    return Expr(found.exact, chain(value, sign, parameter("threshold", at), "→", found))
