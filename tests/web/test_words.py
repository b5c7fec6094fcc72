"""Numbers, money, dates and clocks as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from alliance.lib.period import Month
from alliance.templatetags.xietong import can, meter, spread
from alliance.web import parts, words

NOW = datetime(2026, 11, 19, 6, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filter_", "value", "shown"),
    [
        ("yuan", 52_655_421, "526,554.21"),
        ("yuan", -17_537, "−175.37"),
        ("yuan", 0, "0.00"),
        ("yuan", None, "—"),
        ("yuan", 2**63 - 1, "92,233,720,368,547,758.07"),
        ("wan", 26_418_350_000, "26,418.35"),
        ("wan", 4_999, "0.00"),
        ("wan", None, "—"),
        ("yuan_diff", 960_000, "+9,600.00"),
        ("yuan_diff", -1, "−0.01"),
        ("yuan_diff", 0, "持平"),
        ("yuan_diff", None, "—"),
        ("num", 3175, "3,175"),
        ("num:2", Decimal("82.065"), "82.07"),
        ("num:2", Decimal("-82.065"), "−82.07"),
        ("num:1", Fraction(1, 3), "0.3"),
        ("num:2", Decimal("-0.001"), "0.00"),
        ("num", None, "—"),
        ("assessed:4", Decimal("87.79"), "87.7900"),
        ("assessed:4", None, "不评"),
        ("assessed:1", 0, "0.0"),
        ("pct", Fraction(580, 3176), "18.3%"),
        ("pct:2", Decimal("1.25"), "125.00%"),
        ("pct", None, "—"),
        ("diff:2", Decimal("1.43"), "+1.43"),
        ("diff:2", Decimal("-0.31"), "−0.31"),
        ("diff:2", Decimal("0.004"), "持平"),
        ("month", "2026-10", "2026年10月"),
        ("month", Month(2026, 10), "2026年10月"),
        ("month", date(2026, 10, 1), "2026年10月"),
        ("month", None, "—"),
        ("mask_name", "龚建良", "龚**"),
        ("mask_phone", "13800001234", "138****1234"),
    ],
)
def test_a_filter_writes(filter_: str, value: object, shown: str) -> None:
    with translation.override("zh-hans"):
        assert Template("{{ value|" + filter_ + " }}").render(Context({"value": value})) == shown


def test_a_month_in_english() -> None:
    with translation.override("en"):
        assert words.month("2026-10") == "October 2026"


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (timedelta(hours=5, minutes=32), "剩 5 小时 32 分"),
        (timedelta(minutes=0), "剩 0 分钟"),
        (timedelta(minutes=-90), "逾期 1 小时 30 分"),
        (timedelta(days=-4), "逾期 4 天"),
        (timedelta(days=1, hours=11), "剩 1 天 11 小时"),
        (timedelta(days=2), "剩 2 天"),
    ],
)
def test_a_clock_says_what_is_left_or_how_late(gap: timedelta, text: str) -> None:
    with translation.override("zh-hans"):
        assert words.clock(NOW + gap, NOW) == text
    assert words.overdue(NOW + gap, NOW) is (gap < timedelta(0))


def test_a_deadline_is_short_on_a_chip() -> None:
    with translation.override("zh-hans"):
        assert words.due(NOW + timedelta(hours=2), NOW) == "今天 16:20"
        assert words.due(NOW - timedelta(days=3), NOW) == "逾期 3 天"
        assert words.due(NOW - timedelta(hours=16, minutes=43), NOW) == "逾期 16 小时"
        assert words.clock(None, NOW) == ""


def test_what_ends_with_a_day_ends_at_its_24_00() -> None:
    this_year = timezone.localdate().year
    midnight = datetime(this_year, 3, 9, 16, tzinfo=UTC)  # 00:00 of 10 March in Beijing
    assert words.until(midnight) == "03-09 24:00"
    assert words.until(midnight - timedelta(minutes=1)) == "03-09 23:59"
    assert words.until(datetime(this_year - 1, 12, 31, 16, tzinfo=UTC)) == f"{this_year - 1}-12-31 24:00"
    assert words.until(None) == "—"
    with translation.override("zh-hans"):
        assert words.due(midnight, midnight - timedelta(hours=2)) == "今天 24:00"
        assert words.due(midnight, midnight - timedelta(days=2)) == "03-09"


def test_days_of_another_year_carry_it() -> None:
    this_year = timezone.localdate().year
    assert words.day(date(this_year, 3, 9)) == "03-09"
    assert words.day(date(this_year - 1, 3, 9)) == f"{this_year - 1}-03-09"
    assert words.moment(datetime(this_year, 3, 9, 8, 20, tzinfo=UTC)) == "03-09 16:20"
    assert words.moment(None) == "—"


@pytest.mark.parametrize(
    ("share", "width"), [(Decimal("40.93"), "40.9"), (Decimal("140"), "100.0"), (-3, "0.0"), (None, "0.0")]
)
def test_a_bar_stays_in_its_field(share: object, width: str) -> None:
    assert meter(share)["width"] == width
    assert meter(share)["tick"] is None


def test_a_difference_spreads_from_the_middle_by_its_longest_bar() -> None:
    bars = spread([parts.Bar("pool", 100), parts.Bar("score", -50), parts.Bar("none", 0)])
    assert [(bar["start"], bar["width"]) for bar in bars] == [
        ("50.0", "48.0"),
        ("26.0", "24.0"),
        ("50.0", "0.0"),
    ]
    assert spread([]) == []


def test_nobody_may_anything_without_a_membership() -> None:
    assert not can(None, "referral.log")
    assert can(SimpleNamespace(can=lambda action: action == "referral.log"), "referral.log")
