"""Whatever happens: done in time never exceeds done, done never exceeds due, both sides get the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.joint import facts, services
from alliance.lib.period import Month
from tests.joint.scene import NOW, doctor, enrolled, finished, opened, patient, steps
from tests.world import World

TODAY = date(2026, 11, 12)
# How long after the first diagnosis each step was done (None: not), how long after it the person left.
HISTORY = st.tuples(
    st.integers(1, 120), st.one_of(st.none(), st.integers(0, 100)), st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 110)), st.sampled_from(["moved", "died", "error"]),
)  # fmt: skip


class Undo(Exception):
    """Takes an example back."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(HISTORY, min_size=1, max_size=4))
def test_completed_never_exceeds_due_and_both_sides_get_the_same(
    qinghe: World, histories: list[tuple[int, int | None, int | None, int | None, str]]
) -> None:
    with pytest.raises(Undo), transaction.atomic():
        live(qinghe, histories)
        raise Undo


def live(world: World, histories: list[tuple[int, int | None, int | None, int | None, str]]) -> None:
    """Enrol, do, leave; then look at every month."""
    project = opened(world)
    ours, theirs = doctor(world.shiqiao, "P1"), doctor(world.lead, "P2")
    expected_due = 0
    for number, (ago, plan, follow, leave, reason) in enumerate(histories):
        first = TODAY - timedelta(days=ago)
        row = enrolled(world, project, first, person=patient(world.zhao, f"患者{number}"))
        for step, after, who in zip(steps(row), (plan, follow), (theirs, ours), strict=True):
            if after is not None and after <= ago:
                finished(world, step, first + timedelta(days=after), who)
        row.refresh_from_db()
        if leave is not None and leave <= ago:
            day = first + timedelta(days=leave)
            row = services.withdraw(by=world.zhao, enrolment=row, reason=reason, why="x", day=day, now=NOW)
        expected_due += sum(step.state != "dropped" for step in steps(row))
    months = [Month(2026, 6).plus(n) for n in range(10)]
    due = 0
    for month in months:
        rows = facts.joint_facts(month)
        sides = facts.completion_by(rows, lambda one: one.side)
        assert len(set(sides.values())) <= 1
        whole = facts.completion(rows)
        assert whole.in_time <= whole.done <= whole.due
        due += whole.due
    assert due == expected_due
