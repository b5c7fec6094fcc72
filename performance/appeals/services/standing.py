"""How numbers stand after the corrections that are in the books: a later one begins there, never below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from performance.models import (
    Appeal,
    AppealCase,
    AppealCorrection,
    CorrectionLine,
    MonthCorrection,
    PayDue,
    Settlement,
)


@dataclass(frozen=True)
class OfLines:
    """By line of pay: fen all corrections gave or took, points that hold in the whole pot, fen the level
    above bore for points of the line.
    """

    fen: Mapping[int, int]
    points: Mapping[int, Decimal]
    borne_above: Mapping[int, int]


@dataclass(frozen=True)
class OfMonth:
    """Of a month: fen corrections moved of its own shares by institution (pk), facts by (institution code,
    name) that hold for all of it beside the inputs it was computed from, or computed anew from under a lock
    exception.
    """

    fen: Mapping[int, int] = field(default_factory=dict)
    facts: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


def of_lines(lines: Sequence[int]) -> OfLines:
    """How lines of pay stand; two queries."""
    sums = PayDue.objects.of_lines().filter(line__in=lines).values("line").annotate(fen=Sum("fen")).order_by()
    fen = {row["line"]: row["fen"] for row in sums}
    points: dict[int, Decimal] = {}
    above: dict[int, int] = {}
    for row in in_the_books().filter(pay_line__in=lines, pot=None):
        line = row.pay_line_id
        if row.appeal.bearer == Appeal.Bearer.POT:
            points[line] = Decimal(row.why["corrected"])
        else:
            above[line] = above.get(line, 0) + row.fen
    return OfLines(fen, points, above)


def of_month(settlement: Settlement) -> OfMonth:
    """How a month's shares stand; four queries."""
    last = corrected(settlement)
    moved = CorrectionLine.objects.filter(
        correction__month=settlement.month, correction__state=MonthCorrection.State.POSTED, pool=None
    ).values("institution").annotate(fen=Sum(F("after_fen") - F("before_fen"))).order_by()  # fmt: skip
    fen: dict[int, int] = {row["institution"]: row["fen"] for row in moved}
    found = []
    for row in in_the_books().filter(why__settlement=settlement.pk, institution__isnull=False, pot=None):
        if row.pool_id is None:
            fen[row.institution_id] = fen.get(row.institution_id, 0) + row.fen
        found.append((row.appeal.ended_at, row.why["facts"]))
    cases = AppealCase.objects.filter(
        appeal__month=settlement.month, appeal__state=Appeal.State.CORRECTED, revision=F("appeal__revision")
    )
    found += list(cases.order_by("appeal__ended_at", "pk").values_list("appeal__ended_at", "facts"))
    facts: dict[tuple[str, str], Decimal] = {}
    for ended_at, corrected_facts in sorted(found, key=lambda one: one[0]):
        if last is None or last.journal is None or ended_at > last.journal.posted_at:
            facts |= {(code, name): Decimal(value) for code, name, value in corrected_facts}
    return OfMonth(fen, facts)


def corrected(settlement: Settlement) -> MonthCorrection | None:
    """The last posted correction of the month under a lock exception; one query."""
    rows = MonthCorrection.objects.filter(month=settlement.month, state=MonthCorrection.State.POSTED)
    found: MonthCorrection | None = rows.select_related("journal").order_by("-pk").first()
    return found


def in_the_books() -> QuerySet[Any]:
    """Correcting entries that count, oldest first."""
    rows: QuerySet[Any] = AppealCorrection.objects.filter(
        appeal__state=Appeal.State.CORRECTED, revision=F("appeal__revision")
    )
    return rows.select_related("appeal").order_by("appeal__ended_at", "number")
