"""Finding codes by code, name or initials, and the tier of a stay."""

import time
from pathlib import Path

import pytest

from alliance.lib.pinyin import initials
from grouping.engine.interpreter import explain
from grouping.engine.lookup import Book
from grouping.engine.scheme import read_scheme
from grouping.engine.tier import Factor, TierRules, tier_of
from tests.engines.grouping.tiny import case, read
from tests.shared import shared

NAMES = {
    "I10.x00": "高血压",
    "I10.x05": "高血压3级",
    "I50.900": "心力衰竭",
    "N30.900": "膀胱炎",
    "E11.900": "２型糖尿病",
    "E11.200": "2型糖尿病肾病",
    "K04.700": "根尖周脓肿",
}


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("膀胱炎", "pgy"),
        ("2型糖尿病", "2xtnb"),
        ("高血压3级", "gxy3j"),
        ("重症肺炎", "zzfy"),
        ("（ABC）阑尾", "abclw"),
    ],
)
def test_initials_are_what_a_person_types(text: str, typed: str) -> None:
    assert initials(text) == typed


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("i10", ["I10.x00", "I10.x05"]),
        ("I50.900", ["I50.900"]),
        ("高血压", ["I10.x00", "I10.x05"]),
        ("gxy", ["I10.x00", "I10.x05"]),
        ("gxy 3", ["I10.x05"]),
        ("tnb 肾", ["E11.200"]),
        ("糖尿病", ["E11.900", "E11.200"]),
        ("2xtnb", ["E11.900", "E11.200"]),
        ("pgy", ["N30.900"]),
        (".9", ["N30.900", "I50.900", "E11.900"]),
        ("xyz", []),
        ("  ", []),
        ("\n", []),
    ],
)
def test_what_a_search_finds_best_first(typed: str, codes: list[str]) -> None:
    assert [entry.code for entry in Book(NAMES).find(typed, 5)] == codes


def test_pasted_codes_are_taken_as_they_are() -> None:
    book = Book(NAMES)
    assert [entry.code for entry in book.exact("I50.900, N30.900|I10.x05")] == [
        "I50.900",
        "N30.900",
        "I10.x05",
    ]
    assert book.exact("I50.900 nothing") == [] and book.exact("") == []


def test_a_letter_is_answered_in_fifty_milliseconds_over_a_national_dictionary() -> None:
    scheme = read_scheme(shared("grouping/schemes/chs_drg_11"))
    book = Book(scheme.diagnosis_names)
    assert len(book) > 30_000
    slowest = []
    for typed in ("x", "g", "i", "tnb", "高血压", "zzzz", ".9", "mxzsxfb", "心 衰"):
        runs = []
        for _ in range(3):
            began = time.perf_counter()
            book.find(typed, 12)
            runs.append(time.perf_counter() - began)
        slowest.append(min(runs))
    assert max(slowest) < 0.05


RULES = TierRules(
    codes={"high": ["I50"], "mid": ["E11"]},
    groups={"high": ["BB1"], "mid": []},
    levels={"mcc": "high", "cc": "mid"},
)


@pytest.mark.parametrize(
    ("diagnoses", "tier", "factors"),
    [
        ("I63.900 Z99.900", "low", []),
        ("I63.900 E11.900", "mid", [("diagnosis", "E11.900"), ("complication", "E11.900")]),
        ("I50.900", "high", [("diagnosis", "I50.900")]),
        ("I61.000 K92.200", "high", [("complication", "K92.200")]),
        ("I63.900 J96.000", "low", []),
    ],
)
def test_the_tier_names_what_it_rests_on(
    diagnoses: str, tier: str, factors: list[tuple[str, str]], tmp_path: Path
) -> None:
    found = tier_of(explain(read(tmp_path), case(diagnoses)), diagnoses.split(), RULES)
    assert found.tier == tier
    assert [(one.kind, one.code) for one in found.factors] == factors


def test_a_group_can_lift_the_tier(tmp_path: Path) -> None:
    found = tier_of(explain(read(tmp_path), case("I63.900", "01.1000")), ["I63.900"], RULES)
    assert found.factors == (Factor("group", "BB1", "high"),)
