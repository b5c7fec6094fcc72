"""The product as a person meets it: web server and worker as processes of their own, a real Chromium in
front.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.plugin import ROOT, named
from tests.world import PASSWORD, World, make_world

PATIENCE = 60.0


def queue() -> int:
    """Which of the test processes this is, 0 to 6: Valkey has sixteen databases, the first two are taken."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 7


@pytest.fixture
def cast(own_database: str, tmp_path: Path) -> Iterator[World]:
    """The cast with passwords, in a database with real commits."""
    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        world = make_world()
        for name in ("luo", "cai", "lin"):
            user = world.people[name].user
            user.set_password(PASSWORD)
            user.save()
        yield world


@pytest.fixture
def address(cast: World, own_database: str, tmp_path: Path) -> Iterator[str]:
    """Where the web server answers; a worker runs beside it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": named("DATABASE_URL", own_database),
        # A queue of its own, also beside another process of the same run: a worker that takes another
        # database's bell finds no such job, and the bell is lost until the sweeper rings again.
        "REDIS_URL": os.environ["REDIS_URL"].replace("virtual_host=0", f"virtual_host={2 + 2 * queue()}"),
        "CACHE_URL": re.sub(r"db=\d+", f"db={3 + 2 * queue()}", os.environ["CACHE_URL"]),
        "MEDIA_DIR": str(tmp_path / "files"),
        "SECOND_FACTOR": "offered",
    }
    python = [sys.executable, "-m"]
    web = [*python, "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    worker = [*python, "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    commands = [[*web, "--no-control-socket", "--log-level", "warning"], worker]
    running = [subprocess.Popen(command, env=environment, cwd=ROOT) for command in commands]
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def wait_for(url: str) -> None:
    """Until the address answers 200."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # our own loopback server
            return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < end, f"{url} never answered"
            time.sleep(0.2)
