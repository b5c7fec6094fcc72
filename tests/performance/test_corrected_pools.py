"""Corrected scores divide anew every pool of their month that they have divided, to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, Entry
from alliance.lib.money import split_pool
from grouping.services.publishing import PublishRefused
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import anew, handling
from performance.appeals.services.correcting import Decision, FactKey
from performance.dues import sharing
from performance.life.refusals import CorrectionRefused
from performance.life.services import exceptions
from performance.models import (
    Appeal,
    AppealCorrection,
    CorrectionPart,
    LockException,
    MonthCorrection,
    PayFund,
    PayPool,
    PayShare,
    Settlement,
)
from performance.pay.refusals import PoolRefused
from performance.pay.services import entering, making, pools
from tests.performance import county_scene, pay_scene, scene
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import LATER, agreed, balances, objected, written
from tests.performance.test_corrections import AT, NOVEMBER, corrected_file, opened, store_again
from tests.world import World, member

HOUSES = ("lead", "tcm", "shiqiao")
AMOUNTS = {"prevention": 36_000_007, "award": 5_000_003}


@pytest.fixture
def paid(world: World, tmp_path: Path) -> Iterator[World]:
    """October computed and in the books, with its bonus fund, a pool that ends at persons and an award that
    ends at institutions; all three divided by the same scores.
    """
    with override_settings(MEDIA_ROOT=tmp_path):
        scene.prepare(world)
        scene.post(world, scene.compute(world))
        with inside(world):
            world.people["yuan"] = member("yuan", "袁同", world.lead, "institution_head")
            pay_scene.roster(world)
            pay_scene.tcm_people(world)
            for name in HOUSES:
                row = entering.enter_total(
                    by=world.luo, institution=getattr(world, name), year=2026, fen=10**9,
                    document="绩效总量〔2026〕1号", now=pay_scene.NOW,
                )  # fmt: skip
                entering.confirm(by=world.cai, row=row, now=pay_scene.NOW)
            pay_scene.rule(world, "bonus")
            pay_scene.posted_bonus(world)
            account = county_scene.fed(world, 2 * sum(AMOUNTS.values()))
            for kind, fen in AMOUNTS.items():
                pay_scene.rule(world, kind)
                pay_scene.agreed(world, drafted(world, account, kind, fen))
            yield world


def drafted(world: World, account: PayFund, kind: str, fen: int) -> PayPool:
    return making.make_from_fund(
        by=world.luo, month=OCTOBER, kind=kind, fund=account, fen=fen, name=f"10月{kind}",
        document="理事会〔2026〕7号", institutions=[getattr(world, name).pk for name in HOUSES],
        now=pay_scene.NOW, persons=kind == "prevention",
    )  # fmt: skip


def upheld(world: World, bearer: str) -> tuple[Appeal, FactKey, Decimal]:
    row, key, more = objected(world)
    row = pay_scene.fresh(handling.assign(by=world.luo, appeal=row, handler=world.meng.pk, now=LATER))
    decision = Decision(bearer, facts={key: more})
    row = handling.uphold(by=world.meng, appeal=row, decision=decision, answer="属实", now=LATER)
    return pay_scene.fresh(row), key, more


def right(settlement: Settlement, facts: dict[tuple[str, str], Decimal], pool: PayPool) -> dict[str, int]:
    """What each would have had of a pool: its amount by corrected score x basis, without the product's code
    of corrections.
    """
    scores = {one.institution: one.score for one in anew.computed(settlement, facts).lines}
    weights = {}
    for share in PayShare.objects.filter(pool=pool).select_related("institution"):
        code = share.institution.code
        weights[code] = (scores[code] or Decimal(0)) * Decimal(dict(share.factors)["basis_fen"])
    return {part.code: part.fen for part in split_pool(pool.fen, weights).parts}


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("bearer", ["pot", "source"])
def test_an_upheld_score_changes_its_shares_of_every_pool_and_nothing_else(paid: World, bearer: str) -> None:
    before, so_far = written(), balances()
    row, key, more = upheld(paid, bearer)
    row = agreed(paid, row)
    assert row.state == "corrected" and written() == before
    settlement = Settlement.objects.get(pk=key[0])
    wanted: dict[str, int] = {}
    for pool in PayPool.objects.select_related("fund"):
        shares = PayShare.objects.filter(pool=pool).select_related("institution")
        was = {share.institution.code: share.fen for share in shares}
        now = right(settlement, {key[1:]: more}, pool)
        assert sum(now.values()) == sum(was.values())
        moved = {code: now[code] - was[code] for code in now if bearer == "pot" or code == key[1]}
        assert moved[key[1]] != 0
        source = pool.fund.account if pool.fund else "source:pay_total"
        for code, fen in {**{f"institution:{code}": fen for code, fen in moved.items()},
                          source: -sum(moved.values())}.items():  # fmt: skip
            wanted[code] = wanted.get(code, 0) + fen
        told = AppealCorrection.objects.filter(appeal=row, pool=pool if pool.fund else None, pot=None)
        assert sum(one.fen for one in told) == 0
    parts = AppealCorrection.objects.filter(appeal=row, pot__isnull=False)
    assert {one.pot.pool.kind for one in parts if one.pot} == {"bonus", "prevention"}  # an award ends above
    for one in parts:
        wanted[one.account] = wanted.get(one.account, 0) + one.fen
    changed = {code: fen - so_far[code] for code, fen in balances().items() if fen != so_far[code]}
    assert changed == {code: fen for code, fen in wanted.items() if fen}
    assert books.trial_balance().sum_fen == 0
    said = {one.reason.get("pool") for one in Entry.objects.filter(journal=row.journal)}
    assert {pool.title for pool in PayPool.objects.all()} <= said


@time_machine.travel(LATER, tick=False)
def test_the_preview_names_the_pool_of_every_entry(paid: World) -> None:
    row, _key, _more = upheld(paid, "pot")
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        page = paid.client("meng").get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
    for pool in PayPool.objects.all():
        assert pool.title in page


@time_machine.travel(LATER, tick=False)
def test_a_source_account_gives_no_more_than_it_holds(paid: World) -> None:
    account = PayFund.objects.get()
    rest = books.balance(Account.objects.get(code=account.account))
    pay_scene.agreed(paid, drafted(paid, account, "award", rest))
    row, key, more = objected(paid)
    row = pay_scene.fresh(handling.assign(by=paid.luo, appeal=row, handler=paid.meng.pk, now=LATER))
    scores = anew.computed(Settlement.objects.get(pk=key[0]), {key[1:]: more})
    raised = next(one.score for one in scores.lines if one.institution == key[1])
    assert raised is not None and raised > anew.scores(Settlement.objects.get(pk=key[0]))[key[1]]
    with pytest.raises(AppealRefused, match=r"its source account holds 0\.00 yuan"):
        handling.uphold(
            by=paid.meng, appeal=row, decision=Decision("source", facts={key: more}), answer="属实", now=LATER
        )


@time_machine.travel(LATER, tick=False)
def test_a_pool_made_before_a_correction_is_booked_by_no_old_score(paid: World) -> None:
    account = PayFund.objects.get()
    waiting = drafted(paid, account, "award", 1_000_001)
    row, key, more = upheld(paid, "pot")
    agreed(paid, row)
    with pytest.raises(PoolRefused, match="changed since the pool was made"):
        pools.propose(by=paid.luo, pool=waiting, today=pay_scene.TODAY)
    pools.discard(by=paid.luo, pool=waiting)
    made = drafted(paid, account, "award", 1_000_001)
    shares = PayShare.objects.filter(pool=made).select_related("institution")
    settlement = Settlement.objects.get(pk=key[0])
    assert {one.institution.code: one.fen for one in shares} == right(settlement, {key[1:]: more}, made)


@time_machine.travel(LATER, tick=False)
def test_nobody_agrees_while_another_pool_was_divided_by_the_old_scores(paid: World) -> None:
    row, _key, _more = upheld(paid, "pot")
    pay_scene.agreed(paid, drafted(paid, PayFund.objects.get(), "award", 1_000_001))
    with pytest.raises(AppealRefused, match="have moved since"), transaction.atomic():
        agreed(paid, row)


@time_machine.travel(LATER, tick=False)
def test_the_database_wants_every_pool_of_a_correction_to_add_up(paid: World) -> None:
    row, _key, _more = upheld(paid, "pot")
    share = AppealCorrection.objects.filter(appeal=row, pool__isnull=False, pot=None).first()
    assert share is not None and share.pool is not None
    rows = Appeal.objects.filter(pk=row.pk)
    rows.update(state="assigned")
    for number, (pool, fen) in enumerate(((share.pool, 5), (None, -5))):
        AppealCorrection.objects.create(
            appeal=row, revision=row.revision + 1, number=number, account=share.account, fen=fen,
            institution=share.institution, pool=pool,
        )  # fmt: skip
    with pytest.raises(DatabaseError, match="do not add up"), transaction.atomic():
        rows.update(state="upheld", revision=row.revision + 1)


def test_a_lock_exception_divides_every_pool_anew(paid: World) -> None:
    ledger.open_period(by=paid.luo, month=NOVEMBER)
    exception = opened(paid)
    with pytest.raises(PublishRefused, match="is decided"):
        corrected_file(paid)
    exceptions.confirm(by=paid.cai, row=exception, now=AT)
    store_again(paid)
    exception = LockException.objects.get()
    made = exceptions.make(by=paid.luo, row=exception, into=NOVEMBER, now=AT)
    lines = list(made.lines.select_related("institution", "pool"))
    assert {one.pool.kind for one in lines if one.pool} == set(AMOUNTS)
    scores = {one.institution.code: one.after_score for one in lines if one.pool is None}
    for pool in PayPool.objects.filter(fund__isnull=False):
        own = [one for one in lines if one.pool_id == pool.pk]
        assert sum(one.diff_fen for one in own) == 0 and own
        shares = PayShare.objects.filter(pool=pool).select_related("institution")
        weights = {}
        for share in shares:
            known = dict(share.factors)
            score = scores.get(share.institution.code) or Decimal(known["score"])
            weights[share.institution.code] = score * Decimal(known["basis_fen"])
        now = {part.code: part.fen for part in split_pool(pool.fen, weights).parts}
        assert {one.institution.code: one.after_fen for one in own} == {
            share.institution.code: now[share.institution.code]
            for share in shares if now[share.institution.code] != share.fen
        }  # fmt: skip
    below = CorrectionPart.objects.filter(correction=made).select_related("pot__pool")
    assert {one.pot.pool.kind for one in below} == {"bonus", "prevention"}
    approval = exceptions.propose(by=paid.luo, row=made, today=AT.date())
    approvals.decide(by=paid.cai, approval=approval, verdict="yes")
    assert MonthCorrection.objects.get().state == "posted" and books.trial_balance().sum_fen == 0
    settlement = exceptions.posted(OCTOBER)
    standing = anew.scores(settlement)
    assert sharing.anew(OCTOBER, standing, standing) == []
    with pytest.raises(CorrectionRefused, match="change no share"):
        exceptions.make(by=paid.luo, row=exception, into=NOVEMBER, now=AT)
