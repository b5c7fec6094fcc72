"""What an own value is read beside: those scored alike, and the same of the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import pgettext

from alliance.web import words
from performance.engine.indicators import Indicator
from performance.show import labels
from performance.show.ranges import Range


@dataclass(frozen=True)
class Beside:
    """By indicator the range of those scored alike, and the own value of the month before."""

    ranges: Mapping[str, Range]
    before: Mapping[str, Decimal]

    def of(self, found: Indicator) -> dict[str, str]:
        """Median, lowest to highest, and last month's value, as a table of indicators shows them."""
        alike, last = self.ranges.get(found.code, Range(0)), self.before.get(found.code)
        said = [labels.value(value, found) for value in (alike.median, alike.low, alike.high)]
        return {
            "median": said[0] if alike.shown else pgettext("scored alike", "too few"),
            "span": f"{said[1]} – {said[2]}" if alike.shown else "",
            "before": labels.value(last, found) if last is not None else words.DASH,
        }
