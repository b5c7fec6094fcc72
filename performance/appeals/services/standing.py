"""How numbers stand after the corrections that are in the books: a later one begins there, never below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from performance.models import Appeal, AppealCorrection, Settlement


@dataclass(frozen=True)
class OfLines:
    """By line of pay: fen given or taken, points that hold in the whole pot, fen the level above bore."""

    fen: Mapping[int, int]
    points: Mapping[int, Decimal]
    borne_above: Mapping[int, int]


@dataclass(frozen=True)
class OfMonth:
    """Of a month: fen by institution (pk), facts by (institution code, name) that hold for all of it."""

    fen: Mapping[int, int] = field(default_factory=dict)
    facts: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


def of_lines(lines: Sequence[int]) -> OfLines:
    """How lines of pay stand; one query."""
    fen: dict[int, int] = {}
    points: dict[int, Decimal] = {}
    above: dict[int, int] = {}
    for row in in_the_books().filter(pay_line__in=lines):
        line = row.pay_line_id
        fen[line] = fen.get(line, 0) + row.fen
        if row.appeal.bearer == Appeal.Bearer.POT:
            points[line] = Decimal(row.why["corrected"])
        else:
            above[line] = above.get(line, 0) + row.fen
    return OfLines(fen, points, above)


def of_month(settlement: Settlement) -> OfMonth:
    """How a month's shares stand; one query."""
    fen: dict[int, int] = {}
    facts: dict[tuple[str, str], Decimal] = {}
    for row in in_the_books().filter(why__settlement=settlement.pk, institution__isnull=False):
        fen[row.institution_id] = fen.get(row.institution_id, 0) + row.fen
        facts |= {(code, name): Decimal(value) for code, name, value in row.why["facts"]}
    return OfMonth(fen, facts)


def in_the_books() -> QuerySet[Any]:
    """Correcting entries that count, oldest first."""
    rows: QuerySet[Any] = AppealCorrection.objects.filter(
        appeal__state=Appeal.State.CORRECTED, revision=F("appeal__revision")
    )
    return rows.select_related("appeal").order_by("appeal__ended_at", "number")
