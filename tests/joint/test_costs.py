"""Coordination costs: unit cost times volume, rounded once; figures of the month with their ids (S2-10)."""

from __future__ import annotations

from datetime import date, timedelta

from alliance.joint import costs, facts, services
from alliance.lib.period import Month
from alliance.services import parameters
from alliance.training import services as training
from tests.joint.scene import (
    doctor,
    enrolled,
    entered,
    finished,
    held,
    opened,
    patient,
    registered,
    steps,
    study,
)
from tests.training import scene as lessons
from tests.world import World

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def decided(world: World) -> None:
    """5.00 yuan an update, 20.00 a follow-up, 100.01 an hour of teaching."""
    value = {"record_update": 500, "follow_up": 2_000, "teaching_hour": 10_001}
    parameters.decide(
        by=world.luo,
        key="cp.coordination_cost",
        value=value,
        from_date=date(2026, 11, 1),
        decided_by="管委会",
    )


def test_what_costs_nothing_yet_is_not_assessed(qinghe: World) -> None:
    row = enrolled(qinghe, opened(qinghe))
    done = finished(qinghe, steps(row)[1], date(2026, 11, 3), doctor(qinghe.shiqiao))
    (line,) = costs.cost_lines(NOVEMBER)
    assert (line.kind.name, line.quantity, line.fen, line.ids) == ("records", 1, None, (done.pk,))
    assert costs.proposed([line]) is None


def test_minutes_of_teaching_are_paid_by_the_hour_rounded_once(qinghe: World) -> None:
    """170 minutes at 100.01 yuan: 170 x 10,001 / 60 = 28,336.17 fen; one update at 5.00: 28,836 fen."""
    decided(qinghe)
    session = lessons.planned(qinghe, ends_at=lessons.BEGIN + timedelta(minutes=170))
    lessons.attended(qinghe, session, doctor(qinghe.shiqiao), 170)
    training.close(by=qinghe.kong, session=session, now=lessons.NOW)
    row = enrolled(qinghe, opened(qinghe))
    finished(qinghe, steps(row)[0], date(2026, 11, 3), doctor(qinghe.lead, "L1"))
    taught, kept = costs.cost_lines(NOVEMBER)
    assert (taught.kind.name, taught.quantity, taught.fen, taught.ids) == (
        "lessons",
        170,
        28_336,
        (session.pk,),
    )
    assert (kept.kind.name, kept.fen) == ("records", 500)
    assert costs.proposed([taught, kept]) == 28_836
    assert [one.quantity for one in taught.kind.records(taught.ids)] == [170]
    assert costs.cost_lines(NOVEMBER, institution_id=qinghe.shiqiao.pk) == []
    assert costs.cost_lines(OCTOBER) == []


def test_follow_ups_are_counted_where_referrals_live() -> None:
    assert {"records", "lessons", "experts", "follow_ups"} <= set(costs.kinds())
    assert {kind.field for kind in costs.kinds().values()} == set(
        parameters.registered()["cp.coordination_cost"].shape.fields
    )


def test_the_month_knows_every_figure_with_its_ids(qinghe: World) -> None:
    project, ours, theirs = opened(qinghe), doctor(qinghe.shiqiao), doctor(qinghe.lead, "L1")
    kept, missed = (
        enrolled(qinghe, project, date(2026, 9, 5)),
        enrolled(qinghe, project, date(2026, 9, 6), person=patient(qinghe.zhao, "李秀英")),
    )
    finished(qinghe, steps(kept)[0], date(2026, 10, 1), theirs)
    finished(qinghe, steps(kept)[1], date(2026, 11, 4), ours)
    finished(qinghe, steps(missed)[0], date(2026, 10, 30), theirs)
    case = entered(qinghe, registered(qinghe), ours, record_no="A1")
    services.confirm_case(by=qinghe.bai, case=case)
    conference, research = held(qinghe), study(qinghe)
    rows = {one.institution: one for one in facts.joint_months(NOVEMBER)}
    assert rows["QH11"].ids == {
        "joint_projects": (project.pk,), "joint_dm_cases": (kept.pk, missed.pk), "joint_dm_done": (kept.pk,),
        "technique_cases": (case.pk,), "case_conferences": (conference.pk,), "joint_research": (research.pk,),
    }  # fmt: skip
    both = ("joint_projects", "joint_dm_cases", "joint_dm_done", "case_conferences", "joint_research")
    assert all(rows["QH01"].ids[name] == rows["QH11"].ids[name] for name in both)
    assert rows["QH01"].count("technique_cases") == 0
    assert all(rows["QH02"].count(name) == 0 for name in facts.FIGURES)
    doctors, rooms = (facts.small_months(NOVEMBER, level) for level in ("person", "department"))
    assert doctors[ours.pk] == {
        "joint_dm_cases": (kept.pk,), "joint_dm_done": (kept.pk,), "technique_cases": (case.pk,),
        "case_conferences": (),
    }  # fmt: skip
    assert doctors[theirs.pk]["joint_dm_cases"] == (kept.pk, missed.pk)
    assert doctors[theirs.pk]["joint_dm_done"] == (kept.pk,)
    assert rooms[ours.department_id]["case_conferences"] == (conference.pk,)
    # An ordinary project with days of its own counts as a project, not as diabetes.
    other = opened(qinghe, code="HT", steps=[services.Agreed("随访", "primary", 7)])
    enrolled(qinghe, other, date(2026, 11, 1), person=patient(qinghe.zhao, "王五"))
    again = {one.institution: one for one in facts.joint_months(NOVEMBER)}
    assert (again["QH11"].count("joint_projects"), again["QH11"].count("joint_dm_cases")) == (2, 2)
