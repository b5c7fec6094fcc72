"""The demonstration says how far the database step is: one line an app, and the end."""

from __future__ import annotations

from performance.management.commands.demo import progress

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
