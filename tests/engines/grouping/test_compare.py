"""The difference of two versions: each kind of change once, nothing where nothing changed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from grouping.engine.compare import SECTIONS, Change, compare, marked
from grouping.engine.scheme import Scheme, read_files
from tests.engines.grouping.test_scheme import same
from tests.engines.grouping.tiny import TINY, Files, with_rows, with_text
from tests.shared import shared


def scheme(files: Files) -> Scheme:
    return read_files({name: text.encode() for name, text in files.items()})


def changes(files: Files) -> tuple[Change, ...]:
    return compare(scheme(TINY), scheme(files))


ONE: dict[str, tuple[Files, Change]] = {
    "version": (
        with_text("scheme.toml", '"1.0"', '"1.1"'),
        Change("head", "changed", "version", old="1.0", new="1.1"),
    ),
    "weight up": (
        with_text("drg.csv", "12.50", "15.0"),
        Change("weights", "weight", "AA19", "移植", "AA1", "12.50", "15.0", Decimal("2.50"), Decimal("0.2")),
    ),
    "weight taken": (
        with_text("drg.csv", "12.50", ""),
        Change("weights", "weight", "AA19", "移植", "AA1", "12.50", ""),
    ),
    "group born": (
        with_rows("drg.csv", "BR1,4,BR17,新组,cc,1,"),
        Change("groups", "born", "BR17", "新组", "BR1", "", "cc"),
    ),
    "group gone": (
        with_text("drg.csv", "BR1,1,BR11,伴 MCC,mcc,1.5,\n", ""),
        Change("groups", "gone", "BR11", "伴 MCC", "BR1", "mcc", ""),
    ),
    "renamed": (
        with_text("adrg.csv", "脑缺血", "脑缺血性疾病"),
        Change("groups", "renamed", "BR1", "脑缺血性疾病", "MDCB", "脑缺血", "脑缺血性疾病"),
    ),
    "another kind": (
        with_text("adrg.csv", "颅脑手术,surgical", "颅脑手术,procedure"),
        Change("groups", "kind", "BB1", "颅脑手术", "MDCB", "surgical", "procedure"),
    ),
    "another note": (
        with_text("drg.csv", "按项目据实支付", "床日"),
        Change("groups", "note", "BB15", "不伴", "BB1", "按项目据实支付", "床日"),
    ),
    "another order": (
        with_text("drg.csv", "BR1,1,BR11", "BR1,9,BR11"),
        Change("groups", "order", "BR1", "drgs", "BR1", "BR11 BR13 BR15", "BR13 BR15 BR11"),
    ),
    "another rule": (
        with_text("adrg.csv", "weight < 1500", "weight < 1000"),
        Change(
            "rules",
            "changed",
            "PS1",
            "极低体重",
            "MDCP",
            "has_weight and weight < 1500",
            "has_weight and weight < 1000",
        ),
    ),
    "code into a list": (
        with_rows("lists.csv", "AA1.procedures,procedure,01.2000"),
        Change("codes", "born", "01.2000", "乙", "AA1", "", "AA1.procedures"),
    ),
    "code out of a list": (
        with_text("lists.csv", "MDCB,diagnosis,I61.000\n", ""),
        Change("codes", "gone", "I61.000", "脑出血", "MDCB", "MDCB", ""),
    ),
    "code to another list": (
        with_text("lists.csv", "MDCB,diagnosis,I61.000", "MDCP,diagnosis,I61.000"),
        Change("codes", "moved", "I61.000", "脑出血", "MDCB → MDCP", "MDCB", "MDCP"),
    ),
    "another level": (
        with_text("cc.csv", "E11.900,CC", "E11.900,MCC"),
        Change("complications", "level", "E11.900", "", "", "CC(7)", "MCC(7)"),
    ),
    "another exclusion group of a complication": (
        with_text("cc.csv", "E11.900,CC,7", "E11.900,CC,8"),
        Change("complications", "group", "E11.900", "", "", "CC(7)", "CC(8)"),
    ),
    "no complication any more": (
        with_text("cc.csv", "E11.900,CC,7\n", ""),
        Change("complications", "gone", "E11.900", "", "", "CC(7)", ""),
    ),
    "another exclusion": (
        with_text("exclusion.csv", "I61.000,5", "I61.000,6"),
        Change("exclusions", "group", "I61.000", "脑出血", "", "5", "6"),
    ),
    "dictionary": (
        with_rows("diagnoses.csv", "I64.x00,卒中"),
        Change("dictionaries", "born", "diagnoses.csv", "", "", "4", "5", Decimal(1)),
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_change_is_one_line(name: str) -> None:
    files, expected = ONE[name]
    assert changes(files) == (expected,)


def test_every_section_has_an_example() -> None:
    assert {change.section for _files, change in ONE.values()} == set(SECTIONS)


@pytest.mark.parametrize("name", same(TINY))
def test_nothing_changed_is_no_line(name: str) -> None:
    assert changes(same(TINY)[name]) == ()


def test_the_largest_weight_changes_come_first_given_ones_on_top() -> None:
    files = with_text("drg.csv", "1.5,", "1.6,", base=with_text("drg.csv", ",true,2,", ",true,3,"))
    files = with_text("drg.csv", "12.50", "", base=files)
    assert [one.code for one in changes(files)] == ["AA19", "BB15", "BR11"]


def test_an_adrg_that_moves_to_another_mdc_is_moved_and_not_born() -> None:
    files = with_text("adrg.csv", "MDCB,1,BB1", "MDCZ,2,BB1")
    assert [(one.kind, one.old, one.new) for one in changes(files)] == [("moved", "MDCB", "MDCZ")]


def test_the_words_that_changed_are_marked() -> None:
    found = marked("mcc and age < 17", "mcc and (age < 18 or cc)")
    assert "".join(text for kind, text in found if kind != "born") == "mcc and age < 17"
    assert "".join(text for kind, text in found if kind != "gone") == "mcc and (age < 18 or cc)"
    assert ("gone", "17") in found


def test_there_and_back_are_mirror_images() -> None:
    old, new = (read_files(_reference(name)) for name in ("chs_drg_11", "zhejiang_2022"))
    there, back = compare(old, new), compare(new, old)
    turned = {"born": "gone", "gone": "born"}

    def count(found: tuple[Change, ...], *, turn: bool = False) -> Counter[tuple[str, str]]:
        return Counter((one.section, turned.get(one.kind, one.kind) if turn else one.kind) for one in found)

    assert count(there) == count(back, turn=True)
    assert {one.section for one in there} == set(SECTIONS)


def _reference(name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in shared(f"grouping/schemes/{name}").iterdir()}
