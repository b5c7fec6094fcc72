"""Canonical JSON and its digest: the same content always gives the same bytes.

UTF-8 in Unicode form NFC, keys sorted by code point, no blanks, no floating-point numbers, decimals as
strings with the digits as written, money as integers, ISO dates (conventions 11).
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import Field, field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from alliance.lib.period import Month, Quarter
from alliance.lib.refusal import Refused

LATER = "later"

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None


class CanonicalRefused(Refused):
    """A value has no canonical form; `path` says where it stands."""

    reasons = {
        "float": "%(path)s: a floating-point number has no exact text; use Decimal or an integer.",
        "not_finite": "%(path)s: the number is not finite.",
        "no_time_zone": "%(path)s: a time without time zone is ambiguous.",
        "key": "%(path)s: a key is not a text.",
        "repeated_key": "%(path)s: two keys are the same text in Unicode form NFC.",
        "text": "%(path)s: the text holds half a surrogate pair.",
        "type": "%(path)s: values of type %(type)s have no canonical form.",
    }


def later(default: Any) -> Any:
    """A field that was added to a data class whose digests are kept: unwritten while it has its default."""
    return field(default=default, metadata={LATER: True})


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value as UTF-8 bytes.

    Takes None, bool, int, text, Decimal (string), Fraction ("n/d"), date, aware datetime (as UTC), Month,
    Quarter, Enum (its value), lists, tuples, mappings with text keys, and frozen or plain dataclasses (as
    mappings of their fields). Raises CanonicalRefused naming the path.
    """
    plain = to_plain(value)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical JSON as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(canonical(value)).hexdigest()


def to_plain(value: object, path: str = "$") -> Json:
    """Return the value as JSON types only, as `canonical` would write it. Raises CanonicalRefused."""
    try:
        return _plain(value)
    except _Bad as bad:
        where = path + "".join(reversed(bad.steps))
        raise CanonicalRefused(bad.reason, path=where, **bad.more) from None


class _Bad(Exception):
    """Why a value has no canonical form; each level it passes on its way up adds the step that led there.

    A month's evidence is millions of values: none of them pays for a path that only a refusal names.
    """

    def __init__(self, reason: str, **more: str) -> None:
        self.reason, self.more = reason, more
        self.steps: list[str] = []


def _plain(value: object) -> Json:
    kind = type(value)
    if kind is str:
        return _text(value)  # type: ignore[arg-type]
    if kind is int or kind is bool or value is None:
        return value  # type: ignore[return-value]
    if kind is tuple or kind is list:
        return _list(value)  # type: ignore[arg-type]
    if kind is dict:
        return _mapping(value)  # type: ignore[arg-type]
    if kind is Decimal:
        return _decimal(value)  # type: ignore[arg-type]
    return _special(value)


def _special(value: object) -> Json:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return _list(value)
    if isinstance(value, Month | Quarter):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _mapping({name: getattr(value, name) for name in _written(value)})
    if isinstance(value, date):
        return _moment(value)
    if isinstance(value, float):
        raise _Bad("float")
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Decimal):
        return _decimal(value)
    raise _Bad("type", type=type(value).__name__)


def _list(value: "list[object] | tuple[object, ...]") -> list[Json]:
    plain: list[Json] = []
    try:
        for item in value:
            plain.append(_plain(item))
    except _Bad as bad:
        bad.steps.append(f"[{len(plain)}]")
        raise
    return plain


def _mapping(value: Mapping[object, object]) -> dict[str, Json]:
    plain: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise _Bad("key")
        name = _text(key)
        try:
            if name in plain:
                raise _Bad("repeated_key")
            plain[name] = _plain(item)
        except _Bad as bad:
            bad.steps.append(f".{name}")
            raise
    return plain


def _written(value: object) -> list[str]:
    """The fields that are written: all but the later ones that have their default."""
    kind: Any = type(value)
    names, laters = _fields(kind)
    if not laters:
        return names
    unwritten = {name for name, default in laters if getattr(value, name) == default}
    return [name for name in names if name not in unwritten]


@cache
def _fields(kind: type) -> tuple[list[str], list[tuple[str, object]]]:
    """The names of a data class, and those added later with their defaults."""
    found: tuple[Field[Any], ...] = fields(kind)
    return [one.name for one in found], [(one.name, one.default) for one in found if one.metadata.get(LATER)]


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise _Bad("not_finite")
    # Never an exponent: 1E+3 and 1000 are the same digits.
    return format(value, "f")


def _moment(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.utcoffset() is None:
        raise _Bad("no_time_zone")
    return value.astimezone(UTC).isoformat()


def _text(value: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise _Bad("text") from None
    return unicodedata.normalize("NFC", value)
