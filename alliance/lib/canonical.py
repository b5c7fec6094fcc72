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
    if isinstance(value, Enum):
        return to_plain(value.value, path)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, Mapping):
        return _mapping(value, path)
    if isinstance(value, list | tuple):
        return [to_plain(item, f"{path}[{place}]") for place, item in enumerate(value)]
    return _special(value, path)


def _special(value: object, path: str) -> Json:
    if isinstance(value, Month | Quarter):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _mapping(
            {one.name: getattr(value, one.name) for one in fields(value) if _written(value, one)}, path
        )
    if isinstance(value, date):
        return _moment(value, path)
    if isinstance(value, Decimal | Fraction | float):
        return _number(value, path)
    raise CanonicalRefused("type", path=path, type=type(value).__name__)


def _written(value: object, one: "Field[Any]") -> bool:
    return not one.metadata.get(LATER) or getattr(value, one.name) != one.default


def _number(value: Decimal | Fraction | float, path: str) -> str:
    if isinstance(value, float):
        raise CanonicalRefused("float", path=path)
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if not value.is_finite():
        raise CanonicalRefused("not_finite", path=path)
    # Never an exponent: 1E+3 and 1000 are the same digits.
    return format(value, "f")


def _moment(value: date, path: str) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.utcoffset() is None:
        raise CanonicalRefused("no_time_zone", path=path)
    return value.astimezone(UTC).isoformat()


def _mapping(value: Mapping[object, object], path: str) -> dict[str, Json]:
    plain: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise CanonicalRefused("key", path=path)
        name = _text(key, path)
        if name in plain:
            raise CanonicalRefused("repeated_key", path=f"{path}.{name}")
        plain[name] = to_plain(item, f"{path}.{name}")
    return plain


def _text(value: str, path: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise CanonicalRefused("text", path=path) from None
    return unicodedata.normalize("NFC", value)
