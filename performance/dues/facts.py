"""What corrections in the books tell a person's slip: by the month whose pay gives or bears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alliance.lib.period import Month
from performance.models import PayDeduction, PayDue, PayoutPart


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of a correction (signed fen): the month of pay it stands at, the month it belongs to.

    `line` is the line it corrects, `appeal`, `correction` or `relief` where it comes from (pk; a relief gives
    back an exempted claw-back taken of the line's pay and corrects none). `paid`: a lot pays it.
    `waits`: taken of nobody yet, the floor under net pay has carried it on or no later pay is made; it is not
    part of what a month paid. `due`: its record (pk).
    """

    at: Month
    about: Month
    fen: int
    line: int
    appeal: int | None
    correction: int | None
    relief: int | None = None
    paid: bool = False
    waits: bool = False
    due: int | None = None


def of_person(staff: int) -> list[Amount]:
    """A person's amounts, the oldest first; three queries."""
    dues = list(PayDue.objects.filter(staff=staff).select_related("entry", "part").order_by("pk"))
    lots = dict(
        PayoutPart.objects.filter(due__staff=staff, ended_at=None)
        .values_list("due", "payment__lot__month")
    )  # fmt: skip
    taken: dict[int, list[tuple[Month, int]]] = {}
    rows = PayDeduction.objects.filter(due__staff=staff).order_by("into", "pk")
    for due, into, fen in rows.values_list("due", "into", "fen"):
        taken.setdefault(due, []).append((Month.of(into), fen))
    return [one for due in dues for one in _amounts(due, lots.get(due.pk), taken.get(due.pk, []))]


def _amounts(due: PayDue, lot: object, taken: list[tuple[Month, int]]) -> Iterator[Amount]:
    assert due.line_id is not None, "a person's amount is of a line"
    origin = (
        due.line_id, due.entry.appeal_id if due.entry else None,
        due.part.correction_id if due.part else None, due.relief_id,
    )  # fmt: skip
    if due.fen > 0:
        at = Month.of(lot or due.into)  # type: ignore[arg-type]
        yield Amount(at, due.period, due.fen, *origin, paid=lot is not None, due=due.pk)
        return
    for at, fen in taken:
        yield Amount(at, due.period, -fen, *origin, paid=True, due=due.pk)
    if rest := due.fen + sum(fen for _at, fen in taken):
        yield Amount(Month.of(due.into), due.period, rest, *origin, waits=True, due=due.pk)
