"""What the month's life tells other rooms."""

from __future__ import annotations

from datetime import datetime

from alliance.lib.period import Month
from performance.life.services import stages
from performance.models import LockException, MonthLife, MonthRun

DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)


def life(month: Month) -> MonthLife | None:
    """What became of a month after its approval; None before it was first published. One query."""
    return stages.of(month)


def published(month: Month, now: datetime) -> bool:
    """Whether the publication runs now: until it ends appeals may be filed (practice.md 4)."""
    row = stages.of(month)
    return row is not None and row.published_until is not None and now < row.published_until


def payable(month: Month, now: datetime) -> bool:
    """Whether the publication of a month has ended: only then its money is paid out."""
    row = stages.of(month)
    return row is not None and row.published_until is not None and row.published_until <= now


def unlocked(month: Month, now: datetime) -> set[int]:
    """Institutions whose data of a locked month may be corrected now, by two people's exception."""
    rows = LockException.objects.filter(month=month.first_day, confirmed_at__lte=now, until__gt=now)
    return set(rows.values_list("institution", flat=True))


def taken(month: Month, now: datetime) -> set[int] | None:
    """Whose case data of a month are taken: None (everybody's) until it is decided, then by exception."""
    decided = MonthRun.objects.filter(month=month.first_day, state__in=DECIDED)
    return unlocked(month, now) if decided.exists() else None
