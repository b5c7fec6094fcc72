"""Whether the source accounts hold what confirmed sheets are to be paid: asked when one is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from alliance.ledger import facts as books
from performance.entitlement.services import feeding
from performance.models import Entitlement, EntitlementKind, PayFund, PayPool

State = PayPool.State


@dataclass(frozen=True, slots=True)
class Cover:
    """What is free in the source accounts, and what confirmed sheets that no decided pool pays come to with
    this one; fen.
    """

    held_fen: int
    wanted_fen: int

    @property
    def short_fen(self) -> int:
        """What is missing; 0 where nothing is."""
        return max(0, self.wanted_fen - self.held_fen)


def of(sheet: Entitlement) -> Cover:
    """As things stand, with what the sheet itself brings; what waits for approval counts as taken, as for
    pools. Four queries.
    """
    held = sum(books.balance_of([fund.account for fund in PayFund.objects.all()]).values())
    taken = PayPool.objects.filter(fund__isnull=False, state=State.PROPOSED).aggregate(fen=Sum("fen"))["fen"]
    paying = PayPool.objects.filter(entitlement__isnull=False, state__in=[State.PROPOSED, State.POSTED])
    rows = Entitlement.objects.filter(confirmed_at__isnull=False).exclude(kind=EntitlementKind.OVERSPEND)
    waiting = (
        rows.exclude(pk__in=paying.values("entitlement"))
        .exclude(pk=sheet.pk)
        .aggregate(fen=Sum("fen"))["fen"]
    )
    brings = 0 if sheet.confirmed_at else sum(feeding.amounts(sheet).values())
    return Cover(held - (taken or 0) + brings, (waiting or 0) + sheet.fen)
