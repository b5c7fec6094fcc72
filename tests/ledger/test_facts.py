"""Reading the books: balances, statements with running balance, trial balance, sums of months."""

from __future__ import annotations

from alliance.ledger import facts, services
from alliance.ledger.models import Account
from alliance.tenancy.scope import act_in
from tests.ledger.books import NOVEMBER, OCTOBER, open_books, post
from tests.world import World


def two_months(world: World) -> dict[str, Account]:
    """October: 34, 33, 33. November: 1, 2, 3 and the reversal of October."""
    accounts = open_books(world, OCTOBER, NOVEMBER)
    first = post(world, accounts, 34, 33, 33).journal
    post(world, accounts, 1, 2, 3, key="november", month=NOVEMBER)
    services.reverse(by=world.luo, confirmed_by=world.cai, journal=first, month=NOVEMBER)
    return accounts


def test_a_statement_runs_from_opening_to_closing_balance(world: World) -> None:
    with act_in(world.qinghe):
        account = two_months(world)["institution:QH01"]
        whole = facts.statement(account)
        assert (whole.opening_fen, whole.closing_fen) == (0, 1)
        assert [(entry.fen, entry.balance_fen) for entry in whole.entries] == [(34, 34), (1, 35), (-34, 1)]
        november = facts.statement(account, first=NOVEMBER)
        assert (november.opening_fen, november.closing_fen) == (34, 1)
        assert [(entry.fen, entry.balance_fen) for entry in november.entries] == [(1, 35), (-34, 1)]
        october = facts.statement(account, last=OCTOBER)
        assert (october.closing_fen, [entry.fen for entry in october.entries]) == (34, [34])


def test_the_trial_balance_of_a_month_ties_and_carries_the_opening_balance(world: World) -> None:
    with act_in(world.qinghe):
        two_months(world)
        sheet = facts.trial_balance(NOVEMBER)
        rows = {
            row.code: (row.opening_fen, row.debit_fen, row.credit_fen, row.closing_fen)
            for row in sheet.accounts
        }
        assert rows == {
            "source:bonus": (-100, 100, 6, -6),
            "institution:QH01": (34, 1, 34, 1),
            "institution:QH02": (33, 2, 33, 2),
            "institution:QH11": (33, 3, 33, 3),
        }
        assert (sheet.debit_fen, sheet.credit_fen, sheet.sum_fen) == (106, 106, 0)


def test_the_trial_balance_of_all_months_begins_at_nothing(world: World) -> None:
    with act_in(world.qinghe):
        two_months(world)
        sheet = facts.trial_balance()
        assert [row.opening_fen for row in sheet.accounts] == [0, 0, 0, 0]
        assert (sheet.debit_fen, sheet.credit_fen, sheet.sum_fen) == (206, 206, 0)
        assert sum(row.closing_fen for row in sheet.accounts) == 0


def test_empty_books_have_an_empty_trial_balance(world: World) -> None:
    with act_in(world.qinghe):
        open_books(world)
        sheet = facts.trial_balance(OCTOBER)
        assert (list(sheet.accounts), sheet.debit_fen, sheet.sum_fen) == ([], 0, 0)


def test_an_institution_sees_its_own_accounts_only(world: World) -> None:
    with act_in(world.qinghe):
        two_months(world)
        sheet = facts.trial_balance(NOVEMBER, seen_by=world.zhao)
        assert [row.code for row in sheet.accounts] == ["institution:QH11"]
        assert [sums.sum_fen for sums in facts.month_sums(OCTOBER, NOVEMBER, seen_by=world.zhao)] == [33, -30]


def test_month_sums_count_journals_entries_and_money(world: World) -> None:
    with act_in(world.qinghe):
        two_months(world)
        assert facts.month_sums(OCTOBER, NOVEMBER) == [
            facts.MonthSums(OCTOBER, 1, 4, 100, 0),
            facts.MonthSums(NOVEMBER, 2, 8, 106, 0),
        ]
        assert facts.open_months() == [OCTOBER, NOVEMBER]


def test_the_other_alliance_sees_nothing(world: World) -> None:
    with act_in(world.qinghe):
        two_months(world)
    with act_in(world.jiangzhou):
        assert facts.month_sums(OCTOBER, NOVEMBER) == [] and facts.months() == []
        assert list(facts.trial_balance().accounts) == []
