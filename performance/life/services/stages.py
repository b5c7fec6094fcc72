"""What becomes of an approved month: published, paid, closed, final; every step asks facts (practice 4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alliance.ledger import facts as books
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import calendar, parameters, steps
from performance.appeals import facts as appeals
from performance.life.refusals import LifeRefused
from performance.models import MonthLife, MonthRun
from performance.models.life import LEAD
from performance.payout import facts as payouts
from performance.services.rights import require

DAYS = "publication.days"
State = MonthLife.State


def of(month: Month) -> MonthLife | None:
    """The row of a month; None before it was first published."""
    found: MonthLife | None = (
        MonthLife.objects.select_related("run__settlement__scheme").filter(month=month.first_day).first()
    )
    return found


@transaction.atomic
def publish(*, by: Membership, month: Month, now: datetime, version: int | None = None) -> MonthLife:
    """Show an approved month to everybody for the days of the parameter (公示, practice.md 4).

    The day it begins is not counted, holidays are not (definitions 9). Raises PermissionDenied, LifeRefused
    (not_posted), Stale.
    """
    require(by, LEAD)
    run = MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED).first()
    if run is None:
        raise LifeRefused("not_posted", month=month)
    row, _new = MonthLife.objects.get_or_create(month=month.first_day, defaults={"run": run})
    step = steps.admitted("publish", by=by, row=row, version=version)
    rule = parameters.rule_in_force(DAYS, on=timezone.localdate(now))
    until = calendar.deadline(now, rule).due_at
    moved: MonthLife = steps.take(
        step, by=by, row=row, verb="month.published", now=now, published_until=until,
        said={"month": str(month), "until": until.isoformat()},
    )  # fmt: skip
    return moved


@transaction.atomic
def pay(*, by: Membership, month: Month, now: datetime, version: int | None = None) -> MonthLife:
    """Say that the month is paid: its publication has ended, every pot is in the books, every line with its
    person or held.

    Appeals are not waited for. Raises PermissionDenied, LifeRefused (not_posted, running, pots, lots), Stale.
    """
    row = _held(month)
    step = steps.admitted("pay", by=by, row=row, version=version)
    assert row.published_until is not None
    if now < row.published_until:
        raise LifeRefused("running", month=month, until=row.published_until)
    money = payouts.paid_in(month)
    if money.pots_open:
        raise LifeRefused("pots", month=month, n=money.pots_open)
    if not money.done:
        open_fen = money.open_fen + money.on_the_way_fen
        raise LifeRefused("lots", month=month, open=yuan(open_fen))
    moved: MonthLife = steps.take(step, by=by, row=row, verb="month.paid", now=now)
    return moved


@transaction.atomic
def close(*, by: Membership, month: Month, now: datetime, version: int | None = None) -> MonthLife:
    """Close a paid month once two people have closed its books. Raises PermissionDenied, LifeRefused
    (not_posted, books), Stale.
    """
    row = _held(month)
    step = steps.admitted("close", by=by, row=row, version=version)
    if month in books.open_months():
        raise LifeRefused("books", month=month)
    moved: MonthLife = steps.take(step, by=by, row=row, verb="month.closed", now=now)
    return moved


@transaction.atomic
def end(*, by: Membership, month: Month, now: datetime, version: int | None = None) -> MonthLife:
    """Mark a closed month as final, once its last appeal has ended (practice.md 4).

    Raises PermissionDenied, LifeRefused (not_posted, appeals), Stale.
    """
    row = _held(month)
    steps.require("end", by=by, row=row)
    if running := appeals.open_in(month):
        raise LifeRefused("appeals", n=running, month=month)
    step = steps.open_now("end", row, version)
    moved: MonthLife = steps.take(step, by=by, row=row, verb="month.final", now=now)
    return moved


def _held(month: Month) -> MonthLife:
    """The row, locked until COMMIT. Raises LifeRefused (not_posted) before the month was published."""
    row: MonthLife | None = MonthLife.objects.select_for_update().filter(month=month.first_day).first()
    if row is None:
        raise LifeRefused("not_posted", month=month)
    return row
