"""Many people complaining at a really running server at once, while a member of the office reads the list.

Loopback only; so many people at so many a second, and then it is over.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from alliance.web.public import Sheet
from tests.browser.conftest import wait_for
from tests.plugin import ROOT, named

FORM = "/say/qinghe/complaint/QH01/"
STAFF = "/a/qinghe/complaints/?view=all"
Answer = tuple[int, str, float]  # status, where it leads, seconds


@dataclass(frozen=True)
class Found:
    """What came of it: the answers to the people, those of the staff page meanwhile, seconds of the whole."""

    people: list[Answer]
    staff: list[Answer]
    took: float


@contextmanager
def serving(database: str, folder: Path, port: int) -> Iterator[None]:
    """A server of two processes on a database with real commits."""
    environment = {
        **os.environ, "DATABASE_URL": named("DATABASE_URL", database), "MEDIA_DIR": str(folder),
        # All of them come from one address here, and faster than a person types.
        "SAY_RATE": "1000000/min", "SAY_SEND_RATE": "1000000/min", "PUBLIC_FORM_SECONDS": "0",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "8", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield
    finally:
        server.terminate()
        server.wait(20)


def complain(port: int, cookie: str, *, people: int, a_second: int) -> Found:
    """So many people send a form each, so many a second; the staff page is asked five times a second."""
    begin, over, staff = time.monotonic() + 1, threading.Event(), list[Answer]()

    def one(number: int) -> Answer:
        said = {
            "text": f"第 {number} 位的话", "category": "waiting", "filer": "self", "identity": "anonymous",
            "sheet": Sheet.hand_out("complaint:qinghe"),
        }  # fmt: skip
        time.sleep(max(begin + number / a_second - time.monotonic(), 0))
        return _asked(port, "POST", FORM, urlencode(said))

    def watch() -> None:
        while not over.is_set():
            staff.append(_asked(port, "GET", STAFF, cookie=cookie))
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(64) as pool:
        done = list(pool.map(one, range(people)))
    took = time.monotonic() - begin
    over.set()
    watcher.join()
    return Found(done, staff, took)


def _asked(port: int, method: str, path: str, body: str = "", cookie: str = "") -> Answer:
    began = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    link.request(method, path, body, headers)
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status, answer.getheader("Location") or "", time.monotonic() - began
