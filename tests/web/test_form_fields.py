"""Days, times and amounts as forms take them: inside the calendar, not below zero."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.test import override_settings

from alliance.lib.period import SERVED_YEARS
from alliance.web.form_fields import (
    LOCAL,
    DayField,
    LocalTime,
    MomentField,
    NumberField,
    WholeField,
    YuanField,
)

ROOT = Path(__file__).resolve().parents[2]
# Births are older than the product; a referral's days lie within a year of now, and say so themselves.
OWN_BOUNDS = {
    "alliance/web/form_fields.py", "alliance/web/person_fields.py", "referrals/forms/log.py",
    "referrals/forms/steps.py",
}  # fmt: skip


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00", "1899-12-31T23:59", "9999-12-31T23:45", "2100-01-01T00:00"]
)
@override_settings(TIME_ZONE="Asia/Shanghai")
def test_times_outside_the_served_years_are_refused(text: str) -> None:
    for field in (MomentField(input_formats=[LOCAL]), LocalTime()):
        with pytest.raises(forms.ValidationError):
            field.clean(text)
    with pytest.raises(forms.ValidationError):
        DayField().clean(text[:10])


def test_the_first_and_the_last_day_are_taken() -> None:
    ends = [
        DayField().clean(f"{year}-{day}")
        for year, day in ((SERVED_YEARS[0], "01-01"), (SERVED_YEARS[-1], "12-31"))
    ]
    assert [one.year for one in ends] == [SERVED_YEARS[0], SERVED_YEARS[-1]]


def test_an_amount_is_not_below_zero_unless_it_may_be() -> None:
    with pytest.raises(forms.ValidationError):
        YuanField().clean("-1")
    assert YuanField(signed=True).clean("-1") == -100
    assert YuanField().clean("0") == 0


def test_every_form_takes_bounded_days() -> None:
    unbounded = re.compile(r"forms\.(DateField|DateTimeField)\(")
    found = [
        str(path.relative_to(ROOT))
        for room in ("alliance", "grouping", "referrals", "complaints", "performance")
        for path in (ROOT / room).rglob("*.py")
        if unbounded.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= OWN_BOUNDS, "take DayField or MomentField of alliance.web.form_fields"


def test_full_width_digits_are_digits_in_every_number_field() -> None:
    assert WholeField().clean("１２") == 12
    assert NumberField().clean("　１２．５ ") == Decimal("12.5") == NumberField().clean("12.5")
    assert YuanField().clean("１，２３４．５０") == 123_450
    for text in ("十二", "１２个"):
        with pytest.raises(forms.ValidationError):
            WholeField().clean(text)
