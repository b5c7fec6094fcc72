"""A city's DIP file: read by its headings, every fault with line, column and remedy, points as written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from alliance.lib.sheets import SheetRow
from grouping.engine.dip import Combination
from grouping.readers.dipfile import REASONS, read

HEAD = "目录,主要诊断,手术操作,病种名称,分值,三级均费,二级均费,一级均费"


def rows(*lines: str) -> list[SheetRow]:
    return [SheetRow(number, tuple(line.split(","))) for number, line in enumerate(lines, start=1)]


def test_a_catalogue_is_read_with_its_digits_and_means() -> None:
    found = read(
        rows(
            HEAD,
            "核心,J18.900,,肺炎,737.850,9000.50,8000,",
            "综合,J18,有,,12.3",
            ",I63.902,36.0700+36.0601,,5",
        )
    )
    assert found.findings == [] and found.kind == "catalogue"
    first, second, third = found.diseases
    assert (first.of, first.core, str(first.points)) == (Combination("J18.9"), True, "737.850")
    assert first.means == {"tertiary": 900_050, "secondary": 800_000} and first.name == "肺炎"
    assert (second.of, second.core, second.points) == (Combination("J18", ("*",)), False, Decimal("12.3"))
    assert third.of == Combination("I63.9", ("36.0601", "36.0700")) and third.core


def test_point_values_are_read_by_insurance_and_level() -> None:
    found = read(rows("险种,级别,点值（元）", "职工,三级,98.76", "居民,,88", ",,80.5"))
    assert [(one.insurance, one.level, one.fen) for one in found.values] == [
        ("employee", "tertiary", 9_876), ("resident", "", 8_800), ("", "", 8_050),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "kind"),
    [
        ("核心,,,x,1", "主要诊断", "empty"),
        ("核心,18.9,,x,1", "主要诊断", "diagnosis"),
        ("核心,J18,,x,1", "主要诊断", "short"),
        ("核心,J18.9,0.55,x,1", "手术操作", "procedure"),
        ("核心,J18.9,44927,x,1", "手术操作", "procedure"),
        ("核心,J18.9,,x,", "分值", "empty"),
        ("核心,J18.9,,x,0", "分值", "points"),
        ("核心,J18.9,,x,-3", "分值", "points"),
        ("核心,J18.9,,x,1.1234567", "分值", "points"),
        ("核心,J18.9,,x,1E+05", "分值", "points"),
        ("核心,J18.9,,x,1,12.345", "三级均费", "money"),
        ("核心,J18.9,,x,1,0", "三级均费", "money"),
        ("核心?,J18.9,,x,1", "目录", "list"),
        ("核心,J18.9,,x,1", "主要诊断", "twice"),
    ],
)
def test_each_fault_names_its_line_and_column(line: str, column: str, kind: str) -> None:
    found = read(rows(HEAD, "核心,J18.900,,x,1" if kind == "twice" else "核心,A01.0,,x,1", line))
    (one,) = found.findings
    assert (one.line, one.column, one.kind) == (3, column, kind)
    for template in REASONS[kind]:
        assert template % one.params


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["主要诊断,名称", "J18.9,x"], "headings"),
        ([HEAD], "empty_file"),
        ([], "headings"),
        (["险种,点值", "军队,1"], "word"),
        (["险种,点值", "职工,一百"], "money"),
        (["险种,级别,点值", "职工,三级,1", "employee,tertiary,2"], "twice"),
    ],
)
def test_a_file_of_another_shape_is_refused(lines: list[str], kind: str) -> None:
    assert [one.kind for one in read(rows(*lines)).findings] == [kind]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    found = read(rows(HEAD, "核心,,,x,0", "核心,J18.9,,x,1", "核心,XX,0.55,x,"))
    assert [(one.line, one.kind) for one in found.findings] == [
        (2, "empty"), (2, "points"), (4, "diagnosis"), (4, "empty"),
    ]  # fmt: skip
