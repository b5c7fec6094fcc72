"""The demonstration's files through the very reader and grouper of the product."""

from collections import Counter
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import correlation, fmean, median
from typing import NamedTuple

import pytest

from alliance.demo import DeliveredFile, Demo
from alliance.demo.burden import GRAVE, WEARING
from alliance.demo.codes import DIAGNOSES, PROCEDURES
from alliance.demo.damage import NINE
from grouping.engine.interpreter import group
from grouping.engine.result import Result, Status
from grouping.engine.scheme import Scheme, read_scheme
from grouping.readers.dictionary import Dictionary, dictionary_of
from grouping.readers.hqms import read_front_pages
from grouping.readers.rows import BadRow, FrontPage

SCHEME = Path(__file__).resolve().parents[3] / "grouping" / "schemes" / "xietong_demo"


class Stay(NamedTuple):
    drg: str
    weight: float
    yuan: float
    days: int


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return read_scheme(SCHEME)


@pytest.fixture(scope="module")
def dictionary(scheme: Scheme) -> Dictionary:
    return dictionary_of(scheme)


@pytest.fixture(scope="module")
def read_back(delivered: list[DeliveredFile], dictionary: Dictionary) -> dict[str, list[FrontPage | BadRow]]:
    """Path of each file -> what the reader makes of it."""
    found = {}
    for file in delivered:
        with file.path.open("rb") as stream:
            found[str(file.path)] = list(read_front_pages(stream, dictionary=dictionary))
    return found


@pytest.fixture(scope="module")
def results(
    current: list[DeliveredFile], read_back: dict[str, list[FrontPage | BadRow]], scheme: Scheme
) -> list[Result]:
    pages = (page for file in current for page in read_back[str(file.path)] if isinstance(page, FrontPage))
    return [group(scheme, page.to_case()) for page in pages]


def test_every_code_stands_in_the_dictionary_of_the_scheme_under_the_same_name(scheme: Scheme) -> None:
    assert scheme.diagnosis_names.items() >= DIAGNOSES.items()
    assert scheme.procedure_names.items() >= {code: p.name for code, p in PROCEDURES.items()}.items()


def test_the_reader_finds_exactly_the_planted_rows(
    demo: Demo, delivered: list[DeliveredFile], read_back: dict[str, list[FrontPage | BadRow]]
) -> None:
    planted = {
        (code, file.name): [(row.line, row.column) for row in file.bad]
        for code, alliance in demo.alliances.items()
        for file in alliance.files
    }
    for file in delivered:
        rows = read_back[str(file.path)]
        bad = [(row.line, error.column) for row in rows if isinstance(row, BadRow) for error in row.errors]
        assert bad == planted[file.alliance, file.path.name]
        assert len(rows) == file.rows


def test_one_county_file_has_nine_bad_rows_of_nine_kinds_and_a_corrected_successor(demo: Demo) -> None:
    files = {file.name: file for file in demo.alliances["lanchuan"].files}
    good = next(file for file in files.values() if file.corrects)
    bad = files[good.corrects]
    assert sorted(row.kind for row in bad.bad) == sorted(NINE)
    assert good.bad == ()
    assert len(bad.rows) == len(good.rows) + 1  # the duplicate is gone


def test_grouping_rate_is_that_of_a_good_county(results: list[Result]) -> None:
    grouped = sum(result.status is Status.GROUPED for result in results)
    assert 0.96 <= grouped / len(results) <= 0.995


def test_every_adjacent_group_and_every_outcome_occurs(results: list[Result], scheme: Scheme) -> None:
    adrgs = {row.code for rows in scheme.adrgs.values() for row in rows}
    assert {result.adrg for result in results} - {""} == adrgs
    outcomes = Counter(result.status for result in results)
    assert set(outcomes) == set(Status)
    assert outcomes[Status.UNGROUPABLE] > 36
    assert outcomes[Status.AMBIGUOUS] > 12


