"""The dictionary the product ships with: whole, sound, and every indicator of the mission in it."""

import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from performance.engine.dictionary import Entry, circles, read_area, read_dictionary, shipped_dictionary
from performance.engine.factbook import BookedFact, read_facts, shipped_facts
from performance.engine.indicators import shipped_indicators
from performance.engine.restore import ShapeRefused
from performance.engine.soundness import Fault, faults
from tests.shared import shared

ENTRIES, BOOK, SIX = shipped_dictionary(), shipped_facts(), shipped_indicators()
REGISTER = Path(__file__).parents[3] / "alliance" / "data" / "parameters.toml"
PARAMETERS = frozenset(tomllib.loads(REGISTER.read_text(encoding="utf-8")))
# Points of the mission marked as indicators that are none, with the reason; all are indicators today.
NO_INDICATORS: dict[str, str] = {}
POINT = re.compile(r"^\| (S\d-\d+) \| (\w) \|", re.MULTILINE)
CHINESE = re.compile(r"[一-鿿]")


def changed(code: str, **changes: object) -> dict[str, Entry]:
    """The dictionary with one entry changed."""
    return {**ENTRIES, code: replace(ENTRIES[code], **changes)}  # type: ignore[arg-type]


def of_form(code: str, **changes: object) -> dict[str, Entry]:
    """The dictionary with the form of one indicator changed."""
    return changed(code, indicator=replace(ENTRIES[code].indicator, **changes))  # type: ignore[arg-type]


def test_the_shipped_dictionary_has_no_fault() -> None:
    assert faults(ENTRIES, BOOK, PARAMETERS) == ()
    assert len(ENTRIES) >= 130


def test_the_six_of_the_road_stand_in_it_unchanged() -> None:
    assert {code: ENTRIES[code].indicator for code in SIX} == SIX


def test_every_point_marked_as_an_indicator_is_named() -> None:
    text = shared("mission/requirements.md").read_text(encoding="utf-8")
    points = POINT.findall(text)
    wanted = {point for point, kind in points if kind == "I"}
    named = {origin for entry in ENTRIES.values() for origin in entry.origins}
    assert len(wanted) >= 60
    assert wanted - named == set(NO_INDICATORS)
    invented = {origin for origin in named if origin[:2] in {"S0", "S1", "S2", "S3", "S4"}}
    assert invented - {point for point, _kind in points} == set()


def test_the_comparison_with_the_mission_is_written_down() -> None:
    text = (Path(__file__).parents[3] / "docs" / "indicators.md").read_text(encoding="utf-8")
    told = {
        point: set(re.findall(r"`(\w+)`", row))
        for point, row in re.findall(r"^\| (S\d-\d+) \| (.*) \|$", text, re.MULTILINE)
    }
    points = POINT.findall(shared("mission/requirements.md").read_text(encoding="utf-8"))
    assert told == {
        point: {entry.code for entry in ENTRIES.values() if point in entry.origins}
        for point, kind in points
        if kind == "I"
    }


NATIONAL = {f"definitions 5.3 ({number})" for number in range(1, 56)} | {"definitions 5.3 (增1)"}
COUNTY = {f"definitions 5.1 ({number})" for number in range(1, 19)}


@pytest.mark.parametrize("wanted", [NATIONAL, COUNTY], ids=["tertiary hospitals", "county alliances"])
def test_every_number_of_the_national_appraisals_is_named(wanted: set[str]) -> None:
    named = {origin for entry in ENTRIES.values() for origin in entry.origins}
    assert wanted - named == set()


def test_names_and_definitions_are_in_both_languages() -> None:
    for entry in ENTRIES.values():
        one = entry.indicator
        assert CHINESE.search(one.name_zh + one.definition_zh) and CHINESE.search(one.definition_zh), one.code
        assert not CHINESE.search(one.name_en + one.definition_en + entry.exclusions_en), one.code
        assert one.definition_zh.endswith("。") and one.definition_en.endswith("."), one.code
    for fact in BOOK.values():
        assert CHINESE.search(fact.name_zh) and not CHINESE.search(fact.name_en), fact.key


def test_no_two_indicators_or_facts_share_a_name() -> None:
    for names in (
        [entry.indicator.name_zh for entry in ENTRIES.values()],
        [entry.indicator.name_en for entry in ENTRIES.values()],
        [fact.name_zh for fact in BOOK.values()],
        [fact.name_en for fact in BOOK.values()],
    ):
        assert sorted(set(names)) == sorted(names)


