"""Purchase requests: asked with the evidence of the day, decided by a chain, nothing passes by itself."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.equipment.models import CityRank, PurchaseRequest
from alliance.equipment.services import EquipmentRefused, purchases
from tests.equipment.scene import scanner
from tests.equipment.test_clearing import LATER, used
from tests.equipment.test_pages import get, url
from tests.world import World


@pytest.fixture(autouse=True)
def ready(qinghe: World) -> Any:
    chains.install()
    with time_machine.travel(LATER, tick=False):
        yield


def wanted(**change: Any) -> purchases.Wanted:
    fields: dict[str, Any] = {
        "kind": "mri", "name": "3.0T 磁共振", "estimate_fen": 900_000_000, "uses_a_month": 300,
        "reason": "排队两周",
    }  # fmt: skip
    return purchases.Wanted(**(fields | change))


def asked(world: World, **change: Any) -> PurchaseRequest:
    return purchases.ask(by=world.kong, wanted=wanted(**change), now=LATER)


def test_use_duplicates_and_rank_stand_beside_a_request_as_they_were(qinghe: World) -> None:
    device = scanner(qinghe)
    scanner(qinghe, code="CT1", kind="ct")
    used(qinghe, device, qinghe.shiqiao, minutes=1041)
    CityRank.objects.create(year=2026, rank=3, alliances=10, document="市卫健〔2026〕8号")
    found = asked(qinghe)
    used(qinghe, device, qinghe.shiqiao, day=18)
    assert PurchaseRequest.objects.get().evidence == found.evidence
    assert found.evidence["month"] == "2026-11"
    assert [(one["name"], one["utilisation"], one["duplicate"]) for one in found.evidence["devices"]] == [
        ("1.5T 磁共振", "0.1000", False)
    ]  # fmt: skip
    assert (found.evidence["rank"]["within"], found.evidence["rank"]["top_percent"]) == (True, "30")


def test_the_first_thirty_percent_of_the_city_do_not_pass_by_themselves(qinghe: World) -> None:
    CityRank.objects.create(year=2026, rank=1, alliances=10, document="x")
    found = asked(qinghe)
    assert found.state == "submitted"
    assert Approval.objects.get().institution == qinghe.lead


@pytest.mark.parametrize(("verdict", "state"), [("yes", "approved"), ("no", "declined")])
def test_the_chain_decides(qinghe: World, verdict: str, state: str) -> None:
    asked(qinghe)
    approvals.decide(by=qinghe.luo, approval=Approval.objects.get(), verdict=verdict, note="已议")
    assert PurchaseRequest.objects.get().state == state


def test_it_can_be_taken_back(qinghe: World) -> None:
    asked(qinghe)
    approvals.withdraw(by=qinghe.kong, approval=Approval.objects.get())
    assert PurchaseRequest.objects.get().state == "withdrawn"


def test_who_may_ask_and_what_is_missing(qinghe: World) -> None:
    with pytest.raises(PermissionDenied):
        purchases.ask(by=qinghe.zhao, wanted=wanted(), now=LATER)
    with pytest.raises(EquipmentRefused):
        purchases.ask(by=qinghe.su, wanted=wanted(), now=LATER)
    for change in ({"kind": "x"}, {"reason": " "}, {"estimate_fen": 0}):
        with pytest.raises(EquipmentRefused):
            asked(qinghe, **change)
    assert not PurchaseRequest.objects.exists()


def test_pages_of_a_request(qinghe: World) -> None:
    scanner(qinghe)
    kong = qinghe.client("kong")
    body = {
        "kind": "mri",
        "name": "3.0T",
        "estimate": "9,000,000.00",
        "uses_a_month": "300",
        "reason": "排队",
    }
    assert kong.post(url("equipment-request-new"), body | {"estimate": "九百万"}).status_code == 400
    assert kong.post(url("equipment-request-new"), body).status_code == 302
    found = PurchaseRequest.objects.get()
    page = get(kong, url("equipment-request", found.pk))
    assert "9,000,000.00" in page and "1.5T 磁共振" in page and "not published" in page
    get(qinghe.client("tan"), url("equipment-request", found.pk), 404)
    assert "3.0T" not in get(qinghe.client("tan"), url("equipment-requests"))
    assert "1.5T 磁共振" in get(qinghe.client("luo"), url("approval", Approval.objects.get().pk))
