"""Any sequence of operations leaves the books sound: posted, repeated, reversed alone and together, a fund
fed and drawn on, months closed, rows attacked (N23-28).

2,000 operations by default; LEDGER_OPERATIONS asks for more (`make faults`: 100,000).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alliance.ledger import errors, facts, many, services
from alliance.ledger.models import Account, Entry, LedgerJournal
from alliance.ledger.services import Line
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from tests.ledger.books import open_books, raw_entries, raw_journal
from tests.world import World

OPERATIONS = int(os.environ.get("LEDGER_OPERATIONS", "2000"))
STEPS = 50  # of one run
MONTHS = (Month(2026, 10), Month(2026, 11), Month(2026, 12))
FEN = st.integers(-(10**12), 10**12).filter(bool)
PARTS = st.lists(FEN, min_size=1, max_size=4)


class Books(RuleBasedStateMachine):
    """The ledger beside a model of it: balances, journals by key, what is reversed, months closed."""

    world: World
    done = 0

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.scope = act_in(self.world.qinghe)
        self.scope.__enter__()
        self.accounts: list[Account] = list(open_books(self.world, *MONTHS).values())
        made = services.NewAccount("fund:f1", "财政补助", "fund")
        self.fund = services.open_accounts(by=self.world.luo, accounts=[made])["fund:f1"]
        self.accounts.append(self.fund)
        self.balances = dict.fromkeys((one.pk for one in self.accounts), 0)
        self.journals: dict[str, tuple[LedgerJournal, list[Line], Month]] = {}
        self.reversed: set[str] = set()
        self.closed: set[Month] = set()
        self.entries = 0

    def teardown(self) -> None:
        """Take everything of the run back."""
        connection.check_constraints()
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)
        self.undo.__exit__(None, None, None)

    def lines(self, parts: list[int]) -> list[Line]:
        """Balanced: what the others move, the first account gives or takes."""
        found = [Line(self.accounts[1 + place % 3], fen, {"rank": place}) for place, fen in enumerate(parts)]
        total = sum(parts)
        return [*([Line(self.accounts[0], -total)] if total else []), *found]

    def post(self, key: str, lines: list[Line], month: Month) -> Any:
        world = self.world
        return services.post(
            by=world.luo, confirmed_by=world.cai, month=month, kind="run", key=key, entries=lines
        )

    def refused(self, kind: type[Exception], deed: Callable[[], object]) -> None:
        """It is refused, and nothing of it stays."""
        with pytest.raises(kind), transaction.atomic():
            deed()

    def book(self, lines: list[Line]) -> None:
        for line in lines:
            self.balances[line.account.pk] += line.fen
        self.entries += len(lines)

    @rule(parts=PARTS, month=st.sampled_from(MONTHS))
    def posts(self, parts: list[int], month: Month) -> None:
        """A journal, unless its month is closed or it has one entry only."""
        lines, key = self.lines(parts), f"k{len(self.journals)}"
        if len(lines) < 2:
            self.refused(errors.TooFewEntries, lambda: self.post(key, lines, month))
        elif month in self.closed:
            self.refused(errors.PeriodClosed, lambda: self.post(key, lines, month))
        else:
            self.journals[key] = (self.post(key, lines, month).journal, lines, month)
            self.book(lines)

    @rule(parts=PARTS, wrong=FEN)
    def posts_unbalanced(self, parts: list[int], wrong: int) -> None:
        """The service refuses it by name."""
        lines = [*self.lines(parts), Line(self.accounts[1], wrong)]
        month = MONTHS[0]
        self.refused(
            errors.TooFewEntries if len(lines) < 2 else errors.Unbalanced,
            lambda: self.post("unbalanced", lines, month),
        )

    @precondition(lambda self: self.journals)
    @rule(data=st.data())
    def posts_again(self, data: Any) -> None:
        """The same key: the same journal; with another body it is refused."""
        key = data.draw(st.sampled_from(sorted(self.journals)))
        journal, lines, month = self.journals[key]
        again = self.post(key, lines, month)
        assert (again.journal.pk, again.created) == (journal.pk, False)
        other = [Line(line.account, 2 * line.fen) for line in lines]
        self.refused(errors.KeyReused, lambda: self.post(key, other, month))

    @precondition(lambda self: self.journals)
    @rule(data=st.data(), month=st.sampled_from(MONTHS))
    def reverses(self, data: Any, month: Month) -> None:
        """Once, into an open month."""
        key = data.draw(st.sampled_from(sorted(self.journals)))
        journal, lines, _month = self.journals[key]

        def deed() -> None:
            services.reverse(by=self.world.meng, confirmed_by=self.world.cai, journal=journal, month=month)

        back = [Line(line.account, -line.fen) for line in lines]
        if key in self.reversed:
            self.refused(errors.AlreadyReversed, deed)
        elif month in self.closed:
            self.refused(errors.PeriodClosed, deed)
        elif self.overdrawn(back):
            self.refused(errors.Overdrawn, deed)
        else:
            deed()
            self.reversed.add(key)
            self.book(back)

    def overdrawn(self, lines: list[Line]) -> bool:
        """The fund would give more than it holds."""
        taken = sum(line.fen for line in lines if line.account == self.fund)
        return taken < 0 and self.balances[self.fund.pk] + taken < 0

    @precondition(lambda self: self.journals)
    @rule(data=st.data(), month=st.sampled_from(MONTHS))
    def reverses_together(self, data: Any, month: Month) -> None:
        """All or none of them, into an open month; the pots of a pool go back so."""
        plain = [key for key, (_j, lines, _m) in self.journals.items()
                 if self.fund not in {line.account for line in lines}]  # fmt: skip
        keys = data.draw(st.lists(st.sampled_from(sorted(plain)), unique=True, max_size=5)) if plain else []
        rows = [self.journals[key][0] for key in keys]

        def deed() -> None:
            many.reverse_all(
                by=self.world.meng, confirmed_by=self.world.cai, month=month, journals=rows, text="together"
            )

        if self.reversed & set(keys):
            self.refused(errors.AlreadyReversed, deed)
        elif month in self.closed:
            self.refused(errors.PeriodClosed, deed)
        else:
            deed()
            self.reversed |= set(keys)
            for key in keys:
                self.book([Line(line.account, -line.fen) for line in self.journals[key][1]])

    @rule(fen=st.integers(-(10**6), 10**6).filter(bool), month=st.sampled_from(MONTHS))
    def feeds_or_draws(self, fen: int, month: Month) -> None:
        """A source feeds the fund without a floor of its own; the fund gives what it holds and no more."""
        other = self.accounts[0] if fen > 0 else self.accounts[1]
        lines, key = [Line(self.fund, fen), Line(other, -fen)], f"k{len(self.journals)}"
        if month in self.closed:
            self.refused(errors.PeriodClosed, lambda: self.post(key, lines, month))
        elif self.overdrawn(lines):
            self.refused(errors.Overdrawn, lambda: self.post(key, lines, month))
        else:
            self.journals[key] = (self.post(key, lines, month).journal, lines, month)
            self.book(lines)

    @precondition(lambda self: len(self.closed) < len(MONTHS) - 1)
    @rule(month=st.sampled_from(MONTHS))
    def closes(self, month: Month) -> None:
        """By two people, once and for good."""

        def deed() -> None:
            services.close_period(by=self.world.luo, confirmed_by=self.world.cai, month=month)

        if month in self.closed:
            self.refused(errors.PeriodClosed, deed)
        else:
            deed()
            self.closed.add(month)

    @rule(fen=FEN, wrong=FEN)
    def writes_past_the_service(self, fen: int, wrong: int) -> None:
        """A journal of raw rows that does not balance is refused when its constraints are looked at."""

        def deed() -> None:
            by_name = {str(place): one for place, one in enumerate(self.accounts)}
            raw_journal(self.world, by_name, fen, -fen, wrong, key="raw")
            connection.check_constraints()

        self.refused(DatabaseError, deed)

    @precondition(lambda self: self.journals)
    @rule(data=st.data(), fen=FEN)
    def attacks(self, data: Any, fen: int) -> None:
        """Nothing posted is changed, taken away or added to."""
        key = data.draw(st.sampled_from(sorted(self.journals)))
        journal, lines, _month = self.journals[key]
        by_name = {str(place): one for place, one in enumerate(self.accounts)}
        entries = Entry.objects.filter(journal=journal)
        for deed in (
            lambda: entries.update(fen=fen),
            lambda: entries.delete(),
            lambda: LedgerJournal.objects.filter(pk=journal.pk).update(debit_fen=1),
            lambda: raw_entries(journal, by_name, fen, -fen, first=len(lines) + 1),
        ):
            self.refused((DatabaseError, IntegrityError), deed)  # type: ignore[arg-type]

    @invariant()
    def sound(self) -> None:
        """Sum zero, every balance as the model has it, no entry more or less."""
        type(self).done += 1
        if not hasattr(self, "entries"):
            return
        rows = facts.trial_balance()
        kept = {one.pk: one.closing_fen for one in rows.accounts}
        assert rows.sum_fen == 0 and sum(self.balances.values()) == 0
        assert kept == {pk: fen for pk, fen in self.balances.items() if pk in kept}
        assert all(fen == 0 for pk, fen in self.balances.items() if pk not in kept)
        assert Entry.objects.count() == self.entries


def test_no_sequence_of_operations_breaks_the_books(world: World) -> None:
    Books.world, Books.done = world, 0
    while Books.done < OPERATIONS:  # runs of the generator end early now and then
        left = OPERATIONS - Books.done
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=max(1, -(-left // STEPS)), stateful_step_count=STEPS, deadline=None,
                database=None, suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
