"""Charts are data with a sentence and a table; missing values stay missing."""

from __future__ import annotations

import json
from decimal import Decimal

from alliance.web import charts

VALUES = [("9月", Decimal("341.58")), ("10月", None), ("11月", Decimal("-0.10"))]


def test_a_missing_value_is_a_gap_and_a_dash_never_zero() -> None:
    chart = charts.bars("pace", "Pace", ("month", "yuan"), VALUES)
    assert chart.option["series"][0]["data"] == ["341.58", None, "-0.10"]
    assert chart.rows == [("9月", "341.58"), ("10月", "—"), ("11月", "−0.10")]
    assert chart.spoken == "Pace: 9月 341.58; 10月 —; 11月 −0.10"


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
