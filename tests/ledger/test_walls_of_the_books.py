"""What the database itself refuses, whoever writes: at COMMIT, after it, and for ever (N23-N25, N47)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from tests.ledger.books import open_books, post, raw_entries, raw_journal
from tests.plugin import owner
from tests.world import World, make_world


@pytest.fixture
def books(own_database: str) -> tuple[World, dict[str, Account], str]:
    """The cast, committed, with October open."""
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        accounts = open_books(world)
    return world, accounts, own_database


Books = tuple[World, dict[str, Account], str]


def journals(world: World) -> int:
    with transaction.atomic(), act_in(world.qinghe):
        return LedgerJournal.objects.count()


@pytest.mark.parametrize(
    ("fen", "extra", "constraint"),
    [
        ([-5, 4], {}, "does not balance"),
        ([-5, 5], {"count": 3}, "does not balance"),
        ([-5, 5], {"debit": 6}, "does not balance"),
        ([], {"count": 2, "debit": 1}, "does not balance"),
        ([], {}, "ledger_journal_"),
        ([5], {}, "ledger_journal_two_entries"),
        ([5], {"count": 2}, "does not balance"),
        ([0, 0], {"debit": 1}, "ledger_entry_not_zero"),
        ([-5, 5, 0], {}, "ledger_entry_not_zero"),
    ],
)
def test_n23_an_unbalanced_empty_one_entry_or_zero_amount_journal_is_refused_at_commit(
    books: Books, fen: list[int], extra: dict[str, int], constraint: str
) -> None:
    world, accounts, _ = books
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), act_in(world.qinghe):
        raw_journal(world, accounts, *fen, **extra)
    assert journals(world) == 0


@contextlib.contextmanager
def scope_inside(world: World) -> Iterator[None]:
    with transaction.atomic(), act_in(world.qinghe):
        yield


@contextlib.contextmanager
def scope_outside(world: World) -> Iterator[None]:
    with act_in(world.qinghe), transaction.atomic():
        yield


@contextlib.contextmanager
def another_scope_before_commit(world: World) -> Iterator[None]:
    with transaction.atomic():
        with act_in(world.qinghe):
            yield
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.alliance', %s, true)", [str(world.jiangzhou.pk)])


WAYS = [scope_inside, scope_outside, another_scope_before_commit]


@pytest.mark.parametrize("way", WAYS)
def test_n47_an_unbalanced_journal_is_refused_whatever_scope_is_open_at_commit(
    books: Books, way: Callable[[World], contextlib.AbstractContextManager[None]]
) -> None:
    world, accounts, _ = books
    with pytest.raises(IntegrityError, match="does not balance"), way(world):
        raw_journal(world, accounts, -5, 4)
    assert journals(world) == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_good_journal_commits_whatever_scope_is_open_at_commit(
    books: Books, way: Callable[[World], contextlib.AbstractContextManager[None]]
) -> None:
    world, accounts, _ = books
    with way(world):
        raw_journal(world, accounts, -5, 5)
    assert journals(world) == 1


def test_checking_early_leaves_the_scope_as_it_was(books: Books) -> None:
    world, accounts, _ = books
    with transaction.atomic(), act_in(world.qinghe):
        raw_journal(world, accounts, -5, 5)
        with act_in(world.jiangzhou), connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("select current_setting('app.alliance')")
            assert cursor.fetchone() == (str(world.jiangzhou.pk),)


def test_n24_an_extra_balanced_pair_on_a_posted_journal_is_refused(books: Books) -> None:
    world, accounts, _ = books
    with transaction.atomic(), act_in(world.qinghe):
        head = post(world, accounts, 34, 33, 33).journal
    with (
        pytest.raises(IntegrityError, match="takes no further entry"),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        raw_entries(head, accounts, -7, 7, first=5)
    with (
        pytest.raises(IntegrityError, match="ledger_entry_number"),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        raw_entries(head, accounts, -7, 7, first=3)


def test_n24_also_in_the_same_transaction_after_the_check_was_called_early(books: Books) -> None:
    world, accounts, _ = books
    with (
        pytest.raises(IntegrityError, match="takes no further entry"),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        head = raw_journal(world, accounts, -5, 5)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        raw_entries(head, accounts, -7, 7, first=3)


def test_n24_an_entry_of_no_journal_is_refused_at_once(books: Books) -> None:
    world, accounts, _ = books
    with (
        pytest.raises(
            IntegrityError, match="name journal_id 1000000000, which is not in ledger_ledgerjournal"
        ),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        Entry.objects.create(journal_id=10**9, number=1, account=accounts["source:bonus"], fen=1)


STATEMENTS = [
    "update {table} set alliance_id = alliance_id",
    "delete from {table}",
    "truncate {table} cascade",
]


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_ledgerjournal"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_n25_the_application_cannot_rewrite_entries(books: Books, table: str, statement: str) -> None:
    world, accounts, _ = books
    with transaction.atomic(), act_in(world.qinghe):
        post(world, accounts, 100)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        run(statement.format(table=table))


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_ledgerjournal"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_n25_not_even_the_owner_can_rewrite_entries(books: Books, table: str, statement: str) -> None:
    world, accounts, database = books
    with transaction.atomic(), act_in(world.qinghe):
        post(world, accounts, 100)
    with owner(database) as link, pytest.raises(psycopg.errors.RestrictViolation, match="written once"):
        link.execute("select set_config('app.alliance', %s, false)", [str(world.qinghe.pk)])
        link.execute(statement.format(table=table))


def test_the_database_wants_two_different_users(books: Books) -> None:
    world = books[0]
    with transaction.atomic(), act_in(world.qinghe):
        second = Membership.objects.create(user=world.luo.user, institution=world.lead, roles=["finance"])
    with (
        pytest.raises(IntegrityError, match="two different people"),
        transaction.atomic(),
        act_in(world.qinghe),
    ):
        period = Period.objects.get()
        LedgerJournal.objects.create(
            period=period, about_month=period.month, kind="raw", key="k", posted_by=world.luo,
            confirmed_by=second, body_digest="0" * 64, entries_count=2, debit_fen=1,
        )  # fmt: skip


def test_an_account_keeps_its_owner_and_may_be_renamed(books: Books) -> None:
    world, accounts, _ = books
    account = accounts["institution:QH02"]
    with transaction.atomic(), act_in(world.qinghe):
        assert Account.objects.filter(pk=account.pk).update(name="清河县中医医院（新名）") == 1
    for change in ({"institution": world.lead}, {"code": "x"}, {"kind": "clearing"}):
        with pytest.raises(DatabaseError, match="name only"), transaction.atomic(), act_in(world.qinghe):
            Account.objects.filter(pk=account.pk).update(**change)


def run(statement: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
