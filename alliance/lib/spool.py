"""A temporary file whose bytes never lie readable on disk (walls.md sections 4 and 5)."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16  # bytes of an AES block


class SealedSpool(io.RawIOBase):
    """Bytes written one after the other, then read from anywhere; the disk sees AES-256 in counter mode.

    The file has no name, its key exists in this process only: after a crash nobody can read what is left.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._disk = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115
        self._key, self._first = os.urandom(32), int.from_bytes(os.urandom(BLOCK), "big")
        self._stream = self._cipher_at(0)

    def _cipher_at(self, place: int) -> Any:
        counter = (self._first + place // BLOCK) % 2 ** (8 * BLOCK)
        cipher = Cipher(algorithms.AES(self._key), modes.CTR(counter.to_bytes(BLOCK, "big"))).encryptor()
        cipher.update(bytes(place % BLOCK))
        return cipher

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        sealed = memoryview(self._stream.update(data))
        while sealed:
            sealed = sealed[self._disk.write(sealed) :]
        return len(data)

    def readinto(self, buffer: Any) -> int:
        found = self._stream.update(self._disk.read(len(buffer)) or b"")
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        place = self._disk.seek(offset, whence)
        self._stream = self._cipher_at(place)
        return place

    def tell(self) -> int:
        return self._disk.tell()

    def close(self) -> None:
        self._disk.close()
        super().close()
