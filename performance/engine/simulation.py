"""A month under another scheme, side by side with how it was settled: who gains, who loses, and through what.

The same engine as the month itself (S0-15, S1-36, S2-47); nothing of it is stored as a result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.fact import Fact
from performance.engine.indicators import Indicator
from performance.engine.inputs import MonthInputs
from performance.engine.month import MonthResult
from performance.engine.scheme import Scheme
from performance.engine.settlement import settle

PLACES = 4


@dataclass(frozen=True, slots=True)
class Moved:
    """What one indicator does to an institution's score: points of 100 it gave before and gives after."""

    indicator: str
    before: Decimal
    after: Decimal

    @property
    def points(self) -> Decimal:
        """Points won (negative: lost)."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Shift:
    """One institution before and after: share in fen, score, place among those scored alike (None: no
    score, or all of them share one place). `assessed`: weight (of 100) of the indicators that had data after;
    None in reports from before it was kept.

    `through`: every indicator that gives another number of points, the strongest first; their sum is the
    change of the score up to rounding.
    """

    institution: str
    column: str
    fen_before: int
    fen_after: int
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    through: tuple[Moved, ...]
    assessed: Decimal | None = None

    @property
    def fen(self) -> int:
        """Money won (negative: lost)."""
        return self.fen_after - self.fen_before

    @property
    def places(self) -> int | None:
        """Places won among those scored alike; None where one of the two has no place."""
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after


@dataclass(frozen=True, slots=True)
class Simulation:
    """A month under two schemes. `blocked_by`: whose missing figures stop it under the second.

    `correlation`: Spearman's rank correlation of the scores of each column with two institutions or more
    (ties share the mean place), four decimals; None where all scores of one side are equal.
    `concentration`: the Gini coefficient of the shares, 0 equal, towards 1 all to one.
    """

    month: Month
    shifts: tuple[Shift, ...]
    blocked_by: tuple[str, ...]
    correlation: tuple[tuple[str, Decimal | None], ...]
    concentration_before: Decimal
    concentration_after: Decimal

    @property
    def gained(self) -> int:
        """How many get more."""
        return sum(shift.fen > 0 for shift in self.shifts)

    @property
    def lost(self) -> int:
        """How many get less."""
        return sum(shift.fen < 0 for shift in self.shifts)

    @property
    def most_places(self) -> int:
        """The greatest move in rank, up or down."""
        return max((abs(shift.places or 0) for shift in self.shifts), default=0)


def under(
    inputs: MonthInputs, scheme: Scheme, indicators: Sequence[Indicator], facts: Iterable[Fact] = ()
) -> MonthInputs:
    """The inputs of a month with another scheme, as if it had held then.

    `facts` are those the frozen inputs do not hold because nothing asked for them; a frozen one always stays.
    """
    known = {fact.place for fact in inputs.facts}
    more = tuple(fact for fact in facts if fact.place not in known)
    held = replace(scheme, effective_from=min(scheme.effective_from, inputs.month.first_day))
    return replace(inputs, scheme=held, indicators=tuple(indicators), facts=(*inputs.facts, *more))


def simulate(before: MonthInputs, after: MonthInputs) -> Simulation:
    """Settle both and compare. Raises what `settle` raises."""
    return compare(settle(before), settle(after))


def compare(before: MonthResult, after: MonthResult) -> Simulation:
    """Two results of one month, institution by institution; a blocked result shares nothing."""
    shifts = _shifts(before, after)
    shares = [[shift.fen_before for shift in shifts], [shift.fen_after for shift in shifts]]
    return Simulation(
        month=after.month,
        shifts=shifts,
        blocked_by=after.blocked_by,
        correlation=tuple(_correlations(shifts)),
        concentration_before=gini(shares[0]),
        concentration_after=gini(shares[1]),
    )


def _shifts(before: MonthResult, after: MonthResult) -> tuple[Shift, ...]:
    money = [{line.institution: line.fen for line in result.lines} for result in (before, after)]
    scores = [{one.institution: one.score for one in result.totals} for result in (before, after)]
    columns = {one.institution: one.column for one in after.totals}
    points = [points_of(result) for result in (before, after)]
    ranks = [_ranks(table, columns) for table in scores]
    assessed = _assessed(after)
    return tuple(
        Shift(
            institution=code,
            column=columns[code],
            fen_before=money[0].get(code, 0),
            fen_after=money[1].get(code, 0),
            score_before=scores[0].get(code),
            score_after=scores[1].get(code),
            rank_before=ranks[0].get(code),
            rank_after=ranks[1].get(code),
            through=through(points[0].get(code, {}), points[1].get(code, {})),
            assessed=assessed.get(code, Decimal(0)),
        )
        for code in columns
    )


def _assessed(result: MonthResult) -> Mapping[str, Decimal]:
    """Weight (of 100) by the scheme of what was assessed, by institution."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for part in result.scores:
        if part.score is not None:
            found[part.institution] += part.weight
    return found


