"""The demonstration's deeds carry the time they tell; afterwards the clock is the real one again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from alliance.services import journal
from performance.appeals.services import handling
from performance.appeals.services.correcting import Decision
from performance.demonstration.clock import acting
from performance.life.services import stages
from performance.pay.services import making, pots
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import agreed, assigned, own_line
from tests.world import World


def test_a_month_is_lived_through_at_the_times_it_tells(world: World, tmp_path: Path) -> None:
    """What the demonstration does, from the pool to the corrected line: the database takes told times."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world), acting(NOW):
        scene.grounded(world)
        with acting(NOW):
            made = making.make_bonus(by=world.luo, month=OCTOBER, now=NOW)
            scene.agreed(world, made)
        pot = doctors(world)
        with acting(NOW):
            pots.write(by=world.kong, pot=pot, agreed=plan_of(pot), now=NOW)
        with acting(NOW + timedelta(minutes=20)):
            pots.show(by=world.kong, pot=fresh(pot), now=NOW + timedelta(minutes=20))
        with acting(AFTER):
            pots.submit(by=world.wu, pot=fresh(pot), now=AFTER)
            pots.post(by=world.luo, pot=fresh(pot), now=AFTER)
        steps = {step.name: step.at for step in journal.steps_of(pot)}
        for name, at in (("write", NOW), ("show", NOW + timedelta(minutes=20)), ("submit", AFTER),
                         ("post", AFTER)):  # fmt: skip
            assert at <= steps[name] < at + timedelta(minutes=5), name
        with acting(AFTER):
            stages.publish(by=world.luo, month=OCTOBER, now=AFTER)
            row = assigned(world)
        at = AFTER + timedelta(days=1)
        decision = Decision("source", {own_line(world).pk: Decimal("1.5")}, more_why="补记三日")
        with acting(at):
            row = fresh(handling.uphold(by=world.meng, appeal=row, decision=decision, answer="属实", now=at))
        with acting(at + timedelta(hours=20)):
            row = agreed(world, row)
        told = at + timedelta(hours=20)
        assert row.state == "corrected" and told <= row.ended_at < told + timedelta(minutes=5)
        assert row.journal.posted_at < told + timedelta(minutes=5)


def test_the_clock_goes_on_from_there_and_is_given_back() -> None:
    told, real = datetime(2026, 9, 20, 1, tzinfo=UTC), timezone.now
    with pytest.raises(ZeroDivisionError), acting(told):
        first = timezone.now()
        assert told <= first <= timezone.now() < told + timedelta(minutes=1)
        raise ZeroDivisionError
    assert timezone.now is real
