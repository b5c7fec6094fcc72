"""How a step is taken: by its own side, from the present state, once, with its time, journal and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from referrals.models import Referral
from referrals.services import stays
from referrals.services.refusals import ReferralRefused

NOTE_LENGTH = 500
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
    step = _step(name, by, referral)
    if version is not None and version != referral.version:
        raise Stale(referral)
    if now < referral.last_at():
        raise ReferralRefused("too_early")
    return move(step, by=by, referral=referral, now=now, note=note, **change)


def move(
    step: Any, *, by: Membership | None, referral: Referral, now: datetime, note: str = "", **change: Any
) -> Referral:
    """Take a step that is open now, whoever takes it; the clock has no member. Call inside a transaction."""
    before, stamps = referral.state, step.custom["stamps"]
    stamped = {stamps: now} if stamps else {}
    moved: Referral = Referral.objects.claim(
        referral.pk,
        expect={"state": before, "version": referral.version},
        change={"state": step.target, "version": F("version") + 1, **stamped, **change},
    )
    stays.follow(moved)
    journal.write(by=by, verb=PAST[step.name], about=moved)
    journal.step(
        by=by, about=moved, name=step.name, before=before, after=moved.state,
        note=note.strip()[:NOTE_LENGTH],
    )  # fmt: skip
    return moved


def open_step(name: str, referral: Any) -> Any:
    """The step of that name from the present state; None when it leads nowhere now."""
    return next((one for one in referral.get_available_state_transitions() if one.name == name), None)


def _step(name: str, by: Membership, referral: Any) -> Any:
    """The step from the present state. Raises PermissionDenied (wrong side), Stale (state moved on)."""
    declared = next(one for one in referral.get_all_state_transitions() if one.name == name)
    if declared.custom["side"] not in referral.sides_of(by) or not by.can(declared.custom["permit"]):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if name in ("decline", "ask") and referral.urgency == Referral.Urgency.CRITICAL:
        raise ReferralRefused("emergency")
    found = open_step(name, referral)
    if found is None:
        raise Stale(referral)
    return found
