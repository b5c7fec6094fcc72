"""The graded flow: between the levels, each institution's balance, the same queries at any size (S1-66)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from referrals import services
from referrals.models import Referral
from referrals.show import flow
from tests.referrals.scene import NOW, content, logged, minutes, patient
from tests.world import World

NOVEMBER, LATER = Month(2026, 11), NOW + timedelta(days=30)
HOME: dict[str, Any] = {"by": "lin", "target": "shiqiao", "direction": "down", "reason": "stable"}


def came(world: World, row: Referral, by: str) -> None:
    row = services.accept(by=world.people[by], referral=row, now=minutes(10))
    row = services.arrive(by=world.people[by], referral=row, now=minutes(60))
    services.treat(by=world.people[by], referral=row, now=minutes(70))


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_patients_between_the_levels_and_the_balance_of_each_institution(qinghe: World) -> None:
    for serial in (1, 2, 3):
        came(qinghe, logged(qinghe, serial=serial), "lin")
    came(qinghe, logged(qinghe, serial=4, **HOME), "zhao")
    logged(qinghe, serial=5)  # on the way: nobody arrived
    outside = replace(content(qinghe.lead), target_institution=None, outside_name="省人民医院")
    out = services.log_referral(by=qinghe.lin, person=patient(qinghe.lin, 6), content=outside, now=NOW)
    came(qinghe, out, "lin")
    with CaptureQueriesContext(connection) as captured:
        page = flow.page(NOVEMBER, LATER)
    assert [fig.value for fig in page["figs"]] == ["3", "1", "33.3%", "1"]
    assert [(row["up"], row["down"]) for row in page["rows"]] == [(0, 1), (1, 0), (3, 0)]
    balances = {one.place: (one.up_sent, one.down_received, one.net) for one in page["balances"]}
    assert balances == {
        qinghe.lead.short_name: (1, 0, "+1"), qinghe.shiqiao.short_name: (3, 1, "−2"),
    }  # fmt: skip
    for serial in range(10, 16):
        came(qinghe, logged(qinghe, serial=serial), "lin")
    with CaptureQueriesContext(connection) as more:
        flow.page(NOVEMBER, LATER)
    assert len(more) == len(captured)
