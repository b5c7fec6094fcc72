"""Probabilities the detectors rest on; exact sums where counts are small, no approximation of a tail.

Probabilities are floating numbers: they are compared with limits and shown with four digits, never shared,
added up into money or digested.
"""

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, log1p, sqrt

ENOUGH = 1e-18  # a term so much smaller than the sum changes no digit of it
WORK = 2_000_000  # steps of an exact sum; beyond it so many events are as good as normal


def binomial_tail(hits: int, trials: int, chance: float) -> float:
    """Probability of `hits` or more in `trials` independent trials of `chance` each; 1 for no hit."""
    if hits <= 0 or chance >= 1:
        return 1.0
    if hits > trials or chance <= 0:
        return 0.0
    ways = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    term = exp(ways + hits * log(chance) + (trials - hits) * log1p(-chance))
    total, odds = 0.0, chance / (1 - chance)
    for count in range(hits, trials + 1):
        total += term
        term *= (trials - count) / (count + 1) * odds
        if count > trials * chance and term <= ENOUGH * total:
            break
    return min(total, 1.0)


def compared_tail(hits: int, trials: int, other_hits: int, other_trials: int) -> float:
    """Fisher's exact probability: that so many or more of all hits fall among these trials, were both alike.

    Where the other side is small it knows little, and the probability says so.
    """
    whole, all_hits = trials + other_trials, hits + other_hits
    most = min(trials, all_hits)
    ways = _ways(whole, trials)
    terms = (
        exp(_ways(all_hits, one) + _ways(whole - all_hits, trials - one) - ways)
        for one in range(max(hits, trials - (whole - all_hits)), most + 1)
    )
    return min(sum(terms), 1.0)


def _ways(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)


def fallen_tail(hits: int, events: Sequence[tuple[int, float]]) -> float:
    """Probability that `hits` or more of all events fall here: so many events, each with its own chance.

    Exact (the sum of binomials, built up event by event) while that is little work, else a normal value with
    the half of continuity.
    """
    known = [(number, chance) for number, chance in events if number and chance > 0]
    total = sum(number for number, _chance in known)
    if hits <= 0 or total < hits:
        return 1.0 if hits <= 0 else 0.0
    if total * hits > WORK:
        mean = sum(number * chance for number, chance in known)
        spread = sqrt(sum(number * chance * (1 - chance) for number, chance in known))
        return normal_tail((hits - 0.5 - mean) / spread) if spread else float(mean >= hits)
    below = [1.0] + [0.0] * (hits - 1)  # probabilities of 0 .. hits - 1
    for number, chance in known:
        for _event in range(number):
            for count in range(hits - 1, 0, -1):
                below[count] += chance * (below[count - 1] - below[count])
            below[0] *= 1 - chance
    return max(0.0, 1 - sum(below))


def normal_tail(deviations: float) -> float:
    """Probability of a standard normal value so large or larger."""
    return erfc(deviations / sqrt(2)) / 2


def adjusted(chances: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted probabilities, in the order given.

    Reporting those at or below q keeps the expected share of false ones among the reported at most q, where
    the tests are independent or positively dependent.
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place], reverse=True)
    found, least = [1.0] * len(chances), 1.0
    for rank, place in zip(range(len(chances), 0, -1), order, strict=True):
        least = min(least, chances[place] * len(chances) / rank)
        found[place] = least
    return found


def middle(values: Sequence[float]) -> float:
    """The median of some values (at least one)."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def usual_spread(values: Sequence[float]) -> float:
    """A standard deviation that single strange values do not move: 1.4826 median absolute deviations."""
    centre = middle(values)
    return 1.4826 * middle([abs(value - centre) for value in values])
