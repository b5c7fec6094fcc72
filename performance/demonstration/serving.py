"""Serving the demonstration: the web server, one worker and the clock, ending together."""

from __future__ import annotations

import signal
import subprocess
import sys
from types import FrameType
from typing import Any


def serve(bind: str, out: Any) -> None:
    """Run gunicorn, a Celery worker and its beat until interrupted; end them all when one ends."""
    python = [sys.executable, "-m"]
    commands = [
        [
            *python,
            "gunicorn",
            "config.wsgi:application",
            "--bind",
            bind,
            "--workers",
            "2",
            "--threads",
            "4",
            "--no-control-socket",
            "--access-logfile",
            "/dev/null",
        ],
        [
            *python,
            "celery",
            "-A",
            "config",
            "worker",
            "--loglevel",
            "WARNING",
            "--concurrency",
            "1",
            "--pool",
            "prefork",
        ],
        [*python, "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--schedule", "/dev/null"],
    ]
    children = [subprocess.Popen(command) for command in commands]  # noqa: S603
    signal.signal(signal.SIGTERM, _interrupt)
    out.write(f"serving http://{bind}  (Ctrl-C ends)")
    try:
        while all(child.poll() is None for child in children):
            signal.sigtimedwait([signal.SIGCHLD], 1)
    except KeyboardInterrupt:
        out.write("ending")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
