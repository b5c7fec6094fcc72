"""Deciding an order: recognise a result that was shown, repeat for one of six reasons, or withdraw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from alliance.models import Membership
from alliance.services import steps
from referrals.recognition import reasons
from referrals.recognition.models import Order
from referrals.recognition.services.refusals import RecognitionRefused

PAST = {
    "recognise": "recognition.recognised",
    "repeat": "recognition.repeated",
    "withdraw": "recognition.withdrawn",
}
NOTE_LENGTH = 300


def recognise(
    *, by: Membership, order: Order, now: datetime, result: int, version: int | None = None
) -> Order:
    """The doctor takes a result that was shown. Raises RecognitionRefused (result, result_withdrawn)."""
    offer = order.offers.select_related("result").filter(result=result).first()
    if offer is None:
        raise RecognitionRefused("result")
    if offer.result.withdrawn_at is not None:
        raise RecognitionRefused("result_withdrawn")
    return _decide("recognise", by, order, now, version, result=offer.result)


def repeat(
    *,
    by: Membership,
    order: Order,
    now: datetime,
    reason: str,
    reason_text: str = "",
    version: int | None = None,
) -> Order:
    """The doctor repeats it, coded R1 to R6 (S3-32). Raises RecognitionRefused (repeat_...)."""
    known = reasons.of().get(reason)
    if known is None:
        raise RecognitionRefused("repeat_reason")
    if known.needs_text and not reason_text.strip():
        raise RecognitionRefused("repeat_text")
    change = {"reason": reason, "reason_text": reason_text.strip()[:NOTE_LENGTH]}
    return _decide("repeat", by, order, now, version, note=f"{reason} {reason_text}".strip(), **change)


def withdraw(*, by: Membership, order: Order, now: datetime, note: str, version: int | None = None) -> Order:
    """The examination is not needed any more, and why."""
    if not note.strip():
        raise RecognitionRefused("note")
    return _decide("withdraw", by, order, now, version, note=note)


# By the name of the step, for pages and API that take it from the address.
STEPS: dict[str, Callable[..., Order]] = {"recognise": recognise, "repeat": repeat, "withdraw": withdraw}


@transaction.atomic
def _decide(
    name: str,
    by: Membership,
    order: Order,
    now: datetime,
    version: int | None,
    *,
    note: str = "",
    **more: Any,
) -> Order:
    """One decision. Raises PermissionDenied, Stale, RecognitionRefused (too_early)."""
    step = steps.admitted(name, by=by, row=order, version=version)
    if now < order.ordered_at:
        raise RecognitionRefused("too_early")
    more = {"reason": order.reason, "result": order.result, "decided_by": by, **more}
    said = {"reason": more["reason"], "recognised": more["result"].pk if more["result"] else 0}
    decided: Order = steps.take(
        step, by=by, row=order, verb=PAST[name], now=now, remark=note, said=said, **more
    )
    return decided
