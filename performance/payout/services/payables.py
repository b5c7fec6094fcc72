"""What of a month is to be paid: lines in the books less what is paid, on its way or held; set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet, Sum

from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Staff
from performance.models import PayDeduction, PayLine, PayoutHold, PayoutPart


@dataclass(frozen=True, slots=True)
class Payable:
    """A person's line: who, which institution pays, how much; live parts, the next part's number, held money
    by kind, what a claw-back takes of it. All fen.
    """

    line: int
    staff: Staff
    institution: int
    fen: Fen
    taken: Fen
    part: int
    disputed: Fen
    by_hand: Fen
    deducted: Fen = 0

    @property
    def free(self) -> Fen:
        """What no live payment, no hold and no deduction covers."""
        return self.fen - self.taken - self.disputed - self.by_hand - self.deducted


def lines(month: Month) -> QuerySet[PayLine]:
    """Every person's line of the month in the books, above zero."""
    found: QuerySet[PayLine] = PayLine.objects.filter(
        pot__pool__month=month.first_day, pot__state="posted", plan=F("pot__plan"), fen__gt=0
    )
    return found


def of(month: Month) -> list[Payable]:
    """What every line of a month still has to be paid; four queries, in the order of the persons."""
    return _payables(lines(month))


def one(line: int) -> Payable | None:
    """The same of one line; None where it is in no books."""
    rows = PayLine.objects.filter(pk=line, pot__state="posted", plan=F("pot__plan"), fen__gt=0)
    return next(iter(_payables(rows)), None)


def _payables(rows: QuerySet[PayLine]) -> list[Payable]:
    parts = {
        row["line"]: (row["live"] or 0, row["last"])
        for row in PayoutPart.objects.filter(line__in=rows.values("pk")).values("line")
        .annotate(live=Sum("fen", filter=Q(ended_at=None)), last=Max("part")).order_by()
    }  # fmt: skip
    held: dict[int, dict[str, Fen]] = defaultdict(dict)
    for line, kind, fen in PayoutHold.objects.filter(
        line__in=rows.values("pk"), ended_at=None
    ).values_list("line", "kind", "fen"):  # fmt: skip
        held[line][kind] = fen
    less = PayDeduction.objects.filter(line__in=rows.values("pk")).values("line").annotate(fen=Sum("fen"))
    deducted = {row["line"]: row["fen"] for row in less.order_by()}
    return [
        Payable(
            row.pk, row.staff, row.pot.institution_id, row.fen, *_taken(parts.get(row.pk)),
            held[row.pk].get("disputed", 0), held[row.pk].get("by_hand", 0),
            deducted.get(row.pk, 0),
        )
        for row in rows.select_related("staff__institution", "pot").order_by(
            "pot__institution__code", "staff__code", "pk"
        )
    ]  # fmt: skip


def _taken(found: tuple[Fen, int] | None) -> tuple[Fen, int]:
    live, last = found or (0, 0)
    return live, last + 1


def held_for(disputed: Mapping[int, Fen], row: Payable, *, undisputed_paid: bool) -> Fen:
    """What of a line waits because it is disputed: the disputed part, or all of it that is not paid yet."""
    asked = disputed.get(row.line, 0)
    most = row.fen - row.taken - row.by_hand - row.deducted
    return min(asked if undisputed_paid else row.fen, most) if asked > 0 else 0


def totals(rows: Iterable[Payable]) -> tuple[Fen, Fen, Fen]:
    """Fen of the lines less deductions, of live payments, of held money."""
    found = list(rows)
    return (
        sum(row.fen - row.deducted for row in found), sum(row.taken for row in found),
        sum(row.disputed + row.by_hand for row in found),
    )  # fmt: skip
