"""A check that is neither true nor false lets no row in: what is declared holds for empty columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alliance.joint import services as joint
from alliance.joint.models import Discussed, Participant
from alliance.tenancy import checks, walls
from alliance.training.models import Attendance
from performance.meetings.models import Body, Seat
from performance.models import LockException
from tests.joint import scene as joint_scene
from tests.meetings.scene import committee
from tests.performance.scene import inside
from tests.plugin import owner
from tests.training import scene as training_scene
from tests.world import World, member


def refused(rows: Any, check: str, **change: Any) -> None:
    """The database names the check."""
    with pytest.raises(IntegrityError, match=check), transaction.atomic():
        rows.update(**change)


def test_a_line_is_not_voided_without_why(world: World) -> None:
    with inside(world):
        world.people["bai"] = member("bai", "白宁", world.shiqiao, "institution_admin")
        row = joint_scene.meeting(world)
        who = joint_scene.doctor(world.shiqiao)
        line = joint.take_part(by=world.bai, conference=row, staff=who)
        case = joint.bring_case(
            by=world.bai, conference=row, question=joint.Question("如何调药", record_no="A1")
        )
        now = joint_scene.NOW
        refused(Participant.objects.filter(pk=line.pk), "participant_why", voided_at=now)
        refused(Discussed.objects.filter(pk=case.pk), "discussed_why", voided_at=now)
        lesson = training_scene.planned(world)
        there = training_scene.attended(world, lesson, training_scene.doctor(world.shiqiao, "D7"))
        refused(Attendance.objects.filter(pk=there.pk), "attendance_why", voided_at=now)


def test_a_rhythm_has_its_day_and_an_ended_term_its_reason(world: World) -> None:
    body = committee(world)
    with inside(world):
        refused(Body.objects.filter(pk=body.pk), "body_due_day", due_day=None)
        refused(
            Seat.objects.filter(body=body), "seat_ended_whole", ended_on=date(2026, 6, 1), ended_by=world.luo
        )  # fmt: skip


def test_a_loose_check_is_a_fault_and_the_next_migrate_mends_it(own_database: str) -> None:
    table, name = LockException._meta.db_table, "lock_exception_confirmed_whole"
    assert walls.faults() == []
    with owner(own_database) as link:
        link.execute(
            f"alter table {table} drop constraint {name},"
            f" add constraint {name} check (confirmed_at > opened_at)"
        )
        assert walls.faults() == [f"{table}: the check {name} lets an empty column pass"]
        checks.build(link.cursor(), {table})
    assert walls.faults() == []
