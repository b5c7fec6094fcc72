"""Which indicators are linked with the pay total, by two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.decided import deeds
from performance.models import Level, PayLinked
from performance.models.pay import RUN
from performance.services import schemes
from performance.services.rights import require
from performance.uplift.refusals import ListRefused


@transaction.atomic
def enter(
    *, by: Membership, from_month: Month, indicators: Iterable[str], decided_by: str, now: datetime
) -> PayLinked:
    """Enter the list that holds from a month on. Raises PermissionDenied, ListRefused (indicators, unknown,
    body).
    """
    require(by, RUN)
    codes = sorted(set(indicators))
    if not codes:
        raise ListRefused("indicators")
    known = schemes.known_indicators(Level.INSTITUTION, from_month)
    if strange := next((code for code in codes if code not in known), None):
        raise ListRefused("unknown", code=strange)
    if not decided_by.strip():
        raise ListRefused("body")
    first = from_month.first_day
    earlier = PayLinked.objects.filter(from_date=first).aggregate(last=Max("revision"))["last"]
    row: PayLinked = PayLinked.objects.create(
        from_date=first, revision=(earlier or 0) + 1, indicators=codes, decided_by=decided_by.strip(),
        entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="pay.linked_entered", about=row, month=str(from_month), indicators=codes)
    return row


@transaction.atomic
def confirm(*, by: Membership, row: PayLinked, now: datetime) -> PayLinked:
    """A second person has compared the list with its decision. Raises PermissionDenied, ListRefused
    (same_person, decided).
    """
    deeds.second(by, row, ListRefused)
    deeds.fill(row, ListRefused, confirmed_by=by, confirmed_at=now)
    journal.write(by=by, verb="pay.confirmed", about=row)
    return PayLinked.objects.get(pk=row.pk)


@transaction.atomic
def set_aside(*, by: Membership, row: PayLinked, why: str, now: datetime) -> None:
    """Leave a wrong list for good: who entered it takes it back, or the second person declines it.

    Raises PermissionDenied, ListRefused (why, decided).
    """
    deeds.set_aside(by=by, sheet=row, why=why, now=now, refused=ListRefused, verb="pay.linked_set_aside")


def by_month(months: Iterable[Month]) -> dict[Month, PayLinked]:
    """The list in force in each month that has one; one query."""
    rows = list(PayLinked.objects.filter(confirmed_at__isnull=False).order_by("-from_date", "-revision"))
    found = {month: next((row for row in rows if row.from_date <= month.first_day), None) for month in months}
    return {month: row for month, row in found.items() if row is not None}
