"""Indicators watched although no scheme counts them: their facts are owed from a month on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.declared import book
from performance.declared.refusals import DeclaredRefused
from performance.dictionary import book as dictionary
from performance.models import DeclaredDuty
from performance.services.rights import require
from performance.show import labels

DEMAND = "declared.demand"


@transaction.atomic
def watch(
    *, by: Membership, indicator: str, kinds: Sequence[str], first: Month, now: datetime
) -> DeclaredDuty:
    """Ask for an indicator's facts from a month on. Raises PermissionDenied, DeclaredRefused."""
    require(by, DEMAND)
    entry = dictionary.entries().get(indicator)
    if entry is None or not book.outside(entry):
        raise DeclaredRefused("none", indicator=indicator[:40])
    try:
        with transaction.atomic():
            row: DeclaredDuty = DeclaredDuty.objects.create(
                indicator=indicator, kinds=list(kinds), first_month=first.first_day, set_by=by, set_at=now
            )
    except IntegrityError as error:
        if "declared_duty_once" not in str(error):
            raise
        raise DeclaredRefused("watched", indicator=labels.named(entry.indicator)) from None
    journal.write(by=by, verb="declared.watched", about=row, indicator=indicator, month=str(first))
    return row


@transaction.atomic
def release(*, by: Membership, duty: DeclaredDuty, last: Month) -> DeclaredDuty:
    """Ask for it up to a month only. Raises PermissionDenied, DeclaredRefused (ended)."""
    require(by, DEMAND)
    until = max(last.first_day, duty.first_month)
    if not DeclaredDuty.objects.filter(pk=duty.pk, last_month=None).update(last_month=until, ended_by=by):
        raise DeclaredRefused("ended")
    journal.write(by=by, verb="declared.released", about=duty, month=str(Month.of(until)))
    duty.refresh_from_db()
    return duty
