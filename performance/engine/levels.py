"""Departments, teams and persons, scored by the thousand: the rules of the month, without its sentences.

S0-46..49 and S2-44..47: one scheme an object, from the person up. A sheet of an institution writes down every
formula; ten thousand persons with 130 indicators would need millions of sentences that nobody opens. Here the
same numbers are computed alone, and `sheet_of` writes the sentences of the one subject that is asked about:
`performance.engine.evaluate`, `score` and `total` give the same values (proved by tests).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import lcm

from alliance.lib.period import Month
from performance.engine import few, region
from performance.engine.exact import rounded
from performance.engine.fact import Fact, add_numbers, tabulate
from performance.engine.forms import AgainstLast
from performance.engine.formula import Number
from performance.engine.indicators import Indicator
from performance.engine.inputs import Member, MonthInputs, Pool
from performance.engine.scheme import Column, Item, Scheme
from performance.engine.scoring import PLACES, Status, WhenMissing, score
from performance.engine.sheet import Sheet
from performance.engine.sheet import sheet_of as write_sheet

Book = Mapping[tuple[Month, str], Number | None]
Pair = tuple[Number | None, Number | None]
POINT = 10**PLACES


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is scored: `role` of the institution, `kind` of department, team or post. `code` names it once."""

    code: str
    role: str
    kind: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A value (None: not assessed, `reason` says why) with the sums of facts above and below the line."""

    value: Decimal | None
    top: Number | None
    bottom: Number | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator of one subject: what was measured and its points (None: no points)."""

    indicator: str
    dimension: str
    measured: Measured
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """A subject's score of 100 with four decimals, as `scoring.Total`.

    `dimensions`: code, points, possible points of each, in the order of the items.
    """

    column: str
    status: Status
    score: Decimal | None
    points: Decimal
    possible: Decimal
    missing: tuple[str, ...]
    dimensions: tuple[tuple[str, Decimal, Decimal], ...]
    cells: tuple[Cell, ...]


def measure(indicator: Indicator, book: Book, month: Month, minimum: int | None = None) -> Measured:
    """The value of one indicator from the facts of one subject; the same as `indicators.evaluate`."""
    months = [month, month.plus(-indicator.months_back)] if indicator.form == "change" else [month]
    pairs = [_pair(indicator, book, at) for at in months]
    top, bottom = pairs[0]
    reason = _obstacle(indicator, pairs, indicator.minimum_n if minimum is None else minimum)
    if reason:
        return Measured(None, top, bottom, reason)
    return Measured(rounded(*_exact(indicator, pairs), indicator.decimals), top, bottom)


def _pair(indicator: Indicator, book: Book, at: Month) -> Pair:
    below = indicator.denominator
    return _sum(indicator.numerator, book, at), _sum(below, book, at) if below else 1


def _sum(keys: tuple[str, ...], book: Book, at: Month) -> Number | None:
    if len(keys) == 1:
        return book.get((at, keys[0]))
    values = [book.get((at, key)) for key in keys]
    known = [value for value in values if value is not None]
    return add_numbers(known) if len(known) == len(values) else None


def _obstacle(indicator: Indicator, pairs: list[tuple[Number | None, Number | None]], minimum: int) -> str:
    if any(part is None for pair in pairs for part in pair):
        return "missing_fact"
    for _top, bottom in pairs:
        if not bottom:
            return "empty_denominator"
        if indicator.denominator and bottom < minimum:
            return "below_minimum_n"
    return "base_is_zero" if len(pairs) > 1 and not pairs[1][0] else ""


def _exact(indicator: Indicator, pairs: Sequence[Pair]) -> tuple[int, int]:
    """The exact value as two whole numbers, not in lowest terms: a million fractions would cost a minute."""
    sn, sd = indicator.scale.as_integer_ratio()
    tn, td, bn, bd = _whole(pairs[0])
    if indicator.form == "complement":
        return sn * (bn * td - tn * bd), sd * td * bn
    if indicator.form == "change":
        rn, rd, en, ed = _whole(pairs[1])
        now, then = (tn * bd, td * bn), (rn * ed, rd * en)
        return sn * (now[0] * then[1] - then[0] * now[1]), sd * now[1] * then[0]
    return sn * tn * bd, sd * td * bn


def _whole(pair: tuple[Number | None, Number | None]) -> tuple[int, int, int, int]:
    """Numerator and denominator of what stands above the line, then of what stands below."""
    top, bottom = pair
    return *(top or 0).as_integer_ratio(), *(bottom or 0).as_integer_ratio()


