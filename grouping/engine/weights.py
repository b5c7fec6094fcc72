"""Weights from an alliance's own cases, as a proposal beside those in force (definitions 2, S4-16).

Plain: mean cost of the group over the mean of all. Structure-adjusted: the cost is split into five classes
and each class compares by itself, so that a group is not heavy for its drugs alone. Both are based anew, so
that the mean weight of the cases used is 1. Exact fractions until the last step; weights have six decimals,
half-up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Literal

from grouping.engine.exact import half_up

Method = Literal["plain", "structure"]
PLACES = 6
# The front page's charges by class (definitions 10.1): what is "of which" another (D19x01, D20x01, D20x02,
# D23x01) is not counted twice. 医疗, 护理, 医技, 药品耗材, 管理.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "medical": ("D12", "D19", "D20", "D21", "D22"),
    "nursing": ("D13",),
    "technical": ("D15", "D16", "D17", "D18"),
    "material": ("D23", "D24", "D25", "D26", "D27", "D28", "D29", "D30", "D31", "D32", "D33"),
    "management": ("D11", "D14", "D34"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """One grouped case: its group, days of stay, cost in fen, charges in fen in the order of CLASSES."""

    drg: str
    days: int
    fen: int
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a proposal is computed by. iqr: fences at Q1 - iqr x IQR and Q3 + iqr x IQR; least: cases a group
    needs; stable: from so many it counts as stable. most_cv: largest coefficient of variation. shares:
    class -> share of the weight, adding up to 1.
    """

    method: Method
    most_days: int
    iqr: Decimal
    least: int
    stable: int
    most_cv: Decimal
    shares: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group's proposed weight. cases: used; dropped: beyond the fences. cv: SD over mean (n - 1).

    weight None: too few cases; flags: few, unstable (fewer than `stable`), spread (cv above its limit).
    """

    drg: str
    cases: int
    dropped: int
    mean_fen: int
    cv: Decimal | None
    weight: Decimal | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """All groups by code, how many cases were used and left out, classes without any charge."""

    rows: tuple[Proposal, ...]
    used: int
    left_out: int
    mean_fen: int
    empty_classes: tuple[str, ...] = ()


def propose(cases: Iterable[Cost], terms: Terms) -> Proposals:
    """A weight for every group with enough cases.

    Left out first: stays of 0 or more than `most_days` days, costs of 0 or less, charges that do not sum to
    the cost. Then, in each group, costs beyond the fences; then groups with fewer than `least` cases.
    """
    everything = list(cases)
    sound = [case for case in everything if _sound(case, terms)]
    groups: dict[str, list[Cost]] = {}
    for case in sound:
        groups.setdefault(case.drg, []).append(case)
    kept = {drg: _within(rows, terms.iqr) for drg, rows in groups.items()}
    enough = {drg: rows for drg, rows in kept.items() if len(rows) >= terms.least}
    used = [case for rows in enough.values() for case in rows]
    raw, empty = _raw(enough, used, terms)
    base = (
        sum((value * len(enough[drg]) for drg, value in raw.items()), Fraction()) / len(used) if used else 1
    )
    rows = [
        _row(drg, kept[drg], len(groups[drg]), raw[drg] / base if drg in raw else None, terms)
        for drg in sorted(groups)
    ]
    mean = round(Fraction(sum(case.fen for case in used), len(used))) if used else 0
    return Proposals(tuple(rows), len(used), len(everything) - len(sound), mean, empty)


def _sound(case: Cost, terms: Terms) -> bool:
    if not 0 < case.days <= terms.most_days or case.fen <= 0:
        return False
    return sum(case.classes) == case.fen


def class_fen(fees: Mapping[str, int]) -> tuple[int, ...]:
    """Charges by column as charges by the five classes, in fen, in the order of CLASSES."""
    return tuple(sum(fees.get(column, 0) for column in columns) for columns in CLASSES.values())


def _within(rows: Sequence[Cost], iqr: Decimal) -> list[Cost]:
    """The cases between the fences; quartiles by linear interpolation between ranks."""
    costs = sorted(case.fen for case in rows)
    low, high = _quantile(costs, 1), _quantile(costs, 3)
    reach = Fraction(iqr) * (high - low)
    return [case for case in rows if low - reach <= case.fen <= high + reach]


def _quantile(ordered: Sequence[int], quarter: int) -> Fraction:
    place = Fraction(quarter * (len(ordered) - 1), 4)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _raw(
    groups: Mapping[str, Sequence[Cost]], used: Sequence[Cost], terms: Terms
) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """Each group against all, before it is based anew; classes nobody was charged for give no share."""
    if terms.method == "plain":
        whole = _mean([case.fen for case in used])
        return {drg: _mean([case.fen for case in rows]) / whole for drg, rows in groups.items()}, ()
    means = {name: _mean([case.classes[place] for case in used]) for place, name in enumerate(CLASSES)}
    empty = tuple(name for name in CLASSES if used and not means[name])
    shares = {name: Fraction(terms.shares[name]) for name in CLASSES if name not in empty}
    found = {drg: _structured(rows, means, shares) for drg, rows in groups.items()}
    return found, empty


def _structured(
    rows: Sequence[Cost], means: Mapping[str, Fraction], shares: Mapping[str, Fraction]
) -> Fraction:
    """A group's weight by structure: its mean charge over that of all, class by class, by the shares."""
    total, weight = sum(shares.values(), Fraction()), Fraction()
    for place, name in enumerate(CLASSES):
        if name in shares:
            weight += shares[name] / total * _mean([case.classes[place] for case in rows]) / means[name]
    return weight


def _mean(values: Sequence[int]) -> Fraction:
    return Fraction(sum(values), len(values)) if values else Fraction()


def _row(drg: str, rows: Sequence[Cost], before: int, weight: Fraction | None, terms: Terms) -> Proposal:
    costs = [case.fen for case in rows]
    mean, cv = _mean(costs), variation(costs)
    flags = ["few"] if weight is None else ["unstable"] if len(rows) < terms.stable else []
    if cv is not None and cv > terms.most_cv:
        flags.append("spread")
    shown = None if weight is None else half_up(weight, PLACES)
    return Proposal(drg, len(rows), before - len(rows), round(mean), cv, shown, tuple(flags))


def variation(costs: Sequence[int]) -> Decimal | None:
    """Coefficient of variation: sample SD over mean, four decimals, half-up; None under two."""
    if len(costs) < 2 or not sum(costs):
        return None
    mean = _mean(costs)
    square = sum(((cost - mean) ** 2 for cost in costs), Fraction()) / (len(costs) - 1) / mean**2
    scaled = square * 10**12  # the root of it has six decimals, the last of them cut
    return half_up(Fraction(isqrt(scaled.numerator // scaled.denominator), 10**6), 4)
