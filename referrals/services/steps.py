"""Steps of a referral: each side makes its own moves, and the other side always sees why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Membership
from alliance.services import steps
from referrals import reasons
from referrals.models import Referral
from referrals.services import clocks, emergency, followups, moves, reception
from referrals.services.log import day_of, farthest
from referrals.services.refusals import ReferralRefused


def accept(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The receiver takes the patient. Raises PermissionDenied, and Stale when somebody answered first."""
    return moves.take("accept", by=by, referral=referral, now=now, note=note, version=version)


@transaction.atomic
def schedule(
    *, by: Membership, referral: Referral, now: datetime, planned_at: datetime,
    department: Department | None = None, note: str = "", version: int | None = None,
) -> Referral:  # fmt: skip
    """Say when, and in which department of the receiver, the patient is expected; again to move it.

    Takes one of the department's appointments of that day. Raises ReferralRefused (planned_past, planned_far,
    department, no_slot).
    """
    if planned_at < now:
        raise ReferralRefused("planned_past")
    if planned_at > (last := farthest(now)):
        raise ReferralRefused("planned_far", last=day_of(last))
    if department is not None and department.institution_id != referral.target_institution_id:
        raise ReferralRefused("department")
    change: dict[str, Any] = {"planned_at": planned_at}
    if department is not None:
        change["target_department"] = department
    reception.take_slot(referral, department.pk if department else referral.target_department_id, planned_at)
    return moves.take("schedule", by=by, referral=referral, now=now, note=note, version=version, **change)


def ask(
    *, by: Membership, referral: Referral, now: datetime, question: str, version: int | None = None
) -> Referral:
    """The receiver says what is missing; the clock stops. Raises ReferralRefused (question, emergency)."""
    asked = question.strip()
    if not asked:
        raise ReferralRefused("question")
    return moves.take(
        "ask", by=by, referral=referral, now=now, note=asked, version=version, question=asked[:300]
    )


def resubmit(
    *, by: Membership, referral: Referral, now: datetime, note: str, version: int | None = None
) -> Referral:
    """The sender says what was added and sends again; a new answer limit begins."""
    if not note.strip():
        raise ReferralRefused("note")
    limits = clocks.answer(referral.urgency, now)
    return moves.take("resubmit", by=by, referral=referral, now=now, note=note, version=version, **limits)


def decline(
    *, by: Membership, referral: Referral, now: datetime, reason: str, text: str = "",
    version: int | None = None,
) -> Referral:  # fmt: skip
    """The receiver says no, coded. Raises ReferralRefused (emergency, decline_reason, decline_text)."""
    known = reasons.lists()["decline"].get(reason)
    if known is None:
        raise ReferralRefused("decline_reason")
    if known.needs_text and not text.strip():
        raise ReferralRefused("decline_text")
    said = text.strip()
    return moves.take(
        "decline", by=by, referral=referral, now=now, note=text, version=version,
        decline_reason=reason, decline_text=said,
    )  # fmt: skip


def arrive(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The patient has come to the receiver: counts as arrived in the month of `now`.

    A patient who came down is home: the clock of the first follow-up begins (S0-06).
    """
    down = referral.direction == Referral.Direction.DOWN
    limits = clocks.follow_up(referral, now) if down else {}
    return moves.take("arrive", by=by, referral=referral, now=now, note=note, version=version, **limits)


def treat(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """Admitted or treated at the receiver's: the first follow-up is due after the stay, not during it."""
    still = {"followup_rule": "", "followup_due_at": None}
    return moves.take("treat", by=by, referral=referral, now=now, note=note, version=version, **still)


def no_show(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The accepted patient did not come."""
    return moves.take("no_show", by=by, referral=referral, now=now, note=note, version=version)


@transaction.atomic
def complete(
    *, by: Membership, referral: Referral, now: datetime, reply: str, treated: bool = True,
    ended_on: date | None = None, version: int | None = None,
) -> Referral:  # fmt: skip
    """Treatment has ended and the sender gets a reply; where a follow-up is due, the community's turn begins.

    `treated` false says that the patient came and was not treated: such a referral counts as ineffective
    (S3-49). `ended_on` is the last day of treatment, today when left out. Raises ReferralRefused (reply,
    ended_on).
    """
    today = now.astimezone(SHANGHAI).date()
    ended = ended_on or referral.ended_on or today
    if not reply.strip():
        raise ReferralRefused("reply")
    if ended > today or (referral.arrived_at and ended < referral.arrived_at.astimezone(SHANGHAI).date()):
        raise ReferralRefused("ended_on")
    change: dict[str, Any] = {"reply": reply.strip(), "ended_on": ended, **clocks.reply(ended)}
    if treated and referral.treated_at is None:
        change["treated_at"] = now
    done = moves.take("complete", by=by, referral=referral, now=now, version=version, **change)
    due = clocks.follow_up(done, now)
    if not due:
        return done
    step = steps.from_here("await_follow_up", done)
    return moves.move(step, by=None, referral=done, now=now, **due)


@transaction.atomic
def follow_up(
    *, by: Membership, referral: Referral, now: datetime, visit: followups.Visit, version: int | None = None
) -> Referral:
    """The community has seen the patient; the first follow-up ends the referral (S0-06).

    Raises ReferralRefused (seen_at, task, visit_note).
    """
    followups.check(visit, referral=referral, now=now)
    done = moves.take(
        "follow_up", by=by, referral=referral, now=now, version=version, note=visit.note, closed_at=now
    )
    followups.store(visit, by=by, referral=done, now=now)
    return done


def close(
    *, by: Membership, referral: Referral, now: datetime, note: str = "", version: int | None = None
) -> Referral:
    """The sender of an up-referral has read the reply."""
    return moves.take("close", by=by, referral=referral, now=now, note=note, version=version)


def cancel(
    *, by: Membership, referral: Referral, now: datetime, note: str, version: int | None = None
) -> Referral:
    """The sender takes the referral back and says why, as long as the patient has not arrived."""
    if not note.strip():
        raise ReferralRefused("note")
    return moves.take("cancel", by=by, referral=referral, now=now, note=note, version=version)


# By the name of the step, for pages and API that take it from the address.
STEPS: dict[str, Callable[..., Referral]] = {
    "accept": accept,
    "schedule": schedule,
    "ask": ask,
    "resubmit": resubmit,
    "decline": decline,
    "arrive": arrive,
    "treat": treat,
    "no_show": no_show,
    "complete": complete,
    "follow_up": follow_up,
    "close": close,
    "cancel": cancel,
    "divert": emergency.divert,
}
