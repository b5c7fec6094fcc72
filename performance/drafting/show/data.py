"""How many institutions had a value of an indicator in the last settled month, by column of a scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from alliance.lib.period import Month
from alliance.web import words as web_words
from performance.engine.scheme import Column, Scheme
from performance.models import IndicatorValue, Line, MonthRun


@dataclass(frozen=True)
class Known:
    """Of a month: institutions by column of the scheme asked about, and those with a value by indicator."""

    month: Month
    places: Mapping[str, int]
    values: Mapping[tuple[str, str], int]
    computed: frozenset[str]

    def told(self, column: Column, indicator: str) -> str:
        """As 17 / 18; a dash where the month did not compute the indicator."""
        if indicator not in self.computed:
            return web_words.DASH
        return f"{self.values.get((column.code, indicator), 0)} / {self.places.get(column.code, 0)}"


def known_of(scheme: Scheme) -> Known | None:
    """The last month with a result as the columns of a scheme take its institutions; three queries."""
    run = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT).order_by("-month", "-number").first()
    if run is None:
        return None
    lines = Line.objects.filter(settlement=run.settlement_id)
    columns = {
        pk: column.code
        for pk, role, kind in lines.values_list("institution", "institution__role", "institution__kind")
        if (column := scheme.column_for(role, kind)) is not None
    }
    rows = IndicatorValue.objects.filter(settlement=run.settlement_id)
    found = list(rows.values_list("institution", "indicator", "value"))
    values = Counter((columns[pk], code) for pk, code, value in found if value is not None and pk in columns)
    return Known(
        run.period, Counter(columns.values()), values, frozenset(code for _pk, code, _value in found)
    )
