"""Serving the demonstration: the web server, one worker and the clock, ending together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from performance.demonstration.state import state_folder

WEB = (
    "gunicorn config.wsgi:application --workers 2 --threads 4 --no-control-socket --log-level warning --bind"
)
WORKER = "celery -A config --quiet worker --loglevel WARNING --concurrency 1"
# In a container everybody is root: Celery's warning about it says nothing about a demonstration.
AS_ROOT = "ignore:You're running the worker with superuser privileges"
CLOCK = "celery -A config --quiet beat --loglevel WARNING --schedule"


def serve(bind: str, out: Any) -> None:
    """Run gunicorn, a Celery worker and its beat until interrupted; end them all when one ends."""
    if not free(bind):
        out.write(f"{bind} is in use; end what serves there, or choose another with --bind 127.0.0.1:8001")
        return
    schedule = state_folder() / "beat"
    commands = [[*WEB.split(), bind], WORKER.split(), [*CLOCK.split(), str(schedule)]]
    quiet = {**os.environ, "PYTHONWARNINGS": AS_ROOT}
    children = [
        subprocess.Popen([sys.executable, "-m", *command], env=quiet)  # noqa: S603
        for command in commands
    ]
    signal.signal(signal.SIGTERM, _interrupt)
    out.write(f"serving http://{bind}  (Ctrl-C ends)")
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        out.write("ending")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)


def free(bind: str) -> bool:
    """Whether nothing serves at the address yet."""
    host, port = bind.rsplit(":", 1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
