"""A department's own quarters: three of double compliance propose its reward, one missed its beds (S1-38)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.models import Department, Institution
from performance.consequences.services import department_quarters, proposals, quarters
from performance.declared.services import vetoes
from performance.engine.scheme import demonstration_scheme
from performance.fairness.services import deciding
from performance.models import (
    Clue,
    Consequence,
    FairnessRun,
    LevelRun,
    LevelSubject,
    PayPool,
    PayPot,
    PayShare,
)
from performance.services import schemes
from tests.performance import pay_access, pay_scene
from tests.performance.declared_scene import both_seats, committee
from tests.performance.scene import inside
from tests.world import World

NOW = datetime(2026, 1, 8, 2, tzinfo=UTC)
TODAY = date(2026, 1, 9)


@pytest.fixture
def house(world: World) -> Iterator[World]:
    with inside(world):
        schemes.adopt(by=world.luo, scheme=demonstration_scheme())
        yield world


def room(world: World, code: str = "K1", kind: str = "clinical") -> Department:
    return Department.objects.create(institution=world.lead, code=code, name=f"{code}科", kind=kind)


def scored(
    world: World, rooms: Sequence[Department], points: Sequence[tuple[int, int] | None], first: int = 1,
    year: int = 2025,
) -> None:  # fmt: skip
    """Months of a year, each with the points of 50 both sides reached; None: a month without a run."""
    for number, both in enumerate(points, start=first):
        if both is None:
            continue
        month = Month(year, number)
        last = LevelRun.objects.filter(month=month.first_day, level="department").count()
        run = LevelRun.objects.create(
            month=month.first_day, level="department", number=last + 1, started_by=world.luo,
            scheme=schemes.in_force(Month(2026, 2)), scheme_digest="d",
        )  # fmt: skip
        LevelRun.objects.filter(pk=run.pk).update(state="computed", result_digest="r", computed_at=NOW)
        LevelSubject.objects.bulk_create(
            LevelSubject(
                run=run, institution=one.institution, department=one, code=one.code, role="", kind=one.kind,
                column="clinical", status="assessed", score=Decimal(80), points=80, possible=100,
                dimensions=[["efficiency", str(both[0]), "50"], ["quality", str(both[1]), "50"]],
            )
            for one in rooms
        )  # fmt: skip


def found() -> list[tuple[str, str, str]]:
    rows = Consequence.objects.filter(state="open").order_by("period", "kind", "department__code")
    return [(one.kind, one.period, one.department.code) for one in rows]


def agreed(world: World, row: Consequence) -> Consequence:
    row = proposals.propose(by=world.luo, row=row, chain="two_people", today=TODAY)
    assert row.approval is not None
    approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
    return Consequence.objects.named().get(pk=row.pk)


def test_three_double_quarters_propose_the_department_s_reward(house: World) -> None:
    mine = room(house)
    scored(house, [mine], [(40, 40)] * 8)
    assert department_quarters.look(now=NOW) == proposals.Reviewed()  # the third quarter lacks its last month
    scored(house, [mine], [(40, 40)], first=9)
    assert department_quarters.look(now=NOW) == proposals.Reviewed(1, 0, 0)
    row = Consequence.objects.named().get()
    assert (row.kind, row.period, row.department, row.percent) == ("double", "2025-Q3", mine, 5)
    # Nothing of the quarter is in the books yet: the percentage is decided alone.
    assert (row.base_fen, row.fen, row.figures["quarters"]) == (None, None, ["2025-Q1", "2025-Q2", "2025-Q3"])
    assert department_quarters.look(now=NOW) == proposals.Reviewed()
    assert quarters.look(now=NOW) == proposals.Reviewed()  # the institution's own look leaves it alone
    assert Consequence.objects.get().state == "open"


def test_just_below_the_line_on_one_side_is_no_double_and_suspends_new_beds(house: World) -> None:
    mine, other = room(house), room(house, "T1", "technology")
    scored(house, [mine, other], [(40, 40)] * 6 + [(50, 39)] * 3)
    department_quarters.look(now=NOW)
    # 39 of 50 are 78 %: quality misses 80. Only where beds stand are they suspended.
    assert found() == [("freeze", "2025-Q3", "K1")]
    freeze = agreed(house, Consequence.objects.named().get())
    scored(house, [mine, other], [(40, 40)] * 3, first=10)
    department_quarters.look(now=NOW)
    assert found() == [("unfreeze", "2025-Q4", "K1")]
    assert Consequence.objects.get(kind="unfreeze").lifts == freeze


def test_the_latest_run_counts_and_a_missing_month_is_no_failure(house: World) -> None:
    mine = room(house)
    scored(house, [mine], [(40, 40), (10, 10), (40, 40)])
    department_quarters.look(now=NOW)
    assert found() == [("freeze", "2025-Q1", "K1")]
    scored(house, [mine], [(40, 40)], first=2)  # computed again
    assert department_quarters.look(now=NOW) == proposals.Reviewed(0, 1, 0)
    scored(house, [mine], [(10, 10), None, (10, 10)], first=4)
    assert department_quarters.look(now=NOW) == proposals.Reviewed()


def given(world: World, mine: Department, month: Month, fen: int, posted: PayPool) -> None:
    """A pool in the books that gives the department's doctors so much."""
    share = {"fen": fen, "weight_sum": 1, "quota": fen, "remainder_rank": 1}
    pool = PayPool.objects.create(
        month=month.first_day, kind="award", number=90, name="奖励", source="retained",
        document="理〔2026〕1号", fund=pay_access.fund(world.luo, f"f{month.number}", "奖励"),
        rule=posted.rule, fen=fen, digest="d" * 64, made_by=world.luo, made_at=NOW,
    )  # fmt: skip
    one = PayShare.objects.create(pool=pool, institution=mine.institution, **share)
    PayPot.objects.create(
        pool=pool, share=one, institution=mine.institution, group="doctor", above_fen=fen, department=mine,
        people=[], factors=[["points", "1.0000"]], **share,
    )  # fmt: skip
    assert posted.journal is not None and posted.approval is not None
    pay_access.post(pool, posted.journal, posted.approval)


