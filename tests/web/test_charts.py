"""Charts are data with a sentence and a table; missing values stay missing."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

from alliance.web import charts

VALUES = [("9月", Decimal("341.58")), ("10月", None), ("11月", Decimal("-0.10"))]


def test_a_missing_value_is_a_gap_and_a_dash_never_zero() -> None:
    chart = charts.bars("pace", "Pace", ("month", "yuan"), VALUES)
    assert chart.option["series"][0]["data"] == ["341.58", None, "-0.10"]
    assert chart.rows == [("9月", "341.58"), ("10月", "—"), ("11月", "−0.10")]
    assert chart.spoken == "Pace: 9月 341.58; 10月 —; 11月 −0.10"


def test_a_fraction_is_drawn_in_decimals() -> None:
    values = [("9月", Fraction(9, 2)), ("10月", None), ("11月", Fraction(50, 3))]
    for make in (charts.bars, charts.line):
        chart = make("v1", "V1", ("month", "%"), values, places=1)
        assert chart.option["series"][0]["data"] == ["4.5000", None, "16.6667"]
        assert chart.rows == [("9月", "4.5"), ("10月", "—"), ("11月", "16.7")]
    cells = charts.heat("h", "H", ["a"], ["x"], [[Fraction(1, 3)]], corner="c").option["series"][0]["data"]
    assert cells == [[0, 0, "0.3333"]]


def test_a_line_has_its_limits_and_no_colour_but_tokens() -> None:
    chart = charts.line("stay", "Stay", ("month", "days"), VALUES, limits=[("upper", Decimal("9.5"))])
    assert chart.option["series"][0]["markLine"]["data"][0]["yAxis"] == "9.5"
    assert chart.option["series"][0]["connectNulls"] is False
    text = json.dumps(chart.option)
    assert "#" not in text
    assert "rgb" not in text


def test_options_are_json_without_floats() -> None:
    def refuse(text: str) -> float:
        raise AssertionError(f"a float in a chart: {text}")

    for chart in (charts.bars("a", "A", ("m", "n"), VALUES), charts.line("b", "B", ("m", "n"), VALUES)):
        assert json.loads(json.dumps(chart.option), parse_float=refuse)


def test_a_box_has_the_quartiles_of_its_peers_and_ones_own_point() -> None:
    values = [Fraction(number) for number in (4, 1, 3, 2)]
    chart = charts.box("peers", "Peers", ("place", "CMI"), values, [("甲", "4")], own=("甲", Fraction(4)))
    box, point = chart.option["series"]
    assert [Decimal(text) for text in box["data"][0]] == [
        Decimal(1), Decimal("1.75"), Decimal("2.5"), Decimal("3.25"), Decimal(4),
    ]  # fmt: skip
    assert point["data"][0]["name"] == "甲" and Decimal(point["data"][0]["value"][0]) == 4
    assert charts.box("p", "P", ("a", "b"), values, []).option["series"][1:] == []


def test_bubbles_lie_on_a_logarithmic_axis_and_grow_with_their_area() -> None:
    points = [
        charts.Bubble(name, Decimal(3), Decimal(cost), size, (name, "3", cost, str(size)))
        for name, cost, size in (("A", "1000", 400), ("B", "20000", 100))
    ]
    chart = charts.bubbles("mix", "Mix", ("days", "yuan"), ("g", "d", "y", "n"), points)
    assert chart.option["yAxis"]["type"] == "log"
    large, small = (one["symbolSize"] - 6 for one in chart.option["series"][0]["data"])
    assert large == 2 * small, "four times the cases, twice the width"
