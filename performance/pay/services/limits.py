"""How much may be given: what a source account holds, what approved pay totals leave (practice.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.services import parameters
from performance.dues import booking
from performance.engine.pay import redlines
from performance.engine.pay.redlines import Year
from performance.engine.pay.steps import PayRefused
from performance.models import (
    PayFund,
    PayPool,
    PayShare,
    PayTotal,
)
from performance.models.pay import PayKind
from performance.pay.refusals import PoolRefused

State = PayPool.State


def covered(fund: PayFund, fen: int, but: PayPool | None = None) -> None:
    """The account holds the money; what else waits for approval counts as taken, so that of two decided at
    once neither overdraws it. Raises PoolRefused (short).
    """
    account = Account.objects.filter(code=fund.account).first()
    held = books.balance(account) if account else 0
    others = PayPool.objects.filter(fund=fund, state=State.PROPOSED).exclude(pk=but.pk if but else None)
    waiting = others.aggregate(fen=Sum("fen"))["fen"] or 0
    if held - waiting < fen:
        raise PoolRefused("short", fund=fund.name, balance=yuan(held - waiting), fen=yuan(fen))


def keep_total(pool: PayPool) -> None:
    """Paid this year + this pool stays within the approved total of each institution (practice.md 6).

    Raises RedLine (no_total, over_total).
    """
    if pool.persons:
        redlines.within_total(pool.source, years_of(pool))


def keep_team_least(pool: PayPool) -> None:
    """The rule of a DRG reward gives the teams at least the part that holds in the pool's month (S0-65).

    Raises PayRefused (team_share).
    """
    if pool.kind == PayKind.REWARD and pool.persons and pool.rule is not None:
        least, percent = team_least(pool.month), pool.rule.rule().team_percent
        if percent < least:
            raise PayRefused("team_share", least=least, percent=percent)


def team_least(day: date) -> Decimal:
    """The least part of the DRG reward that goes to teams first, percent, on a day (S0-65)."""
    return Decimal(str(parameters.in_force("fd.team_share_min", on=day)))


def years_of(pool: PayPool) -> list[Year]:
    """Approved, paid and now to pay of each institution of a pool, by code; three queries."""
    rows = PayShare.objects.filter(pool=pool, fen__gt=0).select_related("institution")
    approved, paid = approved_of(pool.month.year), paid_of(pool.month.year)
    return [
        Year(
            row.institution.short_name, pool.month.year, approved.get(row.institution_id),
            paid.get(row.institution_id, 0), row.fen,
        )
        for row in rows.order_by("institution__code")
    ]  # fmt: skip


def approved_of(year: int) -> dict[int, int]:
    """The approved pay total of each institution in a year, fen."""
    rows = PayTotal.objects.filter(year=year, confirmed_at__isnull=False).order_by("revision")
    return dict(rows.values_list("institution", "fen"))


def paid_of(year: int) -> dict[int, int]:
    """What each institution was given within its total by pools of the year's months, and by corrections of
    them, fen; two queries.
    """
    rows = PayShare.objects.filter(
        pool__state=State.POSTED, pool__month__year=year, pool__persons=True,
        pool__source__in=sorted(redlines.WITHIN_TOTAL),
    )  # fmt: skip
    paid: dict[int, int] = booking.given_of(year)
    for one in rows.values("institution").annotate(paid=Sum("fen")).order_by():
        paid[one["institution"]] = paid.get(one["institution"], 0) + one["paid"]
    return paid


def over_total(month: Month, more: Mapping[int, int]) -> tuple[int, int] | None:
    """The first institution (id) that so much more for its persons from sources within the total (fen by id)
    would take beyond the approved total of the month's year, and by how much; None where it stays within.
    Source: practice.md 6.
    """
    paid, approved = paid_of(month.year), approved_of(month.year)
    for place, fen in sorted(more.items()):
        over = paid.get(place, 0) + fen - approved.get(place, 0)
        if fen > 0 and over > 0:
            return place, over
    return None
