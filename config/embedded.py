"""Starts PostgreSQL and Valkey from their wheels and supplies the whole environment when none is named.

The servers are the same engines as in production. They end with the process that started them (Linux: parent
death signal), live in the state folder (`STATE_DIR`, default `.state`) and listen on Unix sockets only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.servers import Postgres, Valkey, wait_for_lock

ROOT = Path(__file__).resolve().parent.parent
# Commands that read files only: nothing is started and no address is needed.
WITHOUT_DATABASE = {
    "group_file",
    "verify_month",
    "compilecatalogues",
    "help",
    "version",
    "--help",
    "--version",
}
# Commands that change the schema connect as the owner; everything else is the application role.
AS_OWNER = {"migrate", "check_walls", "sqlmigrate", "showmigrations", "makemigrations", "dbshell"}

_running: list[tuple[Path, Postgres | Valkey]] = []
_lock: list[object] = []


def prepare(argv: list[str]) -> None:
    """Give the process a complete environment for the command in `argv`; start servers where it needs
    them.
    """
    command = argv[1] if len(argv) > 1 else "help"
    if "DATABASE_URL" not in os.environ:
        os.environ.update(local_keys(state_folder()))
        if command in WITHOUT_DATABASE:
            os.environ.update(no_servers())
        else:
            os.environ.update(start(state_folder()))
    if command in AS_OWNER and "DATABASE_OWNER_URL" in os.environ:
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]


def state_folder() -> Path:
    """The folder of servers' data, keys and stored files; made when missing, readable by the owner only."""
    folder = Path(os.environ.get("STATE_DIR", ROOT / ".state"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def no_servers() -> dict[str, str]:
    """Addresses that no server answers, for commands that must work without any."""
    return {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def local_keys(folder: Path) -> dict[str, str]:
    """Keys and switches of a machine of one's own: generated once, kept in the state folder, never in the
    code.
    """
    keys = folder / "keys.env"
    if not keys.exists():
        lines = [
            f"SECRET_KEY={secrets.token_urlsafe(48)}",
            f"FIELD_KEYS=k1:{secrets.token_hex(32)}",
            f"BLIND_KEY={secrets.token_hex(32)}",
        ]
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as draft:
            draft.write("\n".join(lines) + "\n")
        os.chmod(draft.name, 0o600)
        os.replace(draft.name, keys)
    found = dict(line.split("=", 1) for line in keys.read_text().splitlines() if "=" in line)
    (folder / "static").mkdir(exist_ok=True)
    # A demonstration works without a phone; a server on a network leaves this out and requires the code.
    found |= {
        "SECOND_FACTOR": "offered",
        "LOCAL_HTTP": "1",
        "MEDIA_DIR": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
    }
    return {key: value for key, value in found.items() if key not in os.environ}


def _servers(folder: Path, *, fsync: bool = True) -> tuple[Postgres, Valkey]:
    folder.mkdir(parents=True, exist_ok=True)
    # A socket path has about 100 bytes: a deep folder cannot hold it, so sockets live under the temporary
    # folder.
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    sockets = Path(tempfile.gettempdir()) / f"xietong-{os.getuid()}-{name}"
    sockets.mkdir(mode=0o755, exist_ok=True)
    return Postgres(_reachable(folder, sockets) / "postgres", sockets, fsync=fsync), Valkey(
        folder / "valkey", sockets
    )


def addresses(folder: Path, database: str = "xietong") -> Mapping[str, str]:
    """Where the servers of a state folder listen once they run."""
    postgres, valkey = _servers(folder)
    return postgres.addresses(database) | valkey.addresses()


def start(folder: Path, *, fsync: bool = True, database: str = "xietong") -> Mapping[str, str]:
    """Start both servers, or join those another process of this state folder already runs; return the
    addresses.
    """
    postgres, valkey = _servers(folder, fsync=fsync)
    with wait_for_lock(folder / "start.lock"):
        for server in (postgres, valkey):
            if not server.alive():
                server.start()
                _running.append((folder, server))
        postgres.make_roles(database)
    _hold(folder)
    return postgres.addresses(database) | valkey.addresses()


def _reachable(folder: Path, sockets: Path) -> Path:
    """The folder itself, or (as root, in a closed home folder) one that the server's account can enter."""
    closed = any(not parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)
    if os.getuid() != 0 or not closed:
        folder.chmod(folder.stat().st_mode | (0o011 if os.getuid() == 0 else 0))
        return folder
    base = Path("/var/tmp") / sockets.name  # noqa: S108
    base.mkdir(exist_ok=True)
    return base


def stop() -> None:
    """End the servers this process started, newest first; others stay. A start of the same folder waits."""
    while _running:
        folder, server = _running.pop()
        with wait_for_lock(folder / "start.lock"):
            server.stop()


def _hold(folder: Path) -> None:
    """Keep a shared lock while this process uses the servers, so that a launcher can see it is not alone."""
    handle = (folder / "users.lock").open("a")
    fcntl.flock(handle, fcntl.LOCK_SH)
    _lock.append(handle)


if __name__ == "__main__":  # `python -m config.embedded` prints the environment, for a shell
    prepare([sys.argv[0], "env"])
