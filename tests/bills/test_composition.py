"""The lines of a bill add up to its total, to the fen, whatever a document says."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from complaints.bills import composition
from grouping.billed import BillFact
from grouping.readers.layout import MAIN_PARTS
from grouping.readers.listfields import NAMES

THEN = datetime(2026, 10, 12, tzinfo=UTC)
LISTED = [key for key in NAMES if key.startswith("L")]
amounts = st.integers(-10_000_000, 1_000_000_000)


def fact(fees: dict[str, int], total: int, own: int | None = None) -> BillFact:
    return BillFact(1, 1, "R1", "03", "张*", THEN, THEN, own is not None, fees, total, own, None, None)


def test_every_class_of_both_documents_has_its_plain_words_in_both_languages() -> None:
    known = composition.classes()
    assert set(known) == {*MAIN_PARTS, *LISTED, composition.REST}
    assert all(one.family in composition.families() for one in known.values())
    assert all(text for one in known.values() for text in (*one.name.values(), *one.text.values()))


@given(st.dictionaries(st.sampled_from([*MAIN_PARTS, *LISTED, "L77"]), amounts), amounts)
def test_the_lines_add_up_to_the_total_and_the_squares_to_a_hundred(fees: dict[str, int], total: int) -> None:
    made = composition.compose(fact(fees, total), "zh-hans")
    assert sum(one.fen for one in made.lines) == total == made.total_fen
    assert len({one.key for one in made.lines}) == len(made.lines)
    squares = [one.squares for one in made.families]
    assert sum(squares) == (100 if squares else 0) and len(composition.squares(made.families)) == sum(squares)
    assert made.paid_fen is None and made.ratio is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_the_insurance_and_the_patient_paid_add_up_to_the_total(paid: int, own: int) -> None:
    made = composition.compose(fact({"L09": paid + own}, paid + own, own), "en")
    assert made.paid_fen == paid and made.own_fen == own and paid + own == made.total_fen
    assert made.ratio is None if not paid + own else made.ratio is not None


def test_what_no_class_holds_stands_last_on_a_line_of_its_own() -> None:
    made = composition.compose(fact({"D23": 100, "D13": 300}, 450), "en")
    assert [(one.key, one.fen) for one in made.lines] == [("D13", 300), ("D23", 100), ("rest", 50)]
    assert composition.compose(fact({}, 0), "en").lines[0].share is None
