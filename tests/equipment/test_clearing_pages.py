"""Pages of the clearing: made, proposed, agreed, shown to each institution with its own lines only."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from alliance.approvals import chains
from alliance.approvals.models import Approval
from alliance.equipment.models import Clearing
from tests.equipment.scene import scanner
from tests.equipment.test_clearing import LATER, used
from tests.equipment.test_pages import get, url
from tests.world import World


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


def posted(world: World) -> Clearing:
    """Through the pages: Luo makes and proposes, Meng agrees."""
    chains.install()
    device = scanner(world)
    used(world, device, world.shiqiao)
    used(world, device, world.tcm, fee=10_000)
    luo = world.client("luo")
    assert "Make the clearing" in get(luo, url("equipment-clearings"))
    made = luo.post(url("equipment-clearing-make"), {"month": "2026-11"})
    draft = Clearing.objects.get()
    assert made.url.endswith(url("equipment-clearing", draft.pk))
    page = get(luo, url("equipment-clearing", draft.pk))
    assert "294.00" in page and "70% of 420.00" in page and "Propose for posting" in page
    assert luo.post(url("equipment-clearing-act", draft.pk, "propose")).status_code == 302
    asked = Approval.objects.get()
    assert "364.00" in get(world.client("meng"), url("approval", asked.pk))
    world.client("meng").post(url("approval-decide", asked.pk), {"verdict": "yes", "step": "1"})
    return Clearing.objects.get()


def test_from_the_button_to_the_ledger(qinghe: World) -> None:
    found = posted(qinghe)
    assert found.state == "posted"
    journal = get(qinghe.client("luo"), url("ledger-journal", found.journal_id))
    assert url("equipment-clearing", found.pk) in journal
    assert qinghe.client("luo").post(url("equipment-clearing-act", found.pk, "discard")).status_code == 409


def test_each_institution_sees_its_own_lines_and_statement(qinghe: World) -> None:
    found = posted(qinghe)
    zhao = qinghe.client("zhao")
    page = get(zhao, url("equipment-clearing", found.pk))
    assert "294.00" in page and "70.00" not in page
    assert "−294.00" in get(zhao, url("equipment-statement", found.pk, "QH11"))
    get(zhao, url("equipment-statement", found.pk, "QH02"), 404)
    assert "364.00" in get(qinghe.client("kong"), url("equipment-statement", found.pk, "QH01"))
    get(qinghe.client("luo"), url("equipment-statement", found.pk, "NOPE"), 404)


def test_a_draft_is_the_offices_alone(qinghe: World) -> None:
    device = scanner(qinghe)
    used(qinghe, device, qinghe.shiqiao)
    luo = qinghe.client("luo")
    luo.post(url("equipment-clearing-make"), {"month": "2026-11"})
    draft = Clearing.objects.get()
    get(qinghe.client("zhao"), url("equipment-clearing", draft.pk), 404)
    assert qinghe.client("kong").post(url("equipment-clearing-make"), {"month": "2026-11"}).status_code == 403
    assert luo.post(url("equipment-clearing-make"), {"month": "x"}).status_code == 404
    assert luo.post(url("equipment-clearing-make"), {"month": "2026-11"}).status_code == 409
    assert luo.post(url("equipment-clearing-act", draft.pk, "discard")).status_code == 302
    assert not Clearing.objects.exists()
