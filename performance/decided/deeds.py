"""A decided sheet from its paper to its second person: what every kind of it goes through."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from alliance.lib.refusal import Refused
from alliance.models import Attachment, Membership
from alliance.services import journal
from performance.decided import numbers
from performance.models.pay import CONFIRM, RUN, DecidedSheet, Withdrawable
from performance.services.rights import require

REASONS: Mapping[str, str] = {
    "document": numbers.SAID,
    "body": "Name the body that decided.",
    "scan": "Add the scan of the decision.",
    "same_person": "This takes two different people; ask a colleague.",
    "decided": "The sheet is decided already.",
    "why": "Say why in a few words.",
}
WHOLE: Mapping[str, str] = {"same_person": "", "decided": ""}  # reasons that concern no field


class DecidedRefused(Refused):
    """A decided sheet that cannot be entered or decided as asked; each kind adds its own reasons."""

    reasons = REASONS
    fields = WHOLE


def of_paper(
    *, by: Membership, document: str, body: str, scan: Attachment | None, refused: type[DecidedRefused]
) -> dict[str, Any]:
    """The columns of the decision a sheet rests on.

    Raises PermissionDenied, `refused` (document, body, scan).
    """
    require(by, RUN)
    number = numbers.of_decision(document, refused)
    if not body.strip():
        raise refused("body")
    if scan is None:
        raise refused("scan")
    return {"document": number, "body": body.strip(), "scan": scan, "entered_by": by}


def insert(sheet: DecidedSheet, kept_apart: Collection[str], refusal: DecidedRefused) -> None:
    """Store the head of a sheet. Raises `refusal` where somebody was faster with one that a constraint named
    in `kept_apart` lets stand but once.
    """
    try:
        with transaction.atomic():
            sheet.save(force_insert=True)
    except IntegrityError as error:
        if not any(name in str(error) for name in kept_apart):
            raise
        raise refusal from None


def second(by: Membership, sheet: Withdrawable, refused: type[Refused]) -> None:
    """Who confirms is another than who entered. Raises PermissionDenied, `refused` (same_person)."""
    require(by, CONFIRM)
    if sheet.entered_by.user_id == by.user_id:
        raise refused("same_person")


def set_aside(
    *, by: Membership, sheet: Withdrawable, why: str, now: datetime, refused: type[Refused], verb: str
) -> None:
    """Leave a sheet for good, by either of the two. Raises PermissionDenied, `refused` (why, decided)."""
    require(by, RUN if sheet.entered_by.user_id == by.user_id else CONFIRM)
    if not why.strip():
        raise refused("why")
    fill(sheet, refused, set_aside_by=by, set_aside_at=now, set_aside_why=why.strip())
    journal.write(by=by, verb=verb, about=sheet, why=why.strip())


def fill(sheet: Withdrawable, refused: type[Refused], **columns: Any) -> None:
    """Decide a sheet that waits, once, whoever is faster. Raises `refused` (decided)."""
    open_ = type(sheet).objects.filter(pk=sheet.pk, confirmed_at=None, set_aside_at=None)
    if not open_.update(**columns):
        raise refused("decided")
