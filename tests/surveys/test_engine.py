"""The pure parts of surveys as properties: weights, intervals, links, and that nothing hidden follows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.hiding import hide
from complaints.surveys.engine import links
from complaints.surveys.engine.estimate import stratified, together
from complaints.surveys.engine.kinds import KINDS
from complaints.surveys.engine.questions import Option, Question, QuestionsRefused, checked
from complaints.surveys.engine.scoring import score

POINTS = st.integers(0, 100).map(Fraction)
SAMPLE = st.dictionaries(st.sampled_from("abcdef"), st.lists(POINTS, max_size=12), min_size=1)
SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 400))
LEVELS = {number: Fraction(20 * number) for number in range(1, 6)}


@given(SAMPLE, SIZES)
def test_weights_add_up_to_one_and_the_mean_lies_among_the_answers(
    values: dict[str, list[Fraction]], sizes: dict[str, int]
) -> None:
    found = stratified(values, sizes)
    given_at_all = [value for one in values.values() for value in one]
    if found is None:
        assert not given_at_all
        return
    assert sum(part.weight for part in found.parts.values()) == 1
    assert found.answers == len(given_at_all) and min(given_at_all) <= found.mean <= max(given_at_all)
    low, high = found.interval(Decimal(95))
    exact = Decimal(found.mean.numerator) / found.mean.denominator
    assert 0 <= low <= exact + Decimal("0.0001") and exact - Decimal("0.0001") <= high <= 100
    assert found.variance >= 0


def test_equal_strata_weigh_by_their_persons_and_not_by_their_answers() -> None:
    found = stratified({"big": [Fraction(60)] * 2, "small": [Fraction(100)] * 8}, {"big": 900, "small": 100})
    assert found is not None and found.mean == 64


def test_by_hand_the_interval_of_a_stratified_mean() -> None:
    """W 3/4 and 1/4; s² 200 of 60, 80 and 50 of 90, 100; (1 − 2/30) and (1 − 2/10)."""
    values = {"a": [Fraction(60), Fraction(80)], "b": [Fraction(90), Fraction(100)]}
    found = stratified(values, {"a": 30, "b": 10})
    assert found is not None and found.mean == Fraction(305, 4)
    by_hand = Fraction(9, 16) * Fraction(14, 15) * 100 + Fraction(1, 16) * Fraction(4, 5) * 25
    assert found.variance == by_hand == Fraction(215, 4)


def test_who_asked_everybody_is_certain() -> None:
    found = stratified({"a": [Fraction(60), Fraction(80)]}, {"a": 2})
    assert found is not None and found.interval(Decimal(95)) == (Decimal(70), Decimal(70))


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1), st.integers(2, 12))
def test_what_is_hidden_never_follows_from_the_total_by_subtraction(
    counts: Mapping[str, int], least: int
) -> None:
    """With total and shown cells, what is left is the sum of two groups at least, and no small one."""
    shown = hide(counts, least)
    hidden = {name: counts[name] for name, cell in shown.cells.items() if cell is None}
    assert all(cell is None or cell == 0 or cell >= least for cell in shown.cells.values())
    if not hidden:
        return
    if shown.total is None:
        assert all(cell in (None, 0) for cell in shown.cells.values())
        return
    left = shown.total - sum(cell for cell in shown.cells.values() if cell is not None)
    assert left == sum(hidden.values()) >= least and len(hidden) >= 2
    # No single hidden cell can be told: another way to fill the hidden ones gives the same sums.
    one, other = next(combinations(sorted(hidden), 2))
    assert hidden[one] + hidden[other] <= left


@given(SAMPLE, SIZES, st.integers(2, 8))
def test_departments_left_out_are_one_term_of_the_formula_and_the_formula_still_holds(
    values: dict[str, list[Fraction]], sizes: dict[str, int], least: int
) -> None:
    found = stratified(values, sizes)
    if found is None:
        return
    cells = hide({name: len(one) for name, one in values.items()}, least).cells
    told = [part for name, part in found.parts.items() if cells[name] is not None]
    rest = together([part for name, part in found.parts.items() if cells[name] is None])
    terms = [*told, *([rest] if rest else [])]
    assert sum(part.weight for part in terms) == 1
    assert sum(part.weight * part.mean for part in terms) == found.mean
    assert sum(part.answers for part in terms) == found.answers


@given(st.binary(min_size=32, max_size=32), st.integers(1, 9), st.integers(1, 10**6))
def test_a_link_is_read_however_it_is_typed(key: bytes, campaign: int, number: int) -> None:
    text = links.text_of(key, campaign, number)
    assert links.read(links.spaced(text).upper()) == text == links.read(text.replace("0", "O"))
    full = str.maketrans({chr(one): chr(one + 0xFEE0) for one in range(0x21, 0x7F)} | {" ": "　"})
    assert links.read(links.spaced(text).translate(full)) == text == links.read(text.upper().translate(full))
    assert text != links.text_of(key, campaign, number + 1) != links.text_of(key, campaign + 1, number)


@pytest.mark.parametrize("typed", ["", "short", "u" * 15, "0" * 17, "é" * 16, "0" * 15 + "/"])
def test_what_is_no_link_is_none(typed: str) -> None:
    assert links.read(typed) == ""


def scale(code: str, name: str, required: bool = True) -> Question:
    return Question(code, "scale", "问", "Ask", name, required)


def test_the_total_is_the_mean_of_the_scales_and_not_of_the_questions() -> None:
    asked = [
        scale("a", "content"),
        scale("b", "content"),
        scale("c", "guidance"),
        scale("d", "practice", False),
    ]
    found = score(KINDS["teaching"], asked, {"a": 5, "b": 3, "c": 1}, LEVELS).points
    assert found == {"content": 80, "guidance": 20}, "without a scale there is no total"
    found = score(KINDS["teaching"], asked, {"a": 5, "b": 3, "c": 1, "d": 2}, LEVELS).points
    assert found["total"] == Fraction(140, 3)


def test_a_question_left_out_of_a_quiz_is_not_right() -> None:
    options = (Option("a", "甲", "A", True), Option("b", "乙", "B"))
    asked = [Question(code, "choice", "问", "Ask", options=options) for code in "xy"]
    found = score(KINDS["health_quiz"], asked, {"x": "a"}, LEVELS)
    assert (found.right, found.asked, found.points["total"]) == (1, 2, 50)


TWO = (Option("a", "甲", "A", True), Option("b", "乙", "B"))
WRONG = (TWO[1], Option("c", "丙", "C"))


def quiz(code: str = "q") -> Question:
    return Question(code, "choice", "问", "A", options=TWO)


@pytest.mark.parametrize(
    ("kind", "questions", "reason"),
    [
        ("nothing", (), "kind"),
        ("health_quiz", (), "empty"),
        ("health_quiz", (quiz(),) * 41, "many"),
        ("health_quiz", (Question("Q", "choice", "问", "A", options=TWO),), "code"),
        ("health_quiz", (Question("q", "choice", "问", " ", options=TWO),), "text"),
        ("health_quiz", (Question("q", "choice", "问", "A", options=TWO[:1]),), "options"),
        ("health_quiz", (Question("q", "choice", "问", "A", options=TWO[1:] * 2),), "options"),
        ("health_quiz", (Question("q", "choice", "问", "A", options=WRONG),), "right"),
        ("health_quiz", (Question("q", "text", "问", "A"),), "open"),
        ("health_quiz", (Question("q", "guess", "问", "A"),), "form"),
        ("teaching", (scale("a", "waiting"),), "scale"),
        ("teaching", (scale("a", "content"), scale("b", "guidance")), "lacking"),
    ],
)  # fmt: skip
def test_a_questionnaire_that_cannot_be_asked(
    kind: str, questions: tuple[Question, ...], reason: str
) -> None:
    with pytest.raises(QuestionsRefused) as error:
        checked(kind, questions)
    assert error.value.reason == reason
