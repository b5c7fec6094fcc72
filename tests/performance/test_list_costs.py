"""Lists of clues, visits, letters, teams cost as many queries with many rows as with few (conventions 24)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.models import Institution, Staff, Team, TeamMember
from performance.consequences.services import letters, templates
from performance.models import Clue, ClueRemedy, FairnessRun, OnsiteVisit
from tests.performance import onsite_scene as scene
from tests.performance.scene import NOW, OCTOBER, inside
from tests.world import World, place

Places = Sequence[Institution]


def clues(world: World, places: Places) -> None:
    run = FairnessRun.objects.create(month=OCTOBER.first_day, limits={}, started_at=NOW)
    numbers = {"last": 40, "events": 90, "share": "44.4", "usual": "10.0", "excess": "34.4"}
    for one in places:
        clue = Clue.objects.create(
            run=run, detector="rush", month=OCTOBER.first_day, institution=one, part="discharge",
            subject=one.code, severity="high", numbers=numbers, limits={}, chance=0, share=0, evidence=1,
            opened_at=NOW, due_at=NOW,
        )  # fmt: skip
        ClueRemedy.objects.create(clue=clue, kind="notice", why="整改", opened_at=NOW)


def visits(world: World, places: Places) -> None:
    table = scene.OnsiteChecklist.objects.filter(state="published").first() or scene.published(world)
    for one in places:
        OnsiteVisit.objects.create(
            checklist=table, institution=one, quarter=date(2026, 7, 1), planned_on=scene.DAY,
            planned_by=world.luo, planned_at=NOW,
        )  # fmt: skip


def of_letters(world: World, places: Places) -> None:
    templates.install(by=world.luo, year=2026, now=NOW)
    for one in places:
        letters.draft(by=world.luo, institution=one, year=2026, now=NOW)


def teams(world: World, places: Places) -> None:
    for one in places:
        team = Team.objects.create(institution=one, code="T1", name=f"{one.code}一队")
        staff = Staff.objects.create(institution=one, code="D1", name="家医", kind="doctor")
        TeamMember.objects.create(team=team, staff=staff, role="doctor", from_date=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("url", "make"),
    [
        ("clues/?view=all", clues), ("onsite/", visits), ("letters/", of_letters),
        ("data/alliance/team/", teams), ("data/alliance/teammember/", teams),
    ],
)  # fmt: skip
@time_machine.travel(NOW, tick=False)
def test_ten_more_rows_cost_no_more_queries(
    world: World, url: str, make: Callable[[World, Places], None]
) -> None:
    def grown(first: int, last: int) -> int:
        with inside(world):
            make(
                world,
                [place(f"QH7{n:02}", f"乡{n}卫生院", "primary", "township") for n in range(first, last)],
            )
        client = world.client("su" if url.startswith("data") else "luo")
        client.get(f"/a/qinghe/{url}")
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(f"/a/qinghe/{url}")
        assert answer.status_code == 200 and f"乡{last - 1}卫生院" in answer.content.decode()
        return len(caught)

    few = grown(0, 2)
    assert grown(2, 12) <= few
