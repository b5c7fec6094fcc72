"""The register of parameters: every number a committee decides, read from data and checked (conventions 15).

The file `alliance/data/parameters.toml` holds the defaults. `parse_value` and `to_json` are also what a
dated parameter stored elsewhere is read and written with, so that an edited value meets the same checks.
"""

import dataclasses
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from alliance.lib.canonical import Json
from alliance.lib.refusal import Refused
from alliance.lib.workdays import DeadlineRefused, Rule

Scalar: TypeAlias = Decimal | int | str | bool | Rule
Value: TypeAlias = Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "parameters.toml"

_DECIMALS = frozenset({"percent", "points", "ratio", "decimal"})
_INTEGERS = frozenset({"int", "fen", "days", "months"})
SCALAR_TYPES = _DECIMALS | _INTEGERS | {"rule", "text", "bool"}
COMPOSITE_TYPES = frozenset({"list", "range", "table"})
_REQUIRED = ("type", "value", "unit", "label_zh", "label_en", "source", "from")
_KNOWN = frozenset({*_REQUIRED, "of", "fields", "total"})


class RegisterRefused(Refused):
    """An entry or a value of the register is wrong; `key` and `field` say where."""

    reasons = {
        "missing": "%(key)s: %(field)s is missing.",
        "unknown_field": "%(key)s: %(field)s is not a field of a parameter.",
        "unknown_type": "%(key)s: %(field)s names the unknown type %(type)s.",
        "wrong_type": "%(key)s: %(field)s must be %(type)s.",
        "float": "%(key)s: %(field)s is a floating-point number; write decimals as text.",
        "names": "%(key)s: %(field)s must hold exactly %(names)s.",
        "order": "%(key)s: %(field)s has a minimum above its maximum.",
        "total": "%(key)s: %(field)s must add up to %(total)s.",
        "empty": "%(key)s: %(field)s is empty.",
        "outside": "%(key)s: %(field)s lies outside the range decided for those days. Decide a value within "
        "it; where the range itself changes, the value first.",
        "unknown_key": "%(key)s is not a registered parameter (%(field)s).",
    }


@dataclass(frozen=True, slots=True)
class Shape:
    """What values a parameter takes.

    `type` is a scalar type (percent, points = percentage points, ratio, decimal: Decimal; int, fen, days,
    months: int; rule: a deadline rule; text; bool), or list (of one scalar type), range (min and max) or
    table (named scalars). `fields` gives the types of a range or table, `of` that of a list's items,
    `total` the sum a table must have.
    """

    type: str
    of: str = ""
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One registered parameter with its default, labels, source and the day from which it holds."""

    key: str
    shape: Shape
    value: Value
    unit: str
    label_zh: str
    label_en: str
    source: tuple[str, ...]
    from_day: date


class Register(Mapping[str, Entry]):
    """The entries by key, in the order of the file; an unknown key raises RegisterRefused."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, key: str) -> Entry:
        if key not in self._entries:
            raise RegisterRefused("unknown_key", key=key, field="key")
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def load_register(path: Path = DEFAULTS) -> Register:
    """Read and check the register's file (UTF-8 TOML). Raises RegisterRefused naming key and field."""
    return read_register(path.read_text(encoding="utf-8"))


def read_register(text: str) -> Register:
    """Read and check a register from TOML text. Raises RegisterRefused, tomllib.TOMLDecodeError."""
    return Register({key: _entry(key, raw) for key, raw in tomllib.loads(text).items()})


def parse_value(shape: Shape, raw: object, *, key: str, field: str = "value") -> Value:
    """Read a value as it stands in TOML or JSON (decimals as text or whole numbers).

    Raises RegisterRefused: wrong_type, float, names, order, total, empty.
    """
    if shape.type == "list":
        return _parse_list(shape, raw, key, field)
    if shape.type in COMPOSITE_TYPES:
        return _parse_table(shape, raw, key, field)
    return _parse_scalar(shape.type, raw, key, field)


def to_json(value: Value) -> Json:
    """Write a value as JSON: decimals and rules as text, whole numbers and truth values as they are."""
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, Rule) else value