def points_of(result: MonthResult) -> Mapping[str, Mapping[str, Decimal]]:
    """Points of 100 each indicator gives an institution: weight in effect x points / 100, four decimals."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for part in result.scores:
        if part.score is not None and part.weight_in_effect is not None:
            given = Fraction(part.weight_in_effect) * Fraction(part.score) / 100
            found[part.institution][part.indicator] = half_up(given, PLACES)
    return found


def through(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> tuple[Moved, ...]:
    """Every indicator that gives another number of points, the strongest first."""
    nothing = Decimal(0)
    moved = [
        Moved(code, before.get(code, nothing), after.get(code, nothing))
        for code in sorted(before.keys() | after.keys())
    ]
    return tuple(
        sorted((one for one in moved if one.points), key=lambda one: (-abs(one.points), one.indicator))
    )


def _ranks(scores: Mapping[str, Decimal | None], columns: Mapping[str, str]) -> dict[str, int]:
    """Place within the column, 1 the best; equal scores share the better place.

    Where several are scored and all alike, nobody has a place.
    """
    known = {code: score for code, score in scores.items() if score is not None and code in columns}
    alike: dict[str, list[Decimal]] = defaultdict(list)
    for code, score in known.items():
        alike[columns[code]].append(score)
    return {
        code: 1 + sum(other > score for other in alike[columns[code]])
        for code, score in known.items()
        if len(alike[columns[code]]) == 1 or len(set(alike[columns[code]])) > 1
    }


def _correlations(shifts: Sequence[Shift]) -> Iterable[tuple[str, Decimal | None]]:
    for column in dict.fromkeys(shift.column for shift in shifts):
        pairs = [
            (shift.score_before, shift.score_after)
            for shift in shifts
            if shift.column == column and shift.score_before is not None and shift.score_after is not None
        ]
        if len(pairs) > 1:
            yield column, spearman([one[0] for one in pairs], [one[1] for one in pairs])


def spearman(first: Sequence[Decimal], second: Sequence[Decimal]) -> Decimal | None:
    """Rank correlation of two equally long rows, ties at their mean place, four decimals, half-up.

    None where one row has only equal values.
    """
    one, two = _places(first), _places(second)
    mean = Fraction(len(one) + 1, 2)
    covariance = sum(((a - mean) * (b - mean) for a, b in zip(one, two, strict=True)), Fraction(0))
    spread = _spread(one, mean) * _spread(two, mean)
    if not spread:
        return None
    with localcontext(Context(prec=40)):
        root = (Decimal(spread.numerator) / Decimal(spread.denominator)).sqrt()
        found = Decimal(covariance.numerator) / Decimal(covariance.denominator) / root
    return half_up(Fraction(found), PLACES)


def _spread(places: Sequence[Fraction], mean: Fraction) -> Fraction:
    return sum(((place - mean) ** 2 for place in places), Fraction(0))


def _places(values: Sequence[Decimal]) -> list[Fraction]:
    return [
        Fraction(2 * sum(other > value for other in values) + values.count(value) + 1, 2) for value in values
    ]


def gini(shares: Sequence[int]) -> Decimal:
    """Gini coefficient of amounts of one sign, four decimals; 0 where nothing is shared."""
    amounts = sorted(abs(share) for share in shares)
    whole, n = sum(amounts), len(amounts)
    if not whole:
        return Decimal(0).quantize(Decimal("0.0001"))
    weighted = sum((place + 1) * amount for place, amount in enumerate(amounts))
    return half_up(Fraction(2 * weighted, n * whole) - Fraction(n + 1, n), PLACES)
