"""Plain data (JSON, TOML) back to frozen values, checking every field: the way back of `canonical.to_plain`.

`restore(type(x), to_plain(x)) == x` for every frozen value of the engine. No floats: decimals come as text.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from alliance.lib.period import Month, PeriodRefused
from alliance.lib.refusal import Refused

T = TypeVar("T")


class ShapeRefused(Refused):
    """Plain data that is not what the engine expects; `path` says where."""

    reasons = {
        "type": "%(path)s: expected %(expected)s, found %(found)s.",
        "float": '%(path)s: write a number with decimals as text, such as "0.5".',
        "value": "%(path)s: %(found)s is not %(expected)s.",
        "unknown": "%(path)s: unknown field %(found)s.",
        "absent": "%(path)s: the field is absent.",
        "form": "%(path)s: %(problem)s",
    }


def restore(kind: type[T], data: object, path: str = "$") -> T:
    """Rebuild a frozen value of class `kind` from plain data.

    Raises ShapeRefused with the path of the first wrong, unknown or absent field.
    """
    return cast(T, _read(kind, data, path))


def _read(kind: Any, data: object, path: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union(get_args(kind), data, path)
    if origin is Literal:
        return _literal(get_args(kind), data, path)
    if origin is tuple:
        return _tuple(get_args(kind), data, path)
    if is_dataclass(kind) and kind is not Month:
        return _dataclass(kind, data, path)
    return _scalar(kind, data, path)


def _scalar(kind: Any, data: object, path: str) -> object:
    if type(data) is kind:
        return data
    if kind is Decimal and type(data) in (str, int):
        return _decimal(cast(str | int, data), path)
    if kind in (date, Month) and isinstance(data, str):
        return _period(kind, data, path)
    if isinstance(data, float):
        raise ShapeRefused("float", path=path)
    raise ShapeRefused("type", path=path, expected=kind.__name__, found=type(data).__name__)


def _decimal(data: str | int, path: str) -> Decimal:
    try:
        number = Decimal(data)
    except InvalidOperation:
        raise ShapeRefused("value", path=path, expected="a decimal number", found=data) from None
    if not number.is_finite():
        raise ShapeRefused("value", path=path, expected="a finite number", found=data)
    return number


def _period(kind: Any, data: str, path: str) -> date | Month:
    try:
        return Month.parse(data) if kind is Month else date.fromisoformat(data)
    except (PeriodRefused, ValueError):
        expected = "a month (2026-10)" if kind is Month else "a date (2026-10-31)"
        raise ShapeRefused("value", path=path, expected=expected, found=data) from None


def _literal(words: tuple[object, ...], data: object, path: str) -> object:
    if data not in words:
        expected = "one of " + ", ".join(map(str, words))
        raise ShapeRefused("value", path=path, expected=expected, found=data)
    return data


def _tuple(kinds: tuple[Any, ...], data: object, path: str) -> tuple[object, ...]:
    """`tuple[X, ...]`, or a tuple of fixed length such as `tuple[str, Decimal]`."""
    if not isinstance(data, list | tuple):
        raise ShapeRefused("type", path=path, expected="a list", found=type(data).__name__)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(data)
    if len(kinds) != len(data):
        raise ShapeRefused("type", path=path, expected=f"{len(kinds)} values", found=len(data))
    return tuple(_read(kind, data[place], f"{path}[{place}]") for place, kind in enumerate(kinds))


def _union(kinds: tuple[Any, ...], data: object, path: str) -> object:
    """`X | None`, `int | Decimal` (text is a decimal), or data classes told apart by their field `kind`."""
    if data is None and type(None) in kinds:
        return None
    if int in kinds and type(data) is int:
        return data
    real = [kind for kind in kinds if kind not in (type(None), int)]
    if len(real) == 1:
        return _read(real[0], data, path)
    word = data.get("kind") if isinstance(data, Mapping) else None
    for kind in real:
        if word == next(field.default for field in fields(kind) if field.name == "kind"):
            return _dataclass(kind, data, path)
    raise ShapeRefused("value", path=f"{path}.kind", expected="a known kind", found=word)


def _dataclass(kind: Any, data: object, path: str) -> object:
    if type(data) is kind:
        return data
    if not isinstance(data, Mapping):
        raise ShapeRefused("type", path=path, expected=kind.__name__, found=type(data).__name__)
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}
    for name in data:
        if name not in known:
            raise ShapeRefused("unknown", path=path, found=name)
    return kind(
        **{
            field.name: _read(hints[field.name], data[field.name], f"{path}.{field.name}")
            for field in fields(kind)
            if field.name in data or _is_required(field, path)
        }
    )


def _is_required(field: "Field[Any]", path: str) -> bool:
    if field.default is MISSING and field.default_factory is MISSING:
        raise ShapeRefused("absent", path=f"{path}.{field.name}")
    return False
