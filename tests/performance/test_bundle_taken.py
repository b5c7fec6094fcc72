"""A bundle of a month whose pool took deductions and claw-backs: identical, and a changed part is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alliance.models import Department
from performance.models import PayPot, PayTaken
from tests.performance import bundle_scene as scene
from tests.performance.deduction_scene import EARLY, charged, deduction, rejected
from tests.performance.scene import inside
from tests.world import World

BONUS = "pay/bonus-1.jsonl"


@pytest.fixture
def content(qinghe: World) -> bytes:
    """The lead hospital owes a deduction beyond the part of a share, a department of it rejections."""

    def owes() -> None:
        charged(qinghe, deduction(qinghe, fen=10**9, at=EARLY))
        unit, _new = Department.objects.get_or_create(
            institution=qinghe.lead, code="03", defaults={"name": "03", "kind": "clinical"}
        )
        rejected(qinghe, 10**8, unit)

    scene.paid_month(qinghe, owes)
    with inside(qinghe):
        assert PayTaken.objects.filter(pot=None).count() == 1
        assert PayPot.objects.filter(taken_fen__gt=0).exists()
    return scene.bundle_of(qinghe)


def test_it_is_identical_and_every_changed_part_is_found(content: bytes, tmp_path: Path) -> None:
    assert scene.verified(content, tmp_path).differences == ()
    rows = scene.rows(content, BONUS)
    number = next(place for place, row in enumerate(rows) if row["row"] == "taken" and not row["pot"])

    def less(row: dict[str, Any]) -> None:
        row["fen"] -= 1

    def other(row: dict[str, Any]) -> None:
        row["debt_fen"] = 5

    for change in (less, other):
        found = scene.verified(scene.changed(content, BONUS, change, number), tmp_path)
        assert any(f"{BONUS}:{number + 1}" in one for one in found.differences), found.differences
