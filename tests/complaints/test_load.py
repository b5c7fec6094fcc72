"""Fifty people a second complain at a really running server: none is lost, and the pages of staff answer."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import override_settings

from alliance.tenancy.scope import act_in
from alliance.web.public import Sheet
from complaints.models import Complaint
from tests.browser.conftest import wait_for
from tests.plugin import ROOT, named
from tests.world import World, make_world

pytestmark = pytest.mark.slow
PEOPLE, A_SECOND = 500, 50
FORM = "/say/qinghe/complaint/QH01/"


@pytest.fixture
def town(own_database: str, tmp_path: Path) -> Iterator[tuple[World, int]]:
    """The cast in a database with real commits, and a server of two processes on a port of its own."""
    port = 18_043
    environment = {
        **os.environ, "DATABASE_URL": named("DATABASE_URL", own_database), "MEDIA_DIR": str(tmp_path),
        # All of them come from one address here, and faster than a person types.
        "SAY_RATE": "1000000/min", "SAY_SEND_RATE": "1000000/min", "PUBLIC_FORM_SECONDS": "0",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "8", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_world()
        server = subprocess.Popen(command, env=environment, cwd=ROOT)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield world, port
        finally:
            server.terminate()
            server.wait(20)


def asked(port: int, method: str, path: str, body: str = "", cookie: str = "") -> tuple[int, str, float]:
    """Status, where it leads, seconds."""
    began = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    link.request(method, path, body, headers)
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status, answer.getheader("Location") or "", time.monotonic() - began


def test_fifty_a_second_and_none_is_lost(town: tuple[World, int], capsys: pytest.CaptureFixture[str]) -> None:
    world, port = town
    cookie = f"sessionid={world.client('luo').cookies['sessionid'].value}"
    begin, over, staff = time.monotonic() + 1, threading.Event(), []

    def complain(number: int) -> tuple[int, str, float]:
        said = {
            "text": f"第 {number} 位的话", "category": "waiting", "filer": "self", "identity": "anonymous",
            "sheet": Sheet.hand_out("complaint:qinghe"),
        }  # fmt: skip
        time.sleep(max(begin + number / A_SECOND - time.monotonic(), 0))
        return asked(port, "POST", FORM, urlencode(said))

    def watch() -> None:
        while not over.is_set():
            staff.append(asked(port, "GET", "/a/qinghe/complaints/?view=all", cookie=cookie))
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(64) as pool:
        done = list(pool.map(complain, range(PEOPLE)))
    took = time.monotonic() - begin
    over.set()
    watcher.join()
    assert {status for status, _to, _took in done} == {303}
    assert len({to for _status, to, _took in done}) == PEOPLE
    with transaction.atomic(), act_in(world.qinghe):
        numbers = sorted(Complaint.objects.values_list("number", flat=True))
        texts = set(Complaint.objects.values_list("text", flat=True))
    assert len(texts) == PEOPLE and [int(one[-4:]) for one in numbers] == list(range(1, PEOPLE + 1))
    assert {status for status, _to, _took in staff} == {200} and len(staff) > 3
    with capsys.disabled():
        print(
            f"\n{PEOPLE} complaints in {took:.1f} s ({PEOPLE / took:.0f} a second), median "
            f"{statistics.median(one[2] for one in done):.2f} s; {len(staff)} staff lists, median "
            f"{statistics.median(one[2] for one in staff):.2f} s"
        )
