"""One indicator of one institution over the months: control chart, limits and what is unusual in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.web import charts, words
from alliance.web.profile_charts import control
from performance.engine.control import judge
from performance.engine.indicators import Indicator
from performance.models import Line
from performance.portrait import signals
from performance.portrait.past import past, rule
from performance.show import labels
from performance.show.frame import Frame


def shown(frame: Frame, line: Line, indicator: Indicator) -> dict[str, Any]:
    """The chart with its limits and signals; None while only one month has a value."""
    by = rule(frame.month)
    before = past(frame.month, by, institution=line.institution_id, indicator=indicator.code)
    series = before.series(line.institution_id, indicator.code)
    if sum(one.value is not None for one in series) < 2:
        return {"control": None, "signals": []}
    first = next(place for place, one in enumerate(series) if one.value is not None)
    months, readings = before.months[first:], series[first:]
    judged = before.judged(line.institution_id, indicator, by)
    outside = [
        place for place in range(len(readings))
        if any(one.kind in ("above", "below") for one in judge(readings[: place + 1], "none", by).signals)
    ]  # fmt: skip
    named = [(words.month(month), one.value) for month, one in zip(months, readings, strict=True)]
    return {
        "control": _chart(indicator, named, judged.limits, outside, by.least, before.recorded),
        "signals": signals.of_indicator(frame, line, indicator, judged, by),
    }


def _chart(
    indicator: Indicator, named: Any, limits: Any, outside: list[int], least: int, recorded: Collection[Month]
) -> charts.Chart:
    lines, sentence = [], _("Limits of usual movement from %(n)d earlier months on.") % {"n": least}
    if limits is not None:
        lines = [
            (_("lower limit"), limits.low), (_("mean"), limits.centre), (_("upper limit"), limits.high)
        ]  # fmt: skip
        ends = [words.num(end, indicator.decimals) for end in (limits.low, limits.high)]
        sentence = _("Usual: %(low)s to %(high)s, from %(n)d earlier months (mean ± 2.66 × mean change).") % {
            "low": ends[0], "high": ends[1], "n": limits.months,
        }  # fmt: skip
    if recorded:
        sentence += " " + _("Months up to %(last)s are from own records.") % {
            "last": words.month(max(recorded))
        }
    return control(
        f"control-{indicator.code}", _("By month"), (_("month"), labels.unit(indicator) or _("value")), named,
        limits=lines, outside=outside, places=indicator.decimals, sentence=sentence,
    )  # fmt: skip
