"""A deduction is appealed from its own decision on, however long its month is over (S0-66; definitions 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from performance.appeals import asking, subjects, window
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing
from performance.appeals.services.filing import NewLine
from performance.models import Appeal, Consequence
from tests.performance.deduction_scene import deduction, head_of_lead
from tests.performance.scene import inside
from tests.world import World

# Decided on Tuesday 12-01; the day itself is not counted: Wednesday is the first of five working days.
UNTIL = datetime(2026, 12, 8, 16, tzinfo=UTC)  # 24:00 of 12-08 in Shanghai


def filed(world: World, row: Consequence, at: datetime) -> Appeal:
    subject = subjects.find(world.head, "deduction", row.pk)
    assert subject is not None
    return filing.file(
        by=world.head, kind=Appeal.Kind.PERSONAL, lines=[NewLine(subject, "未违规")], text="依据不足", now=at
    )


@pytest.mark.parametrize("period", ["2026-08", "2025", "2026-Q2"])
def test_the_time_runs_from_the_decision_not_from_the_month(world: World, period: str) -> None:
    with inside(world):
        head_of_lead(world)
        row = deduction(world, period=period)
        subject = subjects.find(world.head, "deduction", row.pk)
        assert subject is not None
        found = window.of(subject)
        assert (found.decided, found.until) == (True, UNTIL) and found.open(UNTIL - timedelta(seconds=1))
        assert window.all_of([subject]) == [found]
        assert filed(world, row, UNTIL - timedelta(seconds=1)).month == subject.month.first_day


def test_it_ends_and_says_from_where_it_ran(world: World) -> None:
    with inside(world):
        head_of_lead(world)
        row = deduction(world)
        with pytest.raises(AppealRefused, match="12-08 24:00") as refused:
            filed(world, row, UNTIL)
        assert refused.value.reason == "closed_deduction"
        flag = asking.flag(world.head, "deduction", row, UNTIL)
        assert flag.url == "" and "12-08 24:00" in flag.said
