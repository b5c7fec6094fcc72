"""What paying tells the rooms beside it: how far a month's money has come. Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.lib.money import Fen
from alliance.lib.period import Month
from performance.models import PayoutPayment, PayPot
from performance.payout.services import payables


@dataclass(frozen=True, slots=True)
class PaidIn:
    """A month's pay: lines in the books, how much of them the bank has paid, is on its way, is held, is open.

    `pots_open` counts pots of posted pools whose people's lines are not in the books yet.
    """

    lines: int
    payable_fen: Fen
    paid_fen: Fen
    on_the_way_fen: Fen
    held_fen: Fen
    open_fen: Fen
    pots_open: int

    @property
    def done(self) -> bool:
        """Whether every payable line of the month is paid or held (practice.md 4: pay does not wait)."""
        settled = self.open_fen == 0 and self.on_the_way_fen == 0
        return settled and self.pots_open == 0 and self.lines > 0


def paid_in(month: Month) -> PaidIn:
    """How far the pay of a month has come; five queries. Source: practice.md 4 and 7."""
    rows = payables.of(month)
    payable, taken, held = payables.totals(rows)
    paid = sum(
        PayoutPayment.objects.filter(lot__month=month.first_day, state="paid").values_list("fen", flat=True)
    )
    pots = PayPot.objects.filter(pool__month=month.first_day, pool__state="posted", pool__persons=True)
    return PaidIn(
        len(rows), payable, paid, taken - paid, held, payable - taken - held,
        pots.exclude(state="posted").filter(fen__gt=0).count(),
    )  # fmt: skip
