"""The rule language: what is a rule, what it means, and that any rule survives writing and reading."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grouping.engine.case import Case
from grouping.engine.meaning import Facts, rule_test
from grouping.engine.parser import RuleError, parse
from grouping.engine.rules import (
    FIELDS,
    FLAGS,
    And,
    Compare,
    Department,
    Discharge,
    Flag,
    InList,
    Not,
    Or,
    Rule,
    atoms,
    render,
)
from grouping.engine.scheme import Scheme
from tests.engines.grouping import tiny
from tests.engines.grouping.naive import naive

A, B, C = Flag("mcc"), Flag("cc"), Flag("no_procedure")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("principal in MDCB", InList("principal", "MDCB")),
        ("any_procedure in AC1.procedures2", InList("any_procedure", "AC1.procedures2")),
        ("principal in and", InList("principal", "and")),
        ("age_days<=28", Compare("age_days", "<=", Decimal(28))),
        ("weight  >=  1499.5", Compare("weight", ">=", Decimal("1499.5"))),
        ('department == "ICU and (3)"', Department("ICU and (3)")),
        ('department==""', Department("")),
        ("discharge in{2,5}", Discharge((2, 5))),
        ("discharge in { 04 }", Discharge((4,))),
        ("mcc and cc or no_procedure", Or((And((A, B)), C))),
        ("mcc or cc and no_procedure", Or((A, And((B, C))))),
        ("not mcc and cc", And((Not(A), B))),
        ("not not(mcc or cc)", Not(Not(Or((A, B))))),
        ("(mcc and cc)and(no_procedure)", And((And((A, B)), C))),
        ("mcc and cc and no_procedure", And((A, B, C))),
        ("\tmcc\tor cc ", Or((A, B))),
    ],
)
def test_a_text_is_read_by_the_grammar(text: str, tree: Rule) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "kind", "at"),
    [
        ("", "rule_ends", 1),
        ("   ", "rule_ends", 1),
        ("mcc and", "rule_ends", 8),
        ("mcc cc", "rule_joint", 5),
        ("mcc and or cc", "rule_word", 9),
        ("and mcc", "rule_word", 1),
        ("MCC", "rule_word", 1),
        ("mcc AND cc", "rule_joint", 5),
        ("principle in MDCB", "rule_word", 1),
        ("age in MDCB", "rule_operator", 5),
        ("principal == MDCB", "rule_mark", 11),
        ("principal in", "rule_ends", 13),
        ("principal in 3", "rule_list", 14),
        ('principal in "MDCB"', "rule_list", 14),
        ("age = 3", "rule_unreadable", 5),
        ("age != 3", "rule_unreadable", 5),
        ("age => 3", "rule_unreadable", 5),
        ("age >= -3", "rule_unreadable", 8),
        ("age >= .5", "rule_unreadable", 8),
        ("age >= 5.", "rule_unreadable", 8),
        ("age >= 5and mcc", "rule_unreadable", 8),
        ("age >= age_days", "rule_number", 8),
        ("5 < age", "rule_condition", 1),
        ('department >= "ICU"', "rule_mark", 12),
        ("department == ICU", "rule_string", 15),
        ('department == "ICU', "rule_unreadable", 15),
        ('department == "ICU"and mcc', "rule_unreadable", 15),
        ("department == “ICU”", "rule_unreadable", 15),
        ("discharge == 5", "rule_mark", 11),
        ("discharge in {}", "rule_integer", 15),
        ("discharge in {2 5}", "rule_mark", 17),
        ("discharge in {2,}", "rule_integer", 17),
        ("discharge in {2.0}", "rule_integer", 15),
        ("discharge in (2)", "rule_mark", 14),
        ("(mcc", "rule_unclosed", 1),
        ("mcc)", "rule_joint", 4),
        ("()", "rule_condition", 2),
        ("not", "rule_ends", 4),
        ("mcc not", "rule_joint", 5),
        ("（mcc）", "rule_unreadable", 1),
        ("mcc\nor cc", "rule_unreadable", 4),
        ("age + 1 > 2", "rule_unreadable", 5),
        ("sex == 1;", "rule_unreadable", 9),
    ],
)
def test_anything_else_is_refused_with_reason_and_place(text: str, kind: str, at: int) -> None:
    with pytest.raises(RuleError) as refused:
        parse(text)
    assert (refused.value.kind, refused.value.params["at"]) == (kind, at)


LISTS = {"diagnosis": ["MDCP", "MDCB"], "procedure": ["valid", "BB1.procedures"]}
ATOMS: st.SearchStrategy[Rule] = st.one_of(
    st.builds(
        InList,
        st.sampled_from(["principal", "secondary", "any_diagnosis"]),
        st.sampled_from(LISTS["diagnosis"]),
    ),
    st.builds(
        InList,
        st.sampled_from(["main_procedure", "other_procedure", "any_procedure"]),
        st.sampled_from(LISTS["procedure"]),
    ),
    st.builds(
        Compare,
        st.sampled_from(sorted(FIELDS)),
        st.sampled_from(["<", "<=", ">", ">=", "=="]),
        st.sampled_from([Decimal(0), Decimal(1), Decimal(2), Decimal("1.5"), Decimal("2.50")]),
    ),
    st.builds(Department, st.sampled_from(["", "ICU", "03"])),
    st.builds(Discharge, st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple)),
    st.builds(Flag, st.sampled_from(sorted(FLAGS))),
)
RULES: st.SearchStrategy[Rule] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=4).map(tuple)),
    ),
    max_leaves=12,
)


@given(RULES)
def test_a_rule_written_and_read_is_the_same_rule(rule: Rule) -> None:
    assert parse(render(rule)) == rule


@given(RULES)
def test_blanks_around_brackets_commas_and_operators_do_not_matter(rule: Rule) -> None:
    marks = r"[ ]*(<=|>=|==|[<>(){},])[ ]*"
    assert parse(re.sub(marks, r"\1", render(rule)).replace('"and', '" and').replace('"or', '" or')) == rule
    assert parse(re.sub(marks, " \t\\1  ", render(rule))) == rule


@given(st.text(alphabet='()notadr mcc=<>"{},5.in', max_size=40))
def test_no_text_does_more_than_parse_or_be_refused(text: str) -> None:
    try:
        rule = parse(text)
    except RuleError as error:
        assert 1 <= int(str(error.params["at"])) <= len(text) + 1
    else:
        assert parse(render(rule)) == rule


MAYBE = st.one_of(st.none(), st.integers(0, 3))
CASES = st.builds(
    Case,
    sex=MAYBE,
    age=MAYBE,
    age_days=MAYBE,
    weight=MAYBE,
    los=MAYBE,
    department=st.sampled_from([None, "", "ICU", "03"]),
    discharge=st.one_of(st.none(), st.integers(0, 5)),
    icu_hours=st.sampled_from([None, 0, 1, 2, Decimal("1.5"), Decimal("2.5")]),
    diagnoses=st.lists(
        st.sampled_from(
            [
                "P07.100",
                "I63.900",
                "I61.000",
                "J96.000",
                "E11.900",
                "K92.200",
                "S06.200",
                "S06.300",
                "S22.000",
            ]
        ),
        max_size=5,
    ).map(tuple),
    procedures=st.lists(st.sampled_from(["01.1000", "01.2000", "02.1000", "99.9900"]), max_size=4).map(tuple),
)


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return tiny.read(tmp_path_factory.mktemp("rules"))


@settings(max_examples=250)
@given(rule=RULES, case=CASES)
def test_a_rule_means_what_the_format_says(scheme: Scheme, rule: Rule, case: Case) -> None:
    assert rule_test(rule, scheme.lists)(Facts(case, scheme)) is naive(rule, case)


@settings(max_examples=400)
@given(atom=ATOMS, case=CASES)
def test_a_condition_means_what_the_format_says(scheme: Scheme, atom: Rule, case: Case) -> None:
    assert rule_test(atom, scheme.lists)(Facts(case, scheme)) is naive(atom, case)


@pytest.mark.parametrize(
    ("diagnoses", "mcc", "cc"),
    [
        ("J96.000", False, False),  # a principal diagnosis is never its own complication
        ("J96.000 J96.000", True, False),
        ("K92.200 Z99.900", False, False),
        ("Z99.900 K92.200", True, True),
        ("I63.900 K92.200", False, True),
        ("", False, False),
    ],
)
def test_mcc_and_cc_look_at_secondary_diagnoses_only(
    scheme: Scheme, diagnoses: str, mcc: bool, cc: bool
) -> None:
    facts = Facts(tiny.case(diagnoses), scheme)
    assert [rule_test(Flag(word), scheme.lists)(facts) for word in ("mcc", "cc")] == [mcc, cc]


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "=="])
@pytest.mark.parametrize("field", sorted(FIELDS - {"trauma_sites"}))
def test_a_comparison_with_a_missing_field_is_false(scheme: Scheme, field: str, op: str) -> None:
    facts = Facts(Case(), scheme)
    for number in (0, 1):
        assert not rule_test(parse(f"{field} {op} {number}"), scheme.lists)(facts)
        assert rule_test(parse(f"not ({field} {op} {number})"), scheme.lists)(facts)


def test_a_weight_of_zero_is_a_missing_weight(scheme: Scheme) -> None:
    facts = Facts(Case(weight=0), scheme)
    assert not rule_test(parse("has_weight or weight < 1000 or weight == 0"), scheme.lists)(facts)


def test_rules_of_any_size_are_read_written_and_asked(scheme: Scheme) -> None:
    size = 4_000
    deep = "no_procedure or (mcc and (" * size + "true" + "))" * size
    for text in (
        " or ".join(["false"] * size + ["true"]),
        "(" * size + "true" + ")" * size,
        "not " * size + "true",
        deep,
    ):
        rule = parse(text)
        assert parse(render(rule)) is not None
        assert rule_test(rule, scheme.lists)(Facts(Case(), scheme))
    assert sum(1 for _ in atoms(parse(deep))) == 2 * size + 1


def test_every_rule_of_the_reference_packages_is_read_and_written(package: Path) -> None:
    texts = {
        text
        for file, column in (("mdc.csv", 2), ("adrg.csv", 5), ("drg.csv", 4))
        for text in columns(package / file, column)
    }
    assert len(texts) > 100
    for text in texts:
        assert parse(render(parse(text))) == parse(text)


def columns(path: Path, place: int) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [row[place] for row in list(csv.reader(lines))[1:]]
