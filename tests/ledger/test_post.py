"""Posting a journal: what it keeps, what it refuses, the same key again (walls.md section 2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from alliance.ledger import errors, facts, services
from alliance.ledger.models import Entry, LedgerJournal
from alliance.ledger.services import Line
from alliance.lib.money import MOST_FEN, SplitRefused, split_pool
from alliance.lib.period import Month
from alliance.models import Journal, Membership
from alliance.tenancy.scope import act_in
from tests.ledger.books import NOVEMBER, OCTOBER, open_books, post, shares
from tests.world import World


def test_a_posted_journal_keeps_lines_reasons_evidence_and_both_people(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        posted = post(world, accounts, 34, 33, 33, rule_version="2026-1", inputs_digest="a" * 64, text="10月")
        connection.check_constraints()
        assert posted.created
        head = LedgerJournal.objects.get(pk=posted.journal.pk)
        assert (head.entries_count, head.debit_fen, head.posted_by, head.confirmed_by) == (
            4,
            100,
            world.luo,
            world.cai,
        )
        assert (head.about_month, head.rule_version, head.inputs_digest) == (
            OCTOBER.first_day,
            "2026-1",
            "a" * 64,
        )
        lines = list(facts.lines_of(head))
        assert [(line.number, line.account.code, line.fen) for line in lines] == [
            (1, "source:bonus", -100), (2, "institution:QH01", 34), (3, "institution:QH02", 33),
            (4, "institution:QH11", 33),
        ]  # fmt: skip
        assert lines[1].reason == {"rule": "share", "remainder_rank": 1}
        assert (lines[1].evidence_kind, lines[1].evidence_id) == ("institution", 1)
        assert Journal.objects.filter(verb="ledger.posted", about_id=head.pk).count() == 1


def test_weights_in_a_reason_keep_their_digits(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        lines = shares(accounts, 100)
        lines[1] = replace(lines[1], reason={"weights": [Decimal("1.10"), Decimal("2")]})
        services.post(
            by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="settlement", key="k", entries=lines
        )
        assert Entry.objects.get(number=2).reason == {"weights": ["1.10", "2"]}


@pytest.mark.parametrize(
    ("fen", "error"),
    [
        ([], errors.TooFewEntries),
        ([5], errors.TooFewEntries),
        ([-5, 5, 0], errors.ZeroAmount),
        ([-5, 4], errors.Unbalanced),
        ([-1.5, 1.5], errors.AmountInvalid),
        ([True, -1], errors.AmountInvalid),
        ([MOST_FEN + 1, -MOST_FEN - 1], errors.AmountInvalid),
        ([MOST_FEN, 1, -MOST_FEN, -1], errors.AmountInvalid),
    ],
)
def test_n23_the_service_names_what_is_wrong_before_anything_is_written(
    world: World, fen: list[int], error: type[Exception]
) -> None:
    with act_in(world.qinghe):
        accounts = list(open_books(world).values())
        lines = [Line(accounts[number % 4], amount) for number, amount in enumerate(fen)]
        with pytest.raises(error):
            services.post(
                by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="x", key="k", entries=lines
            )
        assert not LedgerJournal.objects.exists()


def test_n30_a_pool_of_one_yuan_over_three_equal_institutions_posts_34_33_33_and_its_mirror(
    world: World,
) -> None:
    weights = {"institution:QH01": 1, "institution:QH02": 1, "institution:QH11": 1}
    with act_in(world.qinghe):
        accounts = open_books(world)
        for key, pool, expected in (("plus", 100, [34, 33, 33]), ("minus", -100, [-34, -33, -33])):
            parts = [part.fen for part in split_pool(pool, weights).parts]
            journal = post(world, accounts, *parts, key=key).journal
            assert [line.fen for line in facts.lines_of(journal)] == [-pool, *expected]
        connection.check_constraints()
    with pytest.raises(SplitRefused, match="All weights are zero"):
        split_pool(100, dict.fromkeys(weights, 0))


def test_the_same_key_with_the_same_body_is_the_same_journal_whoever_asks(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        first = post(world, accounts, 34, 33, 33)
        again = post(world, accounts, 34, 33, 33, by=world.meng, confirmed_by=world.su, code_version="later")
        assert (again.journal.pk, again.created) == (first.journal.pk, False)
        assert Entry.objects.count() == 4


@pytest.mark.parametrize(
    "change", [{"month": NOVEMBER}, {"text": "other"}, {"rule_version": "2"}, {"kind": "other"}]
)
def test_n26_the_same_key_with_another_body_is_refused(world: World, change: dict[str, object]) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world, OCTOBER, NOVEMBER)
        post(world, accounts, 34, 33, 33)
        with pytest.raises(errors.KeyReused, match="settlement"):
            post(world, accounts, 34, 33, 33, **change)
        with pytest.raises(errors.KeyReused):
            post(world, accounts, 33, 34, 33)


def test_one_person_with_two_memberships_is_not_two_people(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        second = Membership.objects.create(user=world.luo.user, institution=world.lead, roles=["finance"])
        with pytest.raises(errors.SamePerson):
            post(world, accounts, 100, confirmed_by=second)


def test_a_month_without_books_is_named(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        with pytest.raises(errors.NoPeriod, match="2026-12"):
            post(world, accounts, 100, month=Month(2026, 12))


def test_an_account_of_another_alliance_is_refused(world: World) -> None:
    with act_in(world.jiangzhou):
        foreign = services.open_accounts(by=world.qiao, accounts=[services.NewAccount("x", "x", "source")])[
            "x"
        ]
    with act_in(world.qinghe):
        accounts = open_books(world)
        lines = [Line(accounts["source:bonus"], -1), Line(foreign, 1)]
        with pytest.raises(errors.ForeignAccount):
            services.post(
                by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="x", key="k", entries=lines
            )


def test_an_account_code_stands_for_one_owner(world: World) -> None:
    with act_in(world.qinghe):
        open_books(world)
        other = services.NewAccount("institution:QH01", "清河", "institution", institution=world.tcm)
        with pytest.raises(errors.AccountDiffers):
            services.open_accounts(by=world.luo, accounts=[other])


def test_a_thousand_entries_cost_a_fixed_number_of_statements(
    world: World, django_assert_max_num_queries
) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        lines = [
            Line(accounts["source:bonus"], -1_000),
            *(Line(accounts["institution:QH01"], 1) for _ in range(1_000)),
        ]
        with django_assert_max_num_queries(12):
            services.post(
                by=world.luo, confirmed_by=world.cai, month=OCTOBER, kind="x", key="k", entries=lines
            )
        connection.check_constraints()
        assert facts.balance(accounts["institution:QH01"]) == 1_000
