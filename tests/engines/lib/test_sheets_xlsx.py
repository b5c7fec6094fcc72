"""Xlsx in: hostile workbooks (N14, N15), disguises (N16), formulas (N21), cells as text."""

import io
import os
import time
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from alliance.lib.sheets import (
    Kind,
    Limits,
    SheetRefused,
    guard,
    read,
    read_csv,
    read_xlsx,
    recognise,
    stored_name,
    write_xlsx,
    xlsx_in,
)
from tests.engines.lib.workbooks import (
    OFFICE,
    PARTS,
    RELS,
    TYPES,
    refusal,
    sheet_with,
    with_shared_strings,
    workbook,
)


def test_n14_a_workbook_that_unpacks_to_a_gigabyte_is_refused_within_a_second():
    """N14: whether the archive admits its size or claims to be small."""
    packer = zlib.compressobj(wbits=-15)
    mebibyte = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()
    for claimed, reason in ((2**30, "unpacked_too_large"), (2**20, "broken_workbook")):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w") as archive:
            for name, part in PARTS.items():
                archive.writestr(name, part)
            # Stored as it is, then declared as deflated: a thousand times the same packed mebibyte.
            archive.writestr("xl/sharedStrings.xml", mebibyte * 1024 + end)
            member = archive.infolist()[-1]
            member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, claimed
        assert 2**19 < len(bomb.getvalue()) < 1.2 * 2**20
        begin = time.monotonic()
        assert refusal("a.xlsx", bomb).reason == reason
        assert time.monotonic() - begin < 1


def test_n14_a_declared_size_is_not_believed():
    """N14: an archive that lies about its sizes is counted, and refused."""
    honest = workbook(**{"xl/media/a.bin": bytes(3 * 2**20)})
    lying = honest.getvalue().replace((3 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert refusal("a.xlsx", io.BytesIO(lying)).reason == "broken_workbook"
    assert refusal("a.xlsx", honest).reason == "ratio"
    assert refusal("a.xlsx", honest, unpacked_bytes=2**20).reason == "unpacked_too_large"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"members": 4}, "too_many_members"), ({"workbook_bytes": 500}, "too_large"), ({"ratio": 0}, "ratio")],
)
def test_a_workbook_beyond_a_limit_is_refused(limits, reason):
    assert refusal("a.xlsx", workbook(), **limits).reason == reason


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>'
OUTSIDE = '<!DOCTYPE a SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize(
    "member", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/other.bin", "docProps/core.xml"]
)
@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE, "<!DOCTYPE a>"])
def test_n15_an_entity_bomb_or_any_dtd_is_refused_wherever_it_stands(member, prolog):
    """N15"""
    part = f'<?xml version="1.0"?><!-- {"x" * 70_000} -->{prolog}<a>&z;</a>'
    assert refusal("a.xlsx", workbook(**{member: part}), ratio=1000).reason == "dtd"


def test_n15_a_dtd_written_in_utf_16_is_refused_too():
    """N15"""
    part = f'<?xml version="1.0" encoding="UTF-16"?>{BOMB}<a>&z;</a>'.encode("utf-16")
    assert refusal("a.xlsx", workbook(**{"xl/worksheets/sheet1.xml": part})).reason == "dtd"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("../../x.csv", b"a,b", "name_has_path"),
        ("..\\x.csv", b"a,b", "name_has_path"),
        ("/etc/x.csv", b"a,b", "name_has_path"),
        ("C:x.csv", b"a,b", "name_has_path"),
        ("a\0.csv", b"a,b", "name_has_path"),
        ("x.exe", b"MZ\x90\0", "not_csv_or_xlsx"),
        ("x.xlsm", b"PK\x03\x04", "not_csv_or_xlsx"),
        ("x.csv.exe", b"a,b", "not_csv_or_xlsx"),
        ("x.csv", b"MZ\x90\0\x03", "name_and_content"),
        ("x.xlsx", b"MZ\x90\0\x03", "name_and_content"),
        ("x.csv", b"\x7fELF\x02", "name_and_content"),
        ("x.csv", b"PK\x03\x04", "name_and_content"),
        ("x.xlsx", b"a,b", "name_and_content"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted"),
        ("x.xlsx", b"PK\x03\x04 and nothing", "broken_workbook"),
    ],
)
def test_n16_a_renamed_program_or_a_name_with_a_path_is_refused(name, content, reason):
    """N16"""
    assert refusal(name, io.BytesIO(content)).reason == reason


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": "<a/>"}, "macros"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "macros"),
        ({"[Content_Types].xml": TYPES.format(kind="ms-excel.sheet.macroEnabled")}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": "<a/>"}, "external_links"),
        ({"xl/connections.xml": "<a/>"}, "external_links"),
        (
            {
                "[Content_Types].xml": TYPES.format(
                    kind="openxmlformats-officedocument.wordprocessingml.document"
                )
            },
            "broken_workbook",
        ),
        ({"xl/worksheets/sheet1.xml": "<worksheet>"}, "broken_workbook"),
        ({"xl/workbook.xml": "no xml"}, "broken_workbook"),
    ],
)
def test_n16_a_renamed_xlsm_and_other_disguises_are_refused(parts, reason):
    """N16"""
    assert refusal("a.xlsx", workbook(**parts)).reason == reason


