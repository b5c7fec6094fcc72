"""Seeded chance in whole numbers: the same draws on every machine, so the same files byte for byte."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from math import exp
from random import Random

SEED = "xietong demonstration 1"
PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Weighted:
    """Words to choose from, each with a whole-number weight (kept as running totals)."""

    words: tuple[str, ...]
    totals: tuple[int, ...]

    def draw(self, dice: Random) -> str:
        """Choose one word by weight."""
        return self.words[bisect_right(self.totals, below(dice, self.totals[-1]))]


Chances = tuple[tuple[str, int], ...]


def stream(*names: object) -> Random:
    """Return a generator of its own for a purpose: adding draws to one purpose never moves another."""
    return Random("/".join(map(str, (SEED, *names))))  # noqa: S311 - invented data, no secret


def chances(text: str) -> Chances:
    """Read "I10.x05:520 E11.900:260": words with a number each (per mille, or a weight); no number = 1."""
    pairs = (item.partition(":") for item in text.split())
    return tuple((word, int(number or 1)) for word, _, number in pairs)


def weighted(text: str) -> Weighted:
    """Read "I63.900:46 G45.900:10" as weights."""
    words, weights = zip(*chances(text), strict=True)
    return Weighted(words, tuple(accumulate(weights)))


def below(dice: Random, limit: int) -> int:
    """A whole number from 0 to limit - 1; much quicker than randrange, and even enough for small limits."""
    return int(dice.random() * limit)


def happens(dice: Random, per_mille: int) -> bool:
    """Say yes so many times in a thousand."""
    return dice.random() * PER_MILLE < per_mille


def multiplier(dice: Random, spread: int) -> int:
    """A log-normal factor in thousandths with median 1000; `spread` is its sigma in thousandths.

    Only this dimensionless factor ever is a float, and it is cut to thousandths before money is touched.
    """
    return max(1, int(PER_MILLE * exp(dice.gauss(0, 1) * spread / PER_MILLE)))


def between(dice: Random, low: int, mode: int, high: int) -> int:
    """A whole number from low to high (inclusive), most often near the mode (triangular)."""
    return min(high, int(dice.triangular(low, high + 1, mode)))
