"""Files at rest: sealed under a random name, written aside and renamed, read back in pieces (walls.md section
4).
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliance.lib.spool import SealedSpool
from alliance.models import Attachment, Institution, Membership
from alliance.models.fields import key_ring
from alliance.services import journal
from alliance.tenancy.scope import current_alliance_id

PIECE = 1 << 20  # bytes sealed at a time: memory stays flat whatever the size
HEADER = b"xtf1"
_AROUND = 4 + 16  # bytes of length and tag around a sealed piece


class TooLarge(Exception):
    """The file has more bytes than allowed; `limit` says how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived: the name it bears, its content in pieces, the type read from the content, the
    most bytes it may have.
    """

    name: str
    content: Iterable[bytes]
    content_type: str
    limit: int


@transaction.atomic
def store(
    *,
    by: Membership | None,
    name: str,
    content: Iterable[bytes],
    purpose: str,
    content_type: str,
    limit: int,
    institution: Institution | None = None,
    keep_days: int | None = None,
    told: bool = True,
) -> Attachment:
    """Seal and keep a stream; the stored name is random, `name` is only shown. Raises `TooLarge`.

    `by` None: sent by the public (purpose "said"). Not `told`: the journal, which many read, says nothing.

    The file is removed again when the surrounding transaction does not commit.
    """
    stored_name = secrets.token_hex(16)
    size, sha256 = _write(_path(stored_name), content, limit)
    row = Attachment.objects.create(
        purpose=purpose,
        stored_name=stored_name,
        shown_name=_shown(name),
        content_type=content_type,
        size=size,
        sha256=sha256,
        owner=by,
        institution=institution,
        delete_after=timezone.now() + timedelta(days=keep_days) if keep_days else None,
    )
    if told:
        journal.write(by=by, verb="file.stored", about=row, size=size, purpose=purpose)
    return row


def read(row: Attachment) -> Iterator[bytes]:
    """The content in pieces of at most 1 MiB; raises when the file was changed or cut."""
    with _path(row.stored_name).open("rb") as sealed:
        yield from _opened(sealed)


@contextmanager
def plain_copy(row: Attachment) -> Iterator[BinaryIO]:
    """The content as a seekable file, sealed again on disk under a passing key, gone when closed."""
    with SealedSpool(_folder()) as spool:
        for piece in read(row):
            spool.write(piece)
        spool.seek(0)
        yield cast(BinaryIO, io.BufferedReader(spool, PIECE))


@contextmanager
def opened(row: Attachment) -> Iterator[BinaryIO]:
    """The content as a seekable file that is opened piece by piece where it is read; nothing is copied.

    Raises when the file was cut or a piece that is read was changed.
    """
    with _path(row.stored_name).open("rb") as sealed, _OpenPieces(sealed, row.size) as pieces:
        yield cast(BinaryIO, io.BufferedReader(pieces, PIECE))


def forget(row: Attachment) -> None:
    """Remove a file that turned out not to be needed, with its row, once the transaction commits."""
    path = _path(row.stored_name)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def purge(*, now: object) -> int:
    """Delete the files whose time is over, in the alliance in scope; the rows stay. Returns how many."""
    due = Attachment.objects.filter(deleted_at=None, delete_after__lt=now)
    for row in due:
        _path(row.stored_name).unlink(missing_ok=True)
    return due.update(deleted_at=now)


def _write(target: Path, content: Iterable[bytes], limit: int) -> tuple[int, str]:
    ring = key_ring()
    key_id, prefix = ring.current.encode(), os.urandom(8)
    cipher, digest, size, number = AESGCM(ring.keys[ring.current]), hashlib.sha256(), 0, 0
    draft = tempfile.NamedTemporaryFile(dir=target.parent, delete=False)  # noqa: SIM115
    try:
        with draft:
            draft.write(HEADER + bytes([len(key_id)]) + key_id + prefix)
            for piece in _pieces(content):
                size += len(piece)
                if size > limit:
                    raise TooLarge(limit)
                digest.update(piece)
                block = cipher.encrypt(_nonce(prefix, number), piece, b"more")
                draft.write(len(block).to_bytes(4, "big") + block)
                number += 1
            # Length 0, then a seal that only the whole file has: a cut file does not open.
            draft.write(bytes(4) + cipher.encrypt(_nonce(prefix, number), b"", b"end"))
            draft.flush()
            os.fsync(draft.fileno())
        os.replace(draft.name, target)
    except BaseException:
        Path(draft.name).unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


class _OpenPieces(io.RawIOBase):
    """A sealed file of known size, read from anywhere: every piece but the last has the same length."""

    def __init__(self, sealed: IO[bytes], size: int) -> None:
        if sealed.read(len(HEADER)) != HEADER:
            raise ValueError("not one of our files")
        key_id = sealed.read(sealed.read(1)[0]).decode()
        self._sealed, self._size, self._place = sealed, size, 0
        self._prefix, self._cipher = sealed.read(8), AESGCM(key_ring().keys[key_id])
        self._first = sealed.tell()
        self._number, self._piece = -1, b""
        count = -(-size // PIECE)
        sealed.seek(self._first + size + count * _AROUND)
        if sealed.read(4) != bytes(4):
            raise ValueError("the file was cut")
        self._cipher.decrypt(_nonce(self._prefix, count), sealed.read(), b"end")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        number, begin = divmod(self._place, PIECE)
        if self._place >= self._size:
            return 0
        if number != self._number:
            self._sealed.seek(self._first + number * (PIECE + _AROUND))
            length = int.from_bytes(self._sealed.read(4), "big")
            sealed = self._sealed.read(length)
            self._piece = self._cipher.decrypt(_nonce(self._prefix, number), sealed, b"more")
            self._number = number
        found = self._piece[begin : begin + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)


def _opened(sealed: IO[bytes]) -> Iterator[bytes]:
    if sealed.read(len(HEADER)) != HEADER:
        raise ValueError("not one of our files")
    key_id = sealed.read(sealed.read(1)[0]).decode()
    prefix, number = sealed.read(8), 0
    cipher = AESGCM(key_ring().keys[key_id])
    while length := int.from_bytes(sealed.read(4), "big"):
        yield cipher.decrypt(_nonce(prefix, number), sealed.read(length), b"more")
        number += 1
    cipher.decrypt(_nonce(prefix, number), sealed.read(), b"end")


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of exactly 1 MiB, the last one shorter."""
    held = bytearray()
    for part in content:
        held += part
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4, "big")


def _folder() -> Path:
    """Paths begin with the alliance in scope."""
    folder = Path(settings.MEDIA_ROOT) / str(current_alliance_id())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(stored_name: str) -> Path:
    return _folder() / stored_name


def _shown(name: str) -> str:
    """The user's name for the file, without any folder."""
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"
