"""What institutions declare about a month, and totals of months before the system; nothing is overwritten."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from grouping.models import Declaration, DeclaredTotal


@transaction.atomic
def declare(
    *,
    by: Membership,
    institution: Institution,
    month: Month,
    discharges: int,
    total_fen: int,
    unfinished: int = 0,
) -> Declaration:
    """State a month's discharges and charges (fen); a later statement counts, the earlier one stays
    readable.
    """
    earlier = Declaration.objects.filter(institution=institution, month=month.first_day, department=None)
    revision = (earlier.aggregate(last=Max("revision"))["last"] or 0) + 1
    row = Declaration.objects.create(
        institution=institution,
        month=month.first_day,
        discharges=discharges,
        total_fen=total_fen,
        unfinished=unfinished,
        revision=revision,
        entered_by=by,
    )
    journal.write(
        by=by,
        verb="declaration.entered",
        about=row,
        month=str(month),
        discharges=discharges,
        total_fen=total_fen,
    )
    return row


@transaction.atomic
def state_total(
    *,
    by: Membership,
    institution: Institution,
    month: Month,
    discharges: int,
    total_fen: int,
    source: str,
    on: date,
) -> DeclaredTotal:
    """State the total of a month from before the system (fen), with its source and the day of the
    statement.
    """
    row = DeclaredTotal.objects.create(
        institution=institution,
        month=month.first_day,
        discharges=discharges,
        total_fen=total_fen,
        source=source,
        from_date=on,
        entered_by=by,
    )
    journal.write(by=by, verb="declared_total.entered", about=row, month=str(month), source=source)
    return row
