"""Charts as data: options for ECharts in a JSON block, the same values as a sentence and a table beside it.

Colours are names of tokens ("--c1"), which static/app.js resolves and draws anew when the theme changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any

from alliance.web.words import DASH, num

Value = Decimal | Fraction | int | None


@dataclass(frozen=True)
class Chart:
    """One chart: an id of its own on the page, a title that says the reading, options, table."""

    id: str
    title: str
    option: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    sentence: str = ""
    tall: bool = False
    spoken: str = field(init=False)

    def __post_init__(self) -> None:
        values = "; ".join(" ".join(row) for row in self.rows)
        object.__setattr__(self, "spoken", f"{self.title}: {values}")


FEW = 4  # bars whose names all fit below them


def bars(
    id: str,
    title: str,
    columns: tuple[str, str],
    values: Sequence[tuple[str, Value]],
    *,
    places: int = 2,
    **more: Any,
) -> Chart:
    """Bars from the zero line, one a name; a missing value draws nothing and is a dash in the table."""
    option = _frame([name for name, _value in values], columns[1])
    if len(values) <= FEW:  # each has its name, in two lines where it must
        option["xAxis"]["axisLabel"] |= {"interval": 0, "width": 84, "overflow": "break"}
    option["series"] = [
        {
            "name": columns[1],
            "type": "bar",
            "barWidth": "58%",
            "itemStyle": {"color": "--c1"},
            "data": _drawn(values),
        }
    ]
    return Chart(id, title, option, columns, _table(values, places), **more)


def line(
    id: str,
    title: str,
    columns: tuple[str, str],
    values: Sequence[tuple[str, Value]],
    *,
    limits: Sequence[tuple[str, Decimal]] = (),
    places: int = 2,
    **more: Any,
) -> Chart:
    """A line over time with dashed limits; a missing value leaves a gap, never a zero."""
    option = _frame([name for name, _value in values], columns[1])
    marks = [
        {"name": name, "yAxis": str(limit), "label": {"formatter": name, "position": "insideEndTop"}}
        for name, limit in limits
    ]
    option["series"] = [
        {
            "name": columns[1], "type": "line", "symbolSize": 7, "connectNulls": False,
            "itemStyle": {"color": "--c1"}, "lineStyle": {"color": "--c1"}, "data": _drawn(values),
            "markLine": {"symbol": "none", "silent": True, "data": marks,
                         "lineStyle": {"type": "dashed", "color": "--ink-3"}, "label": {"color": "--ink-3"}},
        }
    ]  # fmt: skip
    return Chart(id, title, option, columns, _table(values, places), **more)


def box(
    id: str,
    title: str,
    columns: tuple[str, str],
    values: Sequence[Fraction],
    rows: Sequence[Sequence[str]],
    *,
    own: tuple[str, Fraction] | None = None,
    **more: Any,
) -> Chart:
    """A horizontal box plot of peers: least, quartiles, most; one's own value as a labelled point."""
    ordered = sorted(values)
    five = [str(_digits(quantile(ordered, Fraction(part, 4)))) for part in range(5)]
    option = _frame([], columns[1])
    value, category = option["yAxis"], option["xAxis"]
    value |= {"scale": True, "nameLocation": "middle", "nameGap": 26}
    option["grid"]["bottom"] = 26
    option["xAxis"], option["yAxis"] = value, category | {"data": [""]}
    option["tooltip"] = {"trigger": "item"}
    option["series"] = [
        {"type": "boxplot", "data": [five], "itemStyle": {"color": "--sunken", "borderColor": "--c1"}}
    ]
    if own is not None:
        option["series"].append(
            {
                "type": "scatter", "symbol": "diamond", "symbolSize": 14, "itemStyle": {"color": "--c2"},
                "data": [{"name": own[0], "value": [str(_digits(own[1])), 0]}],
                "label": {"show": True, "formatter": "{b}", "position": "top", "color": "--ink"},
            }
        )  # fmt: skip
    return Chart(id, title, option, columns, rows, **more)


def quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """A quantile of ordered values, between neighbours in proportion (type 7)."""
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _digits(value: Fraction) -> Decimal:
    """Enough digits for a picture."""
    return round(Decimal(value.numerator) / Decimal(value.denominator), 4)


