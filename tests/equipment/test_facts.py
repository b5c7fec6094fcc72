"""Facts of equipment: minutes, shares, duplicates, with the ids behind; worked by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import time_machine

from alliance.equipment import facts
from alliance.equipment.models import Usage
from tests.equipment.scene import at, booked, scanner
from tests.equipment.test_clearing import LATER, NOVEMBER, used
from tests.equipment.test_pages import get, url
from tests.world import World


def test_a_devices_month(qinghe: World) -> None:
    device = scanner(qinghe)
    own = used(qinghe, device, qinghe.lead, minutes=120)
    lent = [used(qinghe, device, qinghe.shiqiao, day=day, minutes=45) for day in (17, 18)]
    used(qinghe, device, qinghe.shiqiao, month=12, day=1)
    gone = used(qinghe, device, qinghe.tcm, minutes=60)
    Usage.objects.filter(pk=gone.pk).update(state="void", dispute="x")
    booked(qinghe, device, "09:30")
    fact = facts.device_facts(NOVEMBER)[0]
    # November 2026: 21 weekdays of 7.5 h, 4 Saturdays of 4 h
    assert fact.available_minutes == 21 * 450 + 4 * 240
    assert (fact.used_minutes, fact.minutes_by_others) == (210, 90)
    assert (fact.utilisation, fact.sharing) == (Fraction(210, 10_410), Fraction(90, 210))
    assert fact.use_ids == tuple(sorted([own.pk, *(one.pk for one in lent)]))
    assert fact.used[qinghe.shiqiao.pk] == facts.Used(90, 84_000, tuple(one.pk for one in lent))
    assert (fact.booked, fact.missed) == (1, 0)


def test_a_device_counts_on_the_days_it_is_there(qinghe: World) -> None:
    scanner(qinghe, bought_on=date(2026, 11, 30))
    scanner(qinghe, code="OLD", bought_on=date(2020, 1, 1), retired_on=date(2026, 11, 3), capacity=2)
    scanner(qinghe, code="GONE", bought_on=date(2020, 1, 1), retired_on=date(2026, 11, 1))
    scanner(qinghe, code="NEXT", bought_on=date(2026, 12, 1))
    found = {one.code: one.available_minutes for one in facts.device_facts(NOVEMBER)}
    assert found == {"MR1": 450, "OLD": 2 * 450}  # Monday the 30th; Monday the 2nd on two places


def test_duplicates_are_large_devices_of_a_kind_that_was_there(qinghe: World) -> None:
    first = scanner(qinghe, bought_on=date(2020, 1, 1))
    second = scanner(qinghe, code="MR2", institution=qinghe.tcm, bought_on=date(2021, 1, 1))
    scanner(qinghe, code="CT1", kind="ct", bought_on=date(2022, 1, 1))
    scanner(qinghe, code="US1", kind="ultrasound", large=False, institution=qinghe.tcm)
    scanner(qinghe, code="US2", kind="ultrasound", large=False)
    devices = facts.device_facts(NOVEMBER)
    assert facts.duplicates(devices) == {second.pk}
    assert first.pk not in facts.duplicates(devices)
    by_code = {one.institution: one for one in facts.institution_facts(NOVEMBER)}
    assert (by_code["QH02"].count("duplicates"), by_code["QH01"].count("duplicates")) == (1, 0)


def test_an_institutions_month_as_owner_and_as_user(qinghe: World) -> None:
    device = scanner(qinghe)
    scanner(qinghe, code="CT1", kind="ct", shared=False)
    used(qinghe, device, qinghe.lead, minutes=60)
    lent = used(qinghe, device, qinghe.shiqiao, minutes=30)
    found = {one.institution: one for one in facts.institution_facts(NOVEMBER)}
    lead, shiqiao = found["QH01"], found["QH11"]
    assert (lead.used_minutes, lead.lent_minutes, lead.sharing) == (90, 30, Fraction(1, 3))
    assert (lead.count("large"), lead.shared_large_rate) == (2, Fraction(1, 2))
    assert (shiqiao.elsewhere_minutes, shiqiao.ids["uses_elsewhere"]) == (30, (lent.pk,))
    assert (shiqiao.utilisation, shiqiao.sharing, shiqiao.shared_large_rate) == (None, None, None)


def test_facts_ask_the_same_number_of_queries(qinghe: World, django_assert_num_queries: Any) -> None:
    for number in range(3):
        used(qinghe, scanner(qinghe, code=f"D{number}"), qinghe.shiqiao)
        with django_assert_num_queries(4):
            facts.institution_facts(NOVEMBER)


def test_hours_of_the_week(qinghe: World) -> None:
    device = scanner(qinghe)
    use = used(qinghe, device, qinghe.lead, minutes=90)  # Monday 9:00 to 10:30
    Usage.objects.filter(pk=use.pk).update(started_at=at("09:40"), ended_at=at("11:10"))
    assert facts.hours_of_week(device.pk, NOVEMBER) == {(1, 9): 20, (1, 10): 60, (1, 11): 10}


def test_pages_of_figures(qinghe: World) -> None:
    device = scanner(qinghe)
    scanner(qinghe, code="CT1", name="64 排 CT", kind="ct", institution=qinghe.tcm)
    used(qinghe, device, qinghe.shiqiao, minutes=600)
    with time_machine.travel(LATER, tick=False):
        page = get(qinghe.client("luo"), f"{url('equipment-figures')}?month=2026-11")
        assert (
            "5.8%" in page and "64 排 CT" in page and "target 50%" in page and "2 devices stand idle" in page
        )
        mine = get(qinghe.client("kong"), f"{url('equipment-figures')}?month=2026-11")
        assert "64 排 CT" not in mine and "1.5T" in mine
        week = get(qinghe.client("zhao"), f"{url('equipment-device-figures', device.pk)}?month=2026-11")
        assert "Fullest on Mon" in week and "heatmap" in week
        get(qinghe.client("zhao"), f"{url('equipment-figures')}?month=nonsense")
