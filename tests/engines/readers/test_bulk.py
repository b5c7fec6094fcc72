"""The fast path and the reader that goes row by row agree: the same rows are sound, with the same content."""

import io
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grouping.readers.bulk import blocks as cutting
from grouping.readers.bulk.reader import BulkReader
from grouping.readers.content import line_of
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.hqms import open_front_pages, read_from
from grouping.readers.rows import BadRow, Checkpoint, FileRefused, FrontPage, Limits
from tests.engines.readers.sheet import COLUMNS, DICTIONARY, GOOD, row, text_of
from tests.engines.readers.test_planted import CLEAN, dictionary, scheme  # noqa: F401
from tests.shared import shared

Told = dict[int, object]
LIMITS = Limits(last_day=date(2026, 11, 3))


def told(page: FrontPage | BadRow) -> object:
    """All that staging uses of a row."""
    if isinstance(page, BadRow):
        return page
    who = page.patient
    return (
        page.key, page.organisation, page.record_no, who.name or "", who.id_number or "", str(who.sex),
        str(who.birth), line_of(page).encode(),
    )  # fmt: skip


def row_by_row(data: bytes, known: Dictionary = DICTIONARY, edition: Edition = "insurance") -> Told:
    file = io.BytesIO(data)
    start = open_front_pages(file, LIMITS)
    read = read_from(file, start, dictionary=known, edition=edition, limits=LIMITS)
    return {page.line: told(page) for page in read}


def in_bulk(
    data: bytes, known: Dictionary = DICTIONARY, edition: Edition = "insurance", rows: int | None = None
) -> tuple[Told, int]:
    """The rows by line, read in ranges of so many records, and how many were proven without a closer look."""
    file = io.BytesIO(data)
    start = open_front_pages(file, LIMITS)
    reader = BulkReader(start, dictionary=known, edition=edition, limits=LIMITS)
    found: Told = {}
    proven = 0
    for begin, end in ranges(file, start, rows):
        here = 0
        for batch in reader.read(file, begin, end):
            here += batch.rows
            found |= {page.line: told(page) for page in batch.others}
            proven += len(batch.lines)
            if batch.proven:
                one = batch.proven
                columns = (
                    one.key, one.organisation, one.record_no, one.name, one.id_number, one.sex, one.birth,
                    one.content,
                )  # fmt: skip
                found |= dict(zip(batch.lines, zip(*columns, strict=True), strict=True))
        assert rows is None or here <= rows
    return found, proven


def ranges(file: io.BytesIO, start: Checkpoint, rows: int | None) -> Iterator[tuple[Checkpoint, int | None]]:
    if rows is None:
        yield start, None
        return
    marks = cutting.cut(file, start, LIMITS, rows)
    for begin, end in pairwise(marks):
        yield Checkpoint(start.encoding, start.header, begin), end.offset


@pytest.mark.parametrize("name", ["dirty_chs_drg_11_202609.csv", *(f"chs_drg_11/{name}" for name in CLEAN)])
def test_every_row_of_the_reference_exports_is_read_alike(name, dictionary):  # noqa: F811
    data = shared(f"grouping/hqms/{name}").read_bytes()
    found, proven = in_bulk(data, dictionary, rows=997)

    assert found == row_by_row(data, dictionary)
    assert proven > 0.95 * len(found)


@pytest.mark.parametrize("edition", ["clinical", "insurance"])
def test_the_clinical_edition_is_read_alike(edition, dictionary):  # noqa: F811
    data = shared("grouping/hqms/clinical_chs_drg_11_202609.csv").read_bytes()
    found, proven = in_bulk(data, dictionary, edition)

    assert found == row_by_row(data, dictionary, edition)
    assert proven > 1_900 or edition == "insurance"


def test_a_good_row_is_proven_and_not_only_read():
    found, proven = in_bulk(text_of([row(), row(A48="2")]).encode())

    assert (len(found), proven) == (2, 2)


INTERESTING = st.sampled_from(
    [
        *(
            "",
            "-",
            " ",
            "0",
            "1",
            "2",
            "9",
            "00",
            "01",
            "1.1",
            "99",
            "1e5",
            "3.2E+17",
            "x",
            "１",
            "\u3000",
            " 1",
        ),
        *("2026-08-25 02:35:10", "2026-08-25", "2026-02-30", "2026-09-01 24:00:00", "2026-09-01 08:00:60"),
        *("2026-11-03 23:59:59", "2026-11-04 00:00:00", "2062-09-01 08:00:47", "9999-12-31 23:59:59"),
        *(
            "0000-01-01 00:00:00",
            "2026-09-02 00:00:00",
            "1956-03-08",
            "2026-08-25 02:35:10 ",
            "24/13/01",
            "46000",
        ),
        *("I63.900", "I63.9", "C34.900", "S72.000", "W19.x00", "39.7200", "39.72", "38.9300", "87.0300", "Q"),
        *(
            "320599195603080019",
            "32059919560308001x",
            "320599195603080027",
            "110101199001010000",
            "USA",
            "中国",
            "chn",
        ),
        *(
            "1000.50",
            "1000.5",
            "1000",
            "0.00",
            "-1",
            "1,000.50",
            "600.50",
            "999999999",
            "00000001.00",
            "1001.51",
        ),
        *(
            "a\tb",
            'a"b',
            "a\\b",
            "a\nb",
            "a,b",
            "13812341234",
            "'=cmd",
            "＝1+1",
            "\u2028",
            "\x85",
            "\x0b",
            "é",
            "𠮷",
        ),
        *("03,,12", "一" * 61, "一" * 41, "b0001"),
    ]
)
change = st.dictionaries(st.sampled_from(COLUMNS), INTERESTING | st.text(max_size=6), max_size=3)
_quiet = settings(max_examples=150, deadline=None)


