"""What storing results costs: the floor, the walls taken apart, and keys row by row beside by statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

TABLE = "grouping_groupedcase"
NAMES = "alliance_id, run_id, case_id, revision, mdc, adrg, drg, status, weight, scheme_id"
INSERT = f"insert into {TABLE} ({NAMES}) select {NAMES} from kept"
KEYS = {"run_id": "grouping_groupingrun", "case_id": "grouping_case", "scheme_id": "grouping_scheme"}


def _owner() -> Any:
    from django.db import connection

    from tests import plugin

    return plugin.owner(connection.settings_dict["NAME"])


def clear() -> None:
    """Take all results away, which only the owner can, and not while the table is append-only."""
    with _owner() as link:
        link.execute(f"alter table {TABLE} disable trigger user")
        link.execute(f"truncate {TABLE}")
        link.execute(f"alter table {TABLE} enable trigger user")


@contextmanager
def without_keys() -> Iterator[None]:
    """An empty table whose keys nothing proves."""
    clear()
    with _owner() as link:
        for name in ("in", "up"):
            link.execute(f"alter table {TABLE} disable trigger {TABLE}_keys_{name}")
    yield
    clear()


@contextmanager
def row_by_row() -> Iterator[None]:
    """An empty table whose keys are foreign keys, as those of all other tables are."""
    from alliance.tenancy import sql

    with without_keys():
        with _owner() as link:
            for column, parent in KEYS.items():
                link.execute(sql.composite_key(TABLE, column, parent))
        yield
        with _owner() as link:
            for column in KEYS:
                link.execute(f"alter table {TABLE} drop constraint {TABLE}_{column}_wall")


def floor(keys: dict[str, int]) -> float:
    """COPY of the columns a grouper reads out of the table, and of as many results into a bare one."""
    from django.db import connection, transaction

    from alliance.tenancy.scope import act_in

    with act_in(keys["alliance"]), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "create temporary table bare (c bigint, r int, m text, a text, d text, s text, w numeric)"
        )
        cursor.execute("select case_id, revision, mdc, adrg, drg, status, weight from grouping_groupedcase")
        rows = "".join(
            "\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n" for row in cursor
        )
        began = perf_counter()
        with cursor.copy(
            "copy (select id, revision, diagnoses, procedures, sex, age, age_days, weight_g, stay_days, "
            "icu_hours, discharge_way, department_code from grouping_case where alliance_id = "
            f"{keys['alliance']}) to stdout"
        ) as pipe:
            for _block in pipe:
                pass
        with cursor.copy("copy bare from stdin") as pipe:
            pipe.write(rows)
        return perf_counter() - began


def parts(keys: dict[str, int]) -> dict[str, float]:
    """The same rows into copies of the table that lack more and more, and into the table itself."""
    from django.db import connection, transaction

    from alliance.tenancy.scope import act_in

    found: dict[str, float] = {}
    with act_in(keys["alliance"]):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"create temporary table kept on commit preserve rows as select {NAMES} "
                f"from {TABLE} order by case_id"
            )
        for label, extent in (
            ("no index, no key, no wall", "including defaults including identity"),
            ("with the table's three indexes", "including defaults including identity including indexes"),
        ):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"create temporary table one (like {TABLE} {extent}) on commit drop")
                found[label] = _timed(cursor, INSERT.replace(TABLE, "one"))
        with without_keys():
            found["the table itself, keys unproved: row security, marks of stale sums"] = _stored()
        clear()
        found["and its keys (run, case, scheme) proved once a statement: as it is"] = _stored()
        with row_by_row():
            found["instead, the same keys proved row by row, as composite foreign keys"] = _stored()
    return found


def _stored() -> float:
    """Seconds to store what was kept, its commit with the checks of keys included."""
    from django.db import connection, transaction

    began = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT)
    return perf_counter() - began


def _timed(cursor: Any, statement: str) -> float:
    began = perf_counter()
    cursor.execute(statement)
    return perf_counter() - began
