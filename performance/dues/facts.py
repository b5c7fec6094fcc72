"""What corrections in the books tell a person's slip: by the month whose pay gives or bears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alliance.lib.period import Month
from performance.models import PayDeduction, PayDue, PayoutPart, PayoutPayment


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of a correction (signed fen): the month of pay it stands at, the month it belongs to.

    `line` is the line it corrects, `appeal`, `correction` or `relief` where it comes from (pk; a relief gives
    back an exempted claw-back taken of the line's pay and corrects none). `lot`: the one it stands in, by its
    code. `paid`: the bank has paid it; of what is taken, a month's pay bears it already. `waits`: taken of
    nobody yet, the floor under net pay has carried it on or no later pay is made; it is not part of what a
    month paid. `due`: its record (pk). `back`: what is said where the bank gave it back, filled by the slip.
    """

    at: Month
    about: Month
    fen: int
    line: int
    appeal: int | None
    correction: int | None
    relief: int | None = None
    lot: str = ""
    paid: bool = False
    waits: bool = False
    due: int | None = None
    back: str = ""


def of_person(staff: int) -> list[Amount]:
    """A person's amounts, the oldest first; three queries."""
    dues = list(PayDue.objects.filter(staff=staff).select_related("entry", "part").order_by("pk"))
    live = PayoutPart.objects.filter(due__staff=staff, ended_at=None)
    sent = {part.due_id: part.payment for part in live.select_related("payment__lot__institution")}
    taken: dict[int, list[tuple[Month, int]]] = {}
    rows = PayDeduction.objects.filter(due__staff=staff).order_by("into", "pk")
    for due, into, fen in rows.values_list("due", "into", "fen"):
        taken.setdefault(due, []).append((Month.of(into), fen))
    return [one for due in dues for one in _amounts(due, sent.get(due.pk), taken.get(due.pk, []))]


def _amounts(due: PayDue, sent: PayoutPayment | None, taken: list[tuple[Month, int]]) -> Iterator[Amount]:
    assert due.line_id is not None, "a person's amount is of a line"
    origin = (
        due.line_id, due.entry.appeal_id if due.entry else None,
        due.part.correction_id if due.part else None, due.relief_id,
    )  # fmt: skip
    if due.fen > 0:
        at, lot = (sent.lot.period, sent.lot.code) if sent else (Month.of(due.into), "")
        paid = sent is not None and sent.state == PayoutPayment.State.PAID
        yield Amount(at, due.period, due.fen, *origin, lot, paid=paid, due=due.pk)
        return
    for at, fen in taken:
        yield Amount(at, due.period, -fen, *origin, paid=True, due=due.pk)
    if rest := due.fen + sum(fen for _at, fen in taken):
        yield Amount(Month.of(due.into), due.period, rest, *origin, waits=True, due=due.pk)
