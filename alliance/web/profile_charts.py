"""Charts of one's own place: the portrait against one's peers, an indicator within its limits, sparks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from textwrap import wrap
from typing import Any

from alliance.web import charts
from alliance.web.charts import Chart
from alliance.web.words import DASH, num

Value = Decimal | None


@dataclass(frozen=True)
class Axis:
    """One axis of a portrait in percent of what it can give; None where nothing was assessed."""

    name: str
    own: Value
    peers: Value


def radar(
    id: str, title: str, axes: Sequence[Axis], legend: tuple[str, str], columns: Sequence[str], **more: Any
) -> Chart:
    """Own area filled, peers' median dashed; at most six axes, and only those with both values.

    A radar cannot leave a gap and missing is not zero: what was not assessed stands in the table alone.
    """
    shown = [axis for axis in axes if axis.own is not None and axis.peers is not None][:6]
    option = {
        "radar": {
            "indicator": [{"name": broken(axis.name), "max": "100", "min": "0"} for axis in shown],
            "radius": "60%", "splitArea": {"show": False}, "axisName": {"color": "--ink-2"},
            "splitLine": {"lineStyle": {"color": "--line"}}, "axisLine": {"lineStyle": {"color": "--line"}},
        },
        "legend": {"bottom": 0, "textStyle": {"color": "--ink-2"}, "data": list(legend)},
        "tooltip": {"trigger": "item"},
        "series": [{
            "type": "radar", "symbolSize": 5,
            "data": [
                {"name": legend[0], "value": [str(axis.own) for axis in shown],
                 "areaStyle": {"color": "--c1", "opacity": "0.18"},
                 "lineStyle": {"color": "--c1"}, "itemStyle": {"color": "--c1"}},
                {"name": legend[1], "value": [str(axis.peers) for axis in shown], "symbol": "none",
                 "lineStyle": {"color": "--ink-3", "type": "dashed"}, "itemStyle": {"color": "--ink-3"}},
            ],
        }],
    }  # fmt: skip
    rows = [(axis.name, _percent(axis.own), _percent(axis.peers)) for axis in axes]
    return Chart(id, title, option, columns, rows, **more)


def broken(name: str, width: int = 16) -> str:
    """A long name in several lines, so that it stands whole beside its axis."""
    return "\n".join(wrap(name, width)) or name


def _percent(value: Value) -> str:
    return DASH if value is None else f"{num(value, 1)} %"


def control(
    id: str,
    title: str,
    columns: tuple[str, str],
    values: Sequence[tuple[str, Value]],
    *,
    limits: Sequence[tuple[str, Fraction]],
    outside: Collection[int],
    places: int,
    **more: Any,
) -> Chart:
    """An indicator over months with dashed limits; points at the places `outside` stand out as diamonds."""
    marks = [(name, Decimal(round(limit * 10**places)).scaleb(-places)) for name, limit in limits]
    found = charts.line(id, title, columns, values, limits=marks, places=places, **more)
    data = found.option["series"][0]["data"]
    for place in outside:
        data[place] = {
            "value": data[place], "symbol": "diamond", "symbolSize": 12, "itemStyle": {"color": "--late"}
        }  # fmt: skip
    found.option["yAxis"]["scale"] = True
    return found


@dataclass(frozen=True)
class Spark:
    """A line as large as a word (100 x 24): runs of known values, the newest as a dot, what is read aloud."""

    runs: Sequence[str]
    dot: tuple[str, str] | None
    said: str
    bad: bool = False


def spark(
    values: Sequence[Value], said: str, *, bad: bool = False, ends: tuple[Decimal, Decimal] | None = None
) -> Spark:
    """A small multiple from the first known value on; a missing one leaves a gap, never a zero.

    `ends`: the scale, where several lines are to be compared; else the line's own least and most.
    """
    known = [value for value in values if value is not None]
    if not known:
        return Spark((), None, said, bad)
    values = values[next(place for place, value in enumerate(values) if value is not None) :]
    low, high = ends or (min(known), max(known))
    step = Decimal(92) / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        height = Decimal(12) if high == low else 21 - 18 * (value - low) / (high - low)
        runs[-1].append(f"{4 + place * step:.1f},{height:.1f}")
    newest = runs[-1][-1].partition(",") if runs[-1] else None
    lines = tuple(" ".join(run) for run in runs if len(run) > 1)
    return Spark(lines, (newest[0], newest[2]) if newest else None, said, bad)
