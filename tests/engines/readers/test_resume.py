"""Reading may stop after any record and go on there: the rows are those of one pass."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from grouping.readers.hqms import SeenKeys, open_front_pages, read_from, read_front_pages
from grouping.readers.rows import BadRow, FrontPage
from tests.engines.readers.sheet import DICTIONARY, row, text_of

cell = st.text(st.sampled_from('ab,"\n\r 一𠮷\t=')).map(lambda text: text.replace("\r", "\r\n"))
sheets = st.lists(
    st.fixed_dictionaries({"A26": cell, "A48": st.sampled_from(["1", "2", "3", ""])}), max_size=8
)


def one_pass(data: bytes) -> list[FrontPage | BadRow]:
    return list(read_front_pages(io.BytesIO(data), dictionary=DICTIONARY))


def in_parts(data: bytes, size: int) -> list[FrontPage | BadRow]:
    """Read `size` rows at a time, each time with a file just opened and the keys of the rows before."""
    at = open_front_pages(io.BytesIO(data))
    rows: list[FrontPage | BadRow] = []
    while True:
        seen = SeenKeys((result.key, result.line) for result in reversed(rows) if result.key)
        reader = read_from(io.BytesIO(data), at, dictionary=DICTIONARY, seen=seen)
        part = [result for _, result in zip(range(size), reader, strict=False)]
        if not part:
            return rows
        rows += part
        at = reader.checkpoint


@settings(max_examples=60, deadline=None)
@given(changes=sheets, size=st.integers(1, 4), encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_parts_of_any_size_give_the_rows_of_one_pass(changes, size, encoding):
    data = text_of([row(**change) for change in changes]).encode(encoding)

    assert in_parts(data, size) == one_pass(data)


@settings(max_examples=60, deadline=None)
@given(changes=sheets, newline=st.sampled_from(["\r\n", "\n"]))
def test_each_position_is_the_first_byte_of_the_next_record(changes, newline):
    text = text_of([row(**change) for change in changes]).replace("\r\n", newline)
    data = text.encode()
    reader = read_front_pages(io.BytesIO(data), dictionary=DICTIONARY)
    starts = [reader.position, *(reader.position for _ in reader)]

    assert starts[-1].offset == len(data)
    assert all(data[at.offset - 1 : at.offset] == b"\n" for at in starts)
    assert all(at.line == data[: at.offset].count(b"\n") + 1 for at in starts)


def test_a_resumed_reader_without_keys_leaves_duplicates_to_the_caller():
    data = text_of([row(), row()]).encode()
    start = open_front_pages(io.BytesIO(data))

    first, second = read_from(io.BytesIO(data), start, dictionary=DICTIONARY)

    assert isinstance(second, FrontPage)
    assert first.key == second.key
    assert len(first.key) == 16
