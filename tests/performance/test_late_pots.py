"""A department that is late with its second distribution: a reminder, and last month's shares as a proposal
that nobody but the group confirms (practice.md 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings

from performance.models import PayPlan, PayPot
from performance.pay import before, show_pots, told
from performance.pay.services import pots
from performance.pay.waiting import waiting
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.world import World

NOVEMBER = OCTOBER.next()
LATE = datetime(2026, 11, 27, 2, tzinfo=UTC)
EARLY = datetime(2026, 11, 17, 2, tzinfo=UTC)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October's pots are open; by the calendar their plans are due by the end of November 22nd or 23rd."""
    with override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls"), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        yield world


def test_a_late_pot_is_reminded_of_on_its_page_and_in_the_inbox(house: World) -> None:
    pot = doctors(house)
    assert told.late(pot, EARLY) is None and told.late_said(pot, EARLY) == ""
    assert told.late(pot, LATE) == told.due_at(pot.pool.period)
    (todo,) = [one for one in waiting(house.wu, EARLY) if "pay" in one.url]
    assert todo.state == "warn" and todo.due == told.due_at(pot.pool.period)
    (todo,) = [one for one in waiting(house.wu, LATE) if "pay" in one.url]
    assert todo.state == "late"
    with time_machine.travel(LATE, tick=False):
        page = house.client("wu").get(f"/a/qinghe/pay/pots/{pot.pk}/").content.decode()
    assert "二次分配已逾期" in page and "名册" in page  # no earlier plan to propose


def test_a_plan_taken_as_it_was_proposed_says_so_and_one_that_was_changed_does_not(house: World) -> None:
    pot = doctors(house)
    agreed = plan_of(pot)
    first = fresh(pots.write(by=house.kong, pot=pot, agreed=agreed, now=NOW))
    assert first.plan is not None and first.plan.as_in is None
    begun = pots.Proposal(dict(agreed.points), first.plan)
    assert begun.taken(agreed.points) == first.plan.pk
    changed = {**agreed.points, next(iter(agreed.points)): agreed.points[next(iter(agreed.points))] + 1}
    assert begun.taken(changed) is None
    again = pots.write(by=house.kong, pot=first, agreed=replace(agreed, as_in=first.plan.pk), now=NOW)
    plan = PayPlan.objects.get(pk=fresh(again).plan_id)
    assert plan.as_in_id == first.plan.pk
    assert any("as in" in str(one.value) or "沿用" in str(one.value)
               for one in show_pots.plan_facts(PayPot.objects.named().get(pk=pot.pk)))  # fmt: skip


def test_nothing_is_proposed_from_what_is_not_in_the_books(house: World) -> None:
    """A draft of this month is no earlier month's plan; nothing is ever taken by itself."""
    pot = doctors(house)
    assert before.last_plan(pot) is None and before.proposal(pot).of is None
    assert not PayPlan.objects.exists()
