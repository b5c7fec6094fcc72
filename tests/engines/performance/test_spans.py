"""Which span a month counts, and what people type as numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.period import Month
from performance.engine.amounts import AmountRefused, exact, read, typed
from performance.engine.dictionary import shipped_dictionary
from performance.engine.factbook import shipped_facts
from performance.engine.spans import MONTHS, Span, at_odds, counted, counting, frequencies, holding

MONTH = st.builds(Month, st.integers(2001, 2099), st.integers(1, 12))


@pytest.mark.parametrize(
    ("month", "frequency", "span"),
    [
        ("2026-10", "month", "2026-10"), ("2026-10", "quarter", "2026-Q3"), ("2026-12", "quarter", "2026-Q4"),
        ("2027-01", "quarter", "2026-Q4"), ("2026-10", "year", "2025"), ("2026-12", "year", "2026"),
    ],
)  # fmt: skip
def test_a_month_counts_the_last_span_that_has_ended(month: str, frequency: Any, span: str) -> None:
    assert str(counted(Month.parse(month), frequency)) == span


@given(MONTH, st.sampled_from(list(MONTHS)))
def test_every_month_counts_one_span_and_every_span_as_many_months_as_it_has(
    month: Month, often: Any
) -> None:
    span = counted(month, often)
    first, last = counting(span)
    assert first <= month <= last and span.last <= month
    assert sum(counted(one, often) == span for one in first.plus(-12).through(last.plus(12))) == MONTHS[often]
    assert holding(span.last, often) == span and span.plus(1).first == span.last.next()


def test_a_span_begins_where_its_kind_begins() -> None:
    with pytest.raises(ValueError, match="begins no quarter"):
        Span(Month(2026, 11), "quarter")


def test_a_fact_is_delivered_as_its_most_frequent_indicator_asks() -> None:
    entries, book = shipped_dictionary(), shipped_facts()
    often = frequencies(entries.values(), book)
    assert set(often) == {key for key, fact in book.items() if fact.origin != "automatic"}
    assert (often["contracted"], often["health_records"]) == ("month", "month")
    assert at_odds(entries["contract_rate"], book, often) == ()
    assert at_odds(entries["special_service_share"], book, often) == ("medical_income_fen",)
    assert at_odds(entries["degree_share"], book, often) == ()  # a register's stand of the month
    assert at_odds(entries["cmi"], book, often) == ()


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0", "count", "0"), (" 1,234 ", "times", "1234"), ("1,234.5", "fen", "123450"),
        ("88.25", "points", "88.25"),
        ("１，２３４．５０", "fen", "123450"), ("3.10", "tce", "3.1"), ("12.0", "persons", "12"),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text: str, unit: Any, value: str) -> None:
    assert read(text, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("", "count", "empty"), ("85%", "points", "percent"), ("85％", "count", "percent"),
        ("-1", "fen", "negative"),
        ("1.5", "persons", "whole"), ("1.005", "fen", "places"), ("1,23", "count", "number"),
        ("十二", "count", "number"), ("١٢", "count", "number"), ("1e9", "count", "number"),
        ("1234567890123456", "count", "large"),
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_fact_is_named(text: str, unit: Any, reason: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        read(text, unit)
    assert refused.value.reason == reason


@given(st.integers(0, 10**13 - 1), st.sampled_from(["count", "fen", "points", "weight", "tce"]))
def test_a_stored_number_is_typed_again_as_it_was_read(digits: int, unit: Any) -> None:
    value = read(str(digits // 1000), unit)
    assert read(typed(value, unit), unit) == value == exact(value, unit)
