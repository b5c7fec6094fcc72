"""A scheme: who is scored by which indicators, with what weight, target and form. Dated data, checked.

A5: the collaboration block weighs 40 at the lead, 30 at a county member, 50 at a primary institution.
A6: weights are completed and validated. A7: one indicator can satisfy several floors. S3-57, S3-63..65.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from alliance.lib.canonical import digest, later
from alliance.lib.refusal import Refused
from performance.engine.forms import Form
from performance.engine.indicators import Indicator
from performance.engine.restore import restore
from performance.engine.scoring import WhenMissing

DEMONSTRATION = Path(__file__).resolve().parents[1] / "data" / "scheme_demo.toml"
FULL = Decimal(100)
ROLLING = range(2, 37)  # months a value may be taken over


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator of a column: weight (points of 100), scoring form, dimension it counts for.

    `tags` name the floors it helps to meet; `minimum_n` replaces the indicator's own; `when_missing` replaces
    the scheme's own rule. Where the denominator is too small (definitions, general conventions): `rolling`
    takes the value over so many months, this one among them; `pooled` of all who are scored alike and of the
    same kind; `performance.engine.few` says how.
    """

    indicator: str
    dimension: str
    weight: Decimal
    form: Form
    when_missing: WhenMissing | None = None
    minimum_n: int | None = None
    tags: tuple[str, ...] = ()
    rolling: int = later(0)
    pooled: bool = later(False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A heading of the scheme, such as collaboration; pages show points by dimension."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Block:
    """What a dimension must weigh in a column (A5)."""

    dimension: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """The institutions scored alike, by role and kind, with their blocks and items."""

    code: str
    name_zh: str
    name_en: str
    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    blocks: tuple[Block, ...]
    items: tuple[Item, ...]

    def takes(self, role: str, kind: str) -> bool:
        """Whether an institution of this role and kind belongs here."""
        return role in self.roles and kind in self.kinds

    def weight(self, dimension: str) -> Decimal:
        """Points of 100 that a dimension holds."""
        return sum((item.weight for item in self.items if item.dimension == dimension), Decimal(0))


@dataclass(frozen=True, slots=True)
class Floor:
    """The least weight that the items carrying a tag must reach in every column that is named."""

    code: str
    name_zh: str
    name_en: str
    tag: str
    at_least: Decimal
    columns: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A dated version of a scheme, as decided; `when_missing` holds where an item has no rule of its own."""

    code: str
    version: str
    name_zh: str
    name_en: str
    effective_from: date
    decided_by: str
    source: str
    when_missing: WhenMissing
    dimensions: tuple[Dimension, ...]
    columns: tuple[Column, ...]
    floors: tuple[Floor, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: names exactly this version."""
        return digest(self)

    def column_for(self, role: str, kind: str) -> Column | None:
        """The first column that takes an institution of this role and kind."""
        return next((column for column in self.columns if column.takes(role, kind)), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a scheme: code, column, what it is about, the number found and the number required."""

    code: str
    column: str
    about: str
    found: str = ""
    required: str = ""


class SchemeRefused(Refused):
    """A scheme with faults cannot score anybody; `problems` lists all of them."""

    reasons = {"problems": "The scheme has %(count)s faults, the first: %(first)s."}

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = " ".join(filter(None, (problems[0].code, problems[0].column, problems[0].about)))
        super().__init__("problems", count=len(problems), first=first)


def read_scheme(text: str) -> Scheme:
    """Read a scheme from TOML (the table `scheme`). Raises ShapeRefused; contents are checked by `check`."""
    return restore(Scheme, tomllib.loads(text).get("scheme", {}), "$.scheme")


def demonstration_scheme() -> Scheme:
    """The scheme the demonstration alliances use; its numbers are examples to decide about."""
    return read_scheme(DEMONSTRATION.read_text(encoding="utf-8"))


def check(scheme: Scheme, indicators: Mapping[str, Indicator]) -> tuple[Problem, ...]:
    """All faults of a scheme, empty when it can be used.

    Weights of a column sum to 100 and are not negative; blocks weigh what is decided; floors are met; every
    indicator exists, has a better side, stands once a column; forms are sound and run in its direction.
    """
    dimensions = {dimension.code for dimension in scheme.dimensions}
    problems = [
        problem
        for column in scheme.columns
        for problem in (
            *_weights(column),
            *_items(column, indicators, dimensions),
            *_floors(column, scheme.floors),
        )
    ]
    if not scheme.columns:
        problems.append(Problem("no_columns", "", scheme.code))
    return tuple(problems)


def _weights(column: Column) -> Iterator[Problem]:
    whole = sum((item.weight for item in column.items), Decimal(0))
    if whole != FULL:
        yield Problem("weights_not_100", column.code, "", str(whole), str(FULL))
    for block in column.blocks:
        if column.weight(block.dimension) != block.weight:
            found = str(column.weight(block.dimension))
            yield Problem("block_weight", column.code, block.dimension, found, str(block.weight))


def _items(column: Column, indicators: Mapping[str, Indicator], dimensions: set[str]) -> Iterator[Problem]:
    codes = [item.indicator for item in column.items]
    for item in column.items:
        indicator = indicators.get(item.indicator)
        if indicator is None:
            yield Problem("unknown_indicator", column.code, item.indicator)
        elif indicator.direction == "none":
            yield Problem("no_direction", column.code, item.indicator, item.form.kind)
        elif getattr(item.form, "direction", indicator.direction) != indicator.direction:
            yield Problem("direction", column.code, item.indicator, item.form.kind, indicator.direction)
        if codes.count(item.indicator) > 1:
            yield Problem("repeated_indicator", column.code, item.indicator)
        if item.dimension not in dimensions:
            yield Problem("unknown_dimension", column.code, item.indicator, item.dimension)
        if item.weight < 0:
            yield Problem("negative_weight", column.code, item.indicator, str(item.weight), "0")
        if refusal := item.form.refusal():
            yield Problem(refusal, column.code, item.indicator)
        if indicator is not None and (item.rolling or item.pooled) and not indicator.denominator:
            yield Problem("nothing_divided", column.code, item.indicator)
        if item.rolling and item.rolling not in ROLLING:
            yield Problem("rolling", column.code, item.indicator, str(item.rolling), str(ROLLING[-1]))


def _floors(column: Column, floors: tuple[Floor, ...]) -> Iterator[Problem]:
    for floor in floors:
        found = sum((item.weight for item in column.items if floor.tag in item.tags), Decimal(0))
        if column.code in floor.columns and found < floor.at_least:
            yield Problem("floor", column.code, floor.code, str(found), str(floor.at_least))