@_quiet
@given(changes=st.lists(change, min_size=1, max_size=4))
@example(changes=[{"A14": "0", "A13": "2026-08-20", "A16": "5", "A18x01": "3000"}])
@example(changes=[{"A14": "0", "A13": "2026-08-20", "A16": "5", "A18x01": "", "A17": ""}])
@example(changes=[{"B15": "2026-11-03 08:00:00", "B20": "70"}, {"B15": "2026-11-04 08:00:00", "B20": "71"}])
@example(
    changes=[{"B12": "2026-11-04 08:00:00", "B15": "2026-11-05 08:00:00"}, {"B12": "2062-08-25 02:35:10"}]
)
@example(changes=[{"A14": "0", "A13": "2026-05-20", "A16": "97", "A20": ""}])
@example(changes=[{"C14x01C": "", "C15x01N": "", "C16x01": "", "C17x01": "", "C18x01": ""}])
@example(changes=[{"C17x01": "\u2028"}])
@example(changes=[{"C03C": "C34.900", "C09C": "\u3000"}])
@example(changes=[{column: "" for column in GOOD if column.startswith("D") and column not in ("D01", "D09")}])
def test_whatever_stands_in_some_cells_both_readers_agree(changes):
    data = text_of(row(**one) for one in changes).encode("utf-8", "ignore").replace(b"\0", b"")

    assert in_bulk(data)[0] == row_by_row(data)


@_quiet
@given(
    changes=st.lists(change, max_size=8),
    size=st.integers(1, 4),
    block=st.integers(1, 3000),
    newline=st.sampled_from(["\r\n", "\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    end=st.sampled_from(["", "\r\n", "\n\n", '"', "\r"]),
)
def test_ranges_of_any_size_and_blocks_of_any_length_give_the_same_rows(
    changes, size, block, newline, encoding, end
):
    text = text_of(row(**one) for one in changes).replace("\r\n", newline) + end
    data = text.encode(encoding, "ignore").replace(b"\0", b"")
    try:
        expected = row_by_row(data)
    except FileRefused:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "BLOCK", block)
        assert in_bulk(data, rows=size)[0] == expected


@pytest.mark.parametrize(
    "columns", [COLUMNS[:-1], tuple(c for c in COLUMNS if c not in ("C14x01C", "D11", "A20"))]
)
def test_a_file_without_some_columns_is_read_alike(columns):
    data = text_of([row(), row(A48="2", C35x01C=""), row(A48="3", D01="300.00")], columns).encode()

    assert in_bulk(data)[0] == row_by_row(data)


SPREAD = tuple(sorted(COLUMNS, key=lambda column: column[1:]))  # no two charges stand side by side for long


@pytest.mark.parametrize(
    "columns",
    [SPREAD, tuple(reversed(COLUMNS)), (*COLUMNS, "D99"), ("D01", *(c for c in COLUMNS if c != "D01"))],
)
@settings(max_examples=50, deadline=None)
@given(changes=st.lists(change, min_size=1, max_size=3), padded=st.booleans(), quoted=st.booleans())
def test_wherever_the_charges_stand_both_readers_agree(columns, changes, padded, quoted):
    text = text_of([{"D99": "1.00"} | row(**one) for one in changes], columns)
    if padded:
        text = text.replace(",", " , ")
    if quoted:
        head, *lines = text.split("\r\n")
        cells = [
            ",".join(f'"{cell}"' for cell in line.split(",")) if '"' not in line else line for line in lines
        ]
        text = "\r\n".join([head, *cells])
    data = text.encode("utf-8", "ignore").replace(b"\0", b"")

    assert in_bulk(data)[0] == row_by_row(data)


def test_amounts_of_every_form_in_one_block_are_read_alike():
    forms = (
        "0.00",
        "0.05",
        "0.5",
        "5",
        "00.50",
        "12345678.90",
        "123456789.00",
        ".50",
        "1.",
        "1.234",
        "-1.00",
        "1,0.00",
        "",
    )
    rows = [row(A48=f"b{n}", D11=form, D12=other) for n, form in enumerate(forms) for other in ("0.00", form)]
    data = text_of([*rows, row()]).encode()

    assert in_bulk(data)[0] == row_by_row(data)


def test_a_record_longer_than_allowed_is_refused_like_line_by_line():
    header, good = text_of([row()]).splitlines()
    data = (f"{header}\r\n{good}\r\n" + '"' + 'x\n","' * 300_000).encode()
    with pytest.raises(FileRefused) as slow:
        row_by_row(data)
    with pytest.raises(FileRefused) as fast:
        in_bulk(data)

    assert (fast.value.reason, fast.value.params) == (slow.value.reason, slow.value.params)
