"""Duplicates: what says the same is answered once; the later one goes into the earlier one, and out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from complaints.categories import words
from complaints.models import Complaint
from complaints.services import limits
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
    """The alliance's office merges a later complaint into the earlier one of that number, of the same
    institution and kind and under way; who is complained of may not, and the database refuses it too.

    No clock is won by it: the earlier one keeps its own, the later one what it was given or missed until
    then. What was taken apart as another matter is not merged again, into none: it was looked at and found to
    be its own, and each further time would only keep its person waiting. Who sent the later one reads the
    answers of the earlier one by the private link. Raises ComplaintRefused (reason, same, not_found,
    target_ended, other_kind, parted), PermissionDenied, Stale.
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
    if target.category != complaint.category:
        raise ComplaintRefused("other_kind", this=words(complaint.category), other=words(target.category))
    if complaint.parted_at is not None:
        raise ComplaintRefused("parted", at=complaint.parted_at.astimezone(SHANGHAI).strftime("%Y-%m-%d"))
    merged = move(
        "merge", verb="complaint.merged", by=by, complaint=complaint, now=now, version=version,
        note=f"{target.number} {reason}", merged_into=target, merged_by=by, said={"into": target.number},
    )  # fmt: skip
    # What had been merged into this one goes on to where it went.
    Complaint.objects.filter(merged_into=complaint).update(merged_into=target, merged_by=by)
    return merged


@transaction.atomic
def separate(
    *,
    by: Membership | None,
    complaint: Complaint,
    reason: str,
    now: datetime,
    version: int | None = None,
    unsolved: bool = False,
    alone: bool = False,
) -> Complaint:
    """It goes its own way again: the alliance's office or (`by` None) its person says that it is another
    matter, or its person that the answer of the earlier one did not solve it (`unsolved`), or that one was
    withdrawn (`alone`: it may still be merged into another).

    Its limits stood still while it was merged; only an answer that did not solve it begins the clock of the
    result anew. Raises ComplaintRefused (reason), PermissionDenied, Stale.
    """
    reason, target = needed(reason, "reason", by_person=by is None), complaint.merged_into
    unanswered = complaint.first_answered_at is None
    change: dict[str, Any] = limits.resumed(complaint, now)
    if not alone:
        change["parted_at"] = now
    if unsolved:
        joint = complaint.concerned.count() > 1
        change |= limits.result(now, joint=joint) | {"round": F("round") + 1, "solved": False}
    return move(
        "part" if unanswered else "separate", verb="complaint.separated", by=by, complaint=complaint, now=now,
        version=version, note=reason, merged_into=None, merged_by=None, closed_at=None, settled_at=None,
        said={"from": target.number if target else ""}, **change,
    )  # fmt: skip


def duplicates_of(complaint: Complaint) -> list[Complaint]:
    """What was merged into it, oldest first."""
    return list(
        Complaint.objects.filter(merged_into=complaint)
        .select_related("merged_into")
        .order_by("received_at", "pk")
    )
