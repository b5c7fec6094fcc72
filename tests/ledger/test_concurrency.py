"""Many at once, with real commits and threads: one key, one reversal, one order of posting and closing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from alliance.ledger import errors, services
from alliance.ledger.models import Account, Entry, LedgerJournal
from alliance.tenancy.scope import act_in
from tests.ledger.books import OCTOBER, open_books, post
from tests.world import World, make_world

AT_ONCE = 50


@pytest.fixture
def books(own_database: str) -> tuple[World, dict[str, Account]]:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        return world, open_books(world)


def together(world: World, times: int, deed: Callable[[int], str]) -> Counter[str]:
    """Run a deed so many times at once, each in a thread and transaction of its own; count the words."""
    gate = threading.Barrier(times)

    def one(number: int) -> str:
        try:
            gate.wait(60)
            with transaction.atomic(), act_in(world.qinghe):
                return deed(number)
        except errors.LedgerRefused as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


def test_n26_the_same_key_50_times_in_parallel_writes_one_journal(
    books: tuple[World, dict[str, Account]],
) -> None:
    world, accounts = books

    def deed(number: int) -> str:
        return "created" if post(world, accounts, 34, 33, 33).created else "found"

    assert together(world, AT_ONCE, deed) == {"created": 1, "found": AT_ONCE - 1}
    with transaction.atomic(), act_in(world.qinghe):
        assert (LedgerJournal.objects.count(), Entry.objects.count()) == (1, 4)


def test_n26_parallel_posts_of_one_key_with_other_bodies_lose_by_name(
    books: tuple[World, dict[str, Account]],
) -> None:
    world, accounts = books

    def deed(number: int) -> str:
        return "created" if post(world, accounts, 100 + number).created else "found"

    assert together(world, 10, deed) == {"created": 1, "KeyReused": 9}


def test_n28_ten_parallel_reversals_of_one_journal_write_one(books: tuple[World, dict[str, Account]]) -> None:
    world, accounts = books
    with transaction.atomic(), act_in(world.qinghe):
        original = post(world, accounts, 100).journal

    def deed(number: int) -> str:
        services.reverse(by=world.luo, confirmed_by=world.cai, journal=original, month=OCTOBER)
        return "reversed"

    assert together(world, 10, deed) == {"reversed": 1, "AlreadyReversed": 9}


def test_n27_closing_waits_for_the_posting_under_way_and_later_ones_are_refused(
    books: tuple[World, dict[str, Account]],
) -> None:
    world, accounts = books
    order: list[str] = []
    posted, closing = threading.Event(), threading.Event()

    def poster() -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                post(world, accounts, 100)
                posted.set()
                closing.wait(30)
                wait_until_somebody_waits_for_a_lock()
                order.append("posted")
        finally:
            connection.close()

    def closer() -> None:
        try:
            posted.wait(30)
            closing.set()
            with transaction.atomic(), act_in(world.qinghe):
                services.close_period(by=world.luo, confirmed_by=world.cai, month=OCTOBER)
                order.append("closed")
        finally:
            connection.close()

    threads = [threading.Thread(target=poster), threading.Thread(target=closer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert order == ["posted", "closed"]
    with pytest.raises(errors.PeriodClosed), transaction.atomic(), act_in(world.qinghe):
        post(world, accounts, 100, key="late")


def wait_until_somebody_waits_for_a_lock() -> None:
    """Return once another session of this database waits for a lock; fail after 30 s."""
    asked = "select count(*) from pg_locks where not granted and pid <> pg_backend_pid()"
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.1)
    raise AssertionError("nobody waits for the period")


def test_n27_twenty_posts_while_closing_are_in_the_closed_books_or_refused(
    books: tuple[World, dict[str, Account]],
) -> None:
    world, accounts = books

    def deed(number: int) -> str:
        if number == 10:
            services.close_period(by=world.luo, confirmed_by=world.cai, month=OCTOBER)
            return "closed"
        post(world, accounts, 100, key=f"k{number}")
        return "posted"

    counts = together(world, 21, deed)
    assert counts["closed"] == 1 and counts["posted"] + counts["PeriodClosed"] == 20
    with transaction.atomic(), act_in(world.qinghe):
        assert LedgerJournal.objects.count() == counts["posted"]
