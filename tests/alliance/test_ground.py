"""Parameters in force, the calendar behind deadlines, the roster's sum."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from alliance.lib.register import RegisterRefused
from alliance.models import Parameter, RosterRow, Staff, WorkCalendarDay
from alliance.services import alliances, calendar, parameters
from alliance.tenancy.scope import act_in
from tests.world import World


def test_a_value_holds_from_its_day_on_and_a_level_may_have_its_own(world: World) -> None:
    key = "gb.primary_floor"
    with act_in(world.qinghe):
        parameters.decide(
            by=world.su, key=key, value="55", from_date=date(2026, 7, 1), decided_by="理事会〔2026〕6号"
        )
        parameters.decide(
            by=world.su,
            key=key,
            value="60",
            from_date=date(2026, 1, 1),
            decided_by="理事会",
            level="township",
        )
        assert parameters.in_force(key, on=date(2026, 6, 30)) == Decimal(50)
        assert parameters.in_force(key, on=date(2026, 7, 1)) == Decimal(55)
        assert parameters.in_force(key, on=date(2026, 7, 1), level="township") == Decimal(60)
    with act_in(world.jiangzhou):
        assert parameters.in_force(key, on=date(2026, 7, 1)) == Decimal(50)


def test_an_alliance_of_an_older_version_gets_what_is_new_and_keeps_what_it_decided(world: World) -> None:
    with act_in(world.qinghe):
        parameters.decide(
            by=world.su, key="gb.primary_floor", value="55", from_date=date(2026, 7, 1), decided_by="理事会"
        )
        Parameter.objects.filter(key="gb.primary_floor", decided_by=parameters.DEFAULT).delete()
        Parameter.objects.filter(key="referral.accept_urgent").delete()
    alliances.complete_all()
    with act_in(world.qinghe):
        assert str(parameters.in_force("referral.accept_urgent", on=date(2026, 7, 1))) == "M30"
        assert Parameter.objects.filter(key="gb.primary_floor").count() == 1
        assert parameters.load_register() == 0


def test_unknown_keys_and_values_that_do_not_fit_are_refused_by_name(world: World) -> None:
    with act_in(world.qinghe):
        with pytest.raises(RegisterRefused, match=r"gb\.nothing"):
            parameters.in_force("gb.nothing", on=date(2026, 1, 1))
        with pytest.raises(RegisterRefused, match=r"gb\.primary_floor"):
            parameters.decide(
                by=world.su, key="gb.primary_floor", value="much", from_date=date(2026, 1, 1), decided_by="x"
            )
        with pytest.raises(parameters.NotInForce):
            parameters.in_force("gb.primary_floor", on=date(1999, 1, 1))


def test_an_edited_calendar_day_moves_the_deadline(world: World) -> None:
    start = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    with act_in(world.qinghe):
        assert calendar.deadline(start, "WD15").due_date == date(2026, 12, 11)
        WorkCalendarDay.objects.create(date=date(2026, 12, 1), is_workday=False, note="停电", source="局通知")
        assert calendar.deadline(start, "WD15").due_date == date(2026, 12, 14)
        assert calendar.deadline(start, "WD30").provisional


def test_one_persons_shares_sum_to_at_most_one(world: World) -> None:
    with act_in(world.qinghe):
        staff = Staff.objects.create(institution=world.lead, code="D001", name="白露", kind="doctor")
        common = {
            "month": date(2026, 10, 1),
            "staff": staff,
            "post_coefficient": "1.2",
            "days": 20,
            "employment": "established",
        }
        RosterRow.objects.create(institution=world.lead, share="0.6", **common)
        RosterRow.objects.create(institution=world.shiqiao, share="0.4", **common)
        with pytest.raises(IntegrityError, match="more than 1"), transaction.atomic():
            RosterRow.objects.create(institution=world.tcm, share="0.1", **common)
