"""Transfers owed for referrals: a stay is paid for once, the unknown is not 0, each side reads its own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliance.lib.register import RegisterRefused
from alliance.models import Parameter
from alliance.services import parameter_proposals as proposals
from alliance.services import parameters
from grouping.models import Case
from referrals import services
from referrals.transfers import DOWN_TRANSFER, FEE_RETURN, transfer_facts, transfers_owed
from tests.grouping.conftest import scene  # noqa: F401  (the fixture)
from tests.grouping.scene import inside, store
from tests.referrals.scene import logged, prepare
from tests.referrals.test_rates import DELIVERED, DOWN, LATER, NOVEMBER, came, moved_home
from tests.surplus_cases import cases_of, expected_of
from tests.world import World, member

PAGE = "/a/qinghe/referrals/transfers/"
HOME = datetime(2026, 11, 12, 1, 0, tzinfo=UTC)  # the township admits at 09:50 in Shanghai


def moved(world: World, **stay: Any) -> None:
    """The stay at the hospital and the one in the township, the latter with these amounts."""
    store(world, moved_home(world), by=world.luo, today=DELIVERED)
    with inside(world):
        prepare(world)
        Case.objects.filter(record_no="S1").update(**stay)


def test_a_stay_is_paid_for_once_and_an_unknown_share_of_the_patient_is_not_0(scene: World) -> None:  # noqa: F811
    moved(scene, total_fen=1_000_000, own_pay_fen=None, fees={"D11": 30_000})
    with inside(scene):
        came(scene, HOME, **(DOWN | {"reason": "long_term"}))
        recovery = came(scene, datetime(2026, 11, 13, 2, 0, tzinfo=UTC), **DOWN)
        # Both led to the stay: the recovery goes before, and its base is not known.
        (owed,) = transfer_facts(NOVEMBER)
        assert (owed.rule, owed.referral, owed.base_fen, owed.fen) == (DOWN_TRANSFER, recovery.pk, None, None)
        (whole,) = transfers_owed(NOVEMBER)
        assert (whole.fen, whole.referrals, whole.unassessed) == (0, (), (recovery.pk,))
        Case.objects.filter(record_no="S1").update(own_pay_fen=1_000_000)
        assert transfer_facts(NOVEMBER) == [], (
            "the insurance paid nothing: nothing is owed, and that is known"
        )


def test_fees_are_returned_for_patients_sent_up_only_where_the_alliance_decided_so(scene: World) -> None:  # noqa: F811
    moved(scene, total_fen=1_000_000, own_pay_fen=0)
    with inside(scene):
        Case.objects.filter(record_no="L1").update(fees={"D11": 100_000, "D23": 900_000})
        up = came(scene, datetime(2026, 11, 8, 0, 30, tzinfo=UTC))
        assert transfer_facts(NOVEMBER) == []
        Parameter.objects.create(
            key="cp.fee_return_up", value=1, from_date=date(2026, 1, 1), decided_by="理事会"
        )
        (owed,) = transfer_facts(NOVEMBER)
        assert (owed.rule, owed.referral, owed.fen, owed.most_fen) == (FEE_RETURN, up.pk, 10_000, 15_000)
        assert (owed.payer, owed.receiver) == (scene.lead.pk, scene.shiqiao.pk)
        down = came(scene, HOME, **DOWN)
        # The stay went on as a recovery, which is paid by its own rule.
        assert [(one.rule, one.referral) for one in transfer_facts(NOVEMBER)] == [(DOWN_TRANSFER, down.pk)]


def test_the_percent_of_fee_returns_is_decided_within_its_range_from_a_day_on(scene: World) -> None:  # noqa: F811
    moved(scene, total_fen=1_000_000, own_pay_fen=0, fees={"D11": 100_001})
    with inside(scene):
        came(scene, HOME, **(DOWN | {"reason": "long_term"}))
        (owed,) = transfer_facts(NOVEMBER)
        assert (owed.percent, owed.fen, owed.most_fen) == (10, 10_000, 15_000)
        decided: dict[str, Any] = {"by": scene.luo, "decided_by": "理事会 2026-3"}
        percent = {**decided, "key": "cp.fee_return_percent", "from_date": date(2026, 11, 1)}
        proposed = {name: percent[name] for name in ("key", "from_date", "by", "decided_by")}
        for value in ("9.99", "15.01"):
            with pytest.raises(RegisterRefused, match="outside the range"):
                parameters.decide(value=value, **percent)
            with pytest.raises(RegisterRefused, match="outside the range"):
                proposals.propose(value=value, on=date(2026, 11, 1), **proposed)
        parameters.decide(value="12.5", **percent)
        (owed,) = transfer_facts(NOVEMBER)
        assert (owed.percent, owed.fen, owed.most_fen) == (Decimal("12.5"), 12_500, 15_000)
        range_: dict[str, Any] = {**decided, "key": "cp.fee_return", "from_date": date(2027, 1, 1)}
        with pytest.raises(RegisterRefused, match="outside the range"):
            parameters.decide(value={"min": 13, "max": 15}, **range_)
        with pytest.raises(IntegrityError, match="parameter_within"), transaction.atomic():
            Parameter.objects.create(
                key="cp.fee_return_percent", value="20", from_date=date(2026, 12, 1), decided_by="x"
            )
        parameters.decide(value={"min": 11, "max": 14}, **range_)
        with pytest.raises(RegisterRefused, match="outside the range"):
            parameters.decide(value="15", **{**percent, "from_date": date(2027, 2, 1)})


@pytest.mark.parametrize("case", cases_of("down_transfer"), ids=lambda case: case["case_id"])
def test_the_transfers_of_the_shared_cases_are_equal(scene: World, case: dict[str, Any]) -> None:  # noqa: F811
    """60 % of the recovery stay alone, once the township has received the patient (S2-33)."""
    given = json.loads(case["params"])
    moved(scene, total_fen=given["fund_recovery_fen"], own_pay_fen=0)
    with inside(scene):
        Case.objects.filter(record_no="L1").update(total_fen=given["fund_before_fen"], own_pay_fen=0)
        if given["confirmed"]:
            came(scene, HOME, **DOWN)
        else:
            services.accept(by=scene.zhao, referral=logged(scene, now=HOME, **DOWN), now=HOME)
        (percent,) = Parameter.objects.filter(key="gb.down_transfer").values_list("value", flat=True)
        assert percent == given["pct"]
        owed = sum(one.fen for one in transfers_owed(NOVEMBER, now=LATER))
    assert {"transfer": str(owed)} == expected_of(case["case_id"])


def test_each_side_reads_what_it_owes_and_is_owed(scene: World) -> None:  # noqa: F811
    moved(scene, total_fen=1_200_000, own_pay_fen=200_000)
    with inside(scene):
        number = came(scene, HOME, **DOWN).number
        scene.people["mo"] = member("mo", "莫言", scene.tcm, "institution_admin")
    seen = {}
    for who in ("luo", "kong", "mo", "tan"):
        answer = scene.client(who).get(f"{PAGE}?month=2026-11")
        page = answer.content.decode()
        seen[who] = (answer.status_code, number in page, "6,000.00" in page)
    assert seen["luo"] == seen["kong"] == (200, True, True)
    assert seen["mo"] == (200, False, False) and seen["tan"][0] == 403
    client = scene.client("luo")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{PAGE}?month=2026-11")
    few = len(asked)
    with inside(scene):
        came(scene, datetime(2026, 11, 13, 2, 0, tzinfo=UTC), **DOWN)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{PAGE}?month=2026-11")
    assert len(asked) == few
