"""Encodings (N17), headers, and files that are refused as a whole."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grouping.readers import text
from grouping.readers.hqms import open_front_pages, read_front_pages
from grouping.readers.rows import BadRow, FileRefused, FrontPage, Limits
from tests.engines.readers.sheet import COLUMNS, DICTIONARY, GOOD, read_text, row, text_of

RARE = "𠮷㐂䶮"  # characters that gbk lacks
TEXT = text_of([row(A11=RARE, A48=f"b{n}") for n in range(3)])


def read_bytes(data: bytes) -> list[FrontPage | BadRow]:
    return list(read_front_pages(io.BytesIO(data), dictionary=DICTIONARY))


def refusal(data: bytes, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        list(read_front_pages(io.BytesIO(data), dictionary=DICTIONARY, limits=limits or Limits()))
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_n17_known_encodings_give_the_same_rows(encoding):
    pages = read_bytes(TEXT.encode(encoding))

    assert [page.patient.name for page in pages] == [RARE] * 3
    assert [page.record_no for page in pages] == ["b0", "b1", "b2"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_n17_utf16_is_refused_with_advice(encoding):
    refused = refusal(TEXT.encode(encoding))

    assert refused.reason == ("utf16" if encoding == "utf-16" else "nul_byte")
    assert "UTF-8" in refused.text("zh")


@pytest.mark.parametrize(
    ("first", "second", "marked"),
    [("utf-8", "gb18030", False), ("utf-8", "gb18030", True), ("gb18030", "utf-8", False)],
)
def test_n17_two_encodings_in_one_file_are_refused_where_the_second_begins(first, second, marked):
    lines = TEXT.splitlines(keepends=True)
    mark = b"\xef\xbb\xbf" if marked else b""
    head = mark + "".join(lines[:2]).encode(first)
    refused = refusal(head + lines[2].encode(second) + lines[3].encode(first))

    assert refused.reason == "mixed_encoding"
    assert refused.params["line"] == "3"
    assert int(refused.params["byte"]) >= len(head)


def test_n17_a_mark_of_utf8_before_gb18030_text_is_refused():
    assert refusal(b"\xef\xbb\xbf" + TEXT.encode("gb18030")).reason == "mixed_encoding"


def test_n17_one_short_name_in_the_other_encoding_is_refused():
    plain = {"A11": "张三", "C04N": "", "C07x01N": "", "C15x01N": "", "C18x01": "", "A26": "", "B25": ""}
    columns = [column for column in COLUMNS if column.isascii()]
    header, one, two = text_of([row(**plain), row(**plain, A48="b2")], columns).splitlines(keepends=True)

    refused = refusal(header.encode() + one.encode() + two.encode("gb18030"))

    assert refused.reason == "mixed_encoding"


def test_n17_one_column_in_the_other_encoding_is_refused():
    line = "江州市第一人民医院"
    data = TEXT.encode("gb18030").replace("血管内修补".encode("gb18030"), line.encode())

    assert refusal(data).reason in ("mixed_encoding", "not_text")


def test_n17_broken_bytes_are_refused_with_their_place():
    data = TEXT.encode()
    place = data.index("脑梗死".encode())
    refused = refusal(data[:place] + b"\xff\xfe" + data[place:])

    assert refused.reason == "not_text"
    assert refused.params == {"line": "2", "byte": str(place)}


LINES = (
    b"plain,1", b"", b"\r", "三月".encode(), "三月".encode("gb18030"), "内科住院病历首页".encode(),
    "内科住院病历首页".encode("gb18030"), RARE.encode("gb18030"), b"\xc3\xa9", b"broken \xff", b"nul \0",
    b"long" * 40,
)  # fmt: skip


def told(data: bytes, monkeypatch: pytest.MonkeyPatch, *, by_line: bool) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(text, "BLOCK", 48)
        if by_line:
            patch.setattr(text.Evidence, "is_told_by", lambda evidence, block: False)
        try:
            return text.detect_encoding(io.BytesIO(data), Limits(max_bytes=2_000, max_record_bytes=100))
        except FileRefused as refused:
            return refused.reason, refused.params


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(range(len(LINES))), max_size=60), st.sets(st.sampled_from(range(len(LINES)))))
def test_n17_lines_heard_by_the_block_tell_what_each_of_them_tells(monkeypatch, lines, without):
    # Few kinds at a time: whatever breaks a file is in most lists of all of them.
    data = b"".join(LINES[line] + b"\n" for line in lines if line not in without)
    assert told(data, monkeypatch, by_line=False) == told(data, monkeypatch, by_line=True)


def test_a_nul_byte_is_refused_with_its_place():
    data = TEXT.encode()
    refused = refusal(data[:-4] + b"\0" + data[-4:])

    assert (refused.reason, refused.params) == ("nul_byte", {"line": "4", "byte": str(len(data) - 4)})


def test_an_empty_file_is_refused():
    assert refusal(b"").reason == "empty_file"
    assert refusal(b"\xef\xbb\xbf").reason == "empty_file"


def test_missing_columns_are_named():
    columns = [column for column in COLUMNS if column not in ("B34C", "C03C")]
    refused = refusal(text_of([row()], columns).encode())

    assert refused.reason == "missing_columns"
    assert refused.text("zh") == "缺少列：B34C、C03C，请在导出中加上"


def test_the_case_of_the_header_does_not_matter():
    (page,) = read_text(
        text_of([{column.swapcase(): cell for column, cell in row().items()}], map(str.swapcase, COLUMNS))
    )

    assert isinstance(page, FrontPage)
    assert len(page.diagnoses) == 2


@pytest.mark.parametrize("again", ["A48", "c06X01c", "随访电话"])
def test_a_column_that_stands_twice_is_refused(again):
    data = text_of([row()]).splitlines()
    refused = refusal(f"{data[0]},{again}\r\n{data[1]},1\r\n".encode())

    assert refused.reason == "duplicate_columns"
    assert refused.params["columns"].upper() == again.upper()


def test_a_thousand_columns_are_read_and_one_more_is_refused():
    def wide(columns: int) -> bytes:
        extra = [f"X{n}" for n in range(columns - len(COLUMNS))]
        return text_of([row() | dict.fromkeys(extra, "")], (*COLUMNS, *extra)).encode()

    assert isinstance(read_bytes(wide(1000))[0], FrontPage)
    assert refusal(wide(1001)).reason == "too_many_columns"


def test_another_delimiter_is_named():
    refused = refusal(("\t".join(GOOD) + "\n" + "\t".join(GOOD.values()) + "\n").encode())

    assert (refused.reason, refused.params) == ("wrong_delimiter", {"delimiter": "Tab"})


def test_a_row_of_another_width_is_an_error_of_its_own():
    good, short, long = text_of([row(), row(A48="2"), row(A48="3")]).splitlines()[1:]
    rows = read_text(
        "\r\n".join((text_of([]).strip(), good, short.rsplit(",", 1)[0], long + ",x", good + ","))
    )

    assert [type(result) for result in rows] == [FrontPage, BadRow, BadRow, BadRow]
    assert [result.errors[0].code for result in rows[1:]] == ["wrong_field_count"] * 2 + ["duplicate_record"]
    assert [result.line for result in rows] == [2, 3, 4, 5]


def test_a_stray_quote_spoils_one_row_and_reading_goes_on():
    header, good, other = text_of([row(), row(A48="2")]).splitlines()
    spoilt = good.replace("b0001", '"b00"01')
    bad, page = read_text("\r\n".join((header, spoilt, other)))

    assert (bad.errors[0].code, bad.line, bad.key) == ("malformed_row", 2, None)
    assert isinstance(page, FrontPage)


def test_a_quote_without_its_pair_at_the_end_is_an_error():
    header, good = text_of([row()]).splitlines()
    (bad,) = read_text(f'{header}\r\n"{good}\r\n')

    assert bad.errors[0].code == "malformed_row"


def test_a_record_without_end_is_refused_before_it_fills_the_memory():
    header, good = text_of([row()]).splitlines()
    data = f'{header}\r\n{good}\r\n"{"x" * 3_000_000}'.encode()
    refused = refusal(data, Limits(max_record_bytes=1 << 20))

    assert (refused.reason, refused.params["line"]) == ("record_too_long", "3")


def test_a_file_above_the_limit_is_refused():
    data = text_of([row(A48=str(n)) for n in range(5000)]).encode()

    assert refusal(data, Limits(max_bytes=1 << 20)).reason == "file_too_large"


@settings(max_examples=150, deadline=None)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_damaged_bytes_give_rows_or_a_refusal_and_nothing_else(data, encoding):
    good = text_of([row(), row(A48="2")]).encode(encoding)
    first = len(good) - len(good.split(b"\r\n", 1)[1])
    at = data.draw(st.integers(first, len(good) - 1))
    damaged = good[:at] + data.draw(st.binary(max_size=4)) + good[at + data.draw(st.integers(0, 4)) :]
    try:
        rows = read_bytes(damaged)
    except FileRefused as refused:
        assert refused.text("zh")
    else:
        assert rows
        assert all(error.text("zh") for result in rows for error in getattr(result, "errors", ()))


def test_blank_lines_and_lines_inside_quotes_keep_the_count_of_lines():
    pages = read_text(
        text_of([row(A26="一\n二\r\n三"), row(A48="2")])
        + "\r\n\r\n"
        + text_of([row(A48="3")]).split("\r\n", 1)[1]
    )

    assert [page.line for page in pages] == [2, 5, 8]


def test_the_header_is_found_without_a_dictionary():
    opened = open_front_pages(io.BytesIO(b"\xef\xbb\xbf" + TEXT.encode()))

    assert opened.encoding == "utf-8"
    assert opened.header == COLUMNS
    assert opened.position.line == 2
    assert (b"\xef\xbb\xbf" + TEXT.encode())[opened.position.offset :].startswith(b"46695001X")
