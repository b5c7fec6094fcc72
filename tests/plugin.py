"""Servers, roles and databases of a test run: loaded with `-p` so that it acts before pytest-django reads
settings.

Tests connect as the application role on a copy of one template database, which the owner made and walled. The
suite refuses to run as an owner, a superuser or a role that bypasses row security (walls.md section 1).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import folder
from tests.folder import ROOT

STATE = folder.state()
MAINTENANCE = "postgres"
OWN_CACHE = 10  # the first process's database in Valkey, which has 16; browser tests use those below


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> Iterator[None]:
    """Supply the environment that settings read; servers start only when a test needs a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # As a house with patients has it; the browser tests start a demonstration of their own.
    os.environ.setdefault("SECOND_FACTOR", "required")
    if "DATABASE_URL" not in os.environ:
        STATE.mkdir(parents=True, exist_ok=True)
        os.environ["STATE_DIR"] = str(STATE)
        from config import embedded

        os.environ.update(embedded.local_keys(STATE))
        os.environ.update(embedded.addresses(STATE))
        os.environ["XIETONG_TEST_SERVERS"] = "embedded"
    elif "XIETONG_TEST_SERVERS" not in os.environ:
        os.environ["XIETONG_TEST_SERVERS"] = "named"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and os.environ["XIETONG_TEST_SERVERS"] == "embedded":
        # Tests empty the cache: each process has its own.
        os.environ["CACHE_URL"] = os.environ["CACHE_URL"].replace("?db=1", f"?db={OWN_CACHE + int(worker)}")
    return (yield)


def pytest_configure(config: Any) -> None:
    """With several processes the first one starts the servers, so that they outlive each worker."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        return
    start_servers()
    template()


def pytest_unconfigure(config: Any) -> None:
    """End what this process started."""
    if not hasattr(config, "workerinput"):
        from config import embedded

        embedded.stop()


def start_servers() -> None:
    """Start or join the embedded test servers; named servers are used as they are."""
    if os.environ["XIETONG_TEST_SERVERS"] == "embedded":
        from config import embedded

        embedded.start(STATE, fsync=False)


def owner(database: str = MAINTENANCE) -> Any:
    """A plain connection as the owner, for making and dropping databases."""
    import environ
    import psycopg

    found = environ.Env().db("DATABASE_OWNER_URL")
    options = found.get("OPTIONS", {})
    return psycopg.connect(
        dbname=database,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        host=found["HOST"] or options.get("host"),
        port=found["PORT"] or options.get("port"),
        autocommit=True,
    )


def template() -> str:
    """Name of the template database for this state of the schema; made once, by the owner, walls and all."""
    name = f"xietong_template_{schema_digest()}"
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with owner() as link:
            if link.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return name
            drop_left_behind(link)
            draft = f"xietong_draft_{os.getpid()}"
            link.execute(f'drop database if exists "{draft}"')
            link.execute(f'create database "{draft}"')
            migrate(draft)
            with owner(draft) as inside:
                # What has to wait for days waits in a test until it says so (tests.complaints.scene.passed).
                inside.execute(
                    "create or replace function sealed_box_now() returns timestamptz stable language sql as"
                    " $$ select now() + coalesce(nullif(current_setting('app.later', true), ''), '0')"
                    "::interval $$"
                )
            link.execute(f'alter database "{draft}" rename to "{name}"')
    return name


def drop_left_behind(link: Any) -> None:
    """Drop templates of other states of the schema and what killed processes left: each takes 50 MB."""
    ours = "select datname from pg_database where datname ~ '^xietong_[a-z]+_'"
    for (name,) in link.execute(ours).fetchall():
        _product, kind, of, *_stage = name.split("_")
        if kind == "template" or not _alive(int(of)):
            drop(name)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as why:
        return isinstance(why, PermissionError)  # somebody else's
    return True


def migrate(database: str) -> None:
    """Run all migrations on a database as the owner, in a process of its own."""
    environment = {**os.environ, "DATABASE_URL": named("DATABASE_OWNER_URL", database)}
    environment["DATABASE_OWNER_URL"] = environment["DATABASE_URL"]
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0", "--skip-checks"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"the test database could not be made:\n{done.stdout}\n{done.stderr}")


def named(variable: str, database: str) -> str:
    """The address in an environment variable with another database name."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(os.environ[variable])
    return urlunsplit(parts._replace(path=f"/{database}"))


def schema_digest() -> str:
    """Digest of every file that shapes the schema."""
    files = [
        path
        for app in ("alliance", "grouping", "referrals", "complaints", "performance")
        for pattern in ("**/migrations/*.py", "**/models.py", "**/models/*.py", "**/sql.py", "tenancy/*.py")
        for path in (ROOT / app).glob(pattern)
    ]
    body = hashlib.sha256()
    for path in sorted(set(files)):
        body.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return body.hexdigest()[:12]


@contextlib.contextmanager
def copy_of_template(name: str, source: str = "") -> Iterator[str]:
    """A database of one's own, copied from the template or one that nobody uses, dropped afterwards."""
    if not source:
        source = os.environ["XIETONG_TEMPLATE"] = os.environ.get("XIETONG_TEMPLATE") or template()
    drop(name)
    with owner() as link:
        # Written as files: through the log, each of the thousands of pages costs a record.
        link.execute(f'create database "{name}" template "{source}" strategy file_copy')
    try:
        yield name
    finally:
        drop(name)


def drop(name: str) -> None:
    """Drop a database once the backends of closed connections are gone; the owner may not end them itself."""
    import psycopg

    end = time.monotonic() + 20
    with owner() as link:
        while True:
            try:
                link.execute(f'drop database if exists "{name}"')
                return
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)


def connect_to(database: str) -> None:
    """Point Django's connection at another database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


@dataclass(frozen=True)
class Stage:
    """A database in which a scene has been played: its name, the cast after it, its files."""

    database: str
    cast: bytes
    files: Path


@dataclass(frozen=True)
class Homes:
    """The databases of a test process, by name; the cast as it stands in the second; its stages by scene."""

    empty: str
    peopled: str
    cast: bytes
    kept: contextlib.ExitStack
    stages: dict[Any, Stage] = field(default_factory=dict)

    def staged(self, play: Any, folder: Path) -> Stage:
        """The stage on which `play(world)` was played, once for this process."""
        if play not in self.stages:
            from django.test import override_settings

            connect_to(MAINTENANCE)  # a copy is made of a database nobody uses
            name = f"{self.peopled}_{len(self.stages)}"
            connect_to(self.kept.enter_context(copy_of_template(name, self.peopled)))
            world = pickle.loads(self.cast)
            with override_settings(MEDIA_ROOT=folder):
                play(world)
            self.stages[play] = Stage(name, pickle.dumps(world), folder)
        return self.stages[play]


def move_to(database: str) -> None:
    """Point Django's connection at another database unless it is there."""
    from django.db import connection

    if connection.settings_dict["NAME"] != database:
        connect_to(database)


def refuse_strong_roles() -> None:
    """Stop the run when its role could see past the walls."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname, rolsuper or rolbypassrls, exists (select 1 from pg_class c "
            "where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace) "
            "from pg_roles r where rolname = current_user"
        )
        name, strong, owns = cursor.fetchone()
    if strong or owns:
        pytest.exit(f"the tests run as {name}, which row security does not bind; use the application role", 3)
