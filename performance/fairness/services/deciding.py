"""Somebody uninvolved decides: dismissed, explained, or confirmed by two; exceptions until a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import journal, parameters, steps
from performance.fairness.refusals import FairnessRefused
from performance.fairness.services import remedies
from performance.fairness.services.uninvolved import DECIDE, is_involved, may_decide, require_uninvolved
from performance.models import Clue, ClueException, Detector
from performance.services.rights import require

__all__ = [
    "DECIDE", "accept", "confirm", "dismiss", "give_back", "is_involved", "may_decide", "measures_of",
    "propose", "revoke",
]  # fmt: skip
Measure = Clue.Measure
# What may follow of which: opinions are held against nobody, so their round is repeated.
OPINION = (Measure.REPEAT, Measure.TALK)
OTHERS = (Measure.EXCLUDE, Measure.NOTICE, Measure.DEDUCT, Measure.VETO, Measure.TALK)
# A gap between two sides rests on points of months: there is no record to leave out.
# Its records are the stays before: to leave them out would make the rate it bends no truer.
ERASED = (Measure.NOTICE, Measure.DEDUCT, Measure.VETO, Measure.TALK)
WITHOUT_RECORDS = (Measure.NOTICE, Measure.TALK)


def measures_of(clue: Clue) -> tuple[Measure, ...]:
    """What may be proposed of a clue."""
    if clue.confidential:
        return OPINION
    if clue.detector == Detector.ERASED:
        return ERASED
    return WITHOUT_RECORDS if clue.detector == Detector.BALANCE else OTHERS


def _decided(by: Membership, reason: str, now: datetime) -> dict[str, Any]:
    if not reason.strip():
        raise FairnessRefused("why")
    return {"decided_by": by, "decided_at": now, "reason": reason.strip()}


@transaction.atomic
def dismiss(
    *, by: Membership, clue: Clue, reason: str, now: datetime, until: date | None = None,
    version: int | None = None,
) -> Clue:  # fmt: skip
    """It is none. `until`: the same pattern opens no clue up to that day.

    Raises PermissionDenied, FairnessRefused (involved, why, until), Stale.
    """
    require_uninvolved(by, clue)
    change = _decided(by, reason, now)
    step = steps.open_now("dismiss", clue, version)
    moved: Clue = steps.take(step, by=by, row=clue, verb="fairness.dismissed", remark=reason, **change)
    if until is not None:
        _except(by, moved, reason, until, now)
    return moved


def _except(by: Membership, clue: Clue, reason: str, until: date, now: datetime) -> None:
    today = now.astimezone(SHANGHAI).date()
    most = int(str(parameters.in_force("fairness.exception_max", on=today)))
    if not today < until <= Month.of(today).plus(most).last_day:
        raise FairnessRefused("until", months=most)
    made = ClueException.objects.create(
        clue=clue, detector=clue.detector, subject=clue.subject, until=until, reason=reason.strip(),
        made_by=by, made_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="fairness.excepted", about=made, until=str(until))


@transaction.atomic
def accept(*, by: Membership, clue: Clue, reason: str, now: datetime, version: int | None = None) -> Clue:
    """The explanation holds. Raises PermissionDenied, FairnessRefused (involved, why), Stale."""
    require_uninvolved(by, clue)
    change = _decided(by, reason, now)
    step = steps.open_now("accept", clue, version)
    moved: Clue = steps.take(step, by=by, row=clue, verb="fairness.accepted", remark=reason, **change)
    return moved


@transaction.atomic
def propose(
    *, by: Membership, clue: Clue, reason: str, measure: str, now: datetime, version: int | None = None
) -> Clue:
    """The first person holds it for real and says what should follow.

    Raises PermissionDenied, FairnessRefused (involved, why, early, measure), Stale.
    """
    require_uninvolved(by, clue)
    change = _decided(by, reason, now)
    if measure not in measures_of(clue):
        raise FairnessRefused("measure")
    if clue.due_at is not None and not clue.answers and now < clue.due_at:
        raise FairnessRefused("early", due=clue.due_at)
    step = steps.open_now("propose", clue, version)
    moved: Clue = steps.take(
        step, by=by, row=clue, verb="fairness.proposed", remark=reason, measure=measure, **change
    )
    return moved


@transaction.atomic
def confirm(*, by: Membership, clue: Clue, now: datetime, version: int | None = None) -> Clue:
    """The second person agrees: what should follow is opened, for the vote.

    Raises PermissionDenied, FairnessRefused (involved, same_person, deducted), Stale.
    """
    _second(by, clue)
    step = steps.open_now("confirm", clue, version)
    moved: Clue = steps.take(
        step, by=by, row=clue, verb="fairness.confirmed", confirmed_by=by, confirmed_at=now
    )
    remedies.follow(moved, now)
    return moved


@transaction.atomic
def give_back(*, by: Membership, clue: Clue, reason: str, now: datetime, version: int | None = None) -> Clue:
    """The second person does not agree. Raises as `confirm`, and FairnessRefused (why)."""
    _second(by, clue)
    if not reason.strip():
        raise FairnessRefused("why")
    step = steps.open_now("give_back", clue, version)
    moved: Clue = steps.take(step, by=by, row=clue, verb="fairness.given_back", remark=reason, measure="")
    return moved


def _second(by: Membership, clue: Clue) -> None:
    require_uninvolved(by, clue)
    if clue.decided_by is not None and clue.decided_by.user_id == by.user_id:
        raise FairnessRefused("same_person")


@transaction.atomic
def revoke(*, by: Membership, exception: ClueException, why: str, now: datetime) -> ClueException:
    """The pattern may open clues again. Raises PermissionDenied, FairnessRefused (why, revoked)."""
    require(by, DECIDE)
    if not why.strip():
        raise FairnessRefused("why")
    open_ = ClueException.objects.filter(pk=exception.pk, revoked_at=None)
    if not open_.update(revoked_by=by, revoked_at=now, revoked_why=why.strip()):
        raise FairnessRefused("revoked")
    journal.write(by=by, verb="fairness.revoked", about=exception)
    exception.refresh_from_db()
    return exception
