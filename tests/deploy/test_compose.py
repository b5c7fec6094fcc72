"""What docker-compose.yml would run, run by hand: each service's own command against servers over TCP."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.servers import Postgres, Valkey

ROOT = Path(__file__).resolve().parents[2]
yaml = pytest.importorskip("ruamel.yaml")
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"])


@pytest.fixture(scope="module")
def environment(services: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Servers over TCP as the compose file starts them, and the environment its `.env` would give."""
    folder = Path("/var/tmp") / f"xietong-compose-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o755)
    postgres = Postgres(folder / "postgres", folder, fsync=False, port=free_port(), tcp=True)
    valkey = Valkey(folder / "valkey", folder, port=free_port())
    try:
        postgres.start()
        valkey.start()
        make_roles(postgres)
        addresses = services["web"]["environment"]
        yield {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")},
            **{key: local(value, postgres, valkey) for key, value in addresses.items()},
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
            "BLIND_KEY": secrets.token_hex(32),
            "ALLOWED_HOSTS": "127.0.0.1",
            "MEDIA_DIR": str(folder / "files"),
        }
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def make_roles(postgres: Postgres) -> None:
    """The statements of docs/deploy/roles.sh, with psql's variables filled in."""
    script = (ROOT / "docs/deploy/roles.sh").read_text(encoding="utf-8")
    statements = re.search(r"<<'SQL'\n(.*)SQL\n", script, re.S)
    assert statements
    body = re.sub(r":'(\w+)'", "'secret'", statements[1])
    with psycopg.connect(
        host=str(postgres.sockets), port=postgres.port, user="postgres", dbname="postgres", autocommit=True
    ) as link:
        for statement in body.split(";\n"):
            if statement.strip():
                link.execute(statement)


def local(address: str, postgres: Postgres, valkey: Valkey) -> str:
    """An address of the compose file with our host and ports, and its passwords filled in."""
    address = re.sub(r"\$\{\w+:\?\}", "secret", address)
    return address.replace("postgres:5432", f"127.0.0.1:{postgres.port}").replace(
        "valkey:6379", f"127.0.0.1:{valkey.port}"
    )


def command(service: Any, *changes: tuple[str, str]) -> list[str]:
    """A service's command with this environment's Python."""
    words = [str(word) for word in service["command"]]
    for before, after in changes:
        words = [word.replace(before, after) for word in words]
    program = Path(sys.executable).parent / words[0]
    return [str(program), *words[1:]]


@pytest.fixture(scope="module")
def migrated(services: dict[str, Any], environment: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        command(services["migrate"]), env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return environment


def dockerfile_command() -> list[str]:
    last = (ROOT / "Dockerfile").read_text(encoding="utf-8").strip().splitlines()[-1]
    return re.findall(r'"([^"]+)"', last)


def test_the_web_command_serves_and_sends_plain_http_to_https(migrated: dict[str, str]) -> None:
    port = free_port()
    words = command({"command": dockerfile_command()}, ("0.0.0.0:8000", f"127.0.0.1:{port}"))
    with subprocess.Popen(words, env=migrated, cwd=ROOT, stderr=subprocess.PIPE) as web:
        try:
            assert answer(port) == (301, f"https://127.0.0.1:{port}/healthz")
        finally:
            web.terminate()


def answer(port: int) -> tuple[int, str]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5).status, ""
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Location"]
        except OSError:
            assert time.monotonic() < end, "the web command never answered"
            time.sleep(0.2)


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_worker_and_the_clock_run(
    services: dict[str, Any], migrated: dict[str, str], name: str, tmp_path: Path
) -> None:
    words = command(services[name], ("/tmp/beat", str(tmp_path / "beat")))
    words = [word.replace("WARNING", "INFO") for word in words]
    ready = {"worker": "ready", "beat": "beat: Starting"}[name]
    with subprocess.Popen(
        words, env=migrated, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if ready in line:
                    break
            assert ready in said, said
        finally:
            process.terminate()


def test_the_application_role_of_the_image_is_bound_by_row_security(migrated: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check_walls"], env=migrated, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