def test_a_link_to_another_file_is_refused_and_one_in_a_cell_is_text():
    link = '<Relationship Id="r9" Type="{}" Target="http://example.org/a" TargetMode="External"/>'
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    outside = workbook(**{name: RELS.format(link.format(f"{OFFICE}/image"))})
    assert refusal("a.xlsx", outside).reason == "external_links"
    inside = workbook(**{name: RELS.format(link.format(f"{OFFICE}/hyperlink"))})
    assert [row.cells for row in read("a.xlsx", inside)] == [("机构",)]


def test_n16_the_stored_name_is_random():
    """N16"""
    names = {stored_name(Kind.CSV) for _ in range(50)}
    assert len(names) == 50 and all(len(name) == 36 and name.endswith(".csv") for name in names)


def test_a_csv_and_a_workbook_are_recognised():
    assert recognise("月表.CSV", io.BytesIO(b"a,b")) is Kind.CSV
    assert recognise("月表.xlsx", workbook()) is Kind.XLSX


def test_cells_of_a_workbook_arrive_as_text_with_their_lines():
    buffer = io.BytesIO()
    rows = [
        ["病案号", "入院", "日期", "费用", "件数", "身份证", None],
        [],
        [None, datetime(2026, 10, 1, 8, 30), date(2026, 10, 1), Decimal("1234.50"), -3, "11010519491231002X"],
        ["x", datetime(2026, 10, 1), True, Decimal("0.00001"), 123456789012345, "007"],
    ]
    write_xlsx(buffer, rows)
    assert list(read("a.xlsx", buffer)) == [
        (1, ("病案号", "入院", "日期", "费用", "件数", "身份证")),
        (3, ("", "2026-10-01 08:30:00", "2026-10-01", "1234.5", "-3", "11010519491231002X")),
        (4, ("x", "2026-10-01 00:00:00", "TRUE", "0.00001", "123456789012345", "007")),
    ]


def test_a_number_that_the_spreadsheet_rounded_is_shown_as_such():
    numbers = ("3.3010619900101101E+17", "12.300000000000001", "1E-3", "330106199001011234")
    cells = "".join(f"<c><v>{number}</v></c>" for number in numbers)
    assert list(read("a.xlsx", sheet_with(cells))) == [
        (7, ("3.30106199001011E+17", "12.3", "0.001", "3.30106199001011E+17"))
    ]


def test_n21_a_formula_in_a_workbook_is_never_evaluated_and_text_stays_text():
    """N21"""
    cells = (
        '<c t="inlineStr"><is><t>=cmd|calc</t></is></c><c t="inlineStr"><is><t>＝1+1</t></is></c>'
        "<c><f>1+1</f><v>2</v></c><c><f>cmd|calc</f></c><c><v>5</v></c>"
    )
    [row] = read("a.xlsx", sheet_with(cells))
    assert row.cells == ("=cmd|calc", "＝1+1", "2", "", "5")
    assert next(read_csv(io.BytesIO("=cmd,＝1+1\n".encode()))).cells == ("=cmd", "＝1+1")
    assert guard(row.cells[0]) == "'=cmd|calc"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"columns": 2}, "too_many_columns"), ({"row_chars": 5}, "row_too_long")],
)
def test_a_row_of_a_workbook_beyond_a_limit_is_refused_with_its_line(limits, reason):
    cells = "<c><v>11</v></c><c><v>22</v></c><c><v>33</v></c>"
    refused = refusal("a.xlsx", sheet_with(cells), **limits)
    assert (refused.reason, refused.params["line"]) == (reason, 7)


def test_a_workbook_that_needs_too_much_time_ends_its_child_only():
    slow = with_shared_strings("".join(f"<si><t>{number:08d}</t></si>" for number in range(200_000)))
    assert refusal("a.xlsx", slow, cpu_seconds=1).reason == "time"


def test_a_workbook_that_needs_too_much_memory_ends_its_child_only():
    greedy = with_shared_strings(f"<si><t>{'x' * 32_000}</t></si>" * 1_500)
    assert refusal("a.xlsx", greedy, ratio=10_000, memory_bytes=80 * 2**20).reason == "memory"
    assert len(list(read("a.xlsx", greedy, limits=Limits(ratio=10_000)))) == 1


def test_the_child_knows_nothing_of_the_parents_environment(monkeypatch):
    seen = {}
    started = xlsx_in.subprocess.Popen

    def watched(command, **options):
        seen.update(options["env"])
        return started(command, **options)

    monkeypatch.setattr(xlsx_in.subprocess, "Popen", watched)
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgres://secret")
    assert len(list(read("a.xlsx", workbook()))) == 1
    assert "DATABASE_URL" not in seen


def children() -> set[str]:
    """The children of this process, the unreaped among them; a test run may have servers for children."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


def test_a_reader_left_early_leaves_no_child_behind():
    before = children()
    rows = read("a.xlsx", workbook())
    next(rows)
    assert children() > before
    rows.close()
    assert children() == before


def test_a_sheet_is_chosen_by_name_and_a_hidden_one_is_passed_over():
    hidden = workbook(
        **{"xl/workbook.xml": PARTS["xl/workbook.xml"].replace('sheetId="1"', 'sheetId="1" state="hidden"')}
    )
    assert refusal("a.xlsx", hidden).reason == "no_sheet"
    assert len(list(read_xlsx(hidden, sheet="月表"))) == 1
    with pytest.raises(SheetRefused):
        next(read_xlsx(workbook(), sheet="年表"))
