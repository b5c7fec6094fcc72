"""The file of a bundle: a ZIP of JSON members, written and read in one pass, memory flat.

Three rings: every member's SHA-256 stands in `manifest.json`; the manifest's own SHA-256 is the digest the
month's page shows; the last 64 bytes (the archive's comment) are the SHA-256 of every byte before them, so
that a change between the members is found as well.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from alliance.lib.canonical import canonical
from alliance.lib.refusal import Refused
from performance.bundle.told import Told

KIND, FORMAT = "xietong.month", 2
MANIFEST = "manifest.json"
SEAL, PIECE = 64, 1 << 16
SAME_DAY = (1980, 1, 1, 0, 0, 0)  # the same content is the same file, whenever it is written
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    LookupError, TypeError, AttributeError,
)  # fmt: skip


class BundleRefused(Refused):
    """The file is no bundle of a month, or one that cannot be read; the reason."""

    reasons = {
        "file": "The file is no bundle of a month: %(problem)s.",
        "kind": "The file is not a bundle of format %(format)s.",
    }


class _Tail:
    """Passes bytes on and hashes them; the last piece is held back and becomes the seal of all before it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._hash, self._held, self.size = out, hashlib.sha256(), b"", 0

    def write(self, data: Any) -> int:
        self.size += len(data)
        self._out.write(self._held)
        self._hash.update(self._held)
        self._held = bytes(data)
        return len(self._held)

    def flush(self) -> None:
        """Nothing waits here but the last piece."""

    def seal(self) -> None:
        self._out.write(self._hash.hexdigest().encode())


class Writer:
    """Writes a bundle to any stream of bytes: members one after the other, then `close`."""

    def __init__(self, out: IO[bytes], head: Mapping[str, object]) -> None:
        self._tail, self._head = _Tail(out), head
        self._zip = zipfile.ZipFile(self._tail, "w")  # type: ignore[call-overload]
        self._members: list[dict[str, object]] = []

    def value(self, name: str, value: object) -> None:
        """A member that is one JSON value."""
        self._write(name, [canonical(value)])

    def raw(self, name: str, content: bytes) -> None:
        """A member that is canonical JSON already."""
        self._write(name, [content])

    def lines(self, name: str, rows: Iterable[Mapping[str, object]]) -> None:
        """A member with one JSON value a line."""
        self._write(name, (canonical(row) + b"\n" for row in rows))

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        found, size = hashlib.sha256(), 0
        with self._zip.open(self._named(name), "w", force_zip64=True) as member:
            for piece in pieces:
                found.update(piece)
                size += len(piece)
                member.write(piece)
        self._members.append({"name": name, "bytes": size, "sha256": found.hexdigest()})

    @staticmethod
    def _named(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, SAME_DAY)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    @property
    def size(self) -> int:
        """Bytes of the whole file; its seal takes the place of as many bytes."""
        return self._tail.size

    def close(self) -> str:
        """Write manifest and seal; return the digest of the bundle (SHA-256 of its manifest)."""
        manifest = canonical({**self._head, "kind": KIND, "format": FORMAT, "members": self._members})
        self.manifest: dict[str, Any] = json.loads(manifest)
        with self._zip.open(self._named(MANIFEST), "w") as member:
            member.write(manifest)
        self._zip.comment = bytes(SEAL)
        self._zip.close()
        self._tail.seal()
        return hashlib.sha256(manifest).hexdigest()


class Archive:
    """A bundle opened for reading. Raises BundleRefused (file, kind)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with refusing():
            self._zip = zipfile.ZipFile(path)
            content = self._zip.read(MANIFEST)
            self.manifest: dict[str, Any] = json.loads(content)
        self.digest = hashlib.sha256(content).hexdigest()
        if not _is_manifest(self.manifest):
            raise BundleRefused("kind", format=FORMAT)
        self.names = [member["name"] for member in self.manifest["members"]]

    def value(self, name: str) -> Any:
        """A member that is one JSON value."""
        with refusing():
            return json.loads(self._zip.read(name))

    def lines(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The rows of a member, each with its path; one at a time."""
        with refusing(), self._zip.open(name) as member:
            for number, line in enumerate(member, start=1):
                yield f"{name}:{number}", json.loads(line)

    def altered(self) -> Iterator[str]:
        """Where the bytes are not those that were written: members first, then what lies around them."""
        found = [*self._members()]
        yield from found
        if not found and not self._sealed():
            yield Told("around")

    def _members(self) -> Iterator[str]:
        written = [*self.names, MANIFEST]
        if self._zip.namelist() != written:
            there = sorted({*self._zip.namelist()} ^ {*written}) or ["order"]
            yield Told("members", names=", ".join(there))
        for member in self.manifest["members"]:
            name = member["name"]
            try:
                found, size = self._digest(name)
            except UNREADABLE as error:
                yield Told("unreadable", path=name, error=error)
                continue
            if (found, size) != (member["sha256"], member["bytes"]):
                yield Told("manifest", path=name, stored=member["sha256"], found=found)

    def _digest(self, name: str) -> tuple[str, int]:
        found, size = hashlib.sha256(), 0
        with self._zip.open(name) as member:
            while piece := member.read(PIECE):
                found.update(piece)
                size += len(piece)
        return found.hexdigest(), size

    def _sealed(self) -> bool:
        left, found = self.path.stat().st_size - SEAL, hashlib.sha256()
        with self.path.open("rb") as file:
            while left > 0 and (piece := file.read(min(PIECE, left))):
                found.update(piece)
                left -= len(piece)
            return file.read() == found.hexdigest().encode()


@contextmanager
def refusing() -> Iterator[None]:
    """What a damaged file raises becomes a refusal with a sentence."""
    try:
        yield
    except BundleRefused:
        raise
    except UNREADABLE as error:
        raise BundleRefused("file", problem=str(error) or type(error).__name__) from error


def _is_manifest(held: Any) -> bool:
    if not isinstance(held, dict) or (held.get("kind"), held.get("format")) != (KIND, FORMAT):
        return False
    members = held.get("members")
    return isinstance(members, list) and all(
        isinstance(one, dict) and {"name", "bytes", "sha256"} <= set(one) for one in members
    )