def _entry(key: str, raw: object) -> Entry:
    if not isinstance(raw, dict):
        raise RegisterRefused("wrong_type", key=key, field="entry", type="a table")
    _check_fields(key, raw)
    shape = _shape(key, raw)
    return Entry(
        key=key,
        shape=shape,
        value=parse_value(shape, raw["value"], key=key),
        unit=_text(key, raw, "unit"),
        label_zh=_text(key, raw, "label_zh"),
        label_en=_text(key, raw, "label_en"),
        source=_sources(key, raw["source"]),
        from_day=_day(key, raw["from"]),
    )


def _check_fields(key: str, raw: Mapping[str, Any]) -> None:
    for field in _REQUIRED:
        if field not in raw:
            raise RegisterRefused("missing", key=key, field=field)
    for field in raw:
        if field not in _KNOWN:
            raise RegisterRefused("unknown_field", key=key, field=field)


def _shape(key: str, raw: Mapping[str, Any]) -> Shape:
    kind, of = raw["type"], raw.get("of", "")
    if kind in SCALAR_TYPES:
        return Shape(kind)
    if kind not in COMPOSITE_TYPES:
        raise RegisterRefused("unknown_type", key=key, field="type", type=kind)
    fields = {"min": of, "max": of} if kind == "range" else raw.get("fields", {})
    if kind == "table" and not fields and isinstance(raw["value"], dict):
        fields = dict.fromkeys(raw["value"], of)
    for name, item_type in (fields or {"of": of}).items():
        if item_type not in SCALAR_TYPES:
            raise RegisterRefused("unknown_type", key=key, field=name, type=item_type)
    total = Decimal(raw["total"]) if "total" in raw else None
    return Shape(kind, of, MappingProxyType(fields), total)


def _parse_list(shape: Shape, raw: object, key: str, field: str) -> tuple[Scalar, ...]:
    if not isinstance(raw, list | tuple):
        raise RegisterRefused("wrong_type", key=key, field=field, type="a list")
    if not raw:
        raise RegisterRefused("empty", key=key, field=field)
    return tuple(_parse_scalar(shape.of, item, key, f"{field}[{at}]") for at, item in enumerate(raw))


def _parse_table(shape: Shape, raw: object, key: str, field: str) -> Mapping[str, Scalar]:
    if not isinstance(raw, Mapping):
        raise RegisterRefused("wrong_type", key=key, field=field, type="a table")
    if set(raw) != set(shape.fields):
        raise RegisterRefused("names", key=key, field=field, names=", ".join(shape.fields))
    table = {
        name: _parse_scalar(item_type, raw[name], key, f"{field}.{name}")
        for name, item_type in shape.fields.items()
    }
    if shape.type == "range" and _number(table["min"]) > _number(table["max"]):
        raise RegisterRefused("order", key=key, field=field)
    if shape.total is not None and sum(map(_number, table.values())) != shape.total:
        raise RegisterRefused("total", key=key, field=field, total=shape.total)
    return MappingProxyType(table)


def _parse_scalar(kind: str, raw: object, key: str, field: str) -> Scalar:
    if isinstance(raw, float):
        raise RegisterRefused("float", key=key, field=field)
    value = _PARSERS[kind](raw)
    if value is None:
        raise RegisterRefused("wrong_type", key=key, field=field, type=kind)
    return value


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        return None
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _integer(raw: object) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _rule(raw: object) -> Rule | None:
    try:
        return Rule.parse(str(raw))
    except DeadlineRefused:
        return None


def _word(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw.strip() else None


def _truth(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


_PARSERS: Mapping[str, Callable[[object], Scalar | None]] = {
    **dict.fromkeys(_DECIMALS, _decimal),
    **dict.fromkeys(_INTEGERS, _integer),
    "rule": _rule,
    "text": _word,
    "bool": _truth,
}


def _number(value: Scalar) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def _text(key: str, raw: Mapping[str, Any], field: str) -> str:
    text = _word(raw[field])
    if text is None:
        raise RegisterRefused("empty", key=key, field=field)
    return text


def _sources(key: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(_word(item) for item in raw):
        raise RegisterRefused("empty", key=key, field="source")
    return tuple(raw)


def _day(key: str, raw: object) -> date:
    if type(raw) is not date:
        raise RegisterRefused("wrong_type", key=key, field="from", type="a date")
    return raw
