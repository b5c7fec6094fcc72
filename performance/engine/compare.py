"""What differs between two versions of a scheme, one change a line, for a council to read (S0-15, S1-36).

Weights are points of 100. Nothing is said of what is alike; the order follows the newer scheme.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from performance.engine.exact import plain
from performance.engine.forms import Form, Step
from performance.engine.scheme import Column, Item, Scheme

What = Literal[
    "scheme", "column_added", "column_removed", "dimension_weight", "item_added", "item_removed", "weight",
    "dimension", "form", "number", "rule", "block", "floor",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: in which column ("" for the scheme itself), about what, which number, before and after.

    None: it was not there, or is there no more. `about` is the code of an indicator, dimension or floor.
    """

    what: What
    column: str
    about: str
    name: str
    before: str | None
    after: str | None


def changes(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """All differences from `old` to `new`; empty when nobody would be scored differently."""
    return tuple(_changes(old, new))


def _changes(old: Scheme, new: Scheme) -> Iterator[Change]:
    if old.when_missing != new.when_missing:
        yield Change("scheme", "", "", "when_missing", old.when_missing, new.when_missing)
    before = {column.code: column for column in old.columns}
    after = {column.code: column for column in new.columns}
    for code in before:
        if code not in after:
            yield Change("column_removed", code, code, "", code, None)
    for code, column in after.items():
        if code in before:
            yield from _column(before[code], column, [one.code for one in new.dimensions])
        else:
            yield Change("column_added", code, code, "", None, code)
    yield from _floors(old, new)


def _column(old: Column, new: Column, dimensions: list[str]) -> Iterator[Change]:
    for name in ("roles", "kinds"):
        yield from _one("rule", new.code, "", name, _listed(getattr(old, name)), _listed(getattr(new, name)))
    for code in dimensions:
        yield from _one(
            "dimension_weight", new.code, code, "weight", plain(old.weight(code)), plain(new.weight(code))
        )
    blocks = [{block.dimension: plain(block.weight) for block in column.blocks} for column in (old, new)]
    for code in sorted(blocks[0].keys() | blocks[1].keys()):
        yield from _one("block", new.code, code, "weight", blocks[0].get(code), blocks[1].get(code))
    before, after = ({item.indicator: item for item in column.items} for column in (old, new))
    for code, item in before.items():
        if code not in after:
            yield Change("item_removed", new.code, code, "weight", plain(item.weight), None)
    for code, item in after.items():
        if code in before:
            yield from _item(new.code, before[code], item)
        else:
            yield Change("item_added", new.code, code, "weight", None, plain(item.weight))


def _item(column: str, old: Item, new: Item) -> Iterator[Change]:
    code = new.indicator
    yield from _one("weight", column, code, "weight", plain(old.weight), plain(new.weight))
    yield from _one("dimension", column, code, "dimension", old.dimension, new.dimension)
    yield from _one("form", column, code, "kind", old.form.kind, new.form.kind)
    before, after = numbers(old.form), numbers(new.form)
    for name in dict.fromkeys((*before, *after)):
        yield from _one("number", column, code, name, before.get(name), after.get(name))
    for name in ("when_missing", "minimum_n"):
        yield from _one("rule", column, code, name, _text(getattr(old, name)), _text(getattr(new, name)))
    for name in ("rolling", "pooled"):
        was, now = (_text(getattr(one, name) or None) for one in (old, new))
        yield from _one("rule", column, code, name, was, now)
    yield from _one("rule", column, code, "tags", _listed(old.tags), _listed(new.tags))


def _floors(old: Scheme, new: Scheme) -> Iterator[Change]:
    told = [{floor.code: _floor(floor) for floor in scheme.floors} for scheme in (old, new)]
    for code in [*told[0], *(code for code in told[1] if code not in told[0])]:
        yield from _one("floor", "", code, "at_least", told[0].get(code), told[1].get(code))


def _floor(floor: object) -> str:
    values = {field.name: getattr(floor, field.name) for field in fields(floor)}  # type: ignore[arg-type]
    return f"{plain(values['at_least'])} ({_listed(values['columns'])})"


def numbers(form: Form) -> Mapping[str, str | None]:
    """The numbers a form sets, by name, written plainly; its kind is none of them."""
    return {
        field.name: _text(getattr(form, field.name))
        for field in fields(form)
        if field.name not in ("kind", "direction", "computed")
    }


def _one(
    what: What, column: str, about: str, name: str, before: str | None, after: str | None
) -> Iterator[Change]:
    if before != after:
        yield Change(what, column, about, name, before, after)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(sorted(values))


def _text(value: object) -> str | None:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return "; ".join(f"{plain(step.at)}→{plain(step.points)}" for step in value if isinstance(step, Step))
    return None if value is None else str(value)
