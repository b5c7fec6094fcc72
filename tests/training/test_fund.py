"""The training fund: persons served times the amount a head; payments by two persons (worked example 7)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.models import Institution
from alliance.models.base import Stale
from alliance.training import facts, services
from alliance.training.models import Spending
from alliance.training.services import TrainingRefused
from tests.surplus_cases import cases_of, expected_of
from tests.training.scene import NOW
from tests.world import World, member

DAY = date(2026, 11, 10)


def spent(world: World, fen: int = 120_000, voucher: str = "P-1") -> Spending:
    head = member("he", "何院长", world.shiqiao, "institution_head")
    world.people["he"] = head
    return services.spend(by=head, day=DAY, fen=fen, purpose="进修费", voucher=voucher, staff=None, now=NOW)


def test_fifty_thousand_persons_give_a_million(qinghe: World) -> None:
    Institution.objects.filter(pk=qinghe.shiqiao.pk).update(served_population=50_000)
    (fund,) = facts.funds(2026, DAY)
    assert (fund.institution, fund.fen) == (qinghe.shiqiao, 100_000_000)


@pytest.mark.parametrize("case", cases_of("training"), ids=lambda case: case["case_id"])
def test_the_funds_of_the_shared_cases_are_equal(qinghe: World, case: dict[str, str]) -> None:
    given = json.loads(case["params"])
    Institution.objects.filter(pk=qinghe.shiqiao.pk).update(served_population=given["people"])
    (fund,) = facts.funds(2026, DAY)
    assert fund.a_head_fen == given["per_head_fen"]
    assert {"fund": str(fund.fen)} == expected_of(case["case_id"])


def test_only_confirmed_payments_lessen_the_fund(qinghe: World) -> None:
    payment = spent(qinghe)
    (fund,) = facts.funds(2026, DAY)
    assert (fund.spent_fen, fund.waiting_fen, fund.rest_fen) == (0, 120_000, 62_000_000)
    services.confirm(by=qinghe.cai, spending=payment)
    (fund,) = facts.funds(2026, DAY)
    assert (fund.spent_fen, fund.waiting_fen, fund.rest_fen) == (120_000, 0, 61_880_000)
    assert facts.funds(2025, DAY)[0].spent_fen == 0


def test_another_person_confirms(qinghe: World) -> None:
    payment = spent(qinghe)
    with pytest.raises(TrainingRefused, match="Another person"):
        services.confirm(by=qinghe.he, spending=payment)
    with pytest.raises(PermissionDenied):
        services.confirm(by=qinghe.kong, spending=payment)
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        Spending.objects.filter(pk=payment.pk).update(state="confirmed", decided_by=qinghe.he)
    services.reject(by=qinghe.cai, spending=payment, why="凭证不符")
    with pytest.raises(Stale):
        services.confirm(by=qinghe.cai, spending=payment)


def test_wrong_payments_are_refused_by_name(qinghe: World) -> None:
    spent(qinghe)
    given = {"by": qinghe.he, "purpose": "x", "staff": None, "now": NOW}
    for change, reason in (
        ({"fen": 0, "day": DAY, "voucher": "P-2"}, "fen"),
        ({"fen": 1, "day": date(2026, 12, 1), "voucher": "P-2"}, "day"),
        ({"fen": 1, "day": DAY, "voucher": "P-1"}, "voucher"),
    ):
        with pytest.raises(TrainingRefused) as refused:
            services.spend(**given, **change)
        assert refused.value.reason == reason
