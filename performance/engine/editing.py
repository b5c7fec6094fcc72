"""One change of a scheme at a time, as a new value; whether the whole stands is for `scheme.check` to say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from alliance.lib.refusal import Refused
from performance.engine.forms import Form, LinearHigher, LinearLower
from performance.engine.indicators import Indicator
from performance.engine.scheme import Block, Column, Floor, Item, Scheme


class EditRefused(Refused):
    """A change that names what the scheme does not hold, or holds already."""

    reasons = {
        "column": "The scheme has no column %(about)s.",
        "indicator": "The column has no indicator %(about)s.",
        "there": "The column has the indicator %(about)s already.",
        "dimension": "The scheme has no dimension %(about)s.",
        "last": "A column keeps at least one indicator.",
    }


def weigh(scheme: Scheme, weights: Mapping[tuple[str, str], Decimal]) -> Scheme:
    """Other weights (points of 100) by (column, indicator). Raises EditRefused (column, indicator)."""
    known = {(column.code, item.indicator) for column in scheme.columns for item in column.items}
    for column, indicator in weights:
        if (column, indicator) not in known:
            raise EditRefused("indicator", about=indicator)
    columns = [
        replace(
            column,
            items=tuple(
                replace(item, weight=weights.get((column.code, item.indicator), item.weight))
                for item in column.items
            ),
        )
        for column in scheme.columns
    ]
    return replace(scheme, columns=tuple(columns))


def put(scheme: Scheme, column: str, item: Item) -> Scheme:
    """An item in the place of the one with the same indicator. Raises EditRefused."""
    _require_dimension(scheme, item.dimension)

    def change(one: Column) -> Column:
        if item.indicator not in {old.indicator for old in one.items}:
            raise EditRefused("indicator", about=item.indicator)
        return replace(
            one, items=tuple(item if old.indicator == item.indicator else old for old in one.items)
        )

    return _in_column(scheme, column, change)


def add(scheme: Scheme, column: str, item: Item) -> Scheme:
    """One indicator more, after those of its dimension. Raises EditRefused."""
    _require_dimension(scheme, item.dimension)

    def change(one: Column) -> Column:
        if item.indicator in {old.indicator for old in one.items}:
            raise EditRefused("there", about=item.indicator)
        order = {dimension.code: place for place, dimension in enumerate(scheme.dimensions)}
        items = sorted([*one.items, item], key=lambda old: order.get(old.dimension, len(order)))
        return replace(one, items=tuple(items))

    return _in_column(scheme, column, change)


def take_out(scheme: Scheme, column: str, indicator: str) -> Scheme:
    """Without an indicator. Raises EditRefused."""

    def change(one: Column) -> Column:
        left = tuple(item for item in one.items if item.indicator != indicator)
        if len(left) == len(one.items):
            raise EditRefused("indicator", about=indicator)
        if not left:
            raise EditRefused("last")
        return replace(one, items=left)

    return _in_column(scheme, column, change)


def bound(
    scheme: Scheme, *, blocks: Mapping[tuple[str, str], Decimal | None], floors: tuple[Floor, ...]
) -> Scheme:
    """What dimensions must weigh in a column (None: nothing is decided) and the floors."""
    columns = [
        replace(
            column,
            blocks=tuple(
                Block(dimension.code, weight)
                for dimension in scheme.dimensions
                if (weight := blocks.get((column.code, dimension.code))) is not None
            ),
        )
        for column in scheme.columns
    ]
    return replace(scheme, columns=tuple(columns), floors=floors)


def first_form(indicator: Indicator, scheme: Scheme) -> Form:
    """How a new indicator is scored to begin with: as another column does, else linear from 0 to 100.

    The numbers are a place to start from, not a rule.
    """
    for column in scheme.columns:
        for item in column.items:
            if item.indicator == indicator.code:
                return item.form
    if indicator.direction == "higher":
        return LinearHigher(base=Decimal(0), target=Decimal(100))
    return LinearLower(target=Decimal(0), zero_at=Decimal(100))


def _in_column(scheme: Scheme, code: str, change: Callable[[Column], Column]) -> Scheme:
    if code not in {column.code for column in scheme.columns}:
        raise EditRefused("column", about=code)
    return replace(scheme, columns=tuple(change(one) if one.code == code else one for one in scheme.columns))


def _require_dimension(scheme: Scheme, code: str) -> None:
    if code not in {dimension.code for dimension in scheme.dimensions}:
        raise EditRefused("dimension", about=code)
