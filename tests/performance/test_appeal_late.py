"""A day that has passed is said as passed: late since then, never promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from django.test import override_settings

from performance.appeals.services import handling
from performance.life import plan
from performance.models import MonthStep
from performance.pay.services import pots
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import filed
from tests.world import World


def test_calendar_and_showing_that_are_over_are_late_since_then(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pot = pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW)
            pot = fresh(pots.show(by=world.kong, pot=fresh(pot), now=NOW))
            row = fresh(
                handling.assign(by=world.luo, appeal=filed(world, now=NOW), handler=world.meng.pk, now=NOW)
            )
            step = next(one for one in plan.planned(OCTOBER) if one.step == MonthStep.SECOND)
            assert pot.shown_until is not None
        days = (
            (f"/a/qinghe/appeals/{row.pk}/", "meng", step.due_at, "此后即已逾期"),
            ("/a/qinghe/pay/mine/", "dr", pot.shown_until, "方案至今未报送，已逾期"),
        )
        for address, who, until, said in days:
            for at, late in ((until - timedelta(minutes=1), False), (until, True)):
                with time_machine.travel(max(at, datetime(2026, 11, 1, tzinfo=UTC)), tick=False):
                    page = world.client(who).get(address).content.decode()
                assert (said in page) is late, (address, at)
