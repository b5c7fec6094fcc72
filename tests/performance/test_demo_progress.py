"""The demonstration says how far the database step is: one line an app, and the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from performance.demonstration.state import Unfinished
from performance.management.commands.demo import progress
from tests.world import World

MIGRATE = """Operations to perform:
  Apply all migrations: alliance, grouping
Running migrations:
  Applying alliance.0001_initial... OK
  Applying alliance.0002_more... OK
  Applying grouping.0001_initial... OK
"""


def test_each_app_is_said_once_with_what_is_done() -> None:
    assert list(progress(MIGRATE.splitlines(), 3)) == [
        "  0 of 3 steps done, next: alliance",
        "  2 of 3 steps done, next: grouping",
        "  3 of 3 steps done; walls and rights are checked",
    ]


def test_nothing_to_do_is_said_too() -> None:
    assert list(progress([], 0)) == ["  0 of 0 steps done; walls and rights are checked"]


def test_a_start_that_was_ended_while_loading_is_not_served(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    with pytest.raises(KeyboardInterrupt), Unfinished():
        raise KeyboardInterrupt
    with pytest.raises(CommandError, match=str(tmp_path)):
        call_command("demo", once=True)
    with Unfinished():
        pass
    assert Unfinished().remedy() == ""
