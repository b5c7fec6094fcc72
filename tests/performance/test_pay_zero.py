"""Money where every weight is 0: scores of a group, points of people, points of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import override_settings
from django.utils import translation

from alliance.models import Department, RosterRow, Staff
from performance.engine.pay.steps import PayRefused
from performance.models import LevelRun, LevelSubject, PayPot
from performance.pay.services import making, pots
from performance.services import schemes
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, doctors
from tests.performance.scene import OCTOBER, inside
from tests.world import World


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted; roster, totals and rule are there."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        yield world


def technicians(world: World, coefficient: str) -> None:
    """A laboratory and a radiology department of two technicians each, both with a score of 0 this month."""
    scheme: Any = schemes.in_force(OCTOBER)
    run = LevelRun.objects.create(
        month=OCTOBER.first_day, level="department", number=1, scheme=scheme, scheme_digest="d",
        started_by=world.luo,
    )  # fmt: skip
    LevelRun.objects.filter(pk=run.pk).update(state="computed", result_digest="r", computed_at=NOW)
    for code, name in (("JY", "检验科"), ("YX", "医学影像科")):
        place = Department.objects.create(institution=world.lead, code=code, name=name, kind="technology")
        LevelSubject.objects.create(
            run=run, institution=world.lead, department=place, code=f"{world.lead.code}/{code}", role="",
            kind="", column="c", status="assessed", score=Decimal(0), points=Decimal(0),
            possible=Decimal(100),
        )  # fmt: skip
        for number in range(2):
            one = Staff.objects.create(
                institution=world.lead, department=place, code=f"{code}{number}", name=f"{name}{number}",
                kind="technician",
            )  # fmt: skip
            RosterRow.objects.create(
                month=OCTOBER.first_day, staff=one, institution=world.lead, department=place,
                post_coefficient=Decimal(coefficient), days=18, employment="contract",
            )  # fmt: skip


@time_machine.travel(NOW, tick=False)
def test_a_group_that_scored_zero_flows_by_points_and_its_share_says_so(house: World) -> None:
    technicians(house, "1")
    pool = scene.agreed(house, making.make_bonus(by=house.luo, month=OCTOBER, now=NOW))
    pots_of = PayPot.objects.filter(pool=pool, group="technician")
    assert pool.state == "posted"
    assert sorted(pots_of.values_list("department__code", flat=True)) == ["JY", "YX"]
    first, second = pots_of.order_by("pk")
    assert abs(first.fen - second.fen) <= 1 and first.factors[1] == ["alike_score", "1"]
    page = house.client("luo").get(f"/a/qinghe/pay/pots/{first.pk}/").content.decode()
    assert "同组科室得分均为 0" in page


def test_people_without_points_are_refused_by_the_names_of_place_and_group(house: World) -> None:
    technicians(house, "0")
    with pytest.raises(PayRefused) as refused, translation.override("zh-hans"):
        making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    params = refused.value.params
    assert (refused.value.reason, refused.value.field) == ("weightless", "month")
    assert params == {"parent": house.lead.short_name, "groups": "医技"}


@time_machine.travel(NOW, tick=False)
def test_a_plan_of_zeros_has_a_sentence_of_its_own(house: World) -> None:
    scene.posted_bonus(house)
    pot = doctors(house)
    typed = {f"points_{pk}": "0" for pk in pots.points_of(pot)} | {
        "agreed_on": "2026-11-20", "minutes": "会议纪要", "group": list(pots.points_of(pot))[:3],
    }  # fmt: skip
    page = house.client("wu").post(f"/a/qinghe/pay/pots/{pot.pk}/plan/?version=1", typed)
    said = page.content.decode()
    assert page.status_code == 400 and "所有人的分值均为 0" in said and "无人出勤" not in said
