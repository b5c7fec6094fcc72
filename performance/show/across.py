"""One indicator over all institutions of a month: values are aggregates, so every member may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import charts, words
from performance.collect import plain_weight
from performance.engine.indicators import Indicator
from performance.models import IndicatorValue, Line, Score
from performance.show import labels, ranks
from performance.show.formulas import plain
from performance.show.frame import Frame


@dataclass(frozen=True)
class Row:
    """One institution's value with its numerator and denominator; own rows open."""

    line: Line
    url: str
    value: str
    numerator: str
    denominator: str
    reason: str
    above_one: bool
    score: Score | None


def page(frame: Frame, code: str) -> dict[str, Any]:
    """The page of an indicator."""
    found, lines = frame.indicators[code], frame.lines()
    values = {row.institution_id: row for row in _rows(IndicatorValue, frame, code)}
    scores = {row.institution_id: row for row in _rows(Score, frame, code)}
    rows = [_row(frame, line, values[line.institution_id], scores.get(line.institution_id)) for line in lines]
    return {
        "title": labels.named(found), "frame": frame, "month": frame.month, "run": frame.run,
        "chip": labels.chip(frame.run), "indicator": found, "definition": labels.defined(found),
        "unit": labels.unit(found), "rows": rows,
        "chart": chart(found, lines, values, ranks.least(frame.month)[0]),
        "numerator": _sum(found.numerator), "denominator": _sum(found.denominator),
    }  # fmt: skip


def _rows(model: Any, frame: Frame, code: str) -> Sequence[Any]:
    rows = model.objects.filter(settlement=frame.settlement, indicator=code)
    return list(rows.select_related("institution"))


def _sum(keys: Sequence[str]) -> str:
    return " + ".join(labels.fact(key) for key in keys)


def _row(frame: Frame, line: Line, value: IndicatorValue, score: Score | None) -> Row:
    indicator = frame.indicators[value.indicator]
    own = frame.opens(line.institution)
    url = frame.url("month-why-indicator", line.institution.code, value.indicator) if own else ""
    return Row(
        line, url, labels.value(value.value, indicator),
        side(value.numerator, indicator.numerator, indicator),
        side(value.denominator, indicator.denominator, indicator),
        labels.reason(value.reason, frame.indicators), "above_one" in value.flags, score,
    )  # fmt: skip


def side(number: Decimal | None, keys: Sequence[str], indicator: Indicator) -> str:
    """A numerator or denominator: money in yuan; of a change, the mean now or then in yuan."""
    if number is None:
        return words.DASH
    if any(key.endswith("_fen") for key in keys) or (indicator.form == "change" and _is_money(indicator)):
        return words.num(number / 100, 2)
    return plain(_short(number))


def _is_money(indicator: Indicator) -> bool:
    return any(key.endswith("_fen") for key in indicator.numerator)


def _short(number: Decimal) -> Decimal:
    """Without the zeros the column adds: whole numbers without decimals, weights with four or more."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else plain_weight(number)


def chart(
    indicator: Indicator, lines: Sequence[Line], values: dict[int, IndicatorValue], least: int
) -> charts.Chart:
    """Bars of all institutions; who was not assessed has none, and fewer than `least` cases are no best."""
    name, unit = labels.named(indicator), labels.unit(indicator)
    found = [(line.institution.short_name, values[line.institution_id].value) for line in lines]
    known = [
        (line.institution.short_name, one.value)
        for line in lines
        if (one := values[line.institution_id]).value is not None
        and not (indicator.denominator and (one.denominator or 0) < least)
    ]
    sentence = ""
    if known and indicator.direction in ("higher", "lower"):
        best = max(known, key=lambda one: one[1] if indicator.direction == "higher" else -one[1])
        sentence = _("Best: %(name)s, %(value)s") % {
            "name": best[0], "value": f"{words.num(best[1], indicator.decimals)} {unit}".strip(),
        }  # fmt: skip
    return charts.bars(
        f"chart-{indicator.code}", name, (_("institution"), unit or name), found, places=indicator.decimals,
        sentence=sentence,
    )  # fmt: skip
