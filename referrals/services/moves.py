"""Steps of a referral: each side makes its own moves, and the other side always sees why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from referrals import reasons
from referrals.models import Referral
from referrals.services import stays
from referrals.services.refusals import ReferralRefused

NOTE_LENGTH = 500
PAST = {
    "accept": "referral.accepted",
    "decline": "referral.declined",
    "arrive": "referral.arrived",
    "no_show": "referral.no_show",
    "complete": "referral.completed",
    "cancel": "referral.cancelled",
}


def accept(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The receiver takes the patient. Raises PermissionDenied, and Stale when somebody answered first."""
    return _move("accept", by, referral, now, note, version)


def decline(
    *,
    by: Membership,
    referral: Referral,
    now: datetime,
    reason: str,
    text: str = "",
    version: int | None = None,
) -> Referral:
    """The receiver says no, coded. Raises ReferralRefused (emergency, decline_reason, decline_text)."""
    known = reasons.lists()["decline"].get(reason)
    if known is None:
        raise ReferralRefused("decline_reason")
    if known.needs_text and not text.strip():
        raise ReferralRefused("decline_text")
    return _move(
        "decline", by, referral, now, text, version, decline_reason=reason, decline_text=text.strip()
    )


def arrive(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The patient has come to the receiver: the referral counts as arrived, in the month of `now`."""
    return _move("arrive", by, referral, now, note, version)


def no_show(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The accepted patient did not come."""
    return _move("no_show", by, referral, now, note, version)


def complete(
    *, by: Membership, referral: Referral, now: datetime, reply: str, version: int | None = None
) -> Referral:
    """Treatment has ended and the sender gets a reply. Raises ReferralRefused (reply) without one."""
    if not reply.strip():
        raise ReferralRefused("reply")
    return _move("complete", by, referral, now, "", version, reply=reply.strip())


def cancel(
    *, by: Membership, referral: Referral, now: datetime, note: str, version: int | None = None
) -> Referral:
    """The sender takes the referral back and says why, as long as the patient has not arrived."""
    if not note.strip():
        raise ReferralRefused("note")
    return _move("cancel", by, referral, now, note, version)


# By the name of the step, for pages and API that take it from the address.
STEPS: dict[str, Callable[..., Referral]] = {
    "accept": accept,
    "decline": decline,
    "arrive": arrive,
    "no_show": no_show,
    "complete": complete,
    "cancel": cancel,
}


@transaction.atomic
def _move(
    name: str,
    by: Membership,
    referral: Referral,
    now: datetime,
    note: str,
    version: int | None,
    **change: Any,
) -> Referral:
    """One step, claimed by a conditional update: of two who try at once, one gets Stale (N33)."""
    step = _step(name, by, referral)
    if version is not None and version != referral.version:
        raise Stale(referral)
    if now < (referral.arrived_at or referral.answered_at or referral.logged_at):
        raise ReferralRefused("too_early")
    before = referral.state
    moved: Referral = Referral.objects.claim(
        referral.pk,
        expect={"state": before, "version": referral.version},
        change={"state": step.target, step.custom["stamps"]: now, "version": F("version") + 1, **change},
    )
    stays.follow(moved)
    journal.write(by=by, verb=PAST[name], about=moved)
    journal.step(
        by=by, about=moved, name=name, before=before, after=moved.state, note=note.strip()[:NOTE_LENGTH]
    )
    return moved


def _step(name: str, by: Membership, referral: Any) -> Any:
    """The step from the present state. Raises PermissionDenied (wrong side), Stale (state moved on)."""
    declared = {step.name: step for step in referral.get_all_state_transitions()}[name]
    if referral.side_of(by) != declared.custom["side"] or not by.can(declared.custom["permit"]):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if name == "decline" and referral.urgency == Referral.Urgency.CRITICAL:
        raise ReferralRefused("emergency")
    open_now = {step.name: step for step in referral.get_available_state_transitions()}
    if name not in open_now:
        raise Stale(referral)
    return open_now[name]
