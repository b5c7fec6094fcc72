"""Refusals are said in the reader's words wherever they are shown: months, days, numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from alliance.ledger.errors import NoPeriod
from alliance.lib.money import yuan
from alliance.lib.period import Month, Quarter
from alliance.web import words
from alliance.web.refused import kept, worded, worded_again
from performance.bundle.told import Told
from performance.onsite.refusals import OnsiteRefused
from performance.pay.refusals import PoolRefused, PotRefused
from performance.services.refusals import MonthRefused

ROOT = Path(__file__).resolve().parents[2]
# A sentence filled by hand instead of by `worded`.
BY_HAND = re.compile(r"\.template\)+ % |_\(\w+\.template\)")
ROOMS = ("alliance", "complaints", "config", "grouping", "performance", "referrals")


def test_a_month_is_said_in_words_in_either_language() -> None:
    refused = MonthRefused("no_scheme", month=Month(2026, 10))
    with translation.override("zh-hans"):
        assert "2026年10月" in worded(refused) and "2026-10" not in worded(refused)
    with translation.override("en"):
        assert "October 2026" in worded(refused) and "2026-10" not in worded(refused)


def test_a_quarter_a_day_and_the_end_of_a_day_are_said_as_pages_say_them() -> None:
    with translation.override("zh-hans"):
        assert "2026年第4季度" in worded(OnsiteRefused("there", quarter=Quarter(2026, 4)))
        early = worded(PotRefused("early", until=datetime(2021, 11, 19, 16, tzinfo=UTC)))
        assert "2021-11-19 24:00" in early
        assert "2021-11-19 " in f"{worded(OnsiteRefused('not_yet', day=date(2021, 11, 19)))} "


def test_money_is_yuan_with_commas_and_a_decimal_has_no_needless_zeros() -> None:
    short = PoolRefused("short", fund="协同奖励基金", balance=yuan(128_640_000), fen=yuan(150_000_000))
    with translation.override("zh-hans"):
        assert "1,286,400.00 元" in worded(short) and "1,500,000.00 元" in worded(short)
    said = [words.said(Decimal(text)) for text in ("98.0000", "1286400.50", "1E+3", "0.00012")]
    assert said == ["98", "1,286,400.5", "1,000", "0.00012"]
    assert words.said(1286400) == 1286400  # a count, for %(n)d
    assert words.said(Decimal("NaN")).is_nan()  # type: ignore[attr-defined]


def test_a_refusal_that_was_kept_is_said_in_the_language_of_whoever_reads_it() -> None:
    row = kept(MonthRefused("incomplete", month=Month(2026, 10), institutions="石桥", minimum=Decimal("98")))
    assert row["params"]["month"] == "2026-10"
    found = {"template": "%(month)s, %(day)s, %(place)s", "params": {
        "month": "2026-10", "day": "2021-10-02", "place": "2026-13",
    }}  # fmt: skip
    with translation.override("en"):
        assert worded_again(found) == "October 2026, 2021-10-02, 2026-13"
    assert worded_again(None) == "" and worded_again({"template": "Again."}) == "Again."


def test_a_refusal_within_a_sentence_is_said_in_the_same_words() -> None:
    inner = NoPeriod(month=Month(2026, 10))
    with translation.override("zh-hans"):
        assert "2026年10月" in worded(Told("error", path="rules.json", error=inner))


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_fills_the_sentence_of_a_refusal_by_hand(room: str) -> None:
    found = [path for path in (ROOT / room).rglob("*.py") if BY_HAND.search(path.read_text("utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in found] == []
