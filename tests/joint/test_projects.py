"""Joint projects: dated steps, due days, both sides, late at whose door, leaving (S3-08)."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from alliance.joint import facts, services
from alliance.joint.models import Enrolment, Milestone
from alliance.joint.services import JointRefused
from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from tests.joint.scene import DIABETES, NOW, doctor, enrolled, finished, opened, patient, prepare, steps
from tests.world import World, make_world

OCTOBER, NOVEMBER, TODAY = Month(2026, 10), Month(2026, 11), date(2026, 11, 12)


def test_diabetes_is_due_after_30_and_60_days(qinghe: World) -> None:
    plan, follow = steps(enrolled(qinghe, opened(qinghe)))
    assert (plan.due_on, plan.at, plan.side) == (date(2026, 10, 31), qinghe.lead, "hospital")
    assert (follow.due_on, follow.at, follow.side) == (date(2026, 11, 30), qinghe.shiqiao, "primary")


def test_a_new_parameter_or_new_steps_move_no_due_day(qinghe: World) -> None:
    project = opened(qinghe)
    before = enrolled(qinghe, project)
    parameters.decide(
        by=qinghe.luo, key="cp.joint_dm", value={"plan": 20, "followup": 50}, from_date=date(2026, 10, 1),
        decided_by="管委会",
    )  # fmt: skip
    assert [step.due_on for step in steps(before)] == [date(2026, 10, 31), date(2026, 11, 30)]
    after = enrolled(qinghe, project, person=patient(qinghe.zhao, "李秀英"))
    assert [step.due_on for step in steps(after)] == [date(2026, 10, 21), date(2026, 11, 20)]
    one = [services.Agreed("制定方案", "hospital", 7)]
    with pytest.raises(JointRefused, match="already agreed"):
        services.agree_steps(by=qinghe.luo, project=project, from_day=date(2026, 1, 1), steps=one)
    services.agree_steps(by=qinghe.luo, project=project, from_day=date(2026, 11, 1), steps=one)
    assert [step.name for step in services.steps_on(project, date(2026, 10, 31))] == [
        agreed.name for agreed in DIABETES
    ]
    assert [step.days for step in services.steps_on(project, date(2026, 11, 1))] == [7]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ([], "no_steps"),
        ([services.Agreed("x", "hospital")], "days"),
        ([services.Agreed("x", "hospital", 0)], "days"),
        ([services.Agreed("x", "hospital", 30, "cp.joint_dm.plan")], "days"),
        ([services.Agreed("x", "hospital", parameter="cp.talent.training")], "days"),
    ],
)
def test_steps_name_days_or_a_parameter(qinghe: World, wrong: Any, reason: str) -> None:
    with pytest.raises(JointRefused) as refused:
        opened(qinghe, steps=wrong)
    assert refused.value.reason == reason


def test_only_the_office_opens_and_ends(qinghe: World) -> None:
    with pytest.raises(PermissionDenied):
        services.open_project(by=qinghe.kong, terms=services.Terms("X", "x", date(2026, 1, 1), DIABETES))
    project = opened(qinghe)
    with pytest.raises(JointRefused, match="already taken"):
        opened(qinghe)
    ended = services.end_project(by=qinghe.luo, project=project, why="并入新项目")
    with pytest.raises(JointRefused, match="has ended"):
        enrolled(qinghe, ended)
    with pytest.raises(Stale):
        services.end_project(by=qinghe.meng, project=project, why="再次")


def test_wrong_persons_are_refused_by_name(qinghe: World) -> None:
    project = opened(qinghe)
    who, foreign = patient(qinghe.zhao), doctor(qinghe.lead, "L1")
    for by, hospital, primary, day, named, reason in (
        (qinghe.tan, qinghe.lead, qinghe.shiqiao, TODAY, None, "own_side"),
        (qinghe.luo, qinghe.lead, qinghe.shiqiao, TODAY, None, "no_institution"),
        (qinghe.zhao, qinghe.liulin, qinghe.shiqiao, TODAY, None, "hospital"),
        (qinghe.lin, qinghe.lead, qinghe.tcm, TODAY, None, "primary"),
        (qinghe.zhao, qinghe.lead, qinghe.shiqiao, date(2026, 11, 13), None, "first_day"),
        (qinghe.zhao, qinghe.lead, qinghe.shiqiao, date(2025, 12, 31), None, "first_day"),
        (qinghe.zhao, qinghe.lead, qinghe.shiqiao, TODAY, foreign, "doctor"),
    ):
        with pytest.raises(JointRefused) as refused:
            services.enrol(
                by=by, project=project, entry=services.Entry(who, hospital, primary, day, named), now=NOW
            )
        assert refused.value.reason == reason
    enrolled(qinghe, project)
    with pytest.raises(JointRefused, match="already in the project"):
        enrolled(qinghe, project, by=qinghe.lin, person=who)


def test_each_side_records_its_own_steps(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    plan, follow = steps(row)
    theirs, ours = doctor(qinghe.lead, "L1"), doctor(qinghe.shiqiao)
    with pytest.raises(PermissionDenied):
        finished(qinghe, plan, TODAY, theirs, by=qinghe.zhao)
    for day, who, reason in (
        (date(2026, 9, 30), ours, "done_on"), (date(2026, 11, 13), ours, "done_on"),
        (TODAY, theirs, "doctor"),
    ):  # fmt: skip
        with pytest.raises(JointRefused) as refused:
            finished(qinghe, follow, day, who)
        assert refused.value.reason == reason
    done = finished(qinghe, follow, date(2026, 11, 2), ours)
    assert (done.done_by, done.recorded_by) == (ours, qinghe.zhao)
    row.refresh_from_db()
    assert (row.primary_doctor, row.primary_department) == (ours, ours.department)
    with pytest.raises(Stale):
        finished(qinghe, follow, TODAY, ours)
    opened_again = services.reopen(by=qinghe.zhao, milestone=done, why="录错人")
    assert (opened_again.state, opened_again.done_on) == ("open", None)


def test_n34_an_old_version_is_refused(qinghe: World) -> None:
    row, who = enrolled(qinghe, opened(qinghe)), doctor(qinghe.shiqiao)
    services.name_doctor(by=qinghe.zhao, enrolment=row, doctor=who, version=1)
    with pytest.raises(Stale) as stale:
        services.name_doctor(by=qinghe.zhao, enrolment=row, doctor=who, version=1)
    assert stale.value.row.version == 2


def test_completion_is_credited_to_both_sides(qinghe: World) -> None:
    """Two persons: October 2 plans due, 1 in time; November 2 follow-ups, 1 done late: 1 of 4 in time."""
    project, ours, theirs = opened(qinghe), doctor(qinghe.shiqiao), doctor(qinghe.lead, "L1", "林静")
    first = enrolled(qinghe, project, date(2026, 9, 1), doctor=ours)
    second = enrolled(qinghe, project, date(2026, 9, 3), person=patient(qinghe.zhao, "李秀英"))
    # Due 1 and 3 October, 31 October and 2 November.
    finished(qinghe, steps(first)[0], date(2026, 10, 1), theirs)
    finished(qinghe, steps(first)[1], date(2026, 11, 5), ours)
    october = facts.joint_facts(OCTOBER)
    by_side = facts.completion_by(october, lambda one: one.institution)
    assert by_side == {"QH01": facts.Completion(3, 2, 1), "QH11": facts.Completion(3, 2, 1)}
    assert facts.completion(october).rate == Decimal(1) / 3
    mine = [one for one in october if one.staff_id == ours.pk]
    assert [(one.department_id, len(one.due_ids)) for one in mine] == [(ours.department_id, 2)]
    nobody = [one for one in october if one.staff_id is None and one.side == "primary"]
    assert [list(one.due_ids) for one in nobody] == [[steps(second)[0].pk]]
    assert facts.completion(facts.joint_facts(NOVEMBER)) == facts.Completion(1, 0, 0)
    assert facts.completion(facts.joint_facts(NOVEMBER, until=date(2026, 11, 1))).rate is None
    assert {row.pk for row in facts.records(mine[0].due_ids)} == {step.pk for step in steps(first)}


def test_late_says_at_whose_door(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    assert [(step.at.code, step.name) for step in facts.late(TODAY)] == [("QH01", "制定联合管理方案")]
    assert not facts.late(date(2026, 10, 31)).exists()
    services.withdraw(
        by=qinghe.zhao, enrolment=row, reason="moved", why="随子女外迁", day=date(2026, 11, 10), now=NOW
    )
    assert not facts.late(TODAY).exists()


def test_leaving_polishes_no_rate(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    left = services.withdraw(
        by=qinghe.zhao, enrolment=row, reason="moved", why="随子女外迁", day=date(2026, 11, 10), now=NOW
    )
    assert [step.state for step in steps(left)] == ["open", "dropped"]
    # The plan due on 31 October was missed and stays missed; the follow-up due after leaving falls away.
    assert facts.completion(facts.joint_facts(OCTOBER)) == facts.Completion(1, 0, 0)
    assert facts.joint_facts(NOVEMBER) == []
    with pytest.raises(JointRefused, match="after the person left"):
        finished(qinghe, steps(left)[0], date(2026, 11, 11), doctor(qinghe.lead, "L1"))
    assert enrolled(qinghe, row.project).pk != left.pk


def test_a_person_entered_in_error_counts_nowhere(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    finished(qinghe, steps(row)[0], date(2026, 10, 20), doctor(qinghe.lead, "L1"))
    row.refresh_from_db()
    with pytest.raises(JointRefused, match="Say why"):
        services.withdraw(by=qinghe.zhao, enrolment=row, reason="error", why=" ", day=TODAY, now=NOW)
    services.withdraw(by=qinghe.zhao, enrolment=row, reason="error", why="同名误录", day=TODAY, now=NOW)
    assert facts.joint_facts(OCTOBER) == facts.joint_facts(NOVEMBER) == []


def test_what_must_never_happen_is_refused_by_the_database(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    step = steps(row)[0]
    for rows, change in (
        (Milestone.objects.filter(pk=step.pk), {"state": "done"}),
        (Milestone.objects.filter(pk=step.pk), {"done_on": TODAY}),
        (Enrolment.objects.filter(pk=row.pk), {"state": "withdrawn"}),
        (Enrolment.objects.filter(pk=row.pk), {"hospital": qinghe.shiqiao}),
        (row.project.steps.all(), {"days": 90, "parameter": ""}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(
            project=row.project, person=row.person, hospital=qinghe.lead, primary=qinghe.shiqiao,
            first_day=TODAY, source="typed", enrolled_by=qinghe.lin, enrolled_at=NOW,
        )  # fmt: skip


def test_n32_eight_desks_enrol_one_person_once(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        project, who = opened(world), patient(world.zhao)
    said: list[str] = []
    ready = threading.Barrier(8)

    def tab(by: Any) -> None:
        try:
            ready.wait()
            with transaction.atomic(), act_in(world.qinghe):
                enrolled(world, project, by=by, person=who)
            said.append("through")
        except JointRefused as refused:
            said.append(refused.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=tab, args=(by,)) for by in (world.zhao, world.lin) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["enrolled"] * 7 + ["through"]
    with transaction.atomic(), act_in(world.qinghe):
        assert (Enrolment.objects.count(), Milestone.objects.count()) == (1, 2)