def heat(
    id: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Value]],
    *,
    corner: str,
    **more: Any,
) -> Chart:
    """A heat map in one hue with its value written in each cell; a missing value draws nothing.

    `values` holds one list a row, each as long as `columns`; the first row is drawn on top.
    """
    option = _frame(list(columns), "")
    option["grid"]["top"] = 8
    option["yAxis"] = {
        "type": "category", "data": list(rows), "inverse": True, "axisTick": {"show": False},
        "axisLabel": {"color": "--ink-3"}, "axisLine": {"lineStyle": {"color": "--line-strong"}},
    }  # fmt: skip
    cells = [
        (x, y, value) for y, row in enumerate(values) for x, value in enumerate(row) if value is not None
    ]
    most = max((value for _x, _y, value in cells), default=Decimal(1))
    option["visualMap"] = {
        "show": False, "min": "0", "max": _text(most or 1), "inRange": {"color": ["--surface", "--c1"]}
    }  # fmt: skip
    option["tooltip"] = {"trigger": "item"}
    option["series"] = [
        {
            "type": "heatmap", "data": [[x, y, _text(value)] for x, y, value in cells],
            "label": {"show": True, "formatter": "{@[2]}"},
            "itemStyle": {"borderColor": "--line", "borderWidth": 1},
        }
    ]  # fmt: skip
    table = [
        (name, *(DASH if value is None else num(value, 1) for value in row))
        for name, row in zip(rows, values, strict=True)
    ]
    return Chart(id, title, option, (corner, *columns), table, **more)


@dataclass(frozen=True)
class Bubble:
    """One bubble: where it lies, how large it is (a count), and its line of the table."""

    name: str
    x: Decimal
    y: Decimal
    size: int
    row: Sequence[str]


def bubbles(
    id: str, title: str, axes: tuple[str, str], columns: Sequence[str], points: Sequence[Bubble], **more: Any
) -> Chart:
    """Bubbles over two measures, the second on a logarithmic axis; areas go with the size."""
    most = max((point.size for point in points), default=1)
    option = _frame([], axes[1])
    quiet = option["xAxis"]["axisLabel"]
    option["grid"]["bottom"] = 26
    option["xAxis"] = {
        "type": "value", "name": axes[0], "nameLocation": "middle", "nameGap": 26, "axisLabel": quiet,
        "nameTextStyle": {"color": "--ink-3"}, "splitLine": {"show": False},
        "axisLine": {"lineStyle": {"color": "--line-strong"}},
    }  # fmt: skip
    option["yAxis"] |= {"type": "log", "logBase": 10}
    option["tooltip"] = {"trigger": "item", "formatter": "{b}"}
    option["aria"] = {"enabled": True, "decal": {"show": True}}
    option["series"] = [
        {
            "type": "scatter",
            "itemStyle": {"color": "--c1", "opacity": "0.55", "borderColor": "--c1"},
            "data": [
                {
                    "name": ", ".join(point.row),
                    "value": [str(point.x), str(point.y)],
                    "symbolSize": 6 + isqrt(point.size * 1600 // most),
                }
                for point in points
            ],
        }
    ]
    return Chart(id, title, option, columns, [point.row for point in points], **more)


def _frame(names: list[str], unit: str) -> dict[str, Any]:
    """Axes and grid every chart shares."""
    quiet = {"color": "--ink-3"}
    return {
        "grid": {"left": 8, "right": 12, "top": 30, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category", "data": names, "axisTick": {"show": False}, "axisLabel": quiet,
            "axisLine": {"lineStyle": {"color": "--line-strong"}},
        },
        "yAxis": {
            "type": "value", "name": unit, "nameTextStyle": {"color": "--ink-3", "align": "left"},
            "axisLabel": quiet, "splitLine": {"lineStyle": {"color": "--line"}},
        },
        "tooltip": {"trigger": "axis"},
    }  # fmt: skip


def _drawn(values: Sequence[tuple[str, Value]]) -> list[str | None]:
    """Values as text: ECharts reads the digits as written, so that no float comes between."""
    return [None if value is None else _text(value) for _name, value in values]


def _text(value: Decimal | Fraction | int) -> str:
    """A number in decimals: “9/2” is no number to ECharts and would leave the chart empty."""
    return str(_digits(value) if isinstance(value, Fraction) else value)


def _table(values: Sequence[tuple[str, Value]], places: int) -> list[tuple[str, str]]:
    return [(name, DASH if value is None else num(value, places)) for name, value in values]