@dataclass(slots=True)
class Board:
    """A checked scheme ready to score subjects of one month; equal values are scored once."""

    scheme: Scheme
    indicators: Mapping[str, Indicator]
    month: Month
    _units: dict[str, tuple[tuple[int, ...], int]] = field(default_factory=dict)
    _scored: dict[tuple[str, str], dict[object, Decimal | None]] = field(default_factory=dict)
    _pools: dict[tuple[str, str, str], few.Pair] = field(default_factory=dict)
    _means: dict[str, tuple[Decimal, int] | None] = field(default_factory=dict)

    def column(self, subject: Subject) -> Column | None:
        """The column that takes a subject; None: the scheme does not score it."""
        return self.scheme.column_for(subject.role, subject.kind)

    def look(self, subjects: Iterable[tuple[Column, Subject, Book]]) -> None:
        """What some items need of everybody: the sums of who is scored alike, the mean of the region."""
        everybody = list(subjects)
        for column in {id(one): one for one, _subject, _book in everybody}.values():
            for item in column.items:
                indicator = self.indicators[item.indicator]
                if item.pooled:
                    for kind in {one.kind for other, one, _book in everybody if other is column}:
                        self._pools[column.code, kind, item.indicator] = few.summed([
                            _pair(indicator, book, self.month)
                            for other, one, book in everybody if other is column and one.kind == kind
                        ])  # fmt: skip
                if region.asks(item.form) and item.indicator not in self._means:
                    pairs = [_pair(indicator, book, self.month) for _column, _one, book in everybody]
                    self._means[item.indicator] = region.mean(indicator, pairs)

    def result(self, column: Column, book: Book, kind: str = "") -> Result:
        """Everything of one subject from its facts; `kind` names who is alike (`look` comes first)."""
        cells = tuple(self._cell(column, item, book, kind) for item in column.items)
        status = _status(self.scheme.when_missing, column.items, cells)
        weights, unit = self._weights(column)
        earned, held = _points(weights, cells)
        whole = sum(weights)
        known = status in ("assessed", "reweighted")
        return Result(
            column=column.code,
            status=status,
            score=rounded(earned, held * POINT, PLACES) if known else None,
            points=rounded(earned, whole * POINT, PLACES),
            possible=rounded(100 * held, whole, PLACES),
            missing=tuple(cell.indicator for cell in _weighed(column.items, cells) if cell.score is None),
            dimensions=_dimensions(weights, unit, column.items, cells),
            cells=cells,
        )

    def _weights(self, column: Column) -> tuple[tuple[int, ...], int]:
        """The weights of a column in whole units, and how many units make one."""
        if column.code not in self._units:
            unit = lcm(*(item.weight.as_integer_ratio()[1] for item in column.items))
            self._units[column.code] = tuple(int(item.weight * unit) for item in column.items), unit
        return self._units[column.code]

    def _cell(self, column: Column, item: Item, book: Book, kind: str) -> Cell:
        indicator = self.indicators[item.indicator]
        found = measure(indicator, book, self.month, item.minimum_n)
        if found.reason and (item.rolling or item.pooled):
            found = self._wider(found, indicator, item, book, (column.code, kind, item.indicator))
        last = None
        if isinstance(item.form, AgainstLast):
            last = measure(indicator, book, self.month.plus(-item.form.months_back), item.minimum_n).value
        return Cell(item.indicator, item.dimension, found, self._points(column, item, found.value, last))

    def _wider(
        self, found: Measured, indicator: Indicator, item: Item, book: Book, pool: tuple[str, str, str]
    ) -> Measured:
        months = [_pair(indicator, book, self.month.plus(-back)) for back in range(item.rolling)]
        wider = few.wider_pair(indicator, item, found.reason, months, self._pools.get(pool))
        if wider is None:
            return found
        return Measured(rounded(*_exact(indicator, [wider]), indicator.decimals), *wider)

    def _points(
        self, column: Column, item: Item, value: Decimal | None, last: Decimal | None
    ) -> Decimal | None:
        if value is None:
            return None
        known = self._scored.setdefault((column.code, item.indicator), {})
        key = value if last is None else (value, last)
        if key not in known:
            form = region.against(item.form, self._means.get(item.indicator))
            known[key] = score(form, value, last).score
        return known[key]


def _weighed(items: Iterable[Item], cells: Iterable[Cell]) -> list[Cell]:
    """A part of weight 0 takes no part (conventions 21)."""
    return [cell for item, cell in zip(items, cells, strict=True) if item.weight]


def _status(rule: WhenMissing, items: tuple[Item, ...], cells: tuple[Cell, ...]) -> Status:
    weighed = [(item, cell) for item, cell in zip(items, cells, strict=True) if item.weight]
    rules = {item.when_missing or rule for item, cell in weighed if cell.score is None}
    if "block" in rules:
        return "blocked"
    if "not_assessed" in rules or all(cell.score is None for _item, cell in weighed):
        return "not_assessed"
    return "reweighted" if rules else "assessed"


def _points(weights: tuple[int, ...], cells: tuple[Cell, ...]) -> tuple[int, int]:
    """Sum of weight x points (in units of weight and of points), and of the weights that have points."""
    earned = held = 0
    for weight, cell in zip(weights, cells, strict=True):
        if cell.score is not None:
            held += weight
            earned += weight * int(cell.score * POINT)
    return earned, held


def _dimensions(
    weights: tuple[int, ...], unit: int, items: tuple[Item, ...], cells: tuple[Cell, ...]
) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Points and possible points of each dimension, as `month.DimensionPoints`."""
    earned: dict[str, int] = {}
    possible: dict[str, Decimal] = {}
    for weight, item, cell in zip(weights, items, cells, strict=True):
        points = 0 if cell.score is None else weight * int(cell.score * POINT)
        earned[item.dimension] = earned.get(item.dimension, 0) + points
        held = possible.get(item.dimension, Decimal(0))
        possible[item.dimension] = held if cell.score is None else held + item.weight
    return tuple(
        (code, rounded(points, unit * POINT * 100, PLACES), possible[code]) for code, points in earned.items()
    )


def sheet_of(
    subject: Subject, scheme: Scheme, indicators: Iterable[Indicator], month: Month, facts: Iterable[Fact],
    others: Iterable[Subject] = (),
) -> Sheet:  # fmt: skip
    """The same subject with every formula written down, for the page that explains it.

    `others`: everybody else of the level, whose facts stand among the facts, where an item looks at all.
    """
    inputs = MonthInputs(
        month=month,
        indicators=tuple(indicators),
        scheme=scheme,
        members=tuple(Member(one.code, one.role, one.kind) for one in (subject, *others)),
        bases=(),
        pool=Pool(0, ""),
        facts=(),
    )
    return write_sheet(Member(subject.code, subject.role, subject.kind), 0, inputs, tabulate(facts))
