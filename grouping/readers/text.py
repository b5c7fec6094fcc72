"""A text file of unknown encoding, line by line in constant memory: which encoding, where each line begins.

Rule: walls section 4 (BOM, then strict UTF-8, then strict gb18030, never gbk), negative test N17. A line
end is the byte 0x0A in both encodings and never part of a longer character: lines are cut, then decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from grouping.readers.rows import FileRefused, Limits, Position

UTF8 = "utf-8"
GB18030 = "gb18030"
BLOCK = 1 << 18
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# Text of the one encoding sometimes decodes in the other without an error, as garbage. What tells them apart:
# Chinese text in UTF-8 is a run of three-byte characters, a shape that GB18030 text takes by chance only when
# it is short.
_PROOF_BYTES = 12
_UTF8_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9][\x80-\xbf]{2}){4,}(?![\x80-\xff])")
# The same shape with each byte replaced by its part in it: L begins a character, c goes on with one.
_SHAPES = bytes(
    ord("L") if 0xE3 <= byte <= 0xE9 else ord("c") if 0x80 <= byte <= 0xBF else ord(" ")
    for byte in range(256)
)
_SHORTEST_RUN = b"Lcc" * 4
_CHANCE = 100  # one line in so many may look like short UTF-8 text by chance


class Lines:
    """The physical lines of a seekable binary file from a position on, read in blocks.

    `offset` and `number` say where the next line begins. `mark()` opens a new record; raises FileRefused
    (record_too_long, file_too_large) as soon as the limits are passed.
    """

    def __init__(self, file: BinaryIO, start: Position, limits: Limits) -> None:
        file.seek(start.offset)
        self.offset = start.offset
        self.number = start.line
        self._limits = limits
        self._source = _split(file, limits.max_record_bytes)
        self.mark()

    @property
    def position(self) -> Position:
        """Where the next line begins."""
        return Position(self.offset, self.number)

    def mark(self) -> None:
        """Begin a record at the next line."""
        self._first = self.number
        self._end = min(self.offset + self._limits.max_record_bytes, self._limits.max_bytes)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._source:
            self.offset += len(line)
            if self.offset > self._end:
                raise self._too_much()
            self.number += 1
            yield line

    def _too_much(self) -> FileRefused:
        if self.offset > self._limits.max_bytes:
            return FileRefused("file_too_large", limit=self._limits.max_bytes >> 20)
        return FileRefused("record_too_long", line=self._first, limit=self._limits.max_record_bytes >> 10)

    def decoded(self, encoding: str) -> Iterator[str]:
        """The lines as text; raises FileRefused (not_text) with line and byte for what cannot be decoded."""
        for line in self:
            try:
                yield line.decode(encoding)
            except UnicodeDecodeError as error:
                byte = self.offset - len(line) + error.start
                raise FileRefused("not_text", line=self.number - 1, byte=byte) from None


def _split(file: BinaryIO, longest: int) -> Iterator[bytes]:
    """Cut blocks at line ends; of a line longer than allowed the beginning comes out, to be refused."""
    rest = b""
    while block := file.read(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > longest:
            break
    if rest:
        yield rest


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name ("utf-8" or "gb18030") and the position of line 1 behind a byte-order mark."""

    name: str
    start: Position


def detect_encoding(file: BinaryIO, limits: Limits) -> Encoding:
    """Read the whole file once and say how it is encoded.

    Raises FileRefused: empty_file, utf16, record_too_long, file_too_large, and with line and byte (from 0)
    nul_byte, mixed_encoding, not_text. Source: walls section 4, N17.
    """
    file.seek(0)
    head = file.read(3)
    if head[:2] in _UTF16:
        raise FileRefused("utf16")
    start = Position(len(_BOM) if head == _BOM else 0, 1)
    evidence, at = Evidence(), start
    while block := _whole_lines(file, at):
        end = at.offset + len(block)
        within = len(block) <= limits.max_record_bytes and end <= limits.max_bytes
        if within and block.endswith(b"\n") and evidence.is_told_by(block):
            at = Position(end, at.line + block.count(b"\n"))
        else:
            at = _line_by_line(file, at, end, limits, evidence)
    if at == start:
        raise FileRefused("empty_file")
    return Encoding(evidence.verdict(marked=start.offset > 0), start)


