"""The compiled scheme against the interpreter, over schemes and cases nobody thought of."""

import gc
import random
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grouping.engine import chains, compiled, interpreter
from grouping.engine.case import Case
from grouping.engine.compiled import compile_scheme
from grouping.engine.rows import Scheme
from tests.engines.grouping.both import group
from tests.engines.grouping.packages import (
    CASES,
    OUTSIDE_DIAGNOSIS,
    OUTSIDE_PROCEDURE,
    many_cases,
    schemes,
)
from tests.engines.grouping.tiny import TINY, case, read, with_rows, with_text

MANY = settings(max_examples=150, deadline=None)


@MANY
@given(schemes(), st.randoms(use_true_random=False))
def test_compiled_and_interpreter_agree_on_any_scheme_and_any_case(scheme: Scheme, by: random.Random) -> None:
    for one in many_cases(by, 150):
        group(scheme, one)


def shuffled(codes: tuple[str, ...], by: random.Random) -> tuple[str, ...]:
    rest = list(codes[1:])
    by.shuffle(rest)
    return (*codes[:1], *rest)


@MANY
@given(schemes(retry=False), CASES, st.randoms(use_true_random=False))
def test_the_order_of_secondary_diagnoses_and_other_procedures_never_matters(
    scheme: Scheme, one: Case, by: random.Random
) -> None:
    other = replace(one, diagnoses=shuffled(one.diagnoses, by), procedures=shuffled(one.procedures, by))
    assert group(scheme, other) == group(scheme, one)


@MANY
@given(schemes(), CASES.filter(lambda one: bool(one.diagnoses and one.procedures)))
def test_codes_outside_all_lists_change_nothing(scheme: Scheme, one: Case) -> None:
    lists = [members.codes for members in scheme.lists.values()]
    assert not any(codes & {OUTSIDE_DIAGNOSIS, OUTSIDE_PROCEDURE} for codes in lists)
    more = replace(
        one,
        diagnoses=(*one.diagnoses, OUTSIDE_DIAGNOSIS),
        procedures=(*one.procedures, OUTSIDE_PROCEDURE)
        if not scheme.head.retry_other_procedures
        else one.procedures,
    )
    assert group(scheme, more) == group(scheme, one)


@MANY
@given(schemes(), CASES.filter(lambda one: bool(one.diagnoses)))
def test_an_excluded_secondary_diagnosis_changes_nothing(scheme: Scheme, one: Case) -> None:
    """Excluded, and in no list, as the codes of a package's cc.csv mostly are."""
    principal = one.diagnoses[0]
    excluding = replace_exclusions(scheme, {**scheme.exclusions, principal: "1"})
    more = replace(one, diagnoses=(*one.diagnoses, "EXCLUDED"))
    assert group(excluding, more) == group(excluding, one)


def replace_exclusions(scheme: Scheme, exclusions: dict[str, str]) -> Scheme:
    from grouping.engine.rows import Complication

    rows = (Complication("EXCLUDED", "MCC", "1"), Complication("EXCLUDED", "CC", "1"))
    return replace(scheme, exclusions=exclusions, complications={**scheme.complications, "EXCLUDED": rows})


@MANY
@given(schemes(), CASES, st.data())
def test_a_repeated_code_changes_nothing(scheme: Scheme, one: Case, data: st.DataObject) -> None:
    """A secondary diagnosis, or a procedure after the first, written twice."""
    again = replace(
        one,
        diagnoses=one.diagnoses + one.diagnoses[1:],
        procedures=one.procedures + one.procedures[1:],
    )
    assert group(scheme, again) == group(scheme, one)


