"""Grouping by FORMAT section 5: order, outcomes, complications, the second try, the trace."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grouping.engine.case import Case, CodeMaps, translate
from grouping.engine.interpreter import explain
from grouping.engine.result import Result, Status
from grouping.engine.scheme import Scheme
from tests.engines.grouping.both import group
from tests.engines.grouping.tiny import TINY, case, read, with_rows, with_text


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return read(tmp_path_factory.mktemp("grouping"))


def codes(scheme: Scheme, case: Case) -> tuple[str, str, str, str]:
    result = group(scheme, case)
    return result.mdc, result.adrg, result.drg, result.status.value


@pytest.mark.parametrize(
    ("given_case", "expected"),
    [
        (case("I63.900", "02.1000"), ("MDCA", "AA1", "AA19", "grouped")),
        (case("", "02.1000"), ("MDCA", "AA1", "AA19", "grouped")),
        (case("I63.900", "01.1000 02.1000"), ("MDCB", "BB1", "BB15", "grouped")),
        (case("I63.900", "99.9900 01.1000"), ("MDCB", "BQY", "BQY", "ambiguous")),
        (case("I63.900", "99.9900"), ("MDCB", "BR1", "BR15", "grouped")),
        (case("I63.900", department="ICU"), ("MDCB", "BR1", "BR13", "grouped")),
        (case("I63.900", department="icu"), ("MDCB", "BR1", "BR15", "grouped")),
        (case("I63.900", discharge=5), ("MDCB", "BR1", "BR13", "grouped")),
        (case("P07.100", age=0, weight=1499), ("MDCP", "PS1", "PS1", "adrg_only")),
        (case("P07.100", age=0, weight=Decimal("1499.9")), ("MDCP", "PS1", "PS1", "adrg_only")),
        (case("P07.100", age=0, weight=1500), ("", "", "0000", "ungroupable")),
        (case("P07.100", age=0, weight=0), ("", "", "0000", "ungroupable")),
        (case("P07.100", weight=900), ("", "", "0000", "ungroupable")),
        (case("S06.200 S06.300"), ("", "", "0000", "ungroupable")),
        (case("S06.200 S22.000"), ("MDCZ", "ZZ1", "ZZ19", "grouped")),
        (case("i63.900"), ("", "", "0000", "ungroupable")),
        (case("Z99.900 I63.900"), ("", "", "0000", "ungroupable")),
        (case(), ("", "", "0000", "ungroupable")),
    ],
)
def test_the_first_hit_wins_at_every_level(tiny: Scheme, given_case: Case, expected: tuple[str, ...]) -> None:
    assert codes(tiny, given_case) == expected


@pytest.mark.parametrize(
    ("diagnoses", "drg"),
    [
        ("I61.000 J96.000", "BR11"),  # MCC of another group
        ("I63.900 J96.000", "BR15"),  # excluded: both of group 9
        ("I63.900 K92.200", "BR15"),  # CC only: its MCC row is excluded, and BR1 does not split on CC
        ("I61.000 K92.200", "BR11"),  # a code with two rows, each counting for itself
        ("I61.000 E11.900", "BR15"),
    ],
)
def test_a_complication_counts_unless_the_principal_excludes_it(
    tiny: Scheme, diagnoses: str, drg: str
) -> None:
    assert group(tiny, case(diagnoses)).drg == drg


@pytest.mark.parametrize(
    ("diagnoses", "drg"),
    [
        ("I61.000 J96.000", "BB11"),
        ("I63.900 J96.000", "BB15"),
        ("I63.900 K92.200", "BB13"),  # the CC row of the code counts although its MCC row is excluded
        ("I61.000 E11.900", "BB13"),
        ("I61.000 I61.000", "BB15"),  # a secondary diagnosis equal to the principal, excluded by its group
        ("I61.000", "BB15"),
    ],
)
def test_mcc_and_cc_are_independent(tiny: Scheme, diagnoses: str, drg: str) -> None:
    assert group(tiny, case(diagnoses, "01.1000")).drg == drg


def test_mcc_does_not_imply_cc(tmp_path: Path) -> None:
    files = with_text("drg.csv", "MCC,mcc,5", "MCC,false,5")
    scheme = read(tmp_path, with_text("drg.csv", "CC,mcc or cc,", "CC,cc,", files))
    assert group(scheme, case("I61.000 J96.000", "01.1000")).drg == "BB15"


def test_weights_come_with_the_group_as_written(tiny: Scheme) -> None:
    assert str(group(tiny, case("I61.000 E11.900", "01.1000")).weight) == "3.4596710"
    assert group(tiny, case("P07.100", age=0, weight=900)).weight is None
    assert group(tiny, case()).weight is None


def test_an_adrg_without_fitting_drg_goes_on_or_ends_as_its_row_says(tmp_path: Path) -> None:
    files = with_text("drg.csv", "不伴,true", "不伴,false")
    scheme = read(tmp_path / "a", files)
    assert codes(scheme, case("I63.900", "01.1000")) == ("MDCB", "BQY", "BQY", "ambiguous")
    ending = with_text("adrg.csv", "in BB1.procedures,next", "in BB1.procedures,adrg", files)
    assert codes(read(tmp_path / "b", ending), case("I63.900", "01.1000")) == (
        "MDCB",
        "BB1",
        "BB1",
        "adrg_only",
    )


def test_a_case_that_no_row_of_an_mdc_returns_goes_on_to_the_next_mdc(tmp_path: Path) -> None:
    scheme = read(
        tmp_path, with_text("scheme.toml", '"MDCP", "MDCZ", "MDCB"', '"MDCB", "MDCP", "MDCZ"', TWO_GATES)
    )
    assert codes(scheme, case("P07.100", age=0, weight=900)) == ("MDCP", "PS1", "PS1", "adrg_only")


TWO_GATES = with_text("mdc.csv", "principal in MDCB", "principal in MDCB or principal in MDCP")
TWO_GATES = with_text("adrg.csv", "脑缺血,medical,true", "脑缺血,medical,principal in MDCB", TWO_GATES)


def test_rows_are_tried_by_seq_and_not_as_they_stand(tmp_path: Path) -> None:
    files = with_rows("adrg.csv", "MDCB,2,BR1,脑缺血,medical,secondary in MDCB,next")
    files = with_text("drg.csv", "BR1,2,", "BR1,20,", with_text("drg.csv", "BR1,3,", "BR1,30,", files))
    scheme = read(tmp_path, with_rows("drg.csv", "BR1,12,BR19,,true,1,", base=files))
    # The second way into BR1 comes before BQY and shares its DRGs; BR19 comes before BR13.
    stroke = case("I63.900 I61.000", "99.9900 01.1000", department="ICU")
    assert codes(scheme, stroke) == ("MDCB", "BR1", "BR19", "grouped")


def test_seq_is_a_number(tmp_path: Path) -> None:
    files = with_text("drg.csv", "BR1,3,", "BR1,10,", with_text("drg.csv", "BR1,2,", "BR1,9,"))
    assert group(read(tmp_path, files), case("I63.900", department="ICU")).drg == "BR13"


def test_an_ambiguous_group_may_have_one_row_with_its_weight(tmp_path: Path) -> None:
    scheme = read(tmp_path, with_rows("drg.csv", "BQY,1,BQY,歧义病案,true,0.5,"))
    result = group(scheme, case("I63.900", "99.9900 01.1000"))
    assert result == Result("MDCB", "BQY", "BQY", Status.AMBIGUOUS, Decimal("0.5"))


def test_a_group_with_the_code_of_the_ungroupable_is_ungroupable(tmp_path: Path) -> None:
    scheme = read(tmp_path, with_text("drg.csv", "BR15", "0000"))
    assert codes(scheme, case("I63.900")) == ("", "", "0000", "ungroupable")


RETRY = with_text("scheme.toml", "procedures = false", "procedures = true")
# Nothing catches a case by itself: MDCB asks for an operation, MDCA for a transplant.
RETRY = with_text("adrg.csv", "脑缺血,medical,true", "脑缺血,medical,false", RETRY)
RETRY = with_text("adrg.csv", "any_procedure in valid", "false", RETRY)


@pytest.mark.parametrize(
    ("procedures", "expected"),
    [
        ("01.1000", ("MDCB", "BB1", "BB15", "grouped")),
        ("99.9900", ("", "", "0000", "ungroupable")),
        ("99.9900 01.1000", ("MDCB", "BB1", "BB15", "grouped")),
        ("99.9900 01.2000 01.1000 02.1000", ("MDCB", "BB1", "BB15", "grouped")),
        ("99.9900 02.1000 01.1000", ("MDCA", "AA1", "AA19", "grouped")),
        ("99.9900 01.2000", ("", "", "0000", "ungroupable")),
        ("", ("", "", "0000", "ungroupable")),
    ],
)
def test_other_procedures_are_tried_one_by_one_when_the_scheme_says_so(
    tmp_path: Path, procedures: str, expected: tuple[str, ...]
) -> None:
    assert codes(read(tmp_path, RETRY), case("I63.900", procedures)) == expected
    plain = with_text("scheme.toml", "procedures = true", "procedures = false", RETRY)
    first_only = expected if len(procedures.split()) < 2 else ("", "", "0000", "ungroupable")
    assert codes(read(tmp_path / "a", plain), case("I63.900", procedures)) == first_only


def test_the_second_try_sees_only_its_one_procedure(tmp_path: Path) -> None:
    files = with_text(
        "adrg.csv",
        "main_procedure in BB1.procedures",
        "any_procedure in AA1.procedures and main_procedure in BB1.procedures",
        RETRY,
    )
    scheme = read(tmp_path, files)
    assert group(scheme, case("I63.900", "01.2000 01.1000")).drg == "0000"
    trace = explain(scheme, case("I63.900", "01.2000 01.1000 99.9900"))
    assert [seen.procedures for seen in trace.passes] == [
        ("01.2000", "01.1000", "99.9900"),
        ("01.1000",),
        ("99.9900",),
    ]


def test_clinical_codes_are_translated_only_on_request(tiny: Scheme) -> None:
    clinical = case("I63.900x001 E11.900", "01.1000x001 99.9900", case_no="7", age=60)
    assert group(tiny, clinical).status is Status.UNGROUPABLE
    translated = translate(clinical, tiny.maps)
    assert translated == case("I63.900 E11.900", "01.1000 99.9900", case_no="7", age=60)
    assert group(tiny, translated).drg == "BB13"
    assert translate(clinical, CodeMaps()) == clinical


def test_a_scheme_that_is_gone_is_not_kept(tmp_path: Path) -> None:
    import gc
    import weakref

    scheme = read(tmp_path)
    group(scheme, case("I63.900"))
    gone = weakref.ref(scheme)
    del scheme
    gc.collect()
    assert gone() is None


DIAGNOSES = [
    "I63.900",
    "I61.000",
    "J96.000",
    "E11.900",
    "K92.200",
    "P07.100",
    "S06.200",
    "S22.000",
    "Z99.900",
]
CASES = st.builds(
    Case,
    age=st.sampled_from([None, 0, 60]),
    weight=st.sampled_from([None, 0, 900, 2000]),
    department=st.sampled_from([None, "ICU"]),
    diagnoses=st.lists(st.sampled_from(DIAGNOSES), max_size=6).map(tuple),
    procedures=st.lists(st.sampled_from(["01.1000", "01.2000", "02.1000", "99.9900"]), max_size=4).map(tuple),
)


@given(case=CASES, seed=st.randoms(use_true_random=False))
def test_the_order_of_secondary_diagnoses_and_other_procedures_never_matters(
    tiny: Scheme, case: Case, seed: object
) -> None:
    def shuffled(codes: tuple[str, ...]) -> tuple[str, ...]:
        rest = list(codes[1:])
        seed.shuffle(rest)  # type: ignore[attr-defined]
        return (*codes[:1], *rest)

    other = replace(case, diagnoses=shuffled(case.diagnoses), procedures=shuffled(case.procedures))
    assert group(tiny, other) == group(tiny, case)


@given(CASES.filter(lambda case: bool(case.diagnoses)))
def test_codes_outside_all_lists_and_excluded_secondaries_change_nothing(tiny: Scheme, case: Case) -> None:
    excluded = {"I61.000": ("I61.000",), "I63.900": ("J96.000",)}.get(case.diagnoses[0], ())
    more = replace(case, diagnoses=(*case.diagnoses, "Y98.x00", *excluded))
    assert group(tiny, more) == group(tiny, case)


@given(CASES)
def test_explaining_gives_the_same_result_as_grouping(tiny: Scheme, case: Case) -> None:
    trace = explain(tiny, case)
    assert trace.result == group(tiny, case) == trace.passes[-1].result
    for step in trace.passes[0].steps:
        assert step.rule in "".join(TINY.values()).replace('""', '"')
