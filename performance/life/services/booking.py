"""What statements, claw-backs and corrections have in common: proposed by one, posted when another agrees."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal, steps
from performance.life.refusals import CorrectionRefused
from performance.models.life import LEAD
from performance.models.statements import Booked
from performance.services.rights import require


def open_month(into: Month, month: Month) -> Month:
    """The month a correction is posted into: its books are open, and it is not before the month it is of.

    Raises CorrectionRefused (closed, before).
    """
    if into not in books.open_months():
        raise CorrectionRefused("closed", month=into)
    if into < month:
        raise CorrectionRefused("before", month=month)
    return into


@transaction.atomic
def propose(
    *, by: Membership, row: Any, kind: str, verb: str, today: date, version: int | None = None
) -> Approval:
    """Put a draft before a second person. Raises PermissionDenied, Stale, and as `approvals.propose`."""
    step = steps.admitted("propose", by=by, row=row, version=version)
    approval = approvals.propose(
        by=by, kind=kind, about=row, chain=chains.in_force(chains.TWO_PEOPLE, on=today, kind=kind),
        digest=row.digest,
    )  # fmt: skip
    steps.take(step, by=by, row=row, verb=verb, approval=approval)
    return approval


def decided(row: Any, approval: Approval, by: Membership, *, of: str, post: Any) -> None:
    """The end of an approval; its deeds begin with `of`. Agreed: `post(row, approval)` writes the books and
    returns the journal. Else it is a draft again.
    """
    if approval.state != Approval.State.APPROVED:
        steps.take(steps.open_now("give_back", row), by=by, row=row, verb=f"{of}.given_back")
        return
    written = post(row, approval)
    steps.take(
        steps.open_now("post", row), by=by, row=row, verb=f"{of}.posted", journal=written,
        said={"journal": written.pk},
    )  # fmt: skip


@transaction.atomic
def discard(*, by: Membership, row: Any, verb: str) -> None:
    """Throw a draft away with its lines. Raises PermissionDenied, CorrectionRefused (draft)."""
    require(by, LEAD)
    held = type(row).objects.select_for_update().get(pk=row.pk)
    if held.state != Booked.State.DRAFT:
        raise CorrectionRefused("draft")
    journal.write(by=by, verb=verb, about=held, month=str(held.period))
    held.delete()
