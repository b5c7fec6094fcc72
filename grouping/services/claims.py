"""One proposal a day: what waits for a second person is asked for once; the database refuses the second."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from alliance.approvals.models import Approval
from alliance.lib.refusal import Refused
from grouping.models import ReleaseClaim


class DayClaimed(Refused):
    """Another proposal for the same thing and day waits for its decision."""

    reasons = {
        "claimed": "%(first)s, proposed by %(by)s, waits for a second person already. "
        "Wait for that decision, or let its proposer withdraw it, or choose another day."
    }


def take(*, kind: str, day: date, approval: Approval) -> None:
    """Claim a day for a proposal just made. Raises DayClaimed naming the first proposal."""
    try:
        with transaction.atomic():
            ReleaseClaim.objects.create(kind=kind, from_date=day, approval=approval)
    except IntegrityError:
        rows = ReleaseClaim.objects.select_related("approval__proposed_by__user")
        first = rows.get(kind=kind, from_date=day).approval
        raise DayClaimed("claimed", first=first.title, by=first.proposed_by.user) from None


def free(approval: Approval) -> None:
    """The proposal is decided or withdrawn: the day may be asked for again."""
    ReleaseClaim.objects.filter(approval=approval).delete()
