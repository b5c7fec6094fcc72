"""The database wall, derived from the models after every migrate, and its check, which goes by the catalog.

Every table that holds an alliance's rows gets row security with one policy, unique `(alliance_id, id)`,
foreign keys `(alliance_id, x_id)` or the same proved once a statement, ids that only the database writes,
checks that an empty column cannot pass, and grants for the application role.
Source: walls.md section 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection

from alliance.tenancy import checks, sql, statement_keys, states

# Reviewed: tables without an alliance, and what the application role may do with them.
GLOBAL_TABLES: dict[str, str] = {
    "alliance_alliance": "SELECT, INSERT, UPDATE",
    "alliance_user": "SELECT, INSERT, UPDATE",
    "alliance_platformhead": "SELECT, INSERT, UPDATE",
    "alliance_platformjournal": "SELECT, INSERT",
    "auth_group": "SELECT",
    "auth_group_permissions": "SELECT",
    "auth_permission": "SELECT",
    "axes_accessattempt": "SELECT, INSERT, UPDATE, DELETE",
    "axes_accessattemptexpiration": "SELECT, INSERT, UPDATE, DELETE",
    "axes_accessfailurelog": "SELECT, INSERT, UPDATE, DELETE",
    "axes_accesslog": "SELECT, INSERT, UPDATE, DELETE",
    "django_admin_log": "",
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "otp_totp_totpdevice": "SELECT, INSERT, UPDATE, DELETE",
}
POLICY = "alliance_wall"
SEES = "alliance_id = nullif(current_setting('app.alliance', true), '')::bigint"
# The one table read before the alliance is known: a user may see the memberships that are their own.
OWN_MEMBERSHIPS = f"user_id = nullif(current_setting('app.user', true), '')::bigint OR {SEES}"


@dataclass(frozen=True)
class Wall:
    """What one table needs: the rows one may see, its grants, its parents behind the wall."""

    table: str
    sees: str
    grant: str
    parents: tuple[tuple[str, str], ...]  # (column, parent table)
    by_statement: bool = False  # its keys are proved once a statement, not once a row
    tenant: tuple[tuple[str, str], ...] = ()  # the key of its alliance, if no foreign key of its own holds it


def walls() -> Iterator[Wall]:
    """One `Wall` for each model that inherits `AllianceRow`."""
    from alliance.models import AllianceRow, Membership

    for model in apps.get_models(include_auto_created=True):
        if not issubclass(model, AllianceRow):
            continue
        parents = tuple(
            (str(field.column), field.related_model._meta.db_table)
            for field in model._meta.local_fields
            if field.is_relation
            and isinstance(field.related_model, type)
            and issubclass(field.related_model, AllianceRow)
        )
        sees = OWN_MEMBERSHIPS if model is Membership else _sees(model)
        asked, tenant = statement_keys.asked(model), statement_keys.of_alliance(model)
        yield Wall(model._meta.db_table, sees, _grant(model), parents, asked, tenant)


def _sees(model: type) -> str:
    """The alliance's rows; of a model that says `seen_when` only those of them that fulfil it."""
    narrower = getattr(model, "seen_when", "")
    return f"{SEES} AND ({narrower})" if narrower else SEES


def _grant(model: type) -> str:
    if not getattr(model, "append_only", False):
        return "SELECT, INSERT, UPDATE, DELETE"
    return "SELECT, INSERT, DELETE" if getattr(model, "discardable", False) else "SELECT, INSERT"


def _leaves(present: set[str]) -> list[statement_keys.Leaf]:
    """The tables whose keys are proved by statement, as far as they and their parents are there."""
    return [
        statement_keys.Leaf(wall.table, wall.parents + wall.tenant)
        for wall in walls()
        if wall.by_statement and {wall.table, *(parent for _column, parent in wall.parents)} <= present
    ]


def build() -> None:
    """Raise the walls of all tables; idempotent, run as the owner after migrate."""
    with connection.cursor() as cursor:
        cursor.execute(sql.lock_timeout(settings.MIGRATION_LOCK_TIMEOUT))
        cursor.execute(sql.revoke_all(settings.APP_ROLE))
        for table, grant in GLOBAL_TABLES.items():
            cursor.execute(sql.grant_if_exists(table, grant, settings.APP_ROLE))
        # A partial migrate (one app, one step back) leaves tables for later; check_walls sees what is
        # missing.
        present = set(connection.introspection.table_names(cursor))
        everything = [wall for wall in walls() if wall.table in present]
        for wall in everything:
            cursor.execute(sql.raise_wall(wall.table, POLICY, wall.sees, SEES, wall.grant, settings.APP_ROLE))
        for wall in (wall for wall in everything if not wall.by_statement):
            for column, parent in wall.parents:
                if parent not in present:
                    continue
                cursor.execute(sql.composite_key(wall.table, column, parent))
        for table, columns, _discardable in states.append_only():
            if columns and table in present:
                cursor.execute(sql.grant_columns(table, columns, settings.APP_ROLE))
        statement_keys.build(cursor, _leaves(present))
        states.build(cursor, present)
        checks.build(cursor, present)
        cursor.execute(sql.grant_backup())


