"""What of a month is to be paid: lines in the books less what is paid, on its way or held; what corrections
owe; set-based.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Staff
from performance.models import PayDeduction, PayDue, PayLine, PayoutHold, PayoutPart


@dataclass(frozen=True, slots=True)
class Payable:
    """A person's line, or what a correction owes (`due`, of the month `about`): who, which institution pays,
    how much; live parts, the next part's number, held money by kind, what is deducted of it. All fen.
    """

    line: int | None
    staff: Staff
    institution: int
    fen: Fen
    taken: Fen
    part: int = 0
    disputed: Fen = 0
    by_hand: Fen = 0
    deducted: Fen = 0
    due: int | None = None
    about: Month | None = None

    @property
    def free(self) -> Fen:
        """What no live payment, no hold and no deduction covers."""
        return self.fen - self.taken - self.disputed - self.by_hand - self.deducted


def in_books() -> QuerySet[PayLine]:
    """Every person's line in the books, above zero."""
    found: QuerySet[PayLine] = PayLine.objects.filter(pot__state="posted", plan=F("pot__plan"), fen__gt=0)
    return found


def lines(month: Month) -> QuerySet[PayLine]:
    """Those of a month."""
    return in_books().filter(pot__pool__month=month.first_day)


def of(month: Month) -> list[Payable]:
    """What every line of a month still has to be paid, then what corrections owe; six queries, in the order
    of the persons.
    """
    return [*_payables(lines(month)), *owed(month)]


def by_month(staff: int, until: Month) -> dict[Month, list[Payable]]:
    """What a person's lines still have to be paid of each month up to one that is not paid in full; five
    queries.
    """
    rows = in_books().filter(staff=staff, pot__pool__month__lte=until.first_day)
    at = dict(rows.values_list("pk", "pot__pool__month"))
    found: dict[Month, list[Payable]] = defaultdict(list)
    for row in _payables(rows):
        found[Month.of(at[row.line])].append(row)  # type: ignore[index]
    return {month: owed for month, owed in found.items() if any(row.free > 0 for row in owed)}


def one(line: int) -> Payable | None:
    """The same of one line; None where it is in no books."""
    rows = PayLine.objects.filter(pk=line, pot__state="posted", plan=F("pot__plan"), fen__gt=0)
    return next(iter(_payables(rows)), None)


def of_few(lines: Iterable[PayLine]) -> list[Payable]:
    """The same of lines at hand, without what is disputed; those in no books are left out. One query,
    whatever has become of them.
    """
    here = {row.pk: row for row in lines
            if row.pot.state == "posted" and row.plan_id == row.pot.plan_id and row.fen > 0}  # fmt: skip
    hand = PayoutHold.Kind.BY_HAND
    rows = PayLine.objects.filter(pk__in=here).order_by("pk").annotate(
        live=_sum(PayoutPart.objects.filter(ended_at=None)),
        held=_sum(PayoutHold.objects.filter(kind=hand, ended_at=None)), less=_sum(PayDeduction.objects.all()),
    )  # fmt: skip
    return [
        Payable(
            pk, here[pk].staff, here[pk].pot.institution_id, here[pk].fen, live, by_hand=held, deducted=less
        )
        for pk, live, held, less in rows.values_list("pk", "live", "held", "less")
    ]


def _sum(rows: QuerySet[Any]) -> Any:
    """Fen of rows of a line; 0 without any."""
    sums = rows.filter(line=OuterRef("pk")).order_by().values("line").annotate(sum=Sum("fen")).values("sum")
    return Coalesce(Subquery(sums), 0, output_field=BigIntegerField())


def owed(month: Month) -> list[Payable]:
    """What corrections posted by a month owe persons and no lot of another month pays; two queries.

    It is paid with the next lot, whichever month that is of (practice.md 4: the next open month).
    """
    elsewhere = PayoutPart.objects.filter(due=OuterRef("pk"), ended_at=None).exclude(
        payment__lot__month=month.first_day
    )
    rows = PayDue.objects.owed().filter(~Exists(elsewhere), into__lte=month.first_day)
    parts = _parts(PayoutPart.objects.filter(due__in=rows.values("pk")), "due")
    ordered = rows.select_related("staff__institution", "pot").order_by(
        "pot__institution__code", "staff__code", "pk"
    )
    return [
        Payable(
            None, row.staff, row.pot.institution_id, row.fen, *_taken(parts.get(row.pk)), due=row.pk,
            about=row.period,
        )
        for row in ordered
    ]  # fmt: skip


def _parts(rows: QuerySet[PayoutPart], of: str) -> dict[int, tuple[Fen, int]]:
    """Fen of live parts and the last part's number, by line or by amount of a correction; one query."""
    sums = rows.values(of).annotate(live=Sum("fen", filter=Q(ended_at=None)), last=Max("part")).order_by()
    return {row[of]: (row["live"] or 0, row["last"]) for row in sums}


def _payables(rows: QuerySet[PayLine]) -> list[Payable]:
    parts = _parts(PayoutPart.objects.filter(line__in=rows.values("pk")), "line")
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
    asked = disputed.get(row.line, 0) if row.line is not None else 0
    most = row.fen - row.taken - row.by_hand - row.deducted
    return min(asked if undisputed_paid else row.fen, most) if asked > 0 else 0
