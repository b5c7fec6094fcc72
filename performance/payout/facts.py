"""What paying tells the rooms beside it: how far a month's money has come. Amounts in fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.lib.money import Fen
from alliance.lib.period import Month
from performance.models import PayoutPayment, PayPot
from performance.payout.services import lots, payables
from performance.payout.services.payables import Payable


@dataclass(frozen=True, slots=True)
class PaidIn:
    """A month's pay: what the books of persons hold of it, how much of that the bank has paid, is on its way,
    is held, is open; payable = paid + on the way + held + open - owed + taking.

    `lines_fen` are the lines, `corrected_fen` (signed) what corrections its lots pay and corrections and
    claw-backs took of its pay. No month's are corrections that no lot has paid or taken yet
    (`owing.waiting`): of them the next lots would pay `owed_fen`, which is within `open_fen`, and take
    `taking_fen` of this month's pay. `pots_open` counts pots of posted pools whose people's lines are not in
    the books yet. `rows` are what the sums are of.
    """

    lines: int
    lines_fen: Fen
    corrected_fen: Fen
    paid_fen: Fen
    on_the_way_fen: Fen
    held_fen: Fen
    open_fen: Fen
    owed_fen: Fen
    taking_fen: Fen
    pots_open: int
    rows: Sequence[Payable]

    @property
    def payable_fen(self) -> Fen:
        """Lines and corrections."""
        return self.lines_fen + self.corrected_fen

    @property
    def own_open_fen(self) -> Fen:
        """What of the month itself no lot, hold or taking covers yet, before the next lots take of it."""
        return self.open_fen - self.owed_fen + self.taking_fen

    @property
    def done(self) -> bool:
        """Whether every payable line of the month is paid or held (practice.md 4: pay does not wait)."""
        settled = self.open_fen == 0 and self.on_the_way_fen == 0
        return settled and self.pots_open == 0 and self.lines > 0


def paid_in(month: Month, disputed: Mapping[int, Fen] | None = None) -> PaidIn:
    """How far the pay of a month has come, by the rows its next lots are made of; a fixed number of queries.

    `disputed`: fen of lines by their id, read from the open appeals without it. Source: practice.md 4 and 7.
    """
    found = payables.of(month)
    taken = sum(row.deducted for row in found)
    rows = lots.standing(month, found, lots.disputed(month) if disputed is None else disputed)
    lines = [row for row in rows if row.line is not None]
    dues = [row for row in rows if row.line is None]
    paid = sum(
        PayoutPayment.objects.filter(lot__month=month.first_day, state="paid").values_list("fen", flat=True)
    )
    pots = PayPot.objects.filter(pool__month=month.first_day, pool__state="posted", pool__persons=True)
    return PaidIn(
        lines=len(lines), lines_fen=sum(row.fen for row in lines),
        corrected_fen=sum(row.taken for row in dues) - taken, paid_fen=paid,
        on_the_way_fen=sum(row.taken for row in rows) - paid,
        held_fen=sum(row.disputed + row.by_hand for row in rows), open_fen=sum(row.free for row in rows),
        owed_fen=sum(row.free for row in dues), taking_fen=sum(row.deducted for row in rows) - taken,
        pots_open=pots.exclude(state="posted").filter(fen__gt=0).count(), rows=rows,
    )  # fmt: skip
