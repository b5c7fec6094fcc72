"""`manage.py demo`: a fresh machine to a served demonstration; `--once` does the same without serving and
ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alliance.demo import build, sign_ins, write_files
from alliance.models import Alliance
from performance.demonstration import loading, serving
from performance.demonstration.state import demo_password


class Command(BaseCommand):
    help = "Load the demonstration alliances, run their months, and serve the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="load and compute, then end without serving")
        parser.add_argument("--bind", default="127.0.0.1:8000", help="address to serve at")

    def handle(self, *args: Any, once: bool, bind: str, **options: Any) -> None:
        began = time.monotonic()
        with self.step("database"):
            self.migrate()
        if not Alliance.objects.exists():
            self.load()
        self.say_sign_ins()
        self.stdout.write(f"ready after {time.monotonic() - began:.1f} s")
        if not once:
            serving.serve(bind, self.stdout)

    def migrate(self) -> None:
        """The schema belongs to the owner: a process of its own, with the owner's address; none when all is
        done.
        """
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "migrate", "--verbosity", "0"]
        environment = {**os.environ, "DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
        subprocess.run([*command, "--skip-checks"], check=True, env=environment)  # noqa: S603

    def load(self) -> None:
        """Each alliance in a process of its own: they share nothing but the database."""
        with self.step("demonstration data made"):
            demo = build()
        with tempfile.TemporaryDirectory() as folder:
            files = write_files(demo, Path(folder))
            password = make_password(demo_password())
            with ProcessPoolExecutor(2, get_context("spawn"), initializer=django.setup) as pool:
                running = [
                    pool.submit(loading.load, code, [one for one in files if one.alliance == code], password)
                    for code in demo.alliances
                ]
                for done in running:
                    self.stdout.write("\n".join(["", *done.result()]))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say what is done and how long it took."""
        began = time.monotonic()
        yield
        self.stdout.write(f"{name}: {time.monotonic() - began:.1f} s")

    def say_sign_ins(self) -> None:
        """Names by alliance, and the one password of this machine's demonstration."""
        self.stdout.write(f"\nsign-ins, all with the password {demo_password()}")
        for name, users in sign_ins().items():
            self.stdout.write(f"  {name}")
            for user in users:
                self.stdout.write(
                    f"    {user.username:<16}{user.name}  {', '.join(user.roles)}  {user.institution}"
                )
