"""The mapping assistant: what it proposes for headings and contents it has never seen."""

from __future__ import annotations

import csv
import io

import pytest

from grouping.readers.formats import MAPPED, Spec
from grouping.readers.guess import CONTENT, KEPT, delimiter_of, guess, header_line_of, proposal
from grouping.readers.headings import target_of, unit_of
from grouping.readers.mapping import SPLITS, Column, TableMap, header_change, mapping_of
from grouping.readers.rows import FrontPage
from tests.engines.readers.sheet import row
from tests.engines.readers.sources import ORGANISATIONS, SOURCES, Source, read, rows


def proposals(header, *cells):
    return {each.column.heading: each for each in guess(header, cells)}


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("病案号", "A48"), ("c06X02c", "C06x02C"), ("RYSJ", "B12"), ("JBDM3", "C06x03C"),
        ("出院科室", "B16C"),
        ("总费用（元）", "D01"), ("其他诊断编码2", "C06x02C"), ("次要诊断3编码", "C06x03C"),
        ("手术编码1", "C14x01C"),
        ("手术编码2", "C35x01C"), ("诊断编码1", "C03C"), ("Discharge Date", "B15"), ("record_no", "A48"),
        ("西药费", "D23"), ("随便什么", ""), ("主要诊断编码", "C03C"), ("离院方式*", "B34C"),
    ],
)  # fmt: skip
def test_headings_in_three_languages_are_known(heading, target):
    assert target_of(heading)[0] == target


@pytest.mark.parametrize("name", ["hqms", "n041", "mapped"])
def test_the_proposal_for_a_known_form_reads_the_same_page(name):
    text = SOURCES[name].write([*rows(2), row(A48="b9", B34C="5", A12C="2", A20="-")])
    header, *cells = list(csv.reader(io.StringIO(text)))
    found = guess(header, cells)
    made = proposal(found, ",", 1)
    if name == "mapped":  # the table says nowhere that its money is in fen
        made = TableMap(
            tuple(
                Column(
                    c.heading,
                    c.target,
                    c.values,
                    "fen" if c.target.startswith("D") else c.unit,
                    c.form,
                    c.split,
                )
                for c in made.columns
            )
        )
    source = Source("guessed", Spec(MAPPED, mapping=made, organisations=ORGANISATIONS), str)
    pages = read(source, text.encode())
    assert all(isinstance(page, FrontPage) for page in pages), pages
    assert pages[0].diagnoses == read(SOURCES[name], text.encode())[0].diagnoses
    assert pages[2].stay.discharge_way == 5 and pages[2].patient.sex == 2


def test_content_decides_where_the_heading_says_nothing():
    found = proposals(
        ["甲", "乙", "丙", "丁", "戊"],
        ["男", "320599195603080019", "I63.900|I10.x00", "39.7200", "医嘱离院"],
        ["女", "320599195603080019", "I63.900", "", "死亡"],
    )
    assert {heading: each.column.target for heading, each in found.items()} == {
        "甲": "A12C", "乙": "A20", "丙": "C03C", "丁": "C14x01C", "戊": "B34C",
    }  # fmt: skip
    assert all(each.why == CONTENT for each in found.values())
    assert found["甲"].column.values == {"男": "1", "女": "2"} and found["丙"].column.split
    assert found["戊"].column.values == {"医嘱离院": "1", "死亡": "5"}


def test_a_name_column_that_holds_codes_is_the_code_and_the_other_way_round():
    found = proposals(["主要诊断", "诊断编码"], ["I63.900", "脑梗死"])
    assert (found["主要诊断"].column.target, found["诊断编码"].column.target) == ("C03C", "C04N")


def test_of_two_columns_of_one_meaning_the_better_word_is_taken():
    found = proposals(["住院号", "病案号"], ["1", "2"])
    assert (found["住院号"].column.target, found["病案号"].column.target) == ("", "A48")