@pytest.fixture(scope="module")
def by_mix(
    demo: Demo,
    current: list[DeliveredFile],
    read_back: dict[str, list[FrontPage | BadRow]],
    scheme: Scheme,
) -> dict[str, list[Stay]]:
    """Case mix of the hospital -> its stays with weight, yuan and days."""
    found: dict[str, list[Stay]] = {}
    for file in current:
        mix = demo.alliances[file.alliance].place(file.institution).mix
        for page in read_back[str(file.path)]:
            result = group(scheme, page.to_case()) if isinstance(page, FrontPage) else None
            if isinstance(page, FrontPage) and result and result.weight:
                stay = Stay(result.drg, float(result.weight), page.bill.total / 100, page.stay.days)
                found.setdefault(mix, []).append(stay)
    return found


@pytest.fixture(scope="module")
def by_drg(by_mix: dict[str, list[Stay]]) -> dict[str, list[Stay]]:
    """Group -> its stays in all hospitals."""
    found: dict[str, list[Stay]] = {}
    for stays in by_mix.values():
        for stay in stays:
            found.setdefault(stay.drg, []).append(stay)
    return found


@pytest.mark.parametrize(
    ("mix", "low", "high"),
    [
        ("tertiary_general", 1.0, 1.3),
        ("county_general", 0.8, 1.0),
        ("township", 0.5, 0.7),
        ("community_centre", 0.5, 0.7),
    ],
)
def test_the_case_mix_index_is_that_of_such_a_hospital(
    by_mix: dict[str, list[Stay]], mix: str, low: float, high: float
) -> None:
    assert low <= fmean(stay.weight for stay in by_mix[mix]) <= high


def test_stays_are_as_long_as_stays_are(by_mix: dict[str, list[Stay]]) -> None:
    every = [stay for stays in by_mix.values() for stay in stays]
    assert 7 <= fmean(stay.days for stay in every) <= 9
    assert all(5 <= fmean(stay.days for stay in stays) <= 12 for stays in by_mix.values())


def test_what_weighs_more_costs_more(by_mix: dict[str, list[Stay]]) -> None:
    every = [stay for stays in by_mix.values() for stay in stays]
    assert correlation([stay.weight for stay in every], [stay.yuan for stay in every]) > 0.8
    # Grave rare groups must not carry it alone: it holds over ranks, too.
    logs = [(log(stay.weight), log(stay.yuan)) for stay in every]
    assert correlation(*zip(*logs, strict=True)) > 0.7


def test_what_makes_a_stay_dearer_is_a_complication_of_the_scheme(scheme: Scheme) -> None:
    assert scheme.complications.keys() >= GRAVE | WEARING
    levels = {code: {row.level for row in scheme.complications[code]} for code in GRAVE}
    assert all("MCC" in found for found in levels.values()), levels


def test_a_graver_group_costs_more_in_the_middle(by_drg: dict[str, list[Stay]], scheme: Scheme) -> None:
    """Of groups that differ by severity alone and have enough stays on both sides."""
    compared = 0
    for drgs in scheme.drgs.values():
        known = [drg.code for drg in drgs if drg.code[-1] in "135" and len(by_drg.get(drg.code, [])) >= 40]
        for graver, lighter in pairwise(known):
            compared += 1
            costs = [median(stay.yuan for stay in by_drg[code]) for code in (graver, lighter)]
            assert costs[0] > 0.95 * costs[1], (graver, lighter, costs)
    assert compared >= 6


def test_every_category_is_treated_somewhere_and_none_rules(results: list[Result], scheme: Scheme) -> None:
    treated = Counter(result.mdc for result in results if result.mdc)
    assert set(treated) == {mdc.code for mdc in scheme.mdcs}
    assert max(treated.values()) < 0.2 * len(results)


def test_some_rows_carry_the_clinical_edition_and_are_found(demo: Demo) -> None:
    files = [file for alliance in demo.alliances.values() for file in alliance.files]
    kinds = Counter(bad.kind for file in files for bad in file.bad)
    assert kinds["principal_of_the_clinical_edition"] >= 2
