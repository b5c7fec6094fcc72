"""Memory does not grow with the file: a front-page file that exists only while it is read."""

import io
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import pytest

from grouping.readers import text
from grouping.readers.bulk import blocks, memo
from grouping.readers.bulk.reader import BulkReader
from grouping.readers.hqms import SeenKeys, open_front_pages, read_from, read_front_pages, row_key
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits
from tests.engines.readers.sheet import DICTIONARY, row, text_of

COLUMNS = (
    *("A01", "A48", "A49", "A11", "A12C", "A13", "A14", "B12", "B15", "B16C", "B20", "B34C"),
    *("C03C", "C04N", "D01", "D09"),
)
HEADER, LINE = (line + "\r\n" for line in text_of([row(A48="@")], COLUMNS).split("\r\n")[:2])


class Endless(io.RawIOBase):
    """A file of so many rows, made block by block; it can be rewound."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.seek(0)

    def seek(self, offset: int, whence: int = 0) -> int:
        assert whence == 0
        self.made, self.rest = 0, HEADER.encode()
        passed = 0
        while step := len(self.read(min(offset - passed, 1 << 12))):
            passed += step
        return passed

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "nobody reads the whole file"
        while len(self.rest) < size and self.made < self.rows:
            numbers = range(self.made, min(self.made + 500, self.rows))
            self.rest += "".join(LINE.replace("@", f"b{n}") for n in numbers).encode()
            self.made = numbers.stop
        block, self.rest = self.rest[:size], self.rest[size:]
        return block


def peak_of(work: Callable[[], int]) -> tuple[int, int]:
    """Return what the work says and the peak of memory in bytes while it ran."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def count(rows: int, *, keys: bool) -> int:
    file = Endless(rows)
    if keys:
        return sum(isinstance(page, FrontPage) for page in read_front_pages(file, dictionary=DICTIONARY))
    start = open_front_pages(file)
    return sum(isinstance(page, FrontPage) for page in read_from(file, start, dictionary=DICTIONARY))


def test_without_keys_four_times_the_rows_take_the_same_memory(monkeypatch):
    monkeypatch.setattr(text, "BLOCK", 1 << 14)  # small blocks, so that a short file has many of them
    small, large = (peak_of(lambda rows=rows: count(rows, keys=False)) for rows in (2_000, 8_000))

    assert (small[0], large[0]) == (2_000, 8_000)
    assert large[1] < small[1] + (1 << 16)
    assert large[1] < 1 << 20


def in_bulk(rows: int) -> int:
    """Rows proven in ranges, as a worker takes them: laid first, then read one after the other."""
    file = Endless(rows)
    start = open_front_pages(file)
    reader = BulkReader(start, dictionary=DICTIONARY, limits=Limits())
    proven = 0
    for begin, end in pairwise(blocks.cut(file, start, Limits(), 500)):
        at = Checkpoint(start.encoding, start.header, begin)
        proven += sum(len(batch.lines) for batch in reader.read(file, at, end.offset))
    return proven


def test_in_bulk_four_times_the_rows_take_the_same_memory(monkeypatch):
    monkeypatch.setattr(text, "BLOCK", 1 << 14)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 14)
    small, large = (peak_of(lambda rows=rows: in_bulk(rows)) for rows in (2_000, 8_000))

    assert (small[0], large[0]) == (2_000, 8_000)
    assert large[1] < small[1] + (1 << 16)
    assert large[1] < 2 << 20


def test_what_is_remembered_of_a_column_has_a_bound():
    found = memo.Memo(str, str, kept=100)

    assert found.of([str(n) for n in range(1_000)]) == [str(n) for n in range(1_000)]
    assert len(found) <= 100


def test_the_keys_of_200_000_rows_fit_into_40_mib():
    def remember() -> int:
        seen = SeenKeys()
        return sum(seen.first_line(row_key("a", str(n), 1), n) is None for n in range(200_000))

    known, peak = peak_of(remember)

    assert known == 200_000
    assert peak < 40 << 20


@pytest.mark.slow
def test_60_000_rows_are_read_in_one_pass_and_the_last_bad_one_is_found():
    class Spoilt(Endless):
        def read(self, size: int = -1) -> bytes:
            return super().read(size).replace(b",b59998,", b",,")

    bad = [r for r in read_front_pages(Spoilt(60_000), dictionary=DICTIONARY) if isinstance(r, BadRow)]

    assert [(result.line, result.errors[0].column) for result in bad] == [(60_000, "A48")]
