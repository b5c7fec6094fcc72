"""`manage.py demo`: a fresh machine to a served demonstration; `--once` does the same without serving and
ends.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alliance.demo import build, sign_ins, write_files
from alliance.models import Alliance
from performance.demonstration import loading, serving
from performance.demonstration.state import Unfinished, demo_password

APPLYING = re.compile(r"\s*Applying (?P<app>\w+)\.")


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
            with Unfinished():
                self.load()
        elif remedy := Unfinished().remedy():
            raise CommandError(remedy)
        self.say_sign_ins()
        self.stdout.write(f"ready after {time.monotonic() - began:.1f} s")
        if not once:
            serving.serve(bind, self.stdout)

    def migrate(self) -> None:
        """The schema belongs to the owner: a process of its own, with the owner's address; none when all is
        done.
        """
        executor = MigrationExecutor(connection)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if not steps:
            return
        owner = {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"], "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "migrate", "--skip-checks"]
        with subprocess.Popen(  # noqa: S603
            command, env={**os.environ, **owner}, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line in progress(child.stdout, steps):
                self.say(line)
        if child.returncode:
            raise CommandError("the database could not be brought to this version; see the lines above")

    def say(self, line: str) -> None:
        """A line that is seen at once, also where the output goes into a file."""
        self.stdout.write(line)
        self.stdout.flush()

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
                    self.say("\n".join(["", *done.result()]))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say what is done and how long it took."""
        began = time.monotonic()
        self.say(f"{name} …")
        yield
        self.say(f"{name}: {time.monotonic() - began:.1f} s")

    def say_sign_ins(self) -> None:
        """Names by alliance, and the one password of this machine's demonstration."""
        self.stdout.write(f"\nsign-ins, all with the password {demo_password()}")
        for name, users in sign_ins().items():
            self.stdout.write(f"  {name}")
            for user in users:
                self.stdout.write(
                    f"    {user.username:<16}{user.name}  {', '.join(user.roles)}  {user.institution}"
                )


def progress(lines: Iterable[str], steps: int) -> Iterator[str]:
    """What `migrate` says, as one line an app: how many of the steps are done and whose come next."""
    last = ""
    done = 0
    for line in lines:
        found = APPLYING.match(line)
        if found is None:
            continue
        if found["app"] != last:
            last = found["app"]
            yield f"  {done} of {steps} steps done, next: {last}"
        done += 1
    yield f"  {done} of {steps} steps done; walls and rights are checked"
