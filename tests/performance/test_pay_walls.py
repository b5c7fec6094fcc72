"""What the database refuses of pay, whoever writes: unbalanced books at COMMIT (N47), the total (N50)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.models import Staff
from alliance.tenancy.scope import act_in
from performance.models import PayFund, PayPool, PayPot, PayTotal
from performance.pay.services import limits
from tests.ledger.test_walls_of_the_books import WAYS
from tests.performance import pay_access, pay_scene, payout_scene
from tests.performance.pay_scene import NOW, SHARES
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_dues import corrected, post
from tests.world import World, make_world


@pytest.fixture
def committed(own_database: str, tmp_path: Path) -> Iterator[World]:
    """October's doctors in the books, committed."""
    world = make_world()
    with override_settings(MEDIA_ROOT=tmp_path):
        with transaction.atomic(), act_in(world.qinghe):
            payout_scene.paid_down(world)
        yield world


def raw(world: World, kind: str, *fen: int) -> None:
    """A journal of pay written past the services: a person's account, then the pot's."""
    person = Account.objects.filter(code__startswith="person:").order_by("pk")[0]
    pot = Account.objects.filter(code__startswith="department:").order_by("pk")[0]
    head = LedgerJournal.objects.create(
        period=Period.objects.get(month=OCTOBER.first_day), about_month=OCTOBER.first_day, kind=kind,
        key=f"raw:{kind}", posted_by=world.luo, confirmed_by=world.cai, body_digest="0" * 64,
        entries_count=len(fen), debit_fen=sum(part for part in fen if part > 0),
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(journal=head, number=number, account=account, fen=part)
        for number, (account, part) in enumerate(zip((person, pot), fen, strict=True), start=1)
    )


@pytest.mark.parametrize("way", WAYS)
def test_n47_an_unbalanced_journal_of_pay_is_refused_whatever_scope_is_open_at_commit(
    committed: World, way: Callable[[World], contextlib.AbstractContextManager[None]]
) -> None:
    """N47: a person is given a fen that no pot gave; the scope is closed before COMMIT."""
    for kind in ("performance.pay_pot", "performance.appeal", "life.correction", "payout.paid"):
        with pytest.raises(IntegrityError, match="does not balance"), way(committed):
            raw(committed, kind, 501, -500)
    with transaction.atomic(), act_in(committed.qinghe):
        assert not LedgerJournal.objects.filter(key__startswith="raw:").exists()


def _total(world: World, fen: int) -> None:
    """A later revision, by two people."""
    last = PayTotal.objects.filter(institution=world.lead).count()
    PayTotal.objects.create(
        institution=world.lead, year=2026, revision=last + 1, fen=fen, document="理〔2026〕1号",
        entered_by=world.luo, entered_at=NOW, confirmed_by=world.cai, confirmed_at=NOW,
    )  # fmt: skip


def test_n50_what_corrections_gave_counts_when_the_next_pool_is_posted(world: World, tmp_path: Path) -> None:
    """N50: paid this year, corrections among it, + this pool; by the service's sum and by the database."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        payout_scene.paid_down(world)
        post(world, corrected(world, {world.lead.pk: 30_000, world.shiqiao.pk: -30_000}))
        given = SHARES["lead"] + 30_000
        assert limits.paid_of(2026)[world.lead.pk] == given
        assert limits.over_total(OCTOBER, {world.lead.pk: 100}) is None
        _total(world, given + 99)
        assert limits.over_total(OCTOBER, {world.lead.pk: 100}) == (world.lead.pk, 1)
        fund: PayFund = pay_access.fund(world.luo, "f1", "财政补助")
        staff = Staff.objects.filter(institution=world.lead).order_by("pk")[0]
        pool = pay_access.pool(world.luo, fund, world.lead, staff, 7, "奖励", source="fiscal")
        bonus = PayPool.objects.select_related("journal", "approval").get(kind="bonus")
        assert bonus.journal is not None and bonus.approval is not None
        with pytest.raises(DatabaseError, match="would exceed its approved pay total"), transaction.atomic():
            pay_access.post(pool, bonus.journal, bonus.approval)
        _total(world, given + 100)
        pay_access.post(pool, bonus.journal, bonus.approval)
        assert limits.paid_of(2026)[world.lead.pk] == given + 100


def test_n50_a_pot_nobody_divided_counts_as_given(world: World, tmp_path: Path) -> None:
    """N50: what stands at a pot is its people's already."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        pay_scene.grounded(world)
        pay_scene.posted_bonus(world)
        post(world, corrected(world, {world.lead.pk: 500, world.shiqiao.pk: -500}))
        assert not PayPot.objects.filter(state="posted").exists()
        assert limits.paid_of(2026)[world.lead.pk] == SHARES["lead"] + 500
