"""Where an indicator counts: schemes with its weight, and its values in the last months with a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.access import way
from performance.engine.indicators import Indicator
from performance.engine.scheme import Column, Item, Scheme
from performance.models import IndicatorValue, MonthRun, SchemeVersion
from performance.show import labels
from performance.show.formulas import plain
from performance.show.rests import rules_of

MONTHS, VERSIONS = 6, 12


@dataclass(frozen=True)
class Use:
    """One column of one version of a scheme that counts the indicator."""

    version: SchemeVersion
    scheme: str
    column: str
    dimension: str
    weight: str
    rules: str
    url: str


def uses(membership: Membership, code: str) -> list[Use]:
    """The columns of the newest versions that count it, the newest first; one query."""
    versions = SchemeVersion.objects.all()[:VERSIONS]
    return [use for version in versions for use in _of_version(membership, version, code)]


def _of_version(membership: Membership, version: SchemeVersion, code: str) -> Iterator[Use]:
    scheme, url = version.scheme(), way(membership, "performance-scheme", version.pk)
    for column in scheme.columns:
        yield from (
            _use(version, scheme, column, item, url) for item in column.items if item.indicator == code
        )


def _use(version: SchemeVersion, scheme: Scheme, column: Column, item: Item, url: str) -> Use:
    dimension = next(one for one in scheme.dimensions if one.code == item.dimension)
    return Use(
        version, labels.named(scheme), labels.named(column), labels.named(dimension), plain(item.weight),
        " · ".join(rules_of(item)), url,
    )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One value of one month; `url` leads to why it is so, empty where the member may not open it."""

    month: Month
    value: str
    url: str


@dataclass(frozen=True)
class Past:
    """One institution's values, month by month."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class History:
    """The last months in which the indicator was computed, oldest first, and every institution's values."""

    months: Sequence[Month]
    rows: Sequence[Past]


def history(membership: Membership, indicator: Indicator) -> History:
    """Values of the last months with a result; two queries, whatever the number of institutions."""
    settled = _settled()
    found: dict[tuple[str, str, int], dict[Month, Decimal | None]] = {}
    rows = IndicatorValue.objects.filter(settlement__in=settled, indicator=indicator.code)
    names = ("settlement", "institution", "institution__code", "institution__short_name", "value")
    for settlement, pk, code, name, value in rows.order_by("institution__code").values_list(*names):
        found.setdefault((code, name, pk), {})[settled[settlement]] = value
    months = sorted({month for values in found.values() for month in values})
    return History(
        months,
        [
            Past(name, [_cell(membership, indicator, month, code, pk, values) for month in months])
            for (code, name, pk), values in found.items()
        ],
    )


def _settled() -> dict[int, Month]:
    """The settlements that count for the last months, and the month of each."""
    runs = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT, settlement__isnull=False)
    latest: dict[Month, int] = {}
    for month, settlement in runs.order_by("-month", "-number").values_list("month", "settlement"):
        latest.setdefault(Month.of(month), settlement)
    return {settlement: month for month, settlement in list(latest.items())[:MONTHS]}


def _cell(
    membership: Membership,
    indicator: Indicator,
    month: Month,
    code: str,
    pk: int,
    values: dict[Month, Decimal | None],
) -> Cell:
    if month not in values:
        return Cell(month, words.DASH, "")
    own = membership.sees(pk)
    url = reverse("month-why-indicator", args=[str(month), code, indicator.code]) if own else ""
    return Cell(month, labels.value(values[month], indicator), url)
