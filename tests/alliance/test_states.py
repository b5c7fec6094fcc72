"""Rows that are written once, at the level of the database (walls.md section 5, N49 for the machines
themselves).
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from alliance.models import Journal, Transition
from alliance.services import journal
from alliance.tenancy.scope import act_in
from tests.world import World


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_journal_entry_is_never_changed(world: World, change: str) -> None:
    with act_in(world.qinghe):
        journal.write(by=world.su, verb="tried.something")
        with pytest.raises(DatabaseError), transaction.atomic():
            if change == "update":
                Journal.objects.update(verb="never.happened")
            else:
                Journal.objects.all().delete()
        assert Journal.objects.filter(verb="tried.something").count() == 1


def test_a_seal_is_filled_once(world: World) -> None:
    with act_in(world.qinghe):
        journal.write(by=world.su, verb="tried.something")
        assert Journal.objects.filter(verb="tried.something").update(seal=b"1" * 32) == 1
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            Journal.objects.filter(verb="tried.something").update(seal=b"2" * 32)


def test_the_application_may_not_truncate(world: World) -> None:
    refused = pytest.raises(DatabaseError, match="permission denied")
    with act_in(world.qinghe), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate alliance_journal")


def test_steps_of_a_machine_are_written_once(world: World) -> None:
    with act_in(world.qinghe):
        journal.step(by=world.lin, about=world.lead, name="opened", before="a", after="b")
        with pytest.raises(DatabaseError), transaction.atomic():
            Transition.objects.update(name="else")
