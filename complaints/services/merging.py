"""Duplicates: what says the same is answered once; the later one goes into the earlier one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from alliance.models import Membership
from complaints.models import Complaint
from complaints.services.moves import move, needed
from complaints.services.refusals import ComplaintRefused


@transaction.atomic
def merge(
    *,
    by: Membership,
    complaint: Complaint,
    number: str,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Complaint:
    """Merge a later complaint into the earlier one of that number, of the same institution and under way.

    No clock is won by it: the earlier one keeps its own. Who sent the later one reads the answers of the
    earlier one by the private link. Raises ComplaintRefused (reason, same, not_found, target_ended), Stale.
    """
    reason = needed(reason, "reason")
    rows = Complaint.objects.visible_to(by).filter(institution=complaint.institution_id)
    target = rows.filter(number=number.strip().upper()).first()
    if target is None or target.received_at > complaint.received_at:
        raise ComplaintRefused("not_found")
    if target.pk == complaint.pk:
        raise ComplaintRefused("same")
    if target.state in Complaint.ENDED:
        raise ComplaintRefused("target_ended", state=target.get_state_display())
    merged = move(
        "merge", verb="complaint.merged", by=by, complaint=complaint, now=now, version=version,
        note=f"{target.number} {reason}", merged_into=target, said={"into": target.number},
    )  # fmt: skip
    # What had been merged into this one goes on to where it went.
    Complaint.objects.filter(merged_into=complaint).update(merged_into=target)
    return merged


def duplicates_of(complaint: Complaint) -> list[Complaint]:
    """What was merged into it, oldest first."""
    return list(Complaint.objects.filter(merged_into=complaint).order_by("received_at", "pk"))
