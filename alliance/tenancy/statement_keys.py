"""Composite keys proved once a statement instead of once a row, for tables that take many rows at a time.

PostgreSQL checks a foreign key by one query for each key of each row, and locks the parent it finds. A model
that says `keys_by_statement = True` gets the same guarantee by sets: a trigger proves after each INSERT and
UPDATE that every row's parents are there in the row's alliance, and triggers on the parents refuse whatever
could take one away afterwards (DELETE, TRUNCATE, another id or alliance). Since no parent can go, none need
be locked. A table whose key of the alliance is a leaf, too (`leaf_alliance`), has that proved the same way.

Only for models whose parents are written before them and never deleted. Whoever writes is bound, the owner
too; only a superuser's `session_replication_role`, which switches foreign keys off as well, is not.
Source: walls.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from alliance.tenancy.keys import sql


@dataclass(frozen=True)
class Leaf:
    """A table whose keys are proved by statement: its keys as (column, parent table)."""

    table: str
    keys: tuple[tuple[str, str], ...]


def asked(model: type) -> bool:
    """Whether a model asks for it."""
    return bool(getattr(model, "keys_by_statement", False))


def of_alliance(model: Any) -> tuple[tuple[str, str], ...]:
    """The key of the alliance, where the table has no foreign key of its own for it."""
    field = model._meta.get_field("alliance")
    return () if field.db_constraint else ((field.column, sql.ALLIANCE),)


@transaction.atomic
def build(cursor: Any, leaves: Iterable[Leaf]) -> None:
    """Guard the parents, raise the triggers, then drop the row-wise keys; run as the owner, all or nothing.

    What stands is not touched. Where neither triggers and guards nor row-wise keys stood, the rows that are
    there are proved first: IntegrityError (foreign key) when one has no parent, and no fault is hidden.
    """
    found = list(leaves)
    loose = {parent for parent in _parents(found) if any(_faults(cursor, sql.guards(parent)))}
    for parent in sorted(loose):
        _raise(cursor, sql.guards(parent))
    for leaf in found:
        _settle(cursor, leaf, guarded=not any(parent in loose for _column, parent in leaf.keys))


def _settle(cursor: Any, leaf: Leaf, *, guarded: bool) -> None:
    wanted = sql.proving(leaf.table, leaf.keys)
    standing = guarded and not any(_faults(cursor, wanted))
    by_row = _keys_by_row(cursor, leaf)
    if standing and not by_row:
        return
    cursor.execute(sql.lock(leaf.table))
    if not standing and not all(by_row.get(column) for column, _parent in leaf.keys):
        cursor.execute(sql.proof(leaf.table, leaf.keys))
    _raise(cursor, wanted)
    for column in by_row:
        cursor.execute(sql.drop_key(leaf.table, column))


def faults(cursor: Any, leaves: Iterable[Leaf]) -> Iterator[str]:
    """What is missing, switched off or not as derived, as sentences."""
    found = list(leaves)
    for leaf in found:
        yield from _kind_faults(cursor, leaf.table)
        yield from _faults(cursor, sql.proving(leaf.table, leaf.keys))
    for parent in _parents(found):
        yield from _faults(cursor, sql.guards(parent))


def _parents(leaves: list[Leaf]) -> list[str]:
    return sorted({parent for leaf in leaves for _column, parent in leaf.keys})


def _raise(cursor: Any, wanted: sql.Triggers) -> None:
    for statement in sql.create(wanted, connection.connection):
        cursor.execute(statement)


def _keys_by_row(cursor: Any, leaf: Leaf) -> dict[str, bool]:
    """The columns that still have a foreign key of the wall, and whether all rows were checked against it."""
    columns = {sql.key_name(leaf.table, column): column for column, _parent in leaf.keys}
    cursor.execute(sql.KEYS_BY_ROW, {"table": leaf.table, "names": list(columns)})
    return {columns[name]: bool(valid) for name, valid in cursor.fetchall()}


def _kind_faults(cursor: Any, table: str) -> Iterator[str]:
    cursor.execute(sql.PLAIN, {"table": table})
    if not cursor.fetchone()[0]:
        yield f"{table}: rows of a part of this table would pass by the trigger that proves its keys"


def _faults(cursor: Any, wanted: sql.Triggers) -> Iterator[str]:
    cursor.execute(sql.STANDING, {"table": wanted.table})
    standing = {name: found for name, *found in cursor.fetchall()}
    body = wanted.body.as_string(connection.connection)
    for name, fires in wanted.fires.items():
        if name not in standing:
            yield f"{wanted.table}: trigger {name} is missing, {wanted.purpose}"
            continue
        enabled, definition, source, settings, definer = standing[name]
        if not enabled:
            yield f"{wanted.table}: trigger {name} is disabled, {wanted.purpose}"
        expected = f"create trigger {name} {fires} execute function {wanted.function}"
        if _plain(definition) != _plain(expected):
            yield f"{wanted.table}: trigger {name} says {definition}"
        if source != body or set(settings or ()) != set(sql.SETTINGS) or definer:
            yield f"{wanted.table}: function {wanted.function} is not as derived, {wanted.purpose}"


def _plain(text: str) -> str:
    """What the catalog prints, without case, schema, brackets, quotes and white space."""
    for dropped in ("public.", "(", ")", '"'):
        text = text.lower().replace(dropped, "")
    return "".join(text.split())
