"""The catalog our `migrate` leaves is the one that Django's own leaves, which takes ten times as long."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests import plugin

SLOW = pytest.mark.skipif(
    os.environ.get("PLAIN_MIGRATE") != "1", reason="minutes long: run by make faults (PLAIN_MIGRATE=1)"
)
PLAIN = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0, skip_checks=True)
"""
# Everything a schema says, by name: columns in any order, since a new one of an old table stands last.
CATALOG = {
    "columns": """
        select table_name, column_name, data_type, udt_name, character_maximum_length, numeric_precision,
               numeric_scale, is_nullable, column_default, is_identity, identity_generation
          from information_schema.columns where table_schema = 'public'""",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          from pg_constraint where connamespace = 'public'::regnamespace""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "triggers": """
        select t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
          from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where not t.tgisinternal and c.relnamespace = 'public'::regnamespace""",
    "functions": """
        select proname, pg_get_functiondef(oid) from pg_proc
         where pronamespace = 'public'::regnamespace and prokind = 'f'""",
    "policies": "select tablename, policyname, cmd, roles, qual, with_check from pg_policies",
    "grants": """
        select table_name, grantee, privilege_type from information_schema.table_privileges
         where table_schema = 'public'""",
    "security": """
        select relname, relrowsecurity, relforcerowsecurity from pg_class
         where relnamespace = 'public'::regnamespace and relkind = 'r'""",
}


@contextmanager
def migrated(kind: str, migrate: Callable[[str], object]) -> Iterator[str]:
    """A database of its own that a command migrated; not the suite's template, whose clock tests move."""
    name = f"xietong_{kind}_{os.getpid()}"
    plugin.drop(name)
    with plugin.owner() as link:
        link.execute(f'create database "{name}"')
    try:
        migrate(name)
        yield name
    finally:
        plugin.drop(name)


def plainly(name: str) -> None:
    """Migrate by Django's own command."""
    address = plugin.named("DATABASE_OWNER_URL", name)
    environment = {**os.environ, "DATABASE_URL": address, "DATABASE_OWNER_URL": address}
    subprocess.run([sys.executable, "-c", PLAIN], env=environment, check=True, cwd=plugin.ROOT)


def catalog(database: str) -> dict[str, set[tuple[object, ...]]]:
    with plugin.owner(database) as link:
        return {
            part: {tuple(map(str, row)) for row in link.execute(query)} for part, query in CATALOG.items()
        }


@SLOW
def test_the_catalog_is_the_one_django_makes() -> None:
    plugin.start_servers()
    with migrated("ours", plugin.migrate) as ours_name, migrated("plain", plainly) as plain_name:
        ours, theirs = catalog(ours_name), catalog(plain_name)
    for part, rows in theirs.items():
        assert rows and ours[part] == rows, f"{part}: {sorted(map(str, ours[part] ^ rows))[:10]}"
