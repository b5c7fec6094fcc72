"""What a row of months amounts to: quarters, a year's grade, streaks (S1-38, S2-40, S2-46, S3-27, S3-42).

Missing is not zero and no success either: a period that lacks a month has no mean, and a period without a
mean ends a streak, for nobody can prove it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from alliance.lib.period import Month, Quarter
from performance.engine.annual import EVEN, year_mean
from performance.engine.consequences import Grade, grade

Share = Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Monthly:
    """An institution's month: score (points of 100), and by dimension the percent of what it could give.

    `vetoed`: a one-vote veto for falsification is in force for it (S3-35).
    """

    score: Decimal | None
    shares: Share
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines that are decided: grades, the share of both sides of a double compliance, honour, streaks.

    `sides`: codes of the dimensions that must both reach `double_line` percent (S1-38); `quarters` of it in a
    row and `years` excellent in a row lead to a proposal; honour needs `honour_score` in so many years.
    A year weighs its quarters by `weights` and may lack `missing` months (performance.engine.annual).
    """

    excellent: Decimal
    fail: Decimal
    sides: tuple[str, ...]
    double_line: Decimal
    quarters: int
    years: int
    honour_score: Decimal
    honour_years: int
    weights: tuple[Decimal, ...] = EVEN
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year: the mean of its months (exact), how many have a score, its double compliance.

    `mean` is None while a month is missing; `double` is None where a side was not assessed. A vetoed period
    has failed, whatever its mean.
    """

    known: int
    months: int
    mean: Fraction | None
    double: bool | None
    vetoed: bool = False

    @property
    def complete(self) -> bool:
        """Whether every month has a score."""
        return self.known == self.months


def period(months: Sequence[Monthly | None], rules: Rules) -> Period:
    """Months of a quarter or a year, None where a month has no result."""
    scores = [one.score for one in months if one is not None and one.score is not None]
    whole = len(scores) == len(months)
    mean = sum(map(Fraction, scores), Fraction(0)) / len(months) if whole else None
    vetoed = any(one.vetoed for one in months if one is not None)
    double = False if vetoed else _double(months, rules) if whole else None
    return Period(len(scores), len(months), mean, double, vetoed)


def _double(months: Sequence[Monthly | None], rules: Rules) -> bool | None:
    """Whether the mean share of every side reaches the line."""
    for side in rules.sides:
        found = [one.shares.get(side) for one in months if one is not None]
        known = [share for share in found if share is not None]
        if not known or len(known) < len(months):
            return None
        if sum(known, Fraction(0)) / len(known) < rules.double_line:
            return False
    return True


def streak(passed: Iterable[bool | None]) -> int:
    """How many of the newest periods in a row passed (oldest first); one that is not assessed ends it."""
    count = 0
    for one in passed:
        count = count + 1 if one else 0
    return count


@dataclass(frozen=True, slots=True)
class Earlier:
    """A year decided before the months of this system: its score (points of 100), grade, and the decision."""

    score: Decimal
    grade: Grade
    decision: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an institution: its period, the grade once it is complete.

    `decision`: the decision of an earlier year it was taken from; None where it comes from the own months.
    """

    year: int
    period: Period
    grade: Grade | None
    decision: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that follows from the months of an institution, up to and with one month.

    `honour`: True or False once all its years are complete, None before. `due` names the proposals:
    excellent, fail (with interview), double, recommend.
    """

    quarters: Mapping[Quarter, Period]
    years: tuple[Year, ...]
    doubles: int
    excellent_years: int
    honour: bool | None
    due: tuple[str, ...]


def standing(
    months: Mapping[Month, Monthly], until: Month, rules: Rules, earlier: Mapping[int, Earlier] | None = None
) -> Standing:
    """Quarters and years that have begun and not those after `until`; a running one is not complete.

    A streak of quarters ends at the newest complete quarter: the running one neither lengthens nor breaks it.
    `earlier`: years decided before; each counts where its own months give no mean. A year between two known
    ones of which nobody knows anything ends a streak.
    """
    first = min(months, default=until)
    spread = [
        first.plus(step) for step in range((until.year - first.year) * 12 + until.number - first.number + 1)
    ]
    quarters = {
        quarter: period([months.get(month) for month in _months(quarter)], rules)
        for quarter in dict.fromkeys(month.quarter for month in spread)
    }
    known = earlier or {}
    years = tuple(
        _year(year, [months.get(Month(year, number)) for number in range(1, 13)], rules, known.get(year))
        for year in range(min([first.year, *known]), until.year + 1)
    )
    over = [one for quarter, one in quarters.items() if _months(quarter)[-1] <= until]
    doubles = streak(one.double for one in over)
    ended = [one for one in years if Month(one.year, 12) <= until]
    best = streak(one.grade == "excellent" for one in ended)
    honour = _honour(ended, rules)
    return Standing(quarters, years, doubles, best, honour, _due(ended, doubles, best, rules))


def _months(quarter: Quarter) -> list[Month]:
    return [Month(quarter.year, 3 * quarter.number - back) for back in (2, 1, 0)]


def _year(year: int, months: Sequence[Monthly | None], rules: Rules, earlier: Earlier | None) -> Year:
    scores = [None if one is None else one.score for one in months]
    mean = year_mean(scores, weights=rules.weights, missing=rules.missing)
    found = replace(period(months, rules), mean=mean)
    if found.mean is None and earlier is not None and not found.vetoed:
        return Year(year, replace(found, mean=Fraction(earlier.score)), earlier.grade, earlier.decision)
    if found.mean is None or found.vetoed:
        return Year(year, found, "fail" if found.vetoed else None)
    return Year(year, found, grade(found.mean, excellent=rules.excellent, fail=rules.fail))


def _honour(ended: Sequence[Year], rules: Rules) -> bool | None:
    """S3-42: each of the last years reached the line, else a veto; None while one of them has no mean."""
    last = ended[-rules.honour_years :]
    if any(one.period.vetoed for one in last):
        return False
    means = [one.period.mean for one in last if one.period.mean is not None]
    if any(mean < rules.honour_score for mean in means):
        return False
    return True if len(means) == rules.honour_years else None


def _due(ended: Sequence[Year], doubles: int, best: int, rules: Rules) -> tuple[str, ...]:
    """Proposals of the newest year and quarters; what followed from an earlier decision was decided then."""
    last = ended[-1] if ended and ended[-1].decision is None else None
    found: list[str] = [last.grade] if last and last.grade in ("excellent", "fail") else []
    if doubles >= rules.quarters:
        found.append("double")
    if last and best >= rules.years:
        found.append("recommend")
    return tuple(found)