def test_the_reward_is_five_percent_of_the_linked_pay_of_its_people(
    world: World, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with inside(world):
        pay_scene.grounded(world)
        posted = pay_scene.posted_bonus(world)
        mine = room(world)
        scored(world, [mine], [(45, 45)] * 9, year=2026)
        for number, fen in ((7, 30_000_001), (8, 30_000_002), (9, 30_000_006)):
            given(world, mine, Month(2026, number), fen, posted)
        department_quarters.look(now=NOW)
        row = Consequence.objects.named().get(department=mine)
        # 900,000.09 yuan; 30 % = 270,000.03 (rounded once, half-up); 5 % of it = 13,500.00.
        assert (row.figures["basis_fen"], row.base_fen, row.fen) == (90_000_009, 27_000_003, 1_350_000)
    page = world.client("luo").get(f"/a/qinghe/consequences/{row.pk}/").content.decode()
    assert "900,000.09" in page and "270,000.03" in page and "13,500.00" in page and "科室绩效工资" in page


def test_a_vetoed_month_is_no_double_of_any_department_of_the_institution(house: World) -> None:
    mine = room(house)
    scored(house, [mine], [(45, 45)] * 9)
    department_quarters.look(now=NOW)
    assert found() == [("double", "2025-Q3", "K1")]
    clue = about(house, house.lead, Month(2025, 8))
    chain = committee(house)
    veto = vetoes.propose_from_clue(by=house.luo, clue=clue, reason="虚构病例", now=NOW, chain=chain)
    both_seats(house, veto, "yes")
    department_quarters.look(now=NOW)
    assert found() == [("freeze", "2025-Q3", "K1")]


def about(world: World, place: Institution, month: Month) -> Clue:
    """A clue two people confirmed as falsification."""
    run = FairnessRun.objects.create(month=month.first_day, limits={}, started_by=world.luo, started_at=NOW)
    clue: Clue = Clue.objects.create(
        run=run, detector="rush", month=month.first_day, institution=place, part="discharge",
        subject=f"{place.code}||discharge", severity="high", numbers={}, limits={}, chance=0, share=0,
        evidence=1, opened_at=NOW, due_at=NOW,
    )  # fmt: skip
    held = deciding.propose(by=world.luo, clue=clue, reason="虚构", measure="veto", now=NOW)
    return deciding.confirm(by=world.meng, clue=held, now=NOW)


def test_many_departments_cost_as_many_queries_as_one(house: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            department_quarters.look(now=NOW)
        return len(asked)

    rooms = [room(house)]
    scored(house, rooms, [(45, 39)] * 3)
    department_quarters.look(now=NOW)
    one = cost()
    more = [room(house, f"M{n:02}", "nursing") for n in range(30)]
    scored(house, [*rooms, *more], [(45, 39)] * 3)
    assert cost() <= one
