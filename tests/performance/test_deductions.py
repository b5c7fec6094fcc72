"""A decided deduction is really taken: charged by two people, out of the next pool, the rest carried on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.models import Department
from performance.appeals import subjects
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing, handling
from performance.appeals.services.correcting import Decision
from performance.appeals.services.filing import NewLine
from performance.deductions.refusals import ChargeRefused
from performance.deductions.services import charging, taking
from performance.engine.pay.taking import taken
from performance.models import Appeal, Consequence, PayCharge, PayLift, PayPool, PayPot, PayShare, PayTaken
from performance.pay.refusals import PoolRefused
from performance.pay.services import making, pools
from tests.performance import pay_scene as scene
from tests.performance.deduction_scene import EARLY, balance, charged, deduction, head_of_lead, rejected
from tests.performance.pay_scene import NOW, SHARES, TODAY, fresh
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

SOURCE, DEDUCTED, OWN = "source:pay_total", "deducted:QH01", "institution:QH01"
MOST = SHARES["lead"] * 20 // 100  # 20 % of the share of the lead hospital


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted to institutions; no pool is made of it yet."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        head_of_lead(world)
        world.people["bao"] = member("bao", "鲍会计", None, "finance")
        yield world


# The engine ----------------------------------------------------------------------
@given(some.integers(1, 10**12), some.integers(0, 100), some.lists(some.integers(-(10**9), 10**12)))
def test_never_more_than_the_part_nor_than_is_owed(fen: int, percent: int, owed: list[int]) -> None:
    parts = taken(fen, Decimal(percent), owed)
    plus = sum(part for part in parts if part > 0)
    assert plus * 100 <= fen * percent and plus < fen
    assert all(part == due if due < 0 else 0 <= part <= due for part, due in zip(parts, owed, strict=True))
    # The rest waits only where there was no room for it.
    room = min(fen * percent // 100, fen - 1)
    assert plus == min(room, sum(due for due in owed if due > 0))


# Charged -------------------------------------------------------------------------
def test_two_people_charge_it_and_the_institution_owes(house: World) -> None:
    row, before = deduction(house, at=EARLY), balance(SOURCE)
    made = charged(house, row)
    assert (made.state, made.fen) == ("posted", 600_000)
    assert balance(DEDUCTED) == [-600_000] and balance(SOURCE) == [before[0] + 600_000]
    assert made.journal is not None and made.journal.posted_by != made.journal.confirmed_by
    with pytest.raises(ChargeRefused, match="on its way"):
        charging.make(by=house.luo, row=row, into=OCTOBER, today=TODAY, now=NOW)
    with pytest.raises(PermissionDenied):
        charging.make(by=house.head, row=row, into=OCTOBER, today=TODAY, now=NOW)


def test_declined_it_owes_nothing_and_the_database_knows_no_other_way(house: World) -> None:
    row = deduction(house, at=EARLY)
    assert charged(house, row, verdict="no").state == "draft" and balance(DEDUCTED) == [0]
    with pytest.raises(DatabaseError), transaction.atomic():
        PayCharge.objects.update(fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consequence.objects.filter(pk=row.pk).update(state="lifted")
        PayCharge.objects.update(state="proposed")
    draft = PayCharge.objects.get()
    draft.consequence.state = "lifted"
    with pytest.raises(ChargeRefused, match="left less"):  # a sentence, before the database has to refuse
        charging.propose(by=house.luo, row=draft, today=TODAY)


def test_only_a_decided_deduction_of_money_is_charged(house: World) -> None:
    row = deduction(house, at=EARLY)
    for change in ({"kind": "double"}, {"state": "open"}, {"fen": None}):
        wrong = Consequence.objects.named().get(pk=row.pk)
        for name, value in change.items():
            setattr(wrong, name, value)
        assert charging.left_of(wrong) == 0


# Taken ---------------------------------------------------------------------------
def lead_pots() -> int:
    return sum(PayPot.objects.filter(institution__code="QH01").values_list("fen", flat=True))


def test_the_next_pool_takes_it_within_its_part_and_carries_the_rest_on(house: World) -> None:
    charged(house, deduction(house, fen=10_000_000, at=EARLY))
    own = balance(OWN)[0]
    pool = scene.posted_bonus(house)
    share = PayShare.objects.get(pool=pool, institution=house.lead)
    assert (share.fen, share.taken_fen) == (SHARES["lead"], MOST)
    assert lead_pots() == SHARES["lead"] - MOST == share.net_fen
    assert balance(DEDUCTED) == [MOST - 10_000_000] and balance(OWN) == [own - SHARES["lead"]]
    part = PayTaken.objects.get()
    assert (part.fen, part.owed_fen) == (MOST, 10_000_000)
    assert [debt.fen for debt in taking.owing(PayPool(kind="bonus"), [house.lead.pk])] == [10_000_000 - MOST]
    other = PayShare.objects.get(pool=pool, institution=house.shiqiao)
    assert (other.fen, other.taken_fen) == (SHARES["shiqiao"], 0)
    assert books.trial_balance().sum_fen == 0


def test_a_small_one_is_taken_whole(house: World) -> None:
    charged(house, deduction(house, at=EARLY))
    scene.posted_bonus(house)
    assert balance(DEDUCTED) == [0] and lead_pots() == SHARES["lead"] - 600_000


def test_a_draft_made_before_is_made_anew(house: World) -> None:
    made = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    charged(house, deduction(house, at=EARLY))
    with pytest.raises(PoolRefused, match="changed"):
        pools.propose(by=house.luo, pool=made, today=TODAY)


def test_the_database_takes_nothing_that_is_not_owed(house: World) -> None:
    charge = charged(house, deduction(house, at=EARLY))
    made = making.make_bonus(by=house.luo, month=OCTOBER, now=NOW)
    part = PayTaken.objects.get(pool=made)
    share = PayShare.objects.get(pool=made, institution=house.shiqiao)
    for wrong in (
        {"share": part.share, "fen": 1, "owed_fen": 1, "account": part.account, "pot": None, "charge": None},
        {"share": share, "fen": 1, "owed_fen": 1, "account": part.account, "charge": charge, "pot": None},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            PayTaken.objects.create(pool=made, **wrong)
    PayTaken.objects.filter(pk=part.pk).delete()
    with pytest.raises(DatabaseError, match="owed"), transaction.atomic():
        PayTaken.objects.create(pool=made, share=part.share, account=part.account, charge=charge,
                                fen=600_001, owed_fen=600_001)  # fmt: skip
    with pytest.raises(DatabaseError, match="owed"), transaction.atomic():  # nothing was taken yet
        PayTaken.objects.create(pool=made, share=part.share, account=part.account, charge=charge,
                                fen=-1, owed_fen=-1)  # fmt: skip


# Claw-backs of departments and institutions ------------------------------------------
def test_rejections_of_institution_and_department_are_taken_of_share_and_pots(house: World) -> None:
    unit = Department.objects.get(institution=house.lead, code="03")
    whole, own = rejected(house, 33_866), rejected(house, 10**9, unit)
    pool = scene.posted_bonus(house)
    share = PayShare.objects.get(pool=pool, institution=house.lead)
    pot = PayPot.objects.get(pool=pool, department=unit)
    assert share.taken_fen == 33_866 and balance(whole) == [0]
    assert pot.taken_fen == pot.whole_fen * 20 // 100 and balance(own) == [pot.taken_fen - 10**9]
    pots = PayPot.objects.filter(pool=pool, institution=house.lead)
    assert sum(one.whole_fen for one in pots) == share.net_fen
    assert [one.taken_fen for one in pots.exclude(pk=pot.pk)] == [0, 0]
    assert balance(pot.account) == [pot.fen]


# Appealed ------------------------------------------------------------------------
def upheld(world: World, row: Consequence, fen: int) -> Appeal:
    """Filed by the head, upheld by Meng, the correction agreed by Bao, who had no part in the deduction."""
    with time_machine.travel(EARLY, tick=False):
        appeal = appealed(world, row)
        appeal = fresh(handling.assign(by=world.luo, appeal=appeal, handler=world.meng.pk, now=EARLY))
        appeal = handling.uphold(
            by=world.meng, appeal=appeal, decision=Decision(bearer="source", give_back={row.pk: fen}),
            answer="依据不足", now=EARLY,
        )  # fmt: skip
    approvals.decide(by=world.bao, approval=appeal.approval, verdict="yes")
    return fresh(appeal)


def appealed(world: World, row: Consequence) -> Appeal:
    subject = subjects.find(world.head, "deduction", row.pk)
    assert subject is not None
    return filing.file(
        by=world.head, kind=Appeal.Kind.PERSONAL, lines=[NewLine(subject)], text="未违规", now=EARLY
    )


def state_of(row: Consequence) -> str:
    return str(Consequence.objects.values_list("state", flat=True).get(pk=row.pk))


def test_upheld_before_it_is_charged_nothing_moves_and_nothing_is_left_to_charge(house: World) -> None:
    row, before = deduction(house, at=EARLY), balance(SOURCE, OWN)
    appeal = upheld(house, row, 600_000)
    assert (appeal.state, appeal.journal) == ("corrected", None)
    assert state_of(row) == "lifted" and balance(SOURCE, OWN) == before and balance(DEDUCTED) == [0]
    with pytest.raises(ChargeRefused, match="nothing to take"):
        charging.make(by=house.luo, row=row, into=OCTOBER, today=TODAY, now=NOW)


def test_a_part_lifted_leaves_the_rest_to_be_charged(house: World) -> None:
    row = deduction(house, at=EARLY)
    upheld(house, row, 200_000)
    assert state_of(row) == "agreed" and charged(house, row).fen == 400_000


def test_upheld_before_a_pool_took_it_is_cancelled(house: World) -> None:
    row, before = deduction(house, at=EARLY), balance(SOURCE, OWN)
    charged(house, row)
    appeal = upheld(house, row, 600_000)
    assert appeal.journal is not None and state_of(row) == "lifted"
    assert balance(SOURCE, OWN) == before and balance(DEDUCTED) == [0]
    pool = scene.posted_bonus(house)
    assert not PayTaken.objects.filter(pool=pool).exists() and lead_pots() == SHARES["lead"]


def test_upheld_after_it_was_taken_gives_back_exactly_that_with_the_next_pool(house: World) -> None:
    row = deduction(house, fen=10_000_000, at=EARLY)
    charge, source = charged(house, row), balance(SOURCE)
    scene.posted_bonus(house)  # takes MOST of it
    upheld(house, row, 10_000_000)
    assert balance(DEDUCTED) == [MOST]  # what was taken stands there for the institution, no fen more
    assert balance(SOURCE) == [source[0] - 10_000_000]
    (debt,) = taking.owing(PayPool(kind="bonus"), [house.lead.pk])
    assert (debt.charge, debt.fen) == (charge.pk, -MOST)


def test_more_than_is_left_is_never_lifted(house: World) -> None:
    row = deduction(house, at=EARLY)
    upheld(house, row, 500_000)
    with pytest.raises(AppealRefused, match="1,000"):
        upheld(house, row, 100_001)


def test_an_open_appeal_holds_the_charge_and_a_charge_on_its_way_holds_the_answer(house: World) -> None:
    row = deduction(house, at=EARLY)
    with time_machine.travel(EARLY, tick=False):
        appealed(house, row)
    with pytest.raises(ChargeRefused, match="open appeal"):
        charging.make(by=house.luo, row=row, into=OCTOBER, today=TODAY, now=NOW)


def test_the_database_lifts_only_what_an_examined_appeal_is_about(house: World) -> None:
    row = deduction(house, at=EARLY)
    with time_machine.travel(EARLY, tick=False):
        appeal = appealed(house, row)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayLift.objects.create(appeal=appeal, revision=1, consequence=row, fen=1)