def test_a_rule_of_ten_thousand_members_and_one_of_ten_thousand_levels(tmp_path: Path) -> None:
    wide = " or ".join(["principal in MDCB and age == 7", *["secondary in MDCB and age == 3"] * 10_000])
    deep = "not (" * 10_000 + "age > 9" + ")" * 10_000
    files = with_rows("adrg.csv", f"MDCB,2,BX1,,medical,{wide},adrg", f"MDCB,4,BX2,,medical,{deep},adrg")
    scheme = read(tmp_path, files)
    for age, expected in ((7, "BX1"), (3, "BX1"), (10, "BX2"), (5, "BR1"), (None, "BR1")):
        found = group(scheme, case("I63.900 I61.000", "99.9900", age=age))
        assert found.adrg == expected


def test_many_kinds_of_codes_are_grouped_when_no_more_chains_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "KEPT", 5)
    scheme = read(tmp_path)
    ready = compile_scheme(scheme)
    diagnoses = ["I63.900", "I61.000", "P07.100", "S06.200", "Z99.900", ""]
    procedures = ["", "01.1000", "01.2000", "02.1000", "99.9900", "01.1000 02.1000"]
    for diagnosis in diagnoses * 2:
        for procedure in procedures:
            one = case(f"{diagnosis} J96.000", procedure, age=0, weight=900)
            assert ready.group(one) == interpreter.group(scheme, one)
    assert ready.prepared() <= 5


def test_several_threads_use_one_compiled_scheme(tmp_path: Path) -> None:
    scheme = read(tmp_path)
    cases = [
        case(f"{first} {second}", procedures, age=age)
        for first in ("I63.900", "I61.000", "P07.100", "Z99.900")
        for second in ("J96.000", "E11.900", "")
        for procedures in ("", "01.1000", "99.9900 01.1000", "02.1000")
        for age in (0, 60)
    ]
    expected = [interpreter.group(scheme, one) for one in cases]
    with ThreadPoolExecutor(8) as pool:
        found = [pool.map(compile_scheme(scheme).group, cases * 5) for _ in range(20)]
        assert all(list(results) == expected * 5 for results in found)


def test_a_scheme_that_is_gone_is_not_kept_by_what_was_compiled_from_it(tmp_path: Path) -> None:
    scheme = read(tmp_path)
    compiled.group(scheme, case("I63.900"))
    gone = weakref.ref(scheme)
    del scheme
    gc.collect()
    assert gone() is None


def test_fields_may_be_read_from_any_source(tmp_path: Path) -> None:
    """A row of text is grouped without a `Case` being made of it; a field is read only where it is asked."""
    read_fields: list[str] = []

    def reader(place: int, name: str) -> object:
        def field(row: list[str]) -> int | str | None:
            read_fields.append(name)
            return (row[place] if name == "department" else int(row[place])) if row[place] else None

        return field

    names = ("age", "age_days", "weight", "los", "icu_hours", "sex", "department", "discharge")
    fields = {name: reader(place, name) for place, name in enumerate(names)}
    ready = compile_scheme(read(tmp_path), fields)  # type: ignore[arg-type]
    row = ["0", "", "900", "", "", "", "ICU", ""]
    assert ready.outcomes[ready.number(["P07.100"], [], row)].adrg == "PS1"
    assert set(read_fields) == {"age", "weight"}
    read_fields.clear()
    assert ready.outcomes[ready.number(["I63.900"], [], row)].drg == "BR13"
    assert read_fields == ["department"]


def test_a_package_of_every_kind_of_row_reads_and_compiles(tmp_path: Path) -> None:
    files = with_text(
        "mdc.csv", "principal in MDCB", "not (no_procedure and sex == 1) and any_diagnosis in MDCB"
    )
    scheme = read(tmp_path, with_rows("cc.csv", "Q00.000,CC,", base=files))
    assert TINY["cc.csv"] != files["mdc.csv"]
    for one in (
        case("Z99.900 I63.900", sex=1),
        case("Z99.900 I63.900", sex=2),
        case("I63.900 Q00.000", "01.1000"),
    ):
        group(scheme, one)
    assert group(scheme, case("I63.900 Q00.000", "01.1000")).drg == "BB13"
