"""What the insurer said of cases, for the floors above: rows of a delivered file with an amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alliance.lib.period import Month
from alliance.models import Membership
from grouping.models import CentralFile, CentralResult

Why = CentralResult.Why
SAME = (Why.EQUAL, Why.NO_CASE)


@dataclass(frozen=True, slots=True)
class InsurerRow:
    """One case as the insurer settled it; money in fen. `case`: ours, None where none has the key.

    `settled_fen` is what was paid, `rejected_fen` what was refused of the case and is not in it. `regrouped`:
    it was grouped otherwise than ours.
    """

    id: int
    case: int | None
    institution_id: int
    record_no: str
    day: date
    drg: str
    settled_fen: int
    rejected_fen: int
    rejected_why: str
    regrouped: bool


def rows(file: int, month: Month) -> list[InsurerRow]:
    """The rows of a file that were discharged in a month and bear an amount, in its order; one query."""
    found = CentralResult.objects.filter(file=file, day__range=(month.first_day, month.last_day))
    return [
        InsurerRow(
            row.pk, row.case_id, row.institution_id, row.record_no, row.day, row.drg, row.settled_fen or 0,
            row.rejected_fen or 0, row.rejected_why, row.why not in SAME,
        )
        for row in found.exclude(settled_fen=None).order_by("line")
    ]  # fmt: skip


def files(membership: Membership) -> list[tuple[int, str]]:
    """Files that are read, of the whole alliance or the member's institution: id and name, newest first."""
    found = CentralFile.objects.filter(state=CentralFile.State.READ).select_related("attachment")
    if membership.institution_id is not None:
        found = found.filter(institution=membership.institution_id)
    return [(file.pk, str(file)) for file in found.order_by("-pk")]


def is_read(file: int) -> bool:
    """Whether all rows of a file are stored and compared."""
    return bool(CentralFile.objects.filter(pk=file, state=CentralFile.State.READ).exists())
