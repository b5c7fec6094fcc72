"""A part is no larger than its whole, and nothing has no part."""

from dataclasses import replace
from decimal import Decimal

import pytest

from performance.dictionary import book
from performance.engine.parts import contradiction


@pytest.mark.parametrize(
    ("part", "whole", "of_whole", "said"),
    [
        (7, 7, True, None), (8, 7, True, "above"), (8, 7, False, None), (0, 0, True, None),
        (1, 0, True, "of_nothing"), (1, 0, False, "of_nothing"), (8, None, True, None), (None, 0, True, None),
    ],
)  # fmt: skip
def test_numbers_that_contradict_each_other(
    part: int | None, whole: int | None, of_whole: bool, said: str | None
) -> None:
    share = replace(book.entries()["contract_rate"].indicator, part_of_whole=of_whole)
    numbers = {share.numerator[0]: part, share.denominator[0]: whole}
    known = {key: Decimal(value) for key, value in numbers.items() if value is not None}
    assert contradiction(share, known) == said
    assert contradiction(replace(share, denominator=()), known) is None
