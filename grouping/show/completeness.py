"""Completeness of a month on pages: what each institution declared, what has arrived, the limit beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from grouping import facts, visible
from grouping.models import Declaration

MOST = 40


@dataclass(frozen=True)
class Line:
    """One institution: discharges delivered and declared (None: none declared), share in percent points."""

    institution: Institution
    delivered: int
    declared: int | None
    unfinished: int
    percent: Decimal | None
    kind: str

    @property
    def over(self) -> bool:
        """More delivered than declared."""
        return self.percent is not None and self.percent > 100

    @property
    def short(self) -> bool:
        """Below the limit, or not known for want of a declaration."""
        return self.kind != "ok"


def current_month(membership: Membership, today: date) -> Month:
    """The newest month with a case or a declaration the member sees, never one to come; else last month."""
    declared = Declaration.objects.filter(institution__in=visible.institutions(membership))
    found = [
        rows.filter(month__lte=today).aggregate(last=Max("month"))["last"]
        for rows in (visible.cases(membership), declared)
    ]
    known = [day for day in found if day is not None]
    return Month.of(max(known)) if known else Month.of(today).previous()


def limit(month: Month) -> Decimal:
    """Below how many percent points a month is not computed without a signed exception."""
    value = parameters.in_force("completeness.min", on=month.last_day)
    assert isinstance(value, Decimal | int)
    return Decimal(value)


def lines(membership: Membership, month: Month) -> list[Line]:
    """One line for each institution the member sees that has beds, declared or delivered; the worst first."""
    least, found = limit(month), {row.institution_id: row for row in facts.completeness(month)}
    places = [place for place in visible.institutions(membership) if place.pk in found or place.beds]
    made = [_line(place, found.get(place.pk), least) for place in places]
    return sorted(
        made, key=lambda line: (-1 if line.percent is None else line.percent, line.institution.code)
    )


def _line(place: Institution, row: facts.Completeness | None, least: Decimal) -> Line:
    share = row.share if row is not None else None
    percent = None if share is None else share * 100
    kind = "late" if percent is None else "ok" if percent >= least else "warn"
    delivered, unfinished = (row.delivered, row.unfinished) if row is not None else (0, 0)
    return Line(place, delivered, row.declared if row is not None else None, unfinished, percent, kind)


def panel(membership: Membership, month: Month) -> dict[str, Any]:
    """Variables of the panel: month, limit, lines, how many are short."""
    found = lines(membership, month)
    return {
        "month": month,
        "limit": limit(month),
        "lines": found[:MOST],
        "more": max(len(found) - MOST, 0),
        "short": sum(line.short for line in found),
    }
