"""How a step is taken: by its own side, from the present state, once, with its time, journal and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from alliance.models import Membership
from alliance.services import steps
from referrals.models import Referral
from referrals.services import stays
from referrals.services.refusals import ReferralRefused

PAST = {
    "accept": "referral.accepted",
    "schedule": "referral.scheduled",
    "ask": "referral.asked",
    "resubmit": "referral.resubmitted",
    "decline": "referral.declined",
    "arrive": "referral.arrived",
    "treat": "referral.treatment_began",
    "no_show": "referral.no_show",
    "complete": "referral.completed",
    "await_follow_up": "referral.follow_up_due",
    "follow_up": "referral.followed_up",
    "close": "referral.closed",
    "divert": "referral.diverted",
    "cancel": "referral.cancelled",
    "expire": "referral.expired",
}


@transaction.atomic
def take(
    name: str,
    *,
    by: Membership,
    referral: Referral,
    now: datetime,
    note: str = "",
    version: int | None = None,
    **change: Any,
) -> Referral:
    """One step of a member, claimed by a conditional update: of two who try at once, one gets Stale (N33).

    `change` are further columns. Raises PermissionDenied (other side or role), Stale (moved on or older than
    `version`), ReferralRefused (emergency, too_early).
    """
    steps.require(name, by=by, row=referral)
    if name in ("decline", "ask") and referral.urgency == Referral.Urgency.CRITICAL:
        raise ReferralRefused("emergency")
    step = steps.admitted(name, by=by, row=referral, version=version)
    if now < referral.last_at():
        raise ReferralRefused("too_early")
    return move(step, by=by, referral=referral, now=now, note=note, **change)


def move(
    step: Any, *, by: Membership | None, referral: Referral, now: datetime, note: str = "", **change: Any
) -> Referral:
    """Take a step that is open now, whoever takes it; the clock has no member. Call inside a transaction."""
    moved: Referral = steps.take(
        step, by=by, row=referral, verb=PAST[step.name], now=now, remark=note, **change
    )
    stays.follow(moved)
    return moved