def faults() -> list[str]:
    """Return every fault of the walls found in the catalog, as sentences; an empty list is a clean bill."""
    expected = {wall.table: wall for wall in walls()}
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(sql.RELATIONS, {"role": settings.APP_ROLE})
        relations = sql.rows(cursor)
        present = {str(row["name"]) for row in relations}
        for row in relations:
            found += _relation_faults(row, expected)
        found += [f"{table}: a model without its table" for table in expected if table not in present]
        there = [wall for wall in expected.values() if wall.table in present]
        cursor.execute(sql.KEYS, {"tables": [wall.table for wall in there]})
        keys = defaultdict(list)
        for row in sql.rows(cursor):
            keys[str(row["name"])].append(row)
        for wall in there:
            found += _key_faults(wall, keys[wall.table], set(expected))
        found += statement_keys.faults(cursor, _leaves(present))
        found += checks.faults(cursor, present)
        cursor.execute(sql.ROLE_FLAGS, {"role": settings.APP_ROLE})
        found += [f"role {settings.APP_ROLE}: {row['fault']}" for row in sql.rows(cursor)]
        cursor.execute(sql.LEAKS)
        found += [f"{row['name']}: {row['fault']}" for row in sql.rows(cursor)]
    return found


def _relation_faults(row: dict[str, object], expected: dict[str, Wall]) -> Iterator[str]:
    name = str(row["name"])
    granted = {str(grant) for grant in row["grants"] or []}  # type: ignore[attr-defined]
    if name in GLOBAL_TABLES:
        if granted - set(filter(None, GLOBAL_TABLES[name].split(", "))):
            yield f"{name}: grants {sorted(granted)} go beyond the reviewed list"
        return
    if name not in expected and not row["is_partition"]:
        yield f"{name}: neither behind a wall nor on the reviewed list of global tables"
        return
    if not (row["enabled"] and row["forced"]):
        yield f"{name}: row security is not enabled and forced"
    if row["policies"] != 1 or row["policy"] != POLICY:
        yield f"{name}: has {row['policies']} policies instead of the one wall"
    elif not _same_wall(str(row["using"]), _wanted(expected, name)) or not _same_wall(
        str(row["checks"]), SEES
    ):
        yield f"{name}: its policy says {row['using']} / {row['checks']}"
    if row["is_partition"] and granted:
        yield f"{name}: a partition must have no grant"
    elif not row["is_partition"] and granted - set(expected[name].grant.split(", ")):
        yield f"{name}: grants {sorted(granted)} go beyond {expected[name].grant}"
    if not row["alliance_not_null"]:
        yield f"{name}: alliance_id may be empty"
    if row["id_kind"] not in ("a", None):
        yield f"{name}: ids are not written by the database alone"


def _wanted(expected: dict[str, Wall], table: str) -> str:
    """The condition of a table; a partition's is that of any row of the alliance."""
    return expected[table].sees if table in expected else SEES


def _same_wall(expression: str, wanted: str) -> bool:
    """Compare what the catalog prints with what was asked for, white space and brackets aside."""

    def plain(text: str) -> str:
        return "".join(text.lower().replace("::text", "").replace("(", "").replace(")", "").split())

    return plain(expression) == plain(wanted)


def _key_faults(wall: Wall, keys: list[dict[str, object]], walled: set[str]) -> Iterator[str]:
    composite = {(str(key["columns"]), str(key["parent"])) for key in keys if key["kind"] == "f"}
    for column, parent in wall.parents:
        if not wall.by_statement and (f"alliance_id,{column}", parent) not in composite:
            yield f"{wall.table}.{column}: no composite key to {parent}"
    if wall.tenant and not wall.by_statement and not wall.parents:
        yield f"{wall.table}: nothing proves that its alliance is there"
    for key in keys:
        columns = str(key["columns"]).split(",")
        if key["kind"] == "u" and "alliance_id" not in columns:
            yield f"{wall.table}: unique over {columns} without the alliance"
        if (
            key["kind"] == "f"
            and key["parent"] in walled
            and len(columns) == 1
            and (columns[0], key["parent"]) not in wall.parents
        ):
            yield f"{wall.table}.{columns[0]}: links {key['parent']} without the alliance"
