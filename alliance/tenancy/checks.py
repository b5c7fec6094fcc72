"""Check constraints that an empty column cannot pass: derived from the models after every migrate.

PostgreSQL lets a row through when a check is neither true nor false, so `why > ''` holds back an empty text
and lets NULL pass. What a model declares as a condition is meant to hold: every declared check that reads a
column which may be NULL is stored as `(condition) IS TRUE`. Django's negations say what NULL means in them.
Source: conventions 2, walls.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from alliance.tenancy import sql


def declared() -> Iterator[tuple[str, list[str]]]:
    """Each table with the names of the checks its model declares."""
    for model in apps.get_models():
        found = [one.name for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
        if found:
            yield model._meta.db_table, found


def build(cursor: Any, present: set[str]) -> None:
    """Make the checks of all tables that are there strict; idempotent, run as the owner after migrate.

    Raises IntegrityError naming the constraint where a stored row has passed by an empty column.
    """
    for table, names in declared():
        if table in present:
            cursor.execute(sql.strict_checks(table, names))


def faults(cursor: Any, present: set[str]) -> Iterator[str]:
    """Every declared check that an empty column could still pass, as sentences."""
    for table, names in declared():
        if table in present:
            cursor.execute(sql.LOOSE_CHECKS, {"table": table, "names": names})
            for row in sql.rows(cursor):
                yield f"{table}: the check {row['name']} lets an empty column pass"
