"""What the database refuses of pay, whoever writes: less for the teams, plans not agreed on, early pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.lib.canonical import to_plain
from alliance.models import Staff
from alliance.services import parameters
from performance.engine.pay.steps import PayRefused
from performance.models import (
    PayLine,
    PayMember,
    PayoutLot,
    PayoutPart,
    PayPlan,
    PayPool,
    PayPot,
    PayReply,
    PayRule,
)
from performance.pay.refusals import PotRefused
from performance.pay.services import entering, pots
from tests.performance import pay_access, payout_access, payout_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, RULE, doctors, fresh, plan_of
from tests.performance.payout_scene import PAYDAY
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.posted_bonus(world)
        yield world


def _rule(world: World, percent: int, **change: Any) -> PayRule:
    body = to_plain(replace(RULE, team_percent=Decimal(percent)))
    made: PayRule = PayRule.objects.create(
        kind="reward", from_date=OCTOBER.first_day, body=body,
        digest="d" * 64, decided_by="理事会", entered_by=world.luo, entered_at=NOW, **change,
    )  # fmt: skip
    return made


def _least(world: World, percent: int, day: date) -> None:
    parameters.decide(
        by=world.luo, key="fd.team_share_min", value=percent, from_date=day, decided_by="理事会"
    )


def test_a_reward_rule_below_the_teams_least_share_is_stored_by_nobody(house: World) -> None:
    with (
        pytest.raises(DatabaseError, match="less of the reward than their least share"),
        transaction.atomic(),
    ):
        _rule(house, 59, revision=1)
    _rule(house, 60, revision=2)
    _least(house, 50, OCTOBER.first_day)
    assert _rule(house, 50, revision=3).body["team_percent"] == "50", "the share is dated data"


def test_a_rule_is_not_confirmed_once_the_least_share_has_risen(house: World) -> None:
    row = _rule(house, 60, revision=1)
    _least(house, 70, OCTOBER.first_day)
    with pytest.raises(PayRefused, match="70"):
        entering.confirm(by=house.cai, row=row, now=NOW)
    entering.set_aside(by=house.luo, row=row, why="低于下限", now=NOW)


def _written(house: World, members: int) -> PayPot:
    """A plan past the service, agreed on by so many of the pot."""
    pot = doctors(house)
    plan = PayPlan.objects.create(
        pot=pot, revision=1, agreed_on=NOW.date(), minutes="一致同意", made_by=house.wu, made_at=NOW
    )
    for staff in list(pots.points_of(pot))[:members]:
        PayMember.objects.create(plan=plan, staff_id=staff)
    keys = {pk: str(pk) for pk in pots.points_of(pot)}
    for line in pots.lines_of(plan, pots.points_of(pot), keys):
        line.save()
    PayPot.objects.filter(pk=pot.pk).update(plan=plan, state="drafted")
    return fresh(pot)


def _move(pot: PayPot, **columns: Any) -> None:
    with transaction.atomic():
        PayPot.objects.filter(pk=pot.pk).update(**columns)


@pytest.mark.parametrize(("members", "until", "said"), [
    (0, AFTER, "too few people agreed"),
    (2, AFTER, "too few people agreed"),
    (3, NOW + timedelta(seconds=1), "fewer days than are due"),
    (3, NOW + timedelta(days=3, seconds=-1), "fewer days than are due"),
])  # fmt: skip
def test_a_plan_without_its_group_or_its_days_is_shown_by_nobody(
    house: World, members: int, until: Any, said: str
) -> None:
    pot = _written(house, members)
    with pytest.raises(DatabaseError, match=said):
        _move(pot, state="shown", shown_at=NOW, shown_until=until)


def test_a_shown_plan_is_not_submitted_with_an_objection_open(house: World) -> None:
    pot = _written(house, 3)
    _move(pot, state="shown", shown_at=NOW, shown_until=AFTER)
    row = PayReply.objects.create(
        plan=pot.plan, staff_id=next(iter(pots.points_of(pot))), agrees=False, text="少计", given_at=NOW
    )
    handed_in = {"state": "submitted", "submitted_by": house.wu, "submitted_at": AFTER}
    with pytest.raises(DatabaseError, match="objection to the plan is not answered"):
        _move(pot, **handed_in)
    PayReply.objects.filter(pk=row.pk).update(
        upheld=False, answer="已计", answered_by=house.kong, answered_at=NOW
    )
    _move(pot, **handed_in)
    assert fresh(pot).state == "submitted"


def test_who_objects_too_late_reads_that_the_plan_is_not_shown(house: World) -> None:
    pot = fresh(pots.write(by=house.wu, pot=doctors(house), agreed=plan_of(doctors(house)), now=NOW))
    pot = fresh(pots.show(by=house.wu, pot=pot, now=NOW))
    pots.submit(by=house.wu, pot=fresh(pot), now=AFTER)  # after the person has opened the page
    with pytest.raises(PotRefused, match="not shown now"):
        pots.reply(by=house.dr, pot=pot, agrees=False, text="少计", now=AFTER)
    assert not PayReply.objects.exists()


def test_nothing_is_paid_before_the_publication_has_ended(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        payout_scene.grounded(world)
        lot = payout_scene.made(world)[0]
        made = {"institution": lot.institution, "bank": "icbc", "entity": lot.entity, "made_by": world.luo}
        early = PAYDAY - timedelta(days=5)
        with (
            pytest.raises(DatabaseError, match="publication of the month has not ended"),
            transaction.atomic(),
        ):
            PayoutLot.objects.create(month=OCTOBER.first_day, number=9, made_at=early, **made)
        november = OCTOBER.next().first_day
        with (
            pytest.raises(DatabaseError, match="publication of the month has not ended"),
            transaction.atomic(),
        ):
            PayoutLot.objects.create(month=november, number=9, made_at=PAYDAY, **made)
        payment = lot.payments.order_by("pk")[0]
        with pytest.raises(DatabaseError, match="month of a line has not ended"), transaction.atomic():
            PayoutPart.objects.create(payment=payment, line=_november(world, payment.staff), part=1, fen=100)


def _november(world: World, staff: Staff) -> PayLine:
    """A line in the books of a month that nobody has published."""
    bonus = PayPool.objects.named().get(kind="bonus")
    fund = pay_access.fund(world.luo, "f1", "补助")
    pool = pay_access.pool(world.luo, fund, world.lead, staff, 7, "奖励", month=OCTOBER.next())
    pay_access.post(pool, bonus.journal, bonus.approval)
    pot = pay_access.shown(PayPot.objects.get(pool=pool), world.luo, staff, "x")
    return payout_access.posted(pot, world.luo, bonus.journal)
