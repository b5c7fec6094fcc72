"""One step of a complaint, by a member, by the person with the private link, or by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from alliance.lib import reasons
from alliance.models import Membership
from alliance.services import steps
from complaints.models import Complaint
from complaints.services.refusals import ComplaintRefused


@transaction.atomic
def move(
    name: str,
    *,
    verb: str,
    by: Membership | None,
    complaint: Complaint,
    now: datetime,
    version: int | None = None,
    note: str = "",
    said: dict[str, Any] | None = None,
    **change: Any,
) -> Complaint:
    """The complaint after a step. `by` None is the person or the clock, whom no role binds.

    Raises PermissionDenied (wrong side or role), Stale (somebody was faster), ComplaintRefused (too_early).
    """
    if by is None:
        step = steps.open_now(name, complaint, version)
    else:
        step = steps.admitted(name, by=by, row=complaint, version=version)
    last = complaint.resolved_at or complaint.reopened_at or complaint.first_answered_at
    if now < max(filter(None, (last, complaint.assigned_at, complaint.received_at))):
        raise ComplaintRefused("too_early")
    moved: Complaint = steps.take(
        step, by=by, row=complaint, verb=verb, now=now, remark=note, said=said, **change
    )
    return moved


def needed(text: str, reason: str, *, by_person: bool = False) -> str:
    """The text trimmed. Raises ComplaintRefused with that reason where nothing is written; of why a member
    did something, also where the few letters say nothing (a person without an account says it as it comes).
    """
    if not text.strip() or (reason == "reason" and not by_person and not reasons.told(text)):
        raise ComplaintRefused(reason)
    return text.strip()
