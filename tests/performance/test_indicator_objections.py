"""An objection to an indicator goes to the management committee; what it changes becomes somebody's task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from alliance.lib.period import Month
from alliance.models import Membership
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import handling
from performance.appeals.services.correcting import Decision
from performance.meetings.models import Body, Seat, Task
from performance.meetings.services import bodies
from performance.models import Appeal
from tests.performance import scene
from tests.performance.pay_scene import fresh
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, agreed, objected
from tests.world import World, member


@pytest.fixture
def october(world: World, tmp_path: Path) -> Iterator[World]:
    """October in the books; Yuan leads the lead hospital, Zhao the hospital of Chinese medicine."""
    with override_settings(MEDIA_ROOT=tmp_path, ROOT_URLCONF="config.alliance_urls"):
        scene.prepare(world)
        scene.post(world, scene.compute(world))
        with inside(world), time_machine.travel(LATER, tick=False):
            world.people["yuan"] = member("yuan", "袁同", world.lead, "institution_head")
            world.people["zhao"] = member("zhaow", "赵卫", world.tcm, "institution_head")
            yield world


def seated(world: World, who: Membership, **term: Any) -> Seat:
    body = Body.objects.filter(kind=Body.Kind.MANAGEMENT).first() or bodies.found(
        by=world.luo, code="management", kind="management", rhythm="need",
        document="医共体〔2026〕1号", now=LATER,
    )  # fmt: skip
    return bodies.seat(
        by=world.luo, body=body, membership=who, function="member", post="member_head", now=LATER,
        document="医共体〔2026〕1号", **{"from_date": date(2026, 1, 1), **term},
    )  # fmt: skip


def test_members_of_the_committee_who_are_not_involved_examine_it(october: World) -> None:
    row, _key, _more = objected(october)
    office = {one.pk for one in handling.candidates(row)}
    assert office == {october.meng.pk}  # nobody sits in a committee
    seated(october, october.people["yuan"])  # who objected
    assert {one.pk for one in handling.candidates(row)} == office
    seated(october, october.people["zhao"])
    assert {one.pk for one in handling.candidates(row)} == {october.people["zhao"].pk}
    with pytest.raises(AppealRefused, match="Choose somebody else"):
        handling.assign(by=october.luo, appeal=row, handler=october.meng.pk, now=LATER)
    row = fresh(handling.assign(by=october.luo, appeal=row, handler=october.people["zhao"].pk, now=LATER))
    page = october.client("zhao").get(f"/a/qinghe/appeals/{row.pk}/")
    assert page.status_code == 200 and f"/appeals/{row.pk}/uphold/" in page.content.decode()


def test_a_seat_counts_in_its_term_and_for_objections_to_indicators_alone(october: World) -> None:
    row, _key, _more = objected(october)
    seated(october, october.people["zhao"], until=date(2026, 6, 30))
    assert {one.pk for one in handling.candidates(row)} == {october.meng.pk}
    seated(october, october.people["zhao"], from_date=date(2026, 7, 1))
    assert {one.pk for one in handling.candidates(row)} == {october.people["zhao"].pk}
    row.kind = Appeal.Kind.DATA
    assert {one.pk for one in handling.candidates(row)} == {october.meng.pk}


def test_what_changes_from_a_month_on_is_somebodys_task_once_it_is_agreed(october: World) -> None:
    row, _key, _more = objected(october)
    seated(october, october.people["zhao"])
    zhao = october.people["zhao"]
    row = fresh(handling.assign(by=october.luo, appeal=row, handler=zhao.pk, now=LATER))
    decision = Decision(from_month=Month(2027, 1))
    row = fresh(handling.uphold(by=zhao, appeal=row, decision=decision, answer="口径自明年起调整", now=LATER))
    assert not Task.objects.exists()
    agreed(october, row)
    task = Task.objects.get()
    assert (task.about_kind, task.about_id, task.due_on) == ("performance.appeal", row.pk, date(2026, 12, 31))
    assert task.owner is not None and task.owner.can("performance_scheme.edit")
    assert "2027" in task.title and "口径自明年起调整" in task.text
    page = october.client("luo").get(f"/a/qinghe/tasks/{task.pk}/").content.decode()
    assert f"第 {row.pk} 号申诉" in page
