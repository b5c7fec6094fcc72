"""Canonical JSON: one content, one sequence of bytes."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.canonical import CanonicalRefused, canonical, digest
from alliance.lib.period import Month, Quarter
from alliance.lib.workdays import SHANGHAI

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


class Level(Enum):
    TERTIARY = "tertiary"


@dataclass(frozen=True)
class Line:
    code: str
    fen: int
    weight: Decimal


def test_each_type_has_one_spelling():
    value = {
        "b": [Line("H1", -34, Decimal("1.50"))],
        "a": (True, None, 7, Level.TERTIARY),
        "day": date(2026, 10, 1),
        "at": datetime(2026, 10, 1, 8, tzinfo=SHANGHAI),
        "month": Month(2026, 10),
        "quarter": Quarter(2026, 4),
        "rest": Fraction(6, 4),
        "big": Decimal("1E+3"),
        "名": 'e\u0301"',
    }
    assert canonical(value).decode() == (
        '{"a":[true,null,7,"tertiary"],"at":"2026-10-01T00:00:00+00:00",'
        '"b":[{"code":"H1","fen":-34,"weight":"1.50"}],"big":"1000","day":"2026-10-01",'
        '"month":"2026-10","quarter":"2026-Q4","rest":"3/2","名":"\u00e9\\""}'
    )
    assert digest(value) == hashlib.sha256(canonical(value)).hexdigest()


def test_digits_as_written_and_the_instant_decide_not_the_zone():
    assert digest(Decimal("1.5")) != digest(Decimal("1.50"))
    assert digest(datetime(2026, 1, 1, tzinfo=UTC)) == digest(datetime(2026, 1, 1, 8, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("value", "reason", "path"),
    [
        ({"a": [1, 0.5]}, "float", "$.a[1]"),
        ({"a": Decimal("NaN")}, "not_finite", "$.a"),
        (datetime(2026, 1, 1), "no_time_zone", "$"),
        ({1: 2}, "key", "$"),
        ({"e\u0301": 1, "\u00e9": 2}, "repeated_key", "$.\u00e9"),
        (["\ud800"], "text", "$[0]"),
        ({"a": {1, 2}}, "type", "$.a"),
        (b"x", "type", "$"),
        (Line, "type", "$"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_path(value, reason, path):
    with pytest.raises(CanonicalRefused) as refused:
        canonical(value)
    assert (refused.value.reason, refused.value.params["path"]) == (reason, path)


def normal(value):
    """Whether no two keys fall together in NFC, which the reader of a property need not think about."""
    try:
        canonical(value)
    except CanonicalRefused:
        return False
    return True


@given(PLAIN.filter(normal))
def test_the_order_of_keys_has_no_effect(value):
    def turned(item):
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(item)}
        return [turned(inner) for inner in item] if isinstance(item, list) else item

    assert canonical(turned(value)) == canonical(value)
