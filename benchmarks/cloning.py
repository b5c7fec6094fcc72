"""Many rows from few: a row made by the product's own services is copied by one statement a hundred thousand
times, with what must differ computed by the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any


@contextmanager
def untriggered(*tables: str) -> Iterator[None]:
    """Rows may be born in any state: the triggers of our own are off, keys and row security stay."""
    from benchmarks import house

    with house.owner() as link:
        for table in tables:
            link.execute(f'alter table "{table}" disable trigger user')
    yield
    with house.owner() as link:
        for table in tables:
            link.execute(f'alter table "{table}" enable trigger user')


def clone(row: Any, count: int, change: Mapping[str, str]) -> None:
    """Copy `row` so many times. `change`: SQL by column, of `t` (the row) and `n` (from 1)."""
    from django.db import connection

    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    table = row._meta.db_table
    taken = ", ".join(change.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'insert into "{table}" ({names}) select {taken} from "{table}" t '
            "cross join generate_series(1, %(count)s) as n where t.id = %(row)s",
            {"count": count, "row": row.pk},
        )


def analyze(tables: Sequence[str]) -> None:
    """Statistics and the map of visible pages, as autovacuum keeps them on a server.

    While anything else of the database has a snapshot the newest pages are not marked: then once more.
    """
    from benchmarks import house

    with house.owner() as link:
        for table in tables:
            for _attempt in range(ATTEMPTS):
                link.execute(f'vacuum (analyze) "{table}"')
                if link.execute(MARKED, [table]).fetchone()[0]:
                    break
                sleep(1)


ATTEMPTS = 30
MARKED = "select relallvisible >= 0.95 * relpages from pg_class where oid = %s::regclass"
