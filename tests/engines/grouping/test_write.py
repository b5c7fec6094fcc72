"""Writing a package: the same bytes however it came, one changed row for one changed weight."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from alliance.lib.sheets.limits import SheetRefused
from grouping.engine.package import open_package
from grouping.engine.scheme import NAMES, SchemeError, read_files
from grouping.engine.write import with_values, written, zipped
from grouping.readers.workbook import read_workbook, write_workbook
from tests.engines.grouping.test_scheme import same
from tests.engines.grouping.tiny import TINY, with_rows, with_text

SHIPPED = Path(__file__).resolve().parents[3] / "grouping" / "schemes" / "xietong_demo"


def as_bytes(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


@pytest.fixture(params=["tiny", "shipped"])
def package(request: pytest.FixtureRequest) -> dict[str, bytes]:
    return as_bytes(dict(TINY)) if request.param == "tiny" else open_package(SHIPPED, NAMES)


def test_what_is_written_is_read_as_the_same_and_written_the_same(package: dict[str, bytes]) -> None:
    once = written(package)
    assert written(once) == once
    assert read_files(once).digest == read_files(package).digest


@pytest.mark.parametrize("name", same(TINY))
def test_how_a_package_was_stored_makes_no_difference(name: str) -> None:
    assert written(as_bytes(dict(same(TINY)[name]))) == written(as_bytes(dict(TINY)))


def test_files_bear_a_mark_and_lf_and_rows_stand_by_their_key() -> None:
    text = written(as_bytes(with_rows("adrg.csv", "MDCB,10,BU1,,medical,true,adrg")))["adrg.csv"]
    assert text.startswith(b"\xef\xbb\xbfmdc,seq,") and b"\r" not in text
    keys = [line.split(",")[:2] for line in text.decode("utf-8-sig").splitlines()[1:]]
    assert keys == sorted(keys, key=lambda key: (key[0], int(key[1])))


def test_digits_stay_as_written() -> None:
    text = written(as_bytes(dict(TINY)))["drg.csv"].decode()
    assert "3.4596710" in text and "12.50" in text and ",0.90," in text


def test_one_changed_weight_changes_one_row(package: dict[str, bytes]) -> None:
    before = written(package)["drg.csv"]
    code = before.decode("utf-8-sig").splitlines()[3].split(",")[2]
    after = with_values("drg.csv", before, {code: {"weight": "9.87650", "note": "本地"}})
    old, new = before.split(b"\n"), after.split(b"\n")
    changed = [number for number in range(len(old)) if old[number] != new[number]]
    assert len(old) == len(new) and changed == [3]
    assert b"9.87650" in new[3] and "本地".encode() in new[3]
    assert with_values("drg.csv", before, {}) == before


def test_a_group_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        with_values("drg.csv", written(as_bytes(dict(TINY)))["drg.csv"], {"XX19": {"weight": "1"}})


def test_a_zip_is_the_same_bytes_for_the_same_files(package: dict[str, bytes], tmp_path: Path) -> None:
    once = zipped(written(package), "city")
    shuffled = list(written(package).items())
    random.Random(7).shuffle(shuffled)
    assert zipped(dict(shuffled), "city") == once
    path = tmp_path / "city.zip"
    path.write_bytes(once)
    assert written(open_package(path, NAMES)) == written(package)


def test_a_file_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(SchemeError):
        written(as_bytes(with_text("cc.csv", "code,level", "kode,level")))


def test_texts_of_the_head_are_written_so_that_they_are_read_back() -> None:
    odd = with_text("scheme.toml", "小方案", r"a\"b\\c\u007f\t方案")
    head = read_files(written(as_bytes(odd))).head
    assert head.name == 'a"b\\c\x7f\t方案'


def test_a_workbook_is_the_same_package(package: dict[str, bytes]) -> None:
    book = io.BytesIO()
    write_workbook(book, written(package))
    assert written(read_workbook(book)) == written(package)


def test_text_that_looks_like_a_formula_comes_back_as_it_was() -> None:
    files = written(as_bytes(with_text("drg.csv", "按项目据实支付", "=1+1")))
    book = io.BytesIO()
    write_workbook(book, files)
    assert written(read_workbook(book)) == files


def test_numbers_and_days_of_a_workbook_are_refused_where_they_stand() -> None:
    from openpyxl import load_workbook

    from grouping.engine.inspection import inspect

    book = io.BytesIO()
    write_workbook(book, written(as_bytes(dict(TINY))))
    opened = load_workbook(book)
    sheet = opened["lists.csv"]
    rows = {str(row[2].value): row[2] for row in sheet.iter_rows() if row[1].value == "procedure"}
    rows["01.1000"].value, rows["01.2000"].value = 0.55, 44927
    changed = io.BytesIO()
    opened.save(changed)
    found = inspect(read_workbook(changed)).errors
    assert {(one.kind, one.text) for one in found} >= {
        ("procedure_code", "0.55"),
        ("procedure_code", "44927"),
    }
    assert {one.line for one in found if one.text == "0.55"} == {rows["01.1000"].row}


def test_lines_of_a_sheet_are_kept_over_empty_rows_and_breaks() -> None:
    from openpyxl import Workbook

    from grouping.engine.inspection import inspect

    opened = Workbook()
    head = opened.active
    head.title = "Scheme"
    for key, value in {
        "format": 1, "code": "tiny", "name": "小方案", "version": "1.0", "year": 2026,
        "effective_from": "2026-07-01", "mdc_order": "MDCA、MDCP MDCZ,MDCB", "retry_other_procedures": False,
        "ungroupable": "0000", "weight_unit": "RW",
    }.items():  # fmt: skip
        head.append([key, value])
    for name, text in TINY.items():
        if name.endswith(".csv"):
            sheet = opened.create_sheet(name.removesuffix(".csv").upper())
            for line in text.replace('"department == ""ICU"" or discharge in {2, 5}"', "true").splitlines():
                sheet.append(line.split(","))
    opened["MDC"]["C5"] = "principal in\nMDCB"
    opened["CC"]["A10"], opened["CC"]["B10"], opened["CC"]["C10"] = "A01", "XX", "1"
    body = io.BytesIO()
    opened.save(body)
    found = inspect(read_workbook(body)).errors
    assert [(one.file, one.line, one.kind) for one in found] == [("cc.csv", 10, "one_of")]


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(SheetRefused):
        read_workbook(io.BytesIO(b"PK\x03\x04 not a workbook"))
