"""The pool of a month: entered by one person, confirmed by another, with a lawful source (practice.md 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, parameters
from performance.decided import numbers
from performance.engine.exact import half_up
from performance.models import PoolDecision
from performance.services import bases
from performance.services.refusals import MoneyRefused
from performance.services.rights import require


@transaction.atomic
def enter_pool(
    *, by: Membership, month: Month, fen: int, source_kind: str, source: str, document: str = ""
) -> PoolDecision:
    """Enter the money of a month (fen; negative: to recover); a later entry replaces it once confirmed.

    Raises PermissionDenied, MoneyRefused (fen, source, document).
    """
    require(by, "month.propose")
    if not fen:
        raise MoneyRefused("fen")
    if not source.strip() or source_kind not in PoolDecision.Source.values:
        raise MoneyRefused("source")
    needed = source_kind == PoolDecision.Source.RETAINED or document.strip()
    number = numbers.of_decision(document, MoneyRefused) if needed else ""
    first = month.first_day
    last = PoolDecision.objects.filter(month=first).aggregate(last=Max("revision"))["last"] or 0
    row = PoolDecision.objects.create(
        month=first, revision=last + 1, fen=fen, source_kind=source_kind, source=source.strip(),
        document=number, entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="pool.entered", about=row, fen=fen, month=str(month))
    return row


@transaction.atomic
def confirm_pool(*, by: Membership, pool: PoolDecision, now: datetime) -> PoolDecision:
    """A second person compares the entry with its document and confirms it.

    Raises PermissionDenied, MoneyRefused (same_person, confirmed).
    """
    require(by, "month.approve")
    if pool.entered_by.user_id == by.user_id:
        raise MoneyRefused("same_person")
    waiting = PoolDecision.objects.filter(pk=pool.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise MoneyRefused("confirmed")
    journal.write(by=by, verb="pool.confirmed", about=pool, fen=pool.fen)
    return PoolDecision.objects.get(pk=pool.pk)


@dataclass(frozen=True, slots=True)
class Share:
    """The bonus fund of a month as percent of the institutions' performance pay, with the band it is to keep
    (S3-37); `percent` None while no institution has a base.
    """

    percent: Decimal | None
    least: Decimal
    most: Decimal

    @property
    def kept(self) -> bool | None:
        """Within the band, both ends included; None: not known."""
        return None if self.percent is None else self.least <= self.percent <= self.most


def share_of_pay(month: Month, fen: int) -> Share:
    """How large a fund (fen) is beside the performance pay of a month; two queries."""
    band: Any = parameters.in_force("cp.bonus_fund", on=month.first_day)
    whole = sum(row.fen for row in bases.in_force(month))
    return Share(half_up(Fraction(100 * fen, whole), 2) if whole else None, band["min"], band["max"])


def in_force(month: Month) -> PoolDecision | None:
    """The latest confirmed decision about a month; None while nothing is confirmed."""
    rows = PoolDecision.objects.filter(month=month.first_day, confirmed_at__isnull=False)
    return rows.order_by("-revision").first()


def latest(month: Month) -> PoolDecision | None:
    """The latest entry about a month, confirmed or not."""
    rows = PoolDecision.objects.filter(month=month.first_day).select_related(
        "entered_by__user", "confirmed_by__user"
    )
    return rows.order_by("-revision").first()
