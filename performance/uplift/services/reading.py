"""What an uplift rests on, read from decided months: base total, linked points, heads of the roster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Institution, RosterRow
from performance.engine.pay.uplift import Given, Point, UpliftRefused
from performance.models import MonthRun, PayLinked, PayTotal, PayUplift, Score
from performance.uplift.services import linked

DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)


@dataclass(frozen=True, slots=True)
class Line:
    """A linked figure: its month, the list that links it, the result it stands in."""

    month: Month
    linked: PayLinked
    result: Score


@dataclass(frozen=True, slots=True)
class Read:
    """Everything of an institution and year, with what names it as a whole."""

    base: PayTotal
    lines: tuple[Line, ...]
    last: Month
    given: Given

    @property
    def mark(self) -> str:
        """Digest of what was read: while it is the same, so is the uplift."""
        told = [[one.month, one.linked.pk, one.result.pk] for one in self.lines]
        return digest([self.base.pk, told, self.last, self.given])


def base_of(institution: Institution, year: int) -> PayTotal | None:
    """The latest approved total that did not itself rise."""
    rows = PayTotal.objects.filter(
        institution=institution, year=year, confirmed_at__isnull=False, uplift=None
    )
    found: PayTotal | None = rows.order_by("-revision").first()
    return found


def read(institution: Institution, year: int, through: Month | None = None) -> Read:
    """Read an institution's year, up to a month; seven queries.

    Raises UpliftRefused (no_base, no_month, no_list, no_score, no_heads).
    """
    named = {"institution": institution.short_name, "year": year}
    base = base_of(institution, year)
    if base is None:
        raise UpliftRefused("no_base", **named)
    rows = MonthRun.objects.filter(month__year=year, state__in=DECIDED)
    if through is not None:
        rows = rows.filter(month__lte=through.first_day)
    months = {one.settlement_id: one.period for one in rows}
    results = list(
        Score.objects.filter(settlement__in=months, institution=institution, weight__gt=0)
        .order_by("settlement__month", "indicator")
    )  # fmt: skip
    if not results:
        raise UpliftRefused("no_month", **named)
    lists = linked.by_month({months[one.settlement_id] for one in results})
    counted = [one for one in results if months[one.settlement_id] in lists]
    if not counted:
        raise UpliftRefused("no_list", **named)
    lines = tuple(
        Line(month, lists[month], one) for one in counted
        if one.indicator in lists[month := months[one.settlement_id]].indicators
    )  # fmt: skip
    if not lines:
        raise UpliftRefused("no_score", **named)
    of = sorted({months[one.settlement_id] for one in counted})
    first, last = heads(institution, of[0]), heads(institution, of[-1])
    given = Given(
        institution.short_name, year, base.fen, points(one.result for one in lines),
        sum((one.weight for one in counted), Decimal(0)), first, last,
    )  # fmt: skip
    return Read(base, lines, of[-1], given)


def heads(institution: Institution, month: Month) -> Decimal:
    """Full posts of an institution by the roster of a month, its village rooms with it. Raises UpliftRefused
    (no_heads).
    """
    rows = RosterRow.objects.filter(Q(institution=institution) | Q(institution__parent=institution))
    found: Decimal | None = rows.filter(month=month.first_day).aggregate(sum=Sum("share"))["sum"]
    if not found:
        raise UpliftRefused("no_heads", institution=institution.short_name, month=month)
    return found


def points(rows: Iterable[Score]) -> tuple[Point, ...]:
    """Weights and scores as the engine takes them."""
    return tuple(Point(one.weight, one.score) for one in rows)


def again(sheet: PayUplift) -> Given:
    """What a stored sheet was worked out from."""
    return Given(
        sheet.institution.short_name, sheet.year, sheet.base_fen,
        tuple(Point(one.weight, one.score) for one in sheet.lines.all()), sheet.weight_all, sheet.heads_first,
        sheet.heads,
    )  # fmt: skip
