"""The language of advanced indicators: read, refused with its place, exact; missing stays missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.period import Month
from performance.engine.dictionary import Entry, shipped_dictionary
from performance.engine.exact import half_up
from performance.engine.expression import (
    MOST_DEPTH,
    Binary,
    Earlier,
    ExpressionRefused,
    Extreme,
    Minus,
    Name,
    Node,
    Number,
    names,
    parse,
)
from performance.engine.expressions import (
    MOST_NUMBERS,
    MOST_WAY,
    Worked,
    check_names,
    facts_of,
    graph,
    in_order,
    node_of,
    work_out,
)
from performance.engine.fact import Fact, tabulate
from performance.engine.factbook import shipped_facts
from performance.engine.indicators import evaluate
from tests.engines.performance.reading import worked_out, written

OCTOBER = Month(2026, 10)
KEYS = ("a", "b", "c")


def worth(text: str, others: dict[str, str] | None = None, **values: int | str | None) -> Worked:
    """An expression with facts of October; `a_1` is the fact a, one month earlier."""
    facts = []
    for name, value in values.items():
        key, _line, back = name.partition("_")
        known = Decimal(value) if isinstance(value, str) else value
        facts.append(Fact("A", OCTOBER.plus(-int(back or 0)), key, known, "case", 1))
    nodes = {code: parse(other) for code, other in (others or {}).items()}
    return work_out(parse(text), facts=tabulate(facts), institution="A", month=OCTOBER, others=nodes)


def test_signs_bind_as_in_arithmetic() -> None:
    assert parse("a + b × c") == Binary("+", Name("a", 1), Binary("×", Name("b", 5), Name("c", 9)))
    assert parse("a − b − c") == Binary("−", Binary("−", Name("a", 1), Name("b", 5)), Name("c", 9))
    assert parse("-a÷2") == Binary("÷", Minus(Name("a", 2)), Number(Decimal(2)))
    assert parse("prev(max(a, 0.5), 12)") == Earlier(
        Extreme("max", (Name("a", 10), Number(Decimal("0.5")))), 12
    )


@pytest.mark.parametrize(
    "text", ["100*(a-b)/b", "100 × ( a − b ) ÷ b", "100＊（a－b）／b", " 100 *\n(a - b) / b "]
)
def test_signs_of_a_keyboard_and_of_a_chinese_one_are_the_same(text: str) -> None:
    assert written(worth(text, a=110, b=100).formula) == "100 × ( 110 − 100 ) ÷ 100"
    assert worth(text, a=110, b=100).exact == 10


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("", "empty", "Write an expression"),
        ("a + ", "end", "x is missing"),
        ("(a + b", "end", ") is missing"),
        ("a b", "expected", "Place 3: “b” stands where + − × ÷ belongs"),
        ("a + × b", "expected", "Place 5: “×” stands where x belongs"),
        ("a + b)", "expected", "Place 6"),
        ("a + b; drop", "letter", "Place 6: “;” is no sign"),
        ("a ** b", "expected", "Place 4"),
        ("__import__", "letter", "Place 1: “_”"),
        ("A + 1", "letter", "Place 1: “A”"),
        ("sum(a, b)", "function", "Place 1: there is no function sum"),
        ("1 + prev(a)", "arguments", "Place 5: prev takes 2"),
        ("1 + min", "end", "( is missing"),
        ("min(a)", "arguments", "Place 1: min takes 2+"),
        ("prev(a, 0)", "months", "from 1 to 120"),
        ("prev(a, 1.5)", "months", "whole number"),
        ("prev(a, b)", "months", "whole number"),
        ("prev(a, 121)", "months", "120"),
        ("9" * 31, "digits", "more than 30 digits"),
        ("(" * 60 + "a" + ")" * 60, "too_deep", f"more than {MOST_DEPTH} times"),
        ("−" * 60 + "a", "too_deep", "inside brackets"),
        ("a+" * 1001 + "a", "too_long", "more than 2000 letters"),
        ("1.", "letter", "Place 2"),
    ],
)  # fmt: skip
def test_each_fault_is_refused_with_its_place(text: str, reason: str, words: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        parse(text)
    assert refused.value.reason == reason
    assert words in str(refused.value)


def test_an_unknown_name_is_named_with_its_place_and_the_nearest_known_one() -> None:
    book = shipped_facts().keys()
    with pytest.raises(
        ExpressionRefused, match=r"Place 7: discharge is no fact and no indicator\. Is discharges"
    ):
        check_names(parse("100 × discharge ÷ stay_days"), book)
    with pytest.raises(ExpressionRefused, match=r"Place 1: zzz is no fact and no indicator\.$"):
        check_names(parse("zzz"), book)
    check_names(parse("mean_stay × discharges"), book, frozenset({"mean_stay"}))


@pytest.mark.parametrize(
    ("text", "values", "exact"),
    [
        ("a ÷ b", {"a": 1, "b": 3}, Fraction(1, 3)),
        ("0.1 + 0.2", {}, Fraction(3, 10)),
        ("a × 0.01", {"a": "12.34"}, Fraction(617, 5000)),
        ("−a + b", {"a": 5, "b": 2}, Fraction(-3)),
        ("2 × −a", {"a": 5}, Fraction(-10)),
        ("min(a, b, 3)", {"a": 5, "b": 4}, Fraction(3)),
        ("max(0, a − b)", {"a": 5, "b": 9}, Fraction(0)),
        ("a − prev(a, 1)", {"a": 5, "a_1": 3}, Fraction(2)),
        ("prev(prev(a, 1), 2)", {"a_3": 7}, Fraction(7)),
        ("prev(a + b, 12)", {"a_12": 7, "b_12": 1}, Fraction(8)),
        ("a × b ÷ (b × a)", {"a": 7, "b": 3}, Fraction(1)),
    ],
)  # fmt: skip
def test_worked_out_exactly(text: str, values: dict[str, int | str], exact: Fraction) -> None:
    assert worth(text, **values).exact == exact


@pytest.mark.parametrize("text", ["a + b", "a × 0 + b", "min(a, b)", "max(0, b)", "b ÷ a", "prev(b, 1)"])
def test_missing_stays_missing_and_is_named(text: str) -> None:
    found = worth(text, a=1, b=None)
    assert found.exact is None and found.reason is not None
    assert (found.reason.code, found.reason.about) == ("missing_fact", ("b",))


def test_a_zero_divisor_is_not_assessed_and_no_missing_fact() -> None:
    found = worth("a ÷ (b − b)", a=1, b=2)
    assert found.reason is not None
    assert (found.exact, found.reason.code, found.reason.about) == (None, "empty_denominator", ())


def test_every_fact_written_down_leads_to_its_records() -> None:
    found = worth("a − prev(a, 1)", a=5, a_1=3)
    places = [(one.name, one.month) for one in found.formula.operands if one.origin == "fact"]
    assert places == [("a", OCTOBER), ("a", OCTOBER.previous())]
    assert written(worth("min(a, b) + 1", a=5, b=3).formula) == "min( 5 , 3 ) + 1"


def test_an_indicator_stands_for_its_expression() -> None:
    others = {"rate": "a ÷ b", "gap": "1 − rate"}
    found = worth("100 × gap", others, a=1, b=4)
    assert (found.exact, written(found.formula)) == (75, "100 × ( 1 − 1 ÷ 4 )")
    earlier = worth("rate − prev(rate, 1)", others, a=3, b=4, a_1=1, b_1=4)
    assert earlier.exact == Fraction(1, 2)
    assert facts_of(parse("rate − prev(rate, 1)"), {"rate": parse("a ÷ prev(b, 2)")}) == {
        "a": frozenset({0, 1}), "b": frozenset({2, 3}),
    }  # fmt: skip


def nodes(**texts: str) -> dict[str, Node]:
    return {code: parse(text) for code, text in texts.items()}


def test_order_and_graph_follow_the_references() -> None:
    made = nodes(top="left + right + a", left="base × 2", right="base ÷ b", base="a", alone="c")
    assert graph(made) == {
        "top": ("left", "right"), "left": ("base",), "right": ("base",), "base": (), "alone": (),
    }  # fmt: skip
    order = in_order(made)
    assert all(order.index(low) < order.index(high) for high, lows in graph(made).items() for low in lows)


@pytest.mark.parametrize(
    ("texts", "way"),
    [
        ({"x": "x + 1"}, "x → x"),
        ({"x": "prev(x, 1)"}, "x → x"),
        ({"x": "y", "y": "z + a", "z": "min(y, 1)"}, "y → z → y"),
    ],
)
def test_a_circle_is_refused_and_written_down(texts: dict[str, str], way: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        in_order(nodes(**texts))
    assert (refused.value.reason, refused.value.params["way"]) == ("circle", way)
    with pytest.raises(ExpressionRefused, match="circle"):
        work_out(parse("x"), facts={}, institution="A", month=OCTOBER, others=nodes(**texts))


def test_what_grows_beyond_a_line_is_refused_before_it_is_worked_out() -> None:
    doubling = {f"x{n}": parse(f"x{n - 1} + x{n - 1}") for n in range(1, 40)}
    with pytest.raises(ExpressionRefused) as refused:
        in_order(dict(sorted({**doubling, "x0": parse("a")}.items(), key=lambda one: int(one[0][1:]))))
    assert refused.value.reason == "too_long_way" and refused.value.params["most"] == MOST_WAY
    wide = {"low": parse("+".join("a" * 60)), "top": parse("+".join(["low"] * 40))}
    with pytest.raises(ExpressionRefused, match=f"top has more than {MOST_NUMBERS} numbers"):
        in_order(wide)


def test_a_line_as_long_as_the_text_may_be_is_worked_out() -> None:
    text = "+".join(["a"] * 1000)
    assert worth(text, a=3).exact == 3000
    assert len(list(names(parse(text)))) == 1000
    assert facts_of(parse(text)) == {"a": frozenset({0})}


LEAVES = st.sampled_from(["a", "b", "c"]) | st.integers(0, 999).map(str) | st.sampled_from(["0.5", "12.25"])
STEPS = st.lists(st.tuples(st.sampled_from(["{0} {1} {2}", "{2} {1} ({0})", "−({0}) {1} {2}"]),
                          st.sampled_from("+−×÷"), LEAVES), max_size=7)  # fmt: skip


def grown(leaf: str, steps: list[tuple[str, str, str]]) -> str:
    """An expression that grows step by step, to the left or inside brackets."""
    for shape, sign, other in steps:
        leaf = shape.format(leaf, sign, other)
    return leaf


TEXTS = st.builds(grown, LEAVES, STEPS)
VALUES = st.fixed_dictionaries({key: st.integers(0, 10**12) for key in KEYS})


def calculated(node: Node, values: dict[str, int]) -> Fraction | None:
    """A second way: fractions straight from the tree."""
    match node:
        case Number():
            return Fraction(node.value)
        case Name():
            return Fraction(values[node.name])
        case Minus():
            one = calculated(node.part, values)
            return None if one is None else -one
        case Binary():
            left, right = calculated(node.left, values), calculated(node.right, values)
            if left is None or right is None or (node.sign == "÷" and not right):
                return None
            return {
                "+": lambda: left + right, "−": lambda: left - right, "×": lambda: left * right,
                "÷": lambda: left / right,
            }[node.sign]()  # fmt: skip
        case _:
            raise AssertionError(node)


@given(TEXTS, VALUES)
def test_the_tree_and_the_line_written_down_say_the_same(text: str, values: dict[str, int]) -> None:
    found = worth(text, **values)
    assert found.exact == calculated(parse(text), values)
    if found.exact is not None:
        assert worked_out(found.formula) == found.exact


@given(TEXTS, VALUES, st.sampled_from(KEYS))
def test_one_fact_missing_is_a_whole_missing_where_it_is_named(
    text: str, values: dict[str, int], key: str
) -> None:
    found = worth(text, **{**values, key: None})
    named = key in {one.name for one in names(parse(text))}
    if named:
        assert found.exact is None and found.reason is not None and found.reason.about == (key,)
    else:
        assert found.exact == worth(text, **values).exact


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert list(names(parse(text))) is not None
    except ExpressionRefused as refused:
        assert refused.reason in ExpressionRefused.reasons


@given(st.lists(st.sampled_from([*KEYS, "1", "+", "−", "×", "÷", "(", ")", ",", "min", "prev"]), max_size=14))
def test_any_row_of_words_is_read_or_refused(words: list[str]) -> None:
    text = " ".join(words)
    try:
        node = parse(text)
    except ExpressionRefused as refused:
        assert 1 <= int(str(refused.params.get("at", 1))) <= len(text) + 1
    else:
        assert set(facts_of(node)) <= set(KEYS)


NUMBERS_OF_TWO_YEARS = [
    Fact("A", month, key, 7 + 3 * place + month.year % 10, "case", 1)
    for month in (OCTOBER, OCTOBER.same_last_year())
    for place, key in enumerate(sorted(shipped_facts()))
]


@pytest.mark.parametrize("code", sorted(shipped_dictionary()))
def test_every_indicator_of_the_dictionary_is_the_same_as_an_expression(code: str) -> None:
    indicator = replace(shipped_dictionary_once()[code].indicator, minimum_n=0, decimals=12)
    facts = tabulate(NUMBERS_OF_TWO_YEARS)
    value = evaluate(indicator, facts=facts, institution="A", month=OCTOBER).value
    found = work_out(node_of(indicator), facts=facts, institution="A", month=OCTOBER)
    assert found.exact is not None and half_up(found.exact, 12) == value
    assert set(facts_of(node_of(indicator))) == {*indicator.numerator, *indicator.denominator}


@cache
def shipped_dictionary_once() -> dict[str, Entry]:
    return shipped_dictionary()
