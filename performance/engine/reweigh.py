"""A scheme's columns with one dimension raised and the rest in their proportions, floors kept (S0-41)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from performance.engine.consequences import raised
from performance.engine.scheme import Block, Column, Item, Scheme


def reweighed(scheme: Scheme, dimension: str, to: Decimal) -> Scheme:
    """The scheme with a dimension at `to` points of 100 in every column that has it; four decimals.

    Items of the others shrink alike; those that a floor of the column needs keep their weight, and the rest
    gives way further. Raises FormRefused (all_weights_zero, negative_weight).
    """
    columns = [
        _column(column, scheme, dimension, to) if column.weight(dimension) else column
        for column in scheme.columns
    ]
    return replace(scheme, columns=tuple(columns))


def _column(column: Column, scheme: Scheme, dimension: str, to: Decimal) -> Column:
    own = [item for item in column.items if item.dimension == dimension]
    kept: dict[str, Decimal] = {}
    while True:
        rest = {item.indicator: item.weight for item in column.items if item.indicator not in kept}
        whole = sum((rest[item.indicator] for item in own), Decimal(0))
        others = {code: weight for code, weight in rest.items() if code not in {one.indicator for one in own}}
        shrunk = raised({**others, dimension: whole}, dimension, to + sum(kept.values(), Decimal(0)))
        weights = {**{code: shrunk[code] for code in others}, **kept, **_own(own, whole, to)}
        found = _with(column, weights)
        needed = _needed(found, column, scheme, set(kept), dimension)
        if not needed:
            return found
        kept |= needed


def _own(items: list[Item], whole: Decimal, to: Decimal) -> dict[str, Decimal]:
    """The raised dimension's own items in their proportions."""
    if len(items) == 1:
        return {items[0].indicator: to}
    first, *rest = items
    shares = {item.indicator: (to * item.weight / whole).quantize(Decimal("0.0001")) for item in rest}
    return {first.indicator: to - sum(shares.values(), Decimal(0)), **shares}


def _with(column: Column, weights: Mapping[str, Decimal]) -> Column:
    items = tuple(replace(item, weight=weights[item.indicator]) for item in column.items)
    changed = replace(column, items=items)
    blocks = tuple(Block(block.dimension, changed.weight(block.dimension)) for block in column.blocks)
    return replace(changed, blocks=blocks)


def _needed(
    found: Column, before: Column, scheme: Scheme, kept: set[str], dimension: str
) -> dict[str, Decimal]:
    """Items that a floor missed after shrinking needs, with the weight they had."""
    for floor in scheme.floors:
        tagged = [item for item in before.items if floor.tag in item.tags and item.dimension != dimension]
        now = sum((item.weight for item in found.items if floor.tag in item.tags), Decimal(0))
        free = {item.indicator: item.weight for item in tagged if item.indicator not in kept}
        if before.code in floor.columns and now < floor.at_least and free:
            return free
    return {}
