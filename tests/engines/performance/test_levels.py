"""Ten thousand subjects are scored by the rules of the one that is explained: both ways give the same."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.lib.period import Month
from performance.engine.fact import Fact
from performance.engine.forms import (
    AgainstLast,
    AgainstMean,
    Band,
    Form,
    LinearHigher,
    LinearLower,
    Step,
    Steps,
)
from performance.engine.indicators import Indicator, shipped_indicators
from performance.engine.levels import Board, Subject, sheet_of
from performance.engine.scheme import Column, Dimension, Item, Scheme, demonstration_scheme

OCTOBER = Month(2026, 10)
DEMO = demonstration_scheme()
BASE = shipped_indicators()["accepted_in_time"]
AMOUNT = replace(BASE, code="amount", form="amount", numerator=("a", "b"), denominator=(), scale=Decimal(1))
INDICATORS = (
    replace(BASE, code="ratio", numerator=("a", "b"), denominator=("n",), minimum_n=3),
    replace(BASE, code="rest", form="complement", numerator=("a",), denominator=("n",), minimum_n=0),
    replace(BASE, code="change", form="change", numerator=("a",), denominator=("n",), months_back=12),
    AMOUNT,
)
numbers = st.one_of(
    st.none(),
    st.integers(0, 60),
    st.decimals(0, 60, places=4, allow_nan=False, allow_infinity=False),
)
weights = st.decimals(0, 60, places=2, allow_nan=False, allow_infinity=False)
forms: st.SearchStrategy[Form] = st.sampled_from([
    LinearHigher(Decimal(10), Decimal(90)), LinearLower(Decimal(5), Decimal("66.6")),
    Steps("higher", (Step(Decimal(10), Decimal(30)), Step(Decimal(50), Decimal(90)))),
    Band(Decimal(15), Decimal(25), Decimal(3), Decimal("1.7")),
    AgainstLast("higher", "pp", Decimal(60), Decimal("2.3"), months_back=1),
    AgainstLast("lower", "relative", Decimal(70), Decimal("0.9"), months_back=12),
    AgainstMean("higher", None, Decimal(60), Decimal("1.5")),
    AgainstMean("lower", Decimal(40), Decimal(60), Decimal("0.7")),
])  # fmt: skip
missing = st.sampled_from([None, "reweight", "block", "not_assessed"])


def items(draw: st.DrawFn) -> tuple[Item, ...]:
    found = [
        Item(one.code, draw(st.sampled_from(["x", "y"])), draw(weights), draw(forms), draw(missing))
        for one in INDICATORS
    ]
    for place in (0, 1):  # those that are a rate
        rolling, pooled = draw(st.sampled_from([0, 2, 13])), draw(st.booleans())
        least = draw(st.sampled_from([None, 20, 90]))
        found[place] = replace(found[place], rolling=rolling, pooled=pooled, minimum_n=least)
    return (replace(found[0], weight=found[0].weight + 1), *found[1:])


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    column = Column("all", "", "", ("hospital",), ("clinical", "technology"), (), items(draw))
    dimensions = (Dimension("x", "", ""), Dimension("y", "", ""))
    return replace(DEMO, dimensions=dimensions, columns=(column,), floors=())


@st.composite
def books(draw: st.DrawFn) -> dict[tuple[Month, str], int | Decimal | None]:
    months = [OCTOBER.plus(-back) for back in (0, 1, 12, 13, 24)]
    return {(month, key): draw(numbers) for month in months for key in ("a", "b", "n")}


@settings(max_examples=150, deadline=None)
@given(schemes(), books(), books(), books())
def test_the_board_gives_what_the_sheet_explains(
    scheme: Scheme, book: dict[tuple[Month, str], int | Decimal | None], beside: dict, unlike: dict
) -> None:
    """Alone and beside others: what is pooled, and the mean of the region, look at everybody."""
    subject = Subject("QH01/03", "hospital", "clinical")
    alike, other = Subject("QH01/04", "hospital", "clinical"), Subject("QH01/05", "hospital", "technology")
    known: dict[str, Indicator] = {one.code: one for one in INDICATORS}
    board = Board(scheme, known, OCTOBER)
    column = board.column(subject)
    assert column is not None
    everybody = [(column, subject, book), (column, alike, beside), (column, other, unlike)]
    board.look(everybody)
    found = board.result(column, book, subject.kind)
    facts = [
        Fact(one.code, at, key, value, "case", 1)
        for _column, one, known_ in everybody
        for (at, key), value in known_.items()
    ]
    sheet = sheet_of(subject, scheme, INDICATORS, OCTOBER, facts, [alike, other])
    total = sheet.total
    assert (found.status, found.score) == (total.status, total.score)
    assert (found.points, found.possible, found.missing) == (total.points, total.possible, total.missing)
    told = tuple((one.dimension, one.points, one.possible) for one in total.dimensions)
    assert found.dimensions == told
    for cell, one in zip(found.cells, sheet.scores, strict=True):
        value = next(row for row in sheet.values if row.code == cell.indicator)
        assert (cell.indicator, cell.measured.value, cell.score) == (one.indicator, one.value, one.score)
        assert cell.measured.reason == (value.reason.code if value.reason else "")
        if INDICATORS[2].code != cell.indicator:
            assert (cell.measured.top, cell.measured.bottom or None) in (
                (value.numerator, value.denominator or None), (value.numerator, 1),
            )  # fmt: skip


def test_nobody_s_kind_has_no_column() -> None:
    board = Board(DEMO, {}, OCTOBER)
    assert board.column(Subject("QH01/03", "hospital", "clinical")) is None
