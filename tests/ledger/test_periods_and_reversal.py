"""Closing a month for good, and undoing a journal by its mirror image (N27, N28)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from alliance.ledger import errors, facts, services
from alliance.ledger.models import Entry, LedgerJournal, Period
from alliance.models import Transition
from alliance.tenancy.scope import act_in
from tests.ledger.books import NOVEMBER, OCTOBER, open_books, post, raw_journal
from tests.world import World


def close(world: World) -> Period:
    return services.close_period(by=world.luo, confirmed_by=world.cai, month=OCTOBER)


def test_n27_posting_into_a_closed_period_is_refused_by_the_service_and_by_the_database(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        period = close(world)
        assert (period.state, period.closed_by, period.close_confirmed_by) == ("closed", world.luo, world.cai)
        assert Transition.objects.get(about_id=period.pk, name="close").to_state == "closed"
        with pytest.raises(errors.PeriodClosed, match="2026-10"):
            post(world, accounts, 100)
        with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
            raw_journal(world, accounts, -5, 5)


def test_the_journal_posted_before_closing_is_still_found_by_its_key(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        first = post(world, accounts, 100)
        close(world)
        assert post(world, accounts, 100).journal == first.journal


def test_a_closed_period_never_opens_changes_or_goes(world: World) -> None:
    with act_in(world.qinghe):
        open_books(world)
        close(world)
        with pytest.raises(errors.PeriodClosed):
            close(world)
        with pytest.raises(errors.PeriodClosed):
            services.open_period(by=world.luo, month=OCTOBER)
        for change in ({"state": "open"}, {"closed_by": world.su}, {"month": NOVEMBER.first_day}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Period.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Period.objects.all().delete()


def test_closing_takes_two_people_and_a_month_with_books(world: World) -> None:
    with act_in(world.qinghe):
        open_books(world)
        with pytest.raises(errors.SamePerson):
            services.close_period(by=world.luo, confirmed_by=world.luo, month=OCTOBER)
        with pytest.raises(errors.NoPeriod):
            services.close_period(by=world.luo, confirmed_by=world.cai, month=NOVEMBER)
        with pytest.raises(IntegrityError), transaction.atomic():
            Period.objects.update(state="closed")


def test_a_reversal_mirrors_each_line_and_belongs_to_the_month_of_its_original(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world, OCTOBER, NOVEMBER)
        original = post(world, accounts, 34, 33, 33).journal
        close(world)
        undone = services.reverse(
            by=world.luo, confirmed_by=world.cai, journal=original, month=NOVEMBER, text="错"
        )
        connection.check_constraints()
        head = undone.journal
        assert (head.kind, head.reverses, head.about_month) == ("reversal", original, OCTOBER.first_day)
        assert head.period.month == NOVEMBER.first_day
        assert [line.fen for line in facts.lines_of(head)] == [100, -34, -33, -33]
        assert facts.lines_of(head)[0].reason == {"reverses": original.pk, "line": 1}
        assert facts.balance(accounts["institution:QH01"]) == 0
        assert facts.balance(accounts["institution:QH01"], through=OCTOBER) == 34


def test_n28_a_second_reversal_is_refused_by_the_service_and_by_the_database(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        original = post(world, accounts, 100).journal
        services.reverse(by=world.luo, confirmed_by=world.cai, journal=original, month=OCTOBER)
        with pytest.raises(errors.AlreadyReversed):
            services.reverse(by=world.luo, confirmed_by=world.cai, journal=original, month=OCTOBER)
        with pytest.raises(IntegrityError, match="reversed_once"), transaction.atomic():
            raw_journal(world, accounts, 100, -100, reverses=original)
        assert LedgerJournal.objects.filter(reverses=original).count() == 1


def test_a_reversal_that_does_not_mirror_its_original_is_refused_at_commit(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        original = post(world, accounts, 100).journal
        with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
            raw_journal(world, accounts, 99, -99, reverses=original)
            connection.check_constraints()
        assert Entry.objects.count() == 2


def test_a_reversal_takes_two_people_and_an_open_month(world: World) -> None:
    with act_in(world.qinghe):
        accounts = open_books(world)
        original = post(world, accounts, 100).journal
        with pytest.raises(errors.SamePerson):
            services.reverse(by=world.luo, confirmed_by=world.luo, journal=original, month=OCTOBER)
        close(world)
        with pytest.raises(errors.PeriodClosed):
            services.reverse(by=world.luo, confirmed_by=world.cai, journal=original, month=OCTOBER)
