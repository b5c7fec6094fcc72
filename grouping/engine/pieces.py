"""A file in pieces: ranges of its bytes that begin where a row does, and the parts made of them joined."""

import io
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

BLOCK = 1 << 20


class Range(io.RawIOBase):
    """The next `left` bytes of a file."""

    def __init__(self, raw: io.FileIO, left: int) -> None:
        self.raw, self.left = raw, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = self.raw.readinto(memoryview(buffer)[: self.left]) or 0
        self.left -= got
        return got


def split(source: Path, pieces: int) -> list[tuple[int, int]]:
    """Cut a file into at most `pieces` ranges of bytes that begin behind a line end outside quotes.

    Quotes are counted; a quote inside an unquoted cell misleads the count, and then a range ends inside a
    row, which its worker sees.
    """
    size = source.stat().st_size
    cuts = [0]
    with source.open("rb") as raw:
        quotes = at = 0
        for piece in range(1, pieces):
            wanted = size * piece // pieces
            if wanted < cuts[-1]:
                continue
            quotes += sum(block.count(b'"') for block in _blocks(raw, wanted - at))
            cut, quotes = _line_end(raw, quotes)
            at = raw.tell()
            cuts.append(cut)
    ends = sorted({*cuts, size})
    return list(pairwise(ends))


def _blocks(raw: io.BufferedReader, length: int) -> Iterator[bytes]:
    while length > 0 and (block := raw.read(min(BLOCK, length))):
        length -= len(block)
        yield block


def _line_end(raw: io.BufferedReader, quotes: int) -> tuple[int, int]:
    """Read on to the end of a line outside quotes; return where that is, and the quotes up to there."""
    for line in raw:
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            break
    return raw.tell(), quotes


def join(target: Path, head: str, parts: list[Path]) -> None:
    """Put the parts behind each other in `target`, below its first line."""
    with target.open("wb") as out:
        out.write(head.encode())
        for part in parts:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, out, BLOCK)