def _whole_lines(file: BinaryIO, at: Position) -> bytes:
    """Lines from a position on, or the beginning of one that is longer than a block."""
    file.seek(at.offset)
    block = file.read(BLOCK)
    return block[: block.rfind(b"\n") + 1] or block


def _line_by_line(file: BinaryIO, at: Position, end: int, limits: Limits, evidence: Evidence) -> Position:
    """Hear the lines from a position to a byte; return where the next one begins."""
    lines = Lines(file, at, limits)
    for line in lines:
        if not line.isascii() or b"\0" in line:
            evidence.add(line, Position(lines.offset - len(line), lines.number - 1))
        lines.mark()
        if lines.offset >= end:
            break
    return lines.position


class Evidence:
    """What the lines with non-ASCII bytes say. Each field holds the first byte and line of its kind."""

    def __init__(self) -> None:
        self.lines = 0
        self.not_utf8: Position | None = None
        self.not_gb18030: Position | None = None
        self.utf8: Position | None = None
        self.maybe_utf8: Position | None = None
        self.maybes = 0

    def is_told_by(self, block: bytes) -> bool:
        """Whether whole lines only say what is known already, which is noted; else each must be added.

        By far the most lines of a file do: most that holds of each of them is asked of all at once.
        """
        if b"\0" in block:
            return False
        if block.isascii():
            return True
        if self.not_utf8 is None:
            return self.utf8 is not None and _decodes(block, UTF8)
        if self.not_gb18030 or _SHORTEST_RUN in block.translate(_SHAPES) or not _decodes(block, GB18030):
            return False
        lines = [line for line in block.split(b"\n") if not line.isascii()]
        if any(_decodes(line, UTF8) for line in lines):
            return False
        self.lines += len(lines)
        return True

    def add(self, line: bytes, at: Position) -> None:
        if (nul := line.find(b"\0")) >= 0:
            raise FileRefused("nul_byte", line=at.line, byte=at.offset + nul)
        self.lines += 1
        try:
            self._add_utf8(len(line), line.decode(UTF8), at)
        except UnicodeDecodeError as error:
            self.not_utf8 = self.not_utf8 or Position(at.offset + error.start, at.line)
            self._add_other(line, at)

    def _add_utf8(self, size: int, text: str, at: Position) -> None:
        if size - len(text) >= _PROOF_BYTES:
            self.utf8 = self.utf8 or at
        elif all(letter < "\x80" or letter >= "\u3000" for letter in text):
            self.maybes += 1
            self.maybe_utf8 = self.maybe_utf8 or at

    def _add_other(self, line: bytes, at: Position) -> None:
        # Few lines have the shape at all: looking for it letter by letter costs ten times this.
        if _SHORTEST_RUN in line.translate(_SHAPES) and (run := _UTF8_RUN.search(line)):
            self.utf8 = self.utf8 or Position(at.offset + run.start(), at.line)
        try:
            line.decode(GB18030)
        except UnicodeDecodeError as error:
            self.not_gb18030 = self.not_gb18030 or Position(at.offset + error.start, at.line)

    def verdict(self, *, marked: bool) -> str:
        if self.not_utf8 is None:
            return UTF8
        proof = self.utf8
        if proof is None and self.maybes * _CHANCE >= self.lines:
            proof = self.maybe_utf8
        if proof is None and not marked:
            if self.not_gb18030 is None:
                return GB18030
            raise FileRefused("not_text", line=self.not_gb18030.line, byte=self.not_gb18030.offset)
        at = max((self.not_utf8, proof or self.not_utf8), key=lambda place: place.offset)
        broken = self.not_gb18030 is not None and self.not_gb18030.line == at.line
        raise FileRefused("not_text" if broken else "mixed_encoding", line=at.line, byte=at.offset)
