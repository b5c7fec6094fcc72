"""The demonstration scheme that ships with the product, against groups worked out by hand."""

import csv
from pathlib import Path

import pytest

from grouping.engine.case import Case
from grouping.engine.scheme import Scheme, read_scheme, warnings
from tests.engines.grouping.both import group

SCHEMES = Path(__file__).resolve().parents[3] / "grouping" / "schemes"


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return read_scheme(SCHEMES / "xietong_demo")


def oracle() -> list[dict[str, str]]:
    with (SCHEMES / "oracle" / "xietong_demo.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def whole(text: str) -> int | None:
    return int(text) if text else None


def codes(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def case(row: dict[str, str]) -> Case:
    return Case(
        case_no=row["case_no"],
        sex=whole(row["sex"]),
        age=whole(row["age"]),
        age_days=whole(row["age_days"]),
        weight=whole(row["weight"]),
        los=whole(row["los"]),
        department=row["department"],
        discharge=whole(row["discharge"]),
        icu_hours=whole(row["icu_hours"]),
        diagnoses=codes(row["diagnoses"]),
        procedures=codes(row["procedures"]),
    )


def test_every_case_of_the_oracle_gets_the_group_worked_out_by_hand(scheme: Scheme) -> None:
    wrong = {}
    for row in oracle():
        found = group(scheme, case(row))
        expected = row["expected_mdc"], row["expected_adrg"], row["expected_drg"]
        if (found.mdc, found.adrg, found.drg) != expected:
            wrong[row["case_no"]] = (expected, (found.mdc, found.adrg, found.drg))
    assert wrong == {}


def test_the_oracle_reaches_every_group_and_every_outcome(scheme: Scheme) -> None:
    expected = {row["expected_drg"] for row in oracle()}
    drgs = {drg.code for rows in scheme.drgs.values() for drg in rows}
    ambiguous = {row.code for rows in scheme.adrgs.values() for row in rows if row.kind == "ambiguous"}
    assert drgs | ambiguous | {"0000", "PS1"} == expected


def test_the_scheme_is_tidy_and_says_that_its_weights_are_for_show(scheme: Scheme) -> None:
    assert list(warnings(scheme)) == []
    assert "不得用于支付" in scheme.head.weight_source
    assert all(drg.note == "示意权重" for rows in scheme.drgs.values() for drg in rows)


def test_the_scheme_has_eight_categories_and_about_thirty_groups_of_adjacent_cases(scheme: Scheme) -> None:
    adrgs = {row.code for rows in scheme.adrgs.values() for row in rows if row.kind != "ambiguous"}
    assert len(scheme.mdcs) == 8
    assert 28 <= len(adrgs) <= 36
