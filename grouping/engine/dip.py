"""A DIP catalogue built from past cases, and the points of a case by it (definitions 3, S4-08).

Combination 病种组合: the first four characters of the principal diagnosis (the dot aside) and the
procedures, in any order. RW_j = m_j / M, means over years weighted as the city says (1:2:7, the newest last).
Combinations with enough cases form the core list; the others are valued together by class: ICD category of
three characters, with or without procedure. Pure and exact; rounded once, half-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from grouping.engine.exact import half_up
from grouping.engine.payment import DipRules

RW_PLACES = 4


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    """Principal diagnosis of four characters ("J18.9") and procedures in ascending order."""

    head: str
    procedures: tuple[str, ...] = ()

    @property
    def category(self) -> Combination:
        """The class of the comprehensive list: three characters, procedure or none."""
        return Combination(self.head[:3], ("*",) if self.procedures else ())

    def __str__(self) -> str:
        return " + ".join([self.head, *self.procedures])


def combination(principal: str, procedures: Iterable[str]) -> Combination:
    """The combination of a case: order and repetition of procedures do not matter."""
    plain = principal.replace(".", "")[:4]
    head = f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain
    return Combination(head, tuple(sorted(set(procedures))))


@dataclass(frozen=True, slots=True)
class Sums:
    """Cases of one year and level that share a combination; cost in fen."""

    year: int
    level: str
    combination: Combination
    cases: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a catalogue: cases behind it, weighted mean cost (fen, exact), relative weight."""

    combination: Combination
    core: bool
    cases: int
    mean_fen: Fraction
    rw: Decimal


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Core and comprehensive list, the overall mean M (fen), last year's means by level for deviations."""

    core: Mapping[Combination, Entry]
    comprehensive: Mapping[Combination, Entry]
    mean_fen: Fraction
    last_year: Mapping[tuple[Combination, str], Fraction]

    def entry(self, of: Combination) -> Entry | None:
        """The line that values a combination; None where its class had no case either."""
        return self.core.get(of) or self.comprehensive.get(of.category)

    def points(self, of: Combination, level: str, cost_fen: int, rules: DipRules) -> Fraction | None:
        """Points of a case: RW, more or less where the cost deviates from last year's mean of its level.

        Above the high multiple (ratio - multiple + 1) x RW, below the low one ratio x RW, both strict;
        without a mean of last year RW.
        """
        found = self.entry(of)
        if found is None:
            return None
        rw = Fraction(found.rw)
        mean = self.last_year.get((of if found.core else of.category, level))
        if not mean:
            return rw
        ratio = Fraction(cost_fen) / mean
        if ratio > rules.high:
            return (ratio - rules.high + 1) * rw
        return ratio * rw if ratio < rules.low else rw


class _Years:
    """Cases and cost of one line by year."""

    __slots__ = ("cases", "cost")

    def __init__(self) -> None:
        self.cases: dict[int, int] = defaultdict(int)
        self.cost: dict[int, int] = defaultdict(int)

    def add(self, one: Sums) -> None:
        self.cases[one.year] += one.cases
        self.cost[one.year] += one.cost_fen

    def mean(self, weights: Mapping[int, Decimal]) -> Fraction:
        """Mean of the yearly means, weighted over the years with cases."""
        known = {year: Fraction(weights[year]) for year, cases in self.cases.items() if cases}
        total = sum((w * Fraction(self.cost[y], self.cases[y]) for y, w in known.items()), start=Fraction(0))
        return total / sum(known.values(), start=Fraction(0))


def weights_of(newest: int, ratios: Sequence[Decimal]) -> dict[int, Decimal]:
    """The weight of each year, the last of `ratios` being the newest year's."""
    first = newest - len(ratios) + 1
    return {first + place: ratio for place, ratio in enumerate(ratios)}


def build(sums: Iterable[Sums], weights: Mapping[int, Decimal], *, core_cases: int) -> Catalogue | None:
    """The catalogue of the years that have a weight; None without a case of cost.

    `core_cases`: how many cases over all those years make a combination a line of its own.
    """
    found = [one for one in sums if one.year in weights and one.cases and one.combination.head]
    lines: dict[Combination, _Years] = defaultdict(_Years)
    everything = _Years()
    for one in found:
        lines[one.combination].add(one)
        everything.add(one)
    if not sum(everything.cost.values()):
        return None
    core = {key for key, line in lines.items() if sum(line.cases.values()) >= core_cases}
    overall = everything.mean(weights)
    classes: dict[Combination, _Years] = defaultdict(_Years)
    for one in found:
        if one.combination not in core:
            classes[one.combination.category].add(one)
    own = {key: _entry(key, True, lines[key], weights, overall) for key in sorted(core)}
    together = {key: _entry(key, False, classes[key], weights, overall) for key in sorted(classes)}
    return Catalogue(own, together, overall, _last_year(found, core, max(weights) - 1))


def _entry(
    key: Combination, core: bool, line: _Years, weights: Mapping[int, Decimal], overall: Fraction
) -> Entry:
    mean = line.mean(weights)
    return Entry(key, core, sum(line.cases.values()), mean, half_up(mean / overall, RW_PLACES))


def _last_year(
    found: Iterable[Sums], core: set[Combination], year: int
) -> dict[tuple[Combination, str], Fraction]:
    cases: dict[tuple[Combination, str], int] = defaultdict(int)
    cost: dict[tuple[Combination, str], int] = defaultdict(int)
    for one in found:
        if one.year == year:
            line = one.combination if one.combination in core else one.combination.category
            cases[line, one.level] += one.cases
            cost[line, one.level] += one.cost_fen
    return {key: Fraction(cost[key], number) for key, number in cases.items()}
