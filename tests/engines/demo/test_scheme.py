"""The demonstration scheme that ships with the product: its oracle, its shape, its tables."""

import csv
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path
from statistics import median

import pytest

from grouping.engine.case import Case
from grouping.engine.rules import Compare, Department, Discharge, Flag, InList, Not, Rule, atoms
from grouping.engine.scheme import Scheme, read_scheme, warnings
from grouping.engine.tables import TABLES, Table
from tests.engines.grouping.both import group
from tests.engines.grouping.demo_oracle import ORACLE, SCHEMES, content
from tests.engines.grouping.plain import Plain, Row

PACKAGE = SCHEMES / "xietong_demo"
# As the national scheme tries them: what precedes everything, then the systems by letter.
NATIONAL = "APYZBCDEFGHIJKLMNOQRSTUVWX"


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return read_scheme(PACKAGE)


@pytest.fixture(scope="module")
def plain() -> Plain:
    return Plain(PACKAGE)


def oracle() -> list[Row]:
    with ORACLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def whole(text: str) -> int | None:
    return int(text) if text else None


def codes(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def case(row: Row) -> Case:
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


def expected(row: Row) -> tuple[str, str, str]:
    return row["expected_mdc"], row["expected_adrg"], row["expected_drg"]


def test_every_case_of_the_oracle_gets_its_group(scheme: Scheme) -> None:
    wrong = {}
    for row in oracle():
        found = group(scheme, case(row))
        if (found.mdc, found.adrg, found.drg) != expected(row):
            wrong[row["case_no"]] = (expected(row), (found.mdc, found.adrg, found.drg))
    assert wrong == {}


def test_the_second_reading_of_the_format_agrees_with_every_case_worked_out_by_hand(plain: Plain) -> None:
    by_hand = [row for row in oracle() if row["case_no"].startswith("xd")]
    assert len(by_hand) == 299
    assert [row["case_no"] for row in by_hand if plain.place(row) != expected(row)] == []


def test_the_oracle_is_what_its_construction_writes() -> None:
    assert ORACLE.read_bytes().decode() == content()


def test_the_oracle_reaches_every_group_and_every_outcome(scheme: Scheme) -> None:
    reached = Counter(row["expected_drg"] for row in oracle())
    drgs = {drg.code for rows in scheme.drgs.values() for drg in rows}
    ambiguous = {row.code for rows in scheme.adrgs.values() for row in rows if row.kind == "ambiguous"}
    assert drgs | ambiguous | {"0000", "PS1"} == set(reached)
    assert reached.total() >= 1_500
    assert min(reached.values()) >= 4
    assert reached["0000"] > 100


def test_the_oracle_stands_below_at_and_above_every_limit(scheme: Scheme) -> None:
    rows = oracle()
    found = {
        (atom.field, int(atom.number))
        for rule in rules(scheme)
        for atom in atoms(rule)
        if isinstance(atom, Compare) and atom.field not in ("trauma_sites", "sex")
    }
    assert {field for field, _ in found} == {"age", "age_days", "weight", "los", "icu_hours"}
    for field, limit in found:
        values = {row[field] for row in rows}
        assert {str(limit), str(limit + 1), str(max(0, limit - 1))} <= values, (field, limit)
        assert "" in values, field


def test_the_oracle_has_newborns_by_day_and_weight_and_injuries_of_one_to_three_sites(plain: Plain) -> None:
    newborns = {(row["age_days"], row["weight"]) for row in oracle() if row["diagnoses"] == "P07.101"}
    assert {(day, weight) for day in ("0", "28", "29") for weight in ("1499", "1500", "2500", "")} <= newborns
    injured = [codes(row["diagnoses"]) for row in oracle()]
    counts = Counter(
        len({plain.sites[code] for code in found if code in plain.sites})
        for found in injured
        if found and found[0] in plain.lists["MDCZ"]
    )
    assert {1, 2, 3} <= counts.keys()


def test_the_scheme_is_tidy_and_says_that_its_weights_are_for_show(scheme: Scheme) -> None:
    assert list(warnings(scheme)) == []
    assert "不得用于支付" in scheme.head.weight_source
    assert "支付须导入本市正式分组方案" in scheme.head.source
    assert all(drg.note == "示意权重" for rows in scheme.drgs.values() for drg in rows)


def test_the_scheme_has_all_categories_in_the_national_order_and_a_few_hundred_groups(scheme: Scheme) -> None:
    adrgs = {row.code for rows in scheme.adrgs.values() for row in rows if row.kind != "ambiguous"}
    drgs = [drg for rows in scheme.drgs.values() for drg in rows]
    assert [mdc.code for mdc in scheme.mdcs] == [f"MDC{letter}" for letter in NATIONAL]
    assert all(scheme.adrgs[mdc.code] for mdc in scheme.mdcs)
    assert len(adrgs) >= 120
    assert 250 <= len(drgs) <= 320
    assert all(drg.code[:3] == drg.adrg and drg.adrg[0] == mdc_of(scheme, drg.adrg)[3] for drg in drgs)


def mdc_of(scheme: Scheme, adrg: str) -> str:
    return next(mdc for mdc, rows in scheme.adrgs.items() if any(row.code == adrg for row in rows))


def rules(scheme: Scheme) -> list[Rule]:
    rules = [mdc.rule for mdc in scheme.mdcs]
    rules += [adrg.rule for rows in scheme.adrgs.values() for adrg in rows]
    return rules + [drg.rule for rows in scheme.drgs.values() for drg in rows]


def test_every_construct_of_the_rule_language_occurs(scheme: Scheme) -> None:
    found = [atom for rule in rules(scheme) for atom in atoms(rule)]
    assert {atom.subject for atom in found if isinstance(atom, InList)} == {
        *("principal", "secondary", "any_diagnosis", "main_procedure", "other_procedure", "any_procedure")
    }
    assert {atom.field for atom in found if isinstance(atom, Compare)} == {
        *("age", "age_days", "weight", "los", "icu_hours", "trauma_sites", "sex")
    }
    assert {atom.word for atom in found if isinstance(atom, Flag)} == {
        *("mcc", "cc", "has_weight", "no_procedure", "true")
    }
    assert any(isinstance(atom, Department) for atom in found)
    assert any(isinstance(atom, Discharge) for atom in found)
    assert any(isinstance(rule, Not) for rule in rules(scheme))
    repeated = Counter(row.code for rows in scheme.adrgs.values() for row in rows)
    assert [code for code, count in repeated.items() if count > 1] == ["FK2", "JA1"]


def test_weights_have_four_decimals_and_fall_with_severity(scheme: Scheme) -> None:
    for drgs in scheme.drgs.values():
        assert all(drg.weight is not None and drg.weight.as_tuple().exponent == -4 for drg in drgs)
        severity = [drg for drg in drgs if drg.code[-1] in "135"]
        for graver, lighter in pairwise(sorted(severity, key=lambda drg: drg.code)):
            assert graver.weight and lighter.weight and graver.weight > lighter.weight, lighter.code


def test_operations_weigh_more_than_treatment_of_the_same_system(scheme: Scheme) -> None:
    for mdc in scheme.mdcs:
        weights: dict[str, list[float]] = {"surgical": [], "medical": []}
        for row in scheme.adrgs[mdc.code]:
            for drg in scheme.drgs.get(row.code, ()):
                weights.get(row.kind, []).append(float(drg.weight or 0))
        if weights["surgical"] and weights["medical"]:
            assert median(weights["surgical"]) > median(weights["medical"]), mdc.code


def test_complications_are_many_and_never_count_beside_themselves(scheme: Scheme) -> None:
    assert len(scheme.complications) >= 150
    principals = {
        code for mdc in scheme.mdcs if mdc.code in scheme.lists for code in scheme.lists[mdc.code].codes
    }
    for code in principals & scheme.complications.keys():
        groups = {row.group for row in scheme.complications[code]}
        assert scheme.exclusions.get(code) in groups, code


def test_every_code_has_a_name(scheme: Scheme) -> None:
    diagnoses, procedures = set(scheme.diagnosis_names), set(scheme.procedure_names)
    for members in scheme.lists.values():
        assert members.codes <= (diagnoses if members.kind == "diagnosis" else procedures)
    assert diagnoses >= {*scheme.complications, *scheme.exclusions, *scheme.sites}
    assert diagnoses >= set(scheme.maps.diagnoses.values())
    assert procedures >= set(scheme.maps.procedures.values())
    assert all(chain(scheme.diagnosis_names.values(), scheme.procedure_names.values()))


def test_some_codes_exist_in_both_editions_and_mean_something_else(scheme: Scheme) -> None:
    both = {
        code: target
        for code, target in scheme.maps.diagnoses.items()
        if code in scheme.diagnosis_names and target != code
    }
    assert len(both) >= 4
    assert group(scheme, Case(diagnoses=("I50.900", "N18.900"))).drg == "FR23"
    assert group(scheme, Case(diagnoses=("I50.900", both["N18.900"]))).drg == "FR21"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_the_files_are_sorted_utf_8_with_a_mark_and_unix_lines(table: Table, plain: Plain) -> None:
    name = table.file
    data = Path(PACKAGE / name).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    rows = [tuple(row.values()) for row in plain.table(name)]
    if name in ("lists.csv", "mdc.csv", "adrg.csv", "drg.csv"):
        grouped = list(dict.fromkeys(row[0] for row in rows))
        order = {first: place for place, first in enumerate(grouped)}
        key = [(order[row[0]], *((int(row[1]), "") if row[1].isdigit() else row[1:3])) for row in rows]
        assert name == "mdc.csv" or key == sorted(key)
    else:
        assert rows == sorted(rows)
