"""Csv in: encodings (N17), true line numbers, limits, constant memory."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.sheets import Limits, SheetRefused, read_csv
from tests.engines.lib.workbooks import refusal


def csv_rows(content, **limits):
    return list(read_csv(io.BytesIO(content), limits=Limits(**limits)))


NAMES = "机构,姓名\n人民医院,张伟\n中医院,𠮷建良\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_n17_text_of_every_known_encoding_arrives_unharmed(codec):
    """N17"""
    assert [row.cells for row in csv_rows(NAMES.encode(codec))] == [
        ("机构", "姓名"),
        ("人民医院", "张伟"),
        ("中医院", "𠮷建良"),
    ]


def test_n17_one_line_of_another_encoding_is_refused_at_its_place():
    """N17: either way round, and also where GB18030 would read the UTF-8 bytes as rare characters."""
    utf8, gb = "人民医院,张伟\n".encode(), "人民医院,张伟\n".encode("gb18030")
    for before, odd in ((utf8, gb), (gb, utf8), (gb, "医院,张伟\n".encode()), (gb, "x,张三\n".encode())):
        refused = refusal("a.csv", io.BytesIO(before * 3 + odd + before))
        assert (refused.reason, refused.params["line"]) == ("mixed_encodings", 4)
        assert 3 * len(before) <= refused.params["byte"] < 3 * len(before) + len(odd)
    refused = refusal("a.csv", io.BytesIO(gb + "张伟".encode("gb18030") + b"," + "医院".encode() + b"\n"))
    assert (refused.reason, refused.params["line"]) == ("mixed_encodings", 2)


def test_n17_real_gb18030_text_is_never_taken_for_mixed():
    """N17: every character of GB 2312 and the common four-byte ones, in long and in short runs."""
    common = [
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    ]
    words = [char for char in common if char]
    text = "\n".join(f"{a}{b},{a}{b}𠮷,喆{b}" for a, b in zip(words, reversed(words), strict=True))
    got = csv_rows(text.encode("gb18030"))
    assert len(got) == len(words) == 6763
    assert ["".join(row.cells) for row in got] == [line.replace(",", "") for line in text.split("\n")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (NAMES.encode("utf-16-le"), "nul"),
        (NAMES.encode("utf-32"), "utf32"),
        (b"\xef\xbb\xbf" + NAMES.encode("gb18030"), "bad_encoding"),
        (NAMES.encode("utf-16") + b"\x00\xd8", "bad_encoding"),
        (b"a,b\n\xff\xfe\xfd\n", "mixed_encodings"),
        (b"", "empty"),
    ],
)
def test_n17_what_cannot_be_read_is_refused_with_its_reason(content, reason):
    """N17"""
    assert refusal("a.csv", io.BytesIO(content)).reason == reason


def test_an_encoding_that_a_person_named_is_not_guessed_again():
    gb = "模,a\n".encode("gb18030")
    assert next(read_csv(io.BytesIO(gb), encoding="gb18030")).cells == ("模", "a")
    with pytest.raises(SheetRefused) as refused:
        list(read_csv(io.BytesIO("张伟\n".encode("gb18030")), encoding="utf-8"))
    assert refused.value.reason == "bad_encoding"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6), min_size=1, max_size=5
    )
)
def test_any_text_survives_quotes_and_newlines(cells):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow(cells)
    got = csv_rows(b"\xef\xbb\xbf" + buffer.getvalue().encode())
    assert got == ([(1, tuple(cells))] if any(cells) else [])


def test_line_numbers_are_those_of_the_file_even_with_newlines_inside_quotes():
    content = b'h1,h2\r\n"two\r\nlines",b\r\n\r\n"three\n\nlines",c\nlast,d'
    assert [(row.line, row.cells[1]) for row in csv_rows(content)] == [
        (1, "h2"),
        (2, "b"),
        (5, "c"),
        (8, "d"),
    ]


@pytest.mark.parametrize(
    ("content", "limits", "reason", "line"),
    [
        (b'a,b\n"open,c\nd,e\n', {}, "broken_quotes", 2),
        (b'a\n"x"y,z\n', {}, "broken_quotes", 2),
        (b"a,b\na,b,c\n", {"columns": 2}, "too_many_columns", 2),
        (b"a\n" + b"x" * 50 + b"\n", {"row_chars": 10}, "row_too_long", 2),
        (b'a\n"' + b"xx\n" * 50 + b'"\n', {"row_chars": 100}, "row_too_long", 2),
        (b"a\nb" + b"x" * 200_000, {}, "cell_too_long", 2),
        (b"a\nb\0\n", {}, "nul", 2),
    ],
)
def test_a_broken_row_is_refused_with_its_line(content, limits, reason, line):
    refused = refusal("a.csv", io.BytesIO(content), **limits)
    assert (refused.reason, refused.params["line"]) == (reason, line)
    assert str(line) in str(refused)


def test_a_large_csv_streams_without_growing():
    source = io.BytesIO("病案号,姓名,费用\n".encode() + "A0001,张伟,1234.56\n".encode() * 50_000)
    tracemalloc.start()
    rows = read_csv(source)
    for _ in range(2_000):
        next(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    rows.close()
    assert peak < 500_000
    assert not source.closed