def test_a_code_and_a_key_are_words_an_address_and_a_formula_can_hold() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{1,38}", code) for code in (*ENTRIES, *BOOK))
    assert not {"export", "try"} & ENTRIES.keys()


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        (of_form("cmi", numerator=("luck",)), Fault("unknown_fact", "cmi", "luck")),
        (of_form("grouping_rate", numerator=("cost_fen",)), Fault("unit", "grouping_rate", "fen by times")),
        (
            of_form("drug_share", numerator=("drug_fen", "stay_days")),
            Fault("unit", "drug_share", "a sum of different units"),
        ),
        (of_form("mean_cost", numerator=("discharges",)), Fault("unit", "mean_cost", "times above the line")),
        (
            of_form("bed_turnover", numerator=("cost_fen",)),
            Fault("unit", "bed_turnover", "money by what is no money"),
        ),
        (of_form("stay_change", unit="days"), Fault("unit", "stay_change", "a change is in percent")),
        (of_form("cmi", definition_en=""), Fault("text", "cmi")),
        (changed("mean_stay", origin="imported"), Fault("origin", "mean_stay", "automatic")),
        (changed("papers", origin="automatic"), Fault("origin", "papers", "declared")),
        (changed("papers", evidence_en=""), Fault("evidence", "papers")),
        (changed("drg_count", levels=("team",)), Fault("level", "drg_count", "team drg_count")),
        (changed("cmi", levels=()), Fault("level", "cmi", "none or twice")),
        (changed("cmi", based_on=("fortune",)), Fault("unknown_entry", "cmi", "fortune")),
        (changed("cmi", target="cp.fortune"), Fault("unknown_parameter", "cmi", "cp.fortune")),
        (changed("cmi", exclusions_en=""), Fault("half_exclusion", "cmi")),
        (changed("cmi", twins=("definitions 1",)), Fault("repeated_source", "cmi")),
        (
            changed("mean_stay", based_on=("stay_change",)),
            Fault("circle", "mean_stay", "mean_stay stay_change"),
        ),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_named(entries: dict[str, Entry], fault: Fault) -> None:
    assert fault in faults(entries, BOOK, PARAMETERS)


def test_a_circle_is_found_from_wherever_it_is_entered() -> None:
    ways = {"cmi": ("mean_stay",), "mean_stay": ("papers", "ehr_rate"), "papers": ("mean_stay",)}
    entries = {code: replace(ENTRIES[code], based_on=way) for code, way in ways.items()}
    assert circles(entries) == (("mean_stay", "papers"),)


def test_automatic_indicators_rest_on_automatic_facts_alone() -> None:
    automatic = [entry for entry in ENTRIES.values() if entry.origin == "automatic"]
    assert len(automatic) > 60
    assert {BOOK[key].origin for entry in automatic for key in entry.facts} == {"automatic"}
    others = [entry for entry in ENTRIES.values() if entry.origin != "automatic"]
    assert all({BOOK[key].origin for key in entry.facts} != {"automatic"} for entry in others)


AREA = 'area = "quality"\n'
ROW = """
[[indicator]]
code = "x"
name_zh = "甲"
name_en = "X"
unit = "percent"
direction = "higher"
form = "ratio"
numerator = ["grouped"]
denominator = ["discharges"]
scale = 100
decimals = 2
minimum_n = 10
definition_zh = "甲。"
definition_en = "X."
origin = "automatic"
frequency = "month"
owner = "quality"
levels = ["alliance"]
sources = ["S0-10"]
"""


def test_a_row_is_read_into_form_and_surroundings() -> None:
    (entry,) = read_area(AREA + ROW, SIX)
    assert (entry.code, entry.indicator.scale, entry.indicator.source) == ("x", Decimal(100), "S0-10")
    assert (entry.area, entry.version, entry.facts) == ("quality", "1", ("grouped", "discharges"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (AREA + ROW + "colour = 1\n", r"q\.toml\.indicator\[0\]: unknown field colour"),
        (AREA + ROW.replace('"quality"', '"kitchen"'), r"indicator\[0\]\.owner: kitchen is not one of"),
        (ROW, r"q\.toml\.indicator\[0\]\.area"),
        (AREA + ROW.replace('["grouped"]', "[]"), "each name a fact"),
        (AREA + ROW + ROW, "the code x appears twice"),
        (AREA + '[[shipped]]\ncode = "luck"\n', "the product ships no luck"),
        (AREA + '[[shipped]]\ncode = "cmi"\nunit = "days"\n', r"shipped\[0\]: unknown field unit"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(ShapeRefused, match=reason):
        read_dictionary({"q.toml": text}, SIX)


def test_the_fact_book_refuses_a_key_twice_and_an_unknown_unit() -> None:
    room = (
        '[[room]]\nroom = "a"\norigin = "imported"\nlevels = ["alliance"]\nsource = "S0-10"\nfacts = [\n'
        ' { key = "n", unit = "count", name_zh = "数", name_en = "n" },\n]\n'
    )
    assert read_facts(room)["n"] == BookedFact(
        "n", "数", "n", "count", "imported", "a", ("alliance",), "S0-10"
    )
    with pytest.raises(ShapeRefused, match="the key n appears twice"):
        read_facts(room + room)
    with pytest.raises(ShapeRefused, match=r"facts\[0\]\.unit: miles is not one of"):
        read_facts(room.replace('"count"', '"miles"'))
