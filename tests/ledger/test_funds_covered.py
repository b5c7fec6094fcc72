"""A fund gives what it holds and no more; money from outside comes in through accounts of sources."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from alliance.ledger import errors, facts, services
from alliance.ledger.models import Account, LedgerJournal
from alliance.ledger.services import Line, NewAccount, Posted
from alliance.tenancy.scope import act_in
from tests.ledger.books import OCTOBER, open_books, raw_journal
from tests.ledger.test_concurrency import books, together  # noqa: F401 (a fixture)
from tests.world import World


def fund_of(world: World) -> Account:
    made = NewAccount("fund:f1", "财政补助", "fund")
    return services.open_accounts(by=world.luo, accounts=[made])["fund:f1"]


def move(world: World, giver: Account, taker: Account, fen: int, key: str) -> Posted:
    return services.post(
        by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="run", key=key,
        entries=[Line(giver, -fen), Line(taker, fen)],
    )  # fmt: skip


def test_a_fund_is_drawn_on_to_the_last_fen_and_not_beyond(world: World) -> None:
    with act_in(world.qinghe):
        accounts, fund = open_books(world), fund_of(world)
        source, place = accounts["source:bonus"], accounts["institution:QH01"]
        with pytest.raises(errors.Overdrawn, match=r"财政补助 holds 0\.00 yuan; this takes 0\.01 yuan"):
            move(world, fund, place, 1, "early")
        fed = move(world, source, fund, 100, "fed")
        move(world, fund, place, 100, "all")
        with pytest.raises(errors.Overdrawn, match=r"holds 0\.00 yuan"):
            move(world, fund, place, 1, "more")
        with pytest.raises(errors.Overdrawn, match=r"takes 1\.00 yuan"):
            services.reverse(by=world.luo, confirmed_by=world.cai, journal=fed.journal, month=OCTOBER)
        assert facts.balance(fund) == 0 and LedgerJournal.objects.count() == 2
        assert facts.balance(source) == -100, "an account of a source has no floor"


def test_the_database_refuses_rows_written_past_the_service(world: World) -> None:
    with act_in(world.qinghe):
        accounts, fund = open_books(world), fund_of(world)
        pair = {"institution": accounts["institution:QH01"], "fund": fund}
        with pytest.raises(IntegrityError, match="no more than it holds"), transaction.atomic():
            raw_journal(world, pair, -5, 5)  # line 1 is the fund's


def test_two_postings_at_once_never_both_take_the_last_money(
    books: tuple[World, dict[str, Account]],  # noqa: F811
) -> None:
    world, accounts = books
    with transaction.atomic(), act_in(world.qinghe):
        fund = fund_of(world)
        move(world, accounts["source:bonus"], fund, 100, "fed")

    def deed(number: int) -> str:
        move(world, fund, accounts["institution:QH01"], 60, f"take{number}")
        return "posted"

    assert together(world, 10, deed) == {"posted": 1, "Overdrawn": 9}
    with transaction.atomic(), act_in(world.qinghe):
        assert facts.balance(fund) == 40
