"""Checklists: rules of deduction, bounds, sums, what does not apply, several inspectors (practice 5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.engine import checklist as tables
from performance.engine.checklist import (
    Answer,
    Checklist,
    ChecklistRefused,
    Content,
    Finding,
    Item,
    Section,
    Step,
)
from performance.engine.checkscore import FACTS, added, measured, score, score_item
from performance.engine.factbook import shipped_facts
from performance.engine.pictures import PictureRefused, bare
from tests.performance.onsite_scene import JPEG, PNG

TOWN = tables.shipped()["township"]
CODES = list(TOWN.items)
DRAWN = {"chart": 10, "room": 3, "resident": 10, "": 0}


def said(item: Item, number: int) -> Content:
    """Met, or so many findings in as many of the sample."""
    if not number:
        return Content("met")
    units = tuple(str(one) for one in range(min(number, DRAWN[item.sample])))
    return Content("deducted", (Finding(item.reasons[0], number),), units)


def scored(table: Checklist, numbers: dict[str, int | None]):
    """The whole by numbers of findings; None: does not apply."""
    rows = []
    for code, item in table.items.items():
        number = numbers.get(code, 0)
        content = Content("absent") if number is None else said(item, number)
        rows.append(score_item(item, content, DRAWN[item.sample]))
    return score(table, rows), rows


def test_the_shipped_checklists_can_be_published_and_serve_their_indicators() -> None:
    asked: dict[str, set[str]] = {}
    for code, table in tables.shipped().items():
        assert list(tables.problems(table)) == [] and table.full == 100
        assert 20 <= len(table.items) <= 40
        asked[code] = {measure for item in table.items.values() for measure in item.measures}
    assert asked["township"] == set(FACTS)
    assert {key for _how, *pair in FACTS.values() for key in pair} <= set(shipped_facts())


@given(st.dictionaries(st.sampled_from(CODES), st.none() | st.integers(0, 12)))
def test_the_score_lies_in_its_bounds_and_is_the_sum_of_its_items(numbers: dict[str, int | None]) -> None:
    for absent in ("whole", "section", "exclude"):
        whole, rows = scored(replace(TOWN, absent=absent, critical_cap=None), numbers)
        if whole.points is None:
            assert all(row.points is None for row in rows)
            continue
        assert 0 <= whole.points <= whole.full and 0 <= whole.percent <= 100
        known = [row for row in rows if row.points is not None]
        if absent != "section":
            share = 100 * sum(row.points for row in known) / sum(row.full for row in known)
            assert abs(whole.percent - share) < Decimal("0.0002")
        if len(known) == len(rows):
            assert whole.points == sum(row.points for row in rows)


@given(st.dictionaries(st.sampled_from(CODES), st.integers(0, 12)), st.sampled_from(CODES), st.integers(1, 5))
def test_one_more_finding_never_gives_a_point(numbers: dict[str, int], code: str, more: int) -> None:
    before, _rows = scored(TOWN, dict(numbers))
    after, _rows = scored(TOWN, numbers | {code: numbers.get(code, 0) + more})
    assert after.percent <= before.percent


def test_each_rule_by_hand() -> None:
    item = Item("X", "x", Decimal(4), "each", each=Decimal("1.5"), reasons=("a",))
    lost = [tables.lost(item, said(item, number), 0) for number in (0, 1, 2, 9)]
    assert lost == [0, Decimal("1.5"), 3, 4]
    steps = replace(item, rule="steps", steps=(Step(1, Decimal(1)), Step(3, Decimal(4))))
    assert [tables.lost(steps, said(steps, number), 0) for number in (1, 2, 3)] == [1, 1, 4]
    assert tables.lost(replace(item, rule="all"), said(item, 1), 0) == 4
    rate = replace(item, rule="rate", sample="chart", zero_below=Decimal(60))
    # 4 points, ten charts: one in ten costs 0.4; with five in ten fewer than 60 % hold, nothing is left.
    assert [tables.lost(rate, said(rate, number), 10) for number in (1, 4, 5)] == [
        Decimal("0.4"), Decimal("1.6"), 4,
    ]  # fmt: skip
    assert tables.lost(item, Content("absent"), 0) is None


def test_what_nobody_answered_has_no_score_and_never_zero() -> None:
    rows = [score_item(item, None, 0) for item in TOWN.items.values()]
    whole = score(TOWN, rows)
    assert whole.points is None and whole.percent is None
    assert measured(("infection",), rows[0]) == {}


def test_a_critical_item_without_points_caps_the_whole() -> None:
    whole, _rows = scored(TOWN, {"F5": 1})
    assert (whole.percent, whole.capped) == (79, True)


def test_what_an_item_tells_its_indicators() -> None:
    """Four of ten charts fail: 60 points a chart on average; four of ten do not hold."""
    item = TOWN.items["B1"]
    row = score_item(item, said(item, 4), 10)
    assert row.points == Decimal("3.6")
    assert measured(("core_system", "plan"), row) == {
        "core_system_points": 600, "core_system_charts": 10, "plan_conform": 6, "plan_charts": 10,
    }  # fmt: skip
    assert added([{"wards": 1}, {"wards": 2, "plan_charts": 5}]) == {"wards": 3, "plan_charts": 5}


@given(st.permutations(range(4)))
def test_answers_merge_in_any_order_and_the_last_one_never_wins(order: list[int]) -> None:
    first = Answer("a", "A1", Content("met"))
    lin = Answer("b", "A1", Content("deducted", (Finding("x"),)), ("a",))
    tan = Answer("c", "A1", Content("absent"), ("a",))
    same = Answer("d", "A2", Content("met"))
    known = [first, lin, tan, same]
    found = tables.heads(known[place] for place in order)
    assert {one.uid for one in found["A1"]} == {"b", "c"} and tables.agreed(found["A1"]) is None
    assert tables.agreed(found["A2"]) == same
    decided = tables.heads([*known, Answer("e", "A1", Content("met"), ("b", "c"))])
    assert [one.uid for one in decided["A1"]] == ["e"]
    both = tables.heads([first, Answer("f", "A1", Content("met"))])
    assert tables.agreed(both["A1"]) is not None  # two who say the same agree


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Content("deducted"), "finding"),
        (Content("met", (Finding("主诉与诊断不符"),)), "quiet"),
        (Content("deducted", (Finding("没有这条"),), ("1",)), "reason"),
        (Content("deducted", (Finding("缺签名", 0),), ("1",)), "count"),
        (Content("deducted", (Finding(tables.OTHER),), ("1",)), "note"),
        (Content("deducted", (Finding("缺签名"),)), "units"),
        (Content("deducted", (Finding("缺签名"),), ("别的病历",)), "drawn"),
    ],
)
def test_an_answer_that_cannot_stand_names_its_item(content: Content, reason: str) -> None:
    with pytest.raises(ChecklistRefused, match="B2") as refused:
        tables.check_answer(TOWN.items["B2"], content, ["1", "2"])
    assert refused.value.reason == reason


def test_a_faulty_checklist_says_everything_that_is_wrong() -> None:
    wrong = Item("A", "x", Decimal(0), "rate")
    table = Checklist("x", (Section("A", "a", (wrong,)),), critical_cap=Decimal(101))
    assert {one.reason for one in tables.problems(table)} == {
        "codes", "sum", "cap", "full", "rate", "reasons",
    }  # fmt: skip


def test_a_photo_loses_place_and_time_but_not_the_picture() -> None:
    kept, kind = bare(JPEG)
    assert kind == "image/jpeg" and b"GPS" not in kept and b"hidden" not in kept and b"picture" in kept
    text = b"\0\0\0\x05tEXtplace" + bytes(4)
    assert bare(PNG[:33] + text + PNG[33:]) == (PNG, "image/png")
    for broken in (b"GIF89a", JPEG[:40], PNG[:-8]):
        with pytest.raises(PictureRefused):
            bare(broken)
