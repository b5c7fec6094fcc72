"""The records of a file in blocks that begin and end between two records; where to cut a file into ranges.

A line without a quote is a record whose cells end at commas: in UTF-8 and GB18030 no byte of a longer
character is a comma, a quote or a line end, so bytes can be cut before they are decoded. A line with a quote
goes through the csv module, which alone knows where a quoted cell ends. Both give what the reader that goes
line by line gives.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from grouping.readers.rows import Checkpoint, FileRefused, Limits, Position

BLOCK = 1 << 17  # bytes read at a time, some hundred records: their cells stay in the processor's cache
Cells = list[str]
Record = bytes | Cells | None


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole records from a position on; `firsts` and `lasts` are their physical lines, `end` is behind
    its bytes.

    Blank lines are no records. A record is a line without its end whose cells end at commas; or, where the
    csv module had to look, the cells it found, None where they cannot be told apart.
    """

    start: Position
    data: bytes
    end: Position
    firsts: Sequence[int]
    lasts: Sequence[int]
    records: Sequence[Record]

    def behind(self, line: int) -> Position:
        """Where the line behind a line of the block begins."""
        ends = line + 1 - self.start.line
        parts = self.data.split(b"\n", ends)
        rest = len(parts[ends]) if len(parts) > ends else 0
        return Position(self.start.offset + len(self.data) - rest, line + 1)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """Records with some by the csv module; `firsts` and `lasts` count lines from 0."""

    records: list[Record]
    firsts: list[int]
    lasts: list[int]


def blocks(file: BinaryIO, start: Checkpoint, end: int | None, limits: Limits) -> Iterator[Block]:
    """Read the records from a checkpoint up to a byte (None: the end of the file) that lies between records.

    The encoding must have been found out over the whole file (`detect_encoding`). Raises FileRefused
    (record_too_long).
    """
    file.seek(start.position.offset)
    left = None if end is None else end - start.position.offset
    at, rest, more = start.position, b"", True
    while more:
        piece = file.read(BLOCK if left is None else min(BLOCK, left))
        left = None if left is None else left - len(piece)
        more = bool(piece) and left != 0
        block = _block(rest + piece, at, start.encoding, more)
        rest = (rest + piece)[len(block.data) :]
        _check_length(block, rest, limits)
        at = block.end
        if block.data:
            yield block


def cut(file: BinaryIO, start: Checkpoint, limits: Limits, rows: int) -> list[Position]:
    """Return where every range of so many records begins, and at last where the file ends.

    Raises FileRefused (record_too_long).
    """
    marks, held, end = [start.position], 0, start.position
    for block in blocks(file, start, None, limits):
        for last in block.lasts:
            held += 1
            if held == rows:
                marks.append(block.behind(last))
                held = 0
        end = block.end
    if held or len(marks) == 1:
        return [*marks, end]
    return [*marks[:-1], end]


def cells_of(record: Record, encoding: str) -> Cells | None:
    """The cells of a record as text."""
    return record.decode(encoding).split(",") if isinstance(record, bytes) else record


def _block(data: bytes, at: Position, encoding: str, more: bool) -> Block:
    """The whole records that the bytes begin with; the last one is whole when no more bytes come."""
    whole = data[: data.rfind(b"\n") + 1] if more else data
    records, ends = whole.splitlines(), whole.count(b"\n")
    if _are_plain(records, ends + (not whole.endswith(b"\n") if whole else 0), whole):
        numbers = range(at.line, at.line + len(records))
        return Block(at, whole, _after(whole, at, ends), numbers, numbers, records)
    return _without_open(_parse(whole, encoding), whole, at, more)


def _after(data: bytes, at: Position, ends: int) -> Position:
    return Position(at.offset + len(data), at.line + ends)


def _are_plain(records: list[bytes], lines: int, data: bytes) -> bool:
    """Whether every line is one record whose cells end at commas: no quote, no lone return (which would end a
    record, too), no blank line, and none so long that the csv module might refuse a cell.
    """
    return (
        b'"' not in data
        and not data.endswith(b"\r")
        and len(records) == lines
        and b"" not in records
        and (len(data) <= csv.field_size_limit() or max(map(len, records)) < csv.field_size_limit())
    )


def _parse(data: bytes, encoding: str) -> _Parsed:
    """The records of data; the csv module looks at lines with a quote (or another oddity), it alone can."""
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    if not lines[-1]:
        lines.pop()
    found, first, at = _Parsed([], [], []), 0, 0
    for odd in _odd_lines(lines):
        if odd < first:  # inside a record that began before
            continue
        _take_plain(found, lines, first, odd)
        at = _behind(data, at, odd - first)
        record, taken = _next_record(data, at, encoding) if lines[odd] else (b"", 1)
        if record is None or record:
            found.records.append(record)
            found.firsts.append(odd)
            found.lasts.append(odd + taken - 1)
        first, at = odd + taken, _behind(data, at, taken)
    _take_plain(found, lines, first, len(lines))
    return found


def _behind(data: bytes, at: int, lines: int) -> int:
    """Where the line so many lines behind one begins; nothing but a line feed ends a line."""
    for _ in range(lines):
        at = data.find(b"\n", at) + 1 or len(data)
    return at


def _odd_lines(lines: list[bytes]) -> list[int]:
    """The lines that are no record, or one only the csv module can tell."""
    most = csv.field_size_limit()
    return [
        number
        for number, line in enumerate(lines)
        if b'"' in line or not line or b"\r" in line or len(line) > most
    ]


def _take_plain(found: _Parsed, lines: list[bytes], first: int, end: int) -> None:
    found.records.extend(lines[first:end])
    found.firsts.extend(range(first, end))
    found.lasts.extend(range(first, end))


def _next_record(data: bytes, at: int, encoding: str) -> tuple[Cells | None, int]:
    """The cells of the record that begins at a byte, None where unclear, and how many lines it has."""
    reader = csv.reader(_texts(data, at, encoding), strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, reader.line_num


def _texts(data: bytes, at: int, encoding: str) -> Iterator[str]:
    while at < len(data):
        end = _behind(data, at, 1)
        yield data[at:end].decode(encoding)
        at = end


def _without_open(found: _Parsed, whole: bytes, at: Position, more: bool) -> Block:
    """The block, without a last record that may go on behind its bytes."""
    if more and found.records and found.records[-1] is None and found.lasts[-1] == whole.count(b"\n") - 1:
        first = found.firsts.pop()
        found.lasts.pop()
        found.records.pop()
        whole = whole[: len(whole) - len(whole.split(b"\n", first)[first])]
    firsts, lasts = ([at.line + number for number in numbers] for numbers in (found.firsts, found.lasts))
    return Block(at, whole, _after(whole, at, whole.count(b"\n")), firsts, lasts, found.records)


def _check_length(block: Block, rest: bytes, limits: Limits) -> None:
    """Refuse a record of many lines that is longer than allowed, whether it has ended yet or not."""
    most = limits.max_record_bytes
    line = block.end.line
    if len(block.data) > most:
        long = (
            first
            for first, last in zip(block.firsts, block.lasts, strict=True)
            if block.behind(last).offset - block.behind(first - 1).offset > most
        )
        line = next(long, line)
    if len(rest) > most or line < block.end.line:
        raise FileRefused("record_too_long", line=line, limit=most >> 10)