def test_units_and_forms_are_read_off_where_they_show():
    found = proposals(
        ["总费用（万元）", "自付金额（分）", "出生日期"], ["1.2", "3", "31/12/1956"], ["1", "3", "01/02/1960"]
    )
    assert [each.column.unit for each in found.values()] == ["wan", "fen", ""]
    assert found["出生日期"].column.form == "dmy"
    assert proposals(["出生日期"], ["01/02/1956"])["出生日期"].column.form == ""  # nothing shows it: ask


def test_words_without_a_code_are_named():
    assert proposals(["离院方式"], ["医嘱离院"], ["自动出院"])["离院方式"].unknown == ("自动出院",)


def test_titles_above_the_header_and_other_separators_are_found():
    assert (
        header_line_of([["2026年10月出院病案"], [""], ["病案号", "姓名", "性别"], ["1", "张三", "男"]]) == 3
    )
    assert delimiter_of(["病案号;姓名,字;性别", "1;2;3"]) == ";"
    assert delimiter_of(["a\tb\tc"]) == "\t"


def test_what_a_person_decided_stays_and_a_changed_header_is_a_difference():
    before = TableMap(
        (Column("号", "A48"), Column("别", "A12C", {"甲": "1"}), Column("旧", "D01"), Column("闲"))
    )
    found = {each.column.heading: each for each in guess(["号", "别", "病案号"], [["1", "甲", "2"]], before)}
    assert found["号"].why == KEPT and found["号"].column.target == "A48"
    assert found["别"].column.values == {"甲": "1"}
    assert found["病案号"].column.target == ""  # already read elsewhere
    change = header_change(before, ["号", "别", "病案号"])
    assert (change.gone, change.new, change.left) == (("旧",), ("病案号",), ("闲",))


def test_a_mapping_survives_being_kept():
    mapping = SOURCES["mapped"].spec.mapping
    assert mapping_of(mapping.as_json()) == mapping


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("总费用（元）", ""), ("总费用(万元)", "wan"), ("自付金额（分）", "fen"), ("总费用_分", "fen"),
        ("总费用", "ask"),         ("D01", "ask"), ("部分费用", "ask"),
    ],
)  # fmt: skip
def test_money_whose_heading_says_no_unit_is_asked_about(heading, unit):
    assert unit_of(heading) == unit


@pytest.mark.parametrize(
    ("cells", "split"),
    [
        (["2026-10-09；2026-10-10", "2026-10-09"], SPLITS[0]),
        (["2026-10-09,2026-10-10", "2026-10-09"], SPLITS[1]),
        (["2026-10-09/2026-10-10", "2026-10-09"], SPLITS[2]),
        (["2026/10/09|2026/10/10", "2026/10/09"], SPLITS[0]),
        (["2026/10/09", "2026/10/10"], ""),
        (["2026-10-09,2026-10-10", "2026-10-09；2026-10-10"], SPLITS[3]),
    ],
)
def test_several_days_in_a_cell_come_apart_by_the_sign_that_leaves_days(cells, split):
    found = proposals(["手术日期"], *[[text] for text in cells])["手术日期"].column
    assert (found.target, found.split) == ("C16x01", split)


def test_several_levels_and_codes_in_a_cell_come_apart_too():
    found = proposals(
        ["手术编码", "手术级别", "其他诊断编码1"], ["39.7200,36.0100", "三级/4", "I10.x00，E11.900"],
        ["39.7200", "4", ""]
    )  # fmt: skip
    assert [each.column.split for each in found.values()] == [SPLITS[1], SPLITS[2], SPLITS[1]]
    assert [each.column.target for each in found.values()] == ["C14x01C", "C17x01", "C06x01C"]
    assert found["手术级别"].unknown == () and found["手术级别"].column.values == {"三级": "3"}


def test_a_name_with_a_comma_is_one_name():
    assert proposals(["手术名称"], ["冠状动脉支架置入，两根"])["手术名称"].column.split == ""


def test_what_a_mapping_says_of_a_unit_stays():
    before = TableMap((Column("总费用", "D01", unit="fen"), Column("自付金额", "D09")))
    found = guess(["总费用", "自付金额", "西药费"], [["1", "2", "3"]], before)
    assert [each.column.unit for each in found] == ["fen", "", "ask"]
    assert proposal(found, ",", 1).unasked == ["西药费"]
