"""Own indicators as schemes, months and the dictionary read them; nothing outside an alliance."""

from __future__ import annotations

from alliance.lib.period import Month
from alliance.tenancy.scope import NoAlliance, current_alliance_id
from performance.declared.book import often
from performance.engine.dictionary import Entry
from performance.engine.indicators import Indicator
from performance.engine.restore import restore
from performance.engine.spans import MONTHS
from performance.models import OwnIndicator
from performance.show import labels

State = OwnIndicator.State


def indicators(month: Month | None = None, *, retired: bool = True) -> dict[str, Indicator]:
    """The checked ones by code: in the version of a month, else in the newest; one query.

    Retired ones are there for schemes that count them; new ones leave them out (`retired` False).
    """
    try:
        current_alliance_id()
    except NoAlliance:
        return {}
    rows = OwnIndicator.objects.filter(state__in=[State.CHECKED, State.RETIRED]).order_by("number")
    if not retired:
        rows = rows.filter(state=State.CHECKED, last_month=None)
    if month is not None:
        # Of the versions begun by then the newest; before the first one begins, the first.
        begun = [row for row in rows if row.first_month <= month.first_day]
        first = {row.code: row for row in reversed(list(rows))}
        return {row.code: _indicator(row) for row in [*first.values(), *begun]}
    return {row.code: _indicator(row) for row in rows}


def _indicator(row: OwnIndicator) -> Indicator:
    return restore(Indicator, row.content)


def entries() -> dict[str, Entry]:
    """Own indicators as entries of the dictionary, retired ones too; one query."""
    return {code: entry(one) for code, one in indicators().items()}


def entry(indicator: Indicator) -> Entry:
    """What the dictionary says of an own indicator: its origin and how often follow from its facts."""
    keys = (*indicator.numerator, *indicator.denominator)
    origins = {labels.facts()[key].origin for key in keys}
    origin = next(one for one in ("declared", "imported", "automatic") if one in origins)
    frequency = max((often().get(key, "month") for key in keys), key=lambda one: MONTHS[one])
    return Entry(
        indicator=indicator, area="development", origin=origin, frequency=frequency,  # type: ignore[arg-type]
        owner="performance", levels=("institution",), sources=(),
    )  # fmt: skip


def versions(code: str) -> list[OwnIndicator]:
    """Every version of an own indicator, the newest first; one query."""
    rows = OwnIndicator.objects.filter(code=code).exclude(state=State.DISCARDED)
    return list(rows.select_related("entered_by__user", "checked_by__user"))
