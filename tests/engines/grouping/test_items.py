"""Service items against a catalogue: code, name, likeness by characters and sound, conflicts, wrong codes."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from grouping.engine.items import Entry, Item, Matcher, alike, normal

CATALOGUE = [
    Entry("110200001", "普通门诊诊查费", "次", 1_000),
    Entry("120100003", "Ⅱ级护理", "日", 1_800),
    Entry("210102015", "X线计算机体层(CT)平扫", "每个部位", 18_000),
    Entry("250301001", "血清总蛋白测定", "项", 500),
    Entry("250301002", "血清白蛋白测定", "项", 500),
    Entry("310701001", "常规心电图检查", "次", 2_000),
    Entry("310701999", "常规心电图检查(旧)", "次", 2_000, retired=True),
]
MATCHER = Matcher(CATALOGUE)


def item(code: str, name: str, unit: str = "", fen: int | None = None) -> Item:
    return Item(2, code, name, unit, fen)


def test_the_code_finds_and_nothing_conflicts() -> None:
    found = MATCHER.match(item("310701001 ", "常规心电图检查", "次", 2_000))
    assert (found.kind, found.settled, found.wrong_code, found.conflicts) == ("code", True, False, ())


def test_a_name_finds_whatever_its_width_brackets_and_case() -> None:
    assert normal("Ｘ线计算机体层（ct） 平扫") == normal("X线计算机体层(CT)平扫")
    found = MATCHER.match(item("A-77", "x线计算机体层（ｃｔ）平扫"))
    assert (found.kind, found.entry, found.score) == ("name", CATALOGUE[2], 1)
    assert found.wrong_code and not found.settled


def test_likeness_ranks_candidates_and_hears_the_sound() -> None:
    found = MATCHER.match(item("", "血清总蛋白检测"))
    assert found.kind == "likely" and found.entry == CATALOGUE[3]
    assert found.candidates == ((CATALOGUE[3], Fraction(2, 3)),)  # 8 of 12 pairs of each: 2 x 8 / 24
    heard = MATCHER.match(item("", "血青总旦白测定"))  # wrong characters of the same sound
    assert [entry.code for entry, _score in heard.candidates] == ["250301001", "250301002"]
    assert heard.score > alike("血清白蛋白测定", "血青总旦白测定")
    assert MATCHER.match(item("", "停车费")).kind == "none"


@pytest.mark.parametrize(
    ("asked", "conflicts", "wrong"),
    [
        (item("310701001", "常规心电图检查", "小时"), ("unit_differs",), False),
        (item("310701001", "常规心电图检查", "次", 2_001), ("price_over_ceiling",), False),
        (item("310701001", "常规心电图检查", "次", 2_000), (), False),
        (item("310701999", "常规心电图检查(旧)"), ("retired",), True),
        (item("310701001", "血清总蛋白测定"), ("name_differs",), True),
        (item("120100003", "II级护理", "日"), (), False),  # the Roman numeral of one character
    ],
)
def test_conflicts(asked: Item, conflicts: tuple[str, ...], wrong: bool) -> None:
    found = MATCHER.match(asked)
    assert (found.kind, found.conflicts, found.wrong_code) == ("code", conflicts, wrong)
    if "name_differs" in conflicts:
        assert found.candidates[0][0] == CATALOGUE[3]


def test_a_retired_entry_is_no_candidate() -> None:
    assert MATCHER.match(item("", "常规心电图检查(旧)")).entry == CATALOGUE[5]


def test_an_entry_always_finds_itself_and_likeness_is_symmetric() -> None:
    chance = random.Random(12)
    names = [
        "".join(chance.choices("血清心电图测定检查护理诊费平扫部位计算机", k=chance.randint(2, 9)))
        for _ in range(300)
    ]
    entries = [Entry(f"C{n:04}", name) for n, name in enumerate(names)]
    matcher = Matcher(entries)
    for entry in entries:
        assert matcher.match(Item(1, entry.code, entry.name)).settled
        found = matcher.match(Item(1, "?", entry.name))
        assert found.kind == "name" and found.entry is not None and found.entry.name == entry.name
    for one, other in zip(names, reversed(names), strict=True):
        assert alike(one, other) == alike(other, one) <= 1
        assert alike(one, one) == Fraction(1)
