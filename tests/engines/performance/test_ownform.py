"""What of the small language a scheme can score by."""

from __future__ import annotations

from decimal import Decimal

import pytest

from performance.engine.expression import parse
from performance.engine.ownform import OwnFormRefused, shape_of

FACTS = frozenset({"a", "b", "c", "whole"})
OTHERS = {"both": parse("a + b"), "rate": parse("a ÷ b")}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a + b", ("amount", ("a", "b"), (), "1")),
        ("100 × a ÷ b", ("ratio", ("a",), ("b",), "100")),
        ("100 × (both + c) ÷ (whole + b)", ("ratio", ("a", "b", "c"), ("whole", "b"), "100")),
        ("(whole − a) ÷ whole × 1000", ("complement", ("a",), ("whole",), "1000")),
        ("a ÷ 10", ("amount", ("a",), (), "0.1")),
        ("100 × (a ÷ b) ÷ 2", ("ratio", ("a",), ("b",), "50")),
    ],
)
def test_a_sum_a_quotient_and_what_is_left(text: str, shape: tuple[object, ...]) -> None:
    found = shape_of(parse(text), FACTS, OTHERS)
    assert (found.form, found.numerator, found.denominator) == shape[:3]
    assert found.scale == Decimal(str(shape[3]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("min(a, b)", "shape"), ("a × b", "shape"), ("a ÷ b ÷ c", "shape"), ("prev(a, 12)", "shape"),
        ("(a − b) ÷ whole", "shape"), ("a + 1", "shape"), ("0 × a", "scale"), ("a ÷ 0", "scale"),
        ("a + both", "twice"), ("rate + c", "indicator"), ("100", "shape"), ("−a", "shape"),
    ],
)  # fmt: skip
def test_the_rest_is_refused_with_what_to_change(text: str, reason: str) -> None:
    with pytest.raises(OwnFormRefused) as refused:
        shape_of(parse(text), FACTS, OTHERS)
    assert refused.value.reason == reason
